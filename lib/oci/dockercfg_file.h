/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_DOCKERCFG_FILE_H
#define OCI_DOCKERCFG_FILE_H
/*
 * Where the files with credentials are. Paths are to be freed.
 */
#include "base/span.h"

/* The one that `login` writes: $DOCKER_CONFIG/config.json, else
 * ~/.docker/config.json; NULL without either variable. */
char	*dockercfg_file_docker(void);
/* The one that is read (see dockercfg.h), which may be missing; NULL if there is
 * none anywhere. */
char	*dockercfg_file_find(void);
/* Something is there, and it is no directory. */
bool	dockercfg_file_is(const char *path);
#endif
