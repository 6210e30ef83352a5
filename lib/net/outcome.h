/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_OUTCOME_H
#define NET_OUTCOME_H
/*
 * What follows when libcurl is done with a transfer: the answer stands, the
 * request goes out again (a redirect, a retry), or it has failed and why.
 */
#include "net/transfer.h"

enum outcome { OUTCOME_DONE, OUTCOME_AGAIN, OUTCOME_FAILED };
/* AGAIN has set target and wake; FAILED has set *e. */
enum outcome	outcome_judge(struct transfer *x, CURLcode code, struct err *e);
/* Whether this failure may mean that the server speaks no TLS. */
bool	outcome_may_be_plain(CURLcode code);
#endif
