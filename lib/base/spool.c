/* SPDX-License-Identifier: Apache-2.0 */
#include "base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/env.h"
#include "base/mem.h"

static int
open_in(const char *dir)
{
	AUTO(charp) char *name = NULL;
	int fd = open(dir, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	/* Not every file system has O_TMPFILE. */
	name = xasprintf("%s/cosign.XXXXXX", dir);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	return fd;
}

int
spool_open(int *fd, struct err *e)
{
	const char *named = env_get_nonempty("TMPDIR");
	const char *dir = named ? named : "/var/tmp";

	*fd = open_in(dir);
	if (*fd < 0 && !named)
		*fd = open_in(dir = "/tmp");
	if (*fd >= 0)
		return 0;
	err_errno(e, REASON_IO, "cannot make a temporary file in %s", dir);
	return err_hint(e, "TMPDIR names another directory");
}
