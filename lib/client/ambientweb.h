/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_AMBIENTWEB_H
#define CLIENT_AMBIENTWEB_H
/*
 * The providers of client/ambient.h that are asked over HTTP.
 */
#include "client/ambient.h"

bool	ambientweb_has_github(void);
int	ambientweb_github(const char *audience, struct secret *token, struct err *e) MUST_CHECK;
bool	ambientweb_has_buildkite(void);
int	ambientweb_buildkite(const char *audience, struct secret *token, struct err *e) MUST_CHECK;
/* The metadata server of a machine in Google's cloud. */
bool	ambientweb_has_google(void);
int	ambientweb_google(const char *audience, struct secret *token, struct err *e) MUST_CHECK;
/* Its identity acting as another service account. */
bool	ambientweb_has_impersonate(void);
int	ambientweb_impersonate(const char *audience, struct secret *token, struct err *e) MUST_CHECK;
#endif
