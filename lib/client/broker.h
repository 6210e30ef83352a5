/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_BROKER_H
#define CLIENT_BROKER_H
/*
 * Who looks up credentials for a process that may open no files and run no
 * programs any more (client/confine.h): a child, forked before, that reads the
 * configuration and asks its helpers. It ends with its parent.
 */
#include "oci/dockercfg.h"

/* Forks it, unless it runs or there is no configuration: then nobody but an
 * anonymous user could be found. REASON_HELPER. */
int	broker_start(struct err *e) MUST_CHECK;
bool	broker_is_running(void);
/* As dockercfg_find. */
int	broker_ask(const char *registry, const char *repository, struct dockercfg_auth *out, struct err *e) MUST_CHECK;
#endif
