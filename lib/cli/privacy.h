/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PRIVACY_H
#define CLI_PRIVACY_H
/*
 * What everybody is told before something about them goes into a public log for
 * good.
 */
#include "base/err.h"

/* Says it, once, and unless yes asks whether to go on. REASON_DECLINED,
 * REASON_NO_TERMINAL. */
int	privacy_ask(bool yes, struct err *e) MUST_CHECK;
#endif
