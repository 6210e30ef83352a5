/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/secret.h"
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include "tap.h"

static void
from_pipe(size_t len, size_t max, bool fits)
{
	AUTO(secret) struct secret s = SECRET_INIT;
	struct err e = ERR_INIT;
	char bytes[60000] = {'x'};
	int ends[2];
	int rc;

	ok(pipe(ends) == 0 && write(ends[1], bytes, len) == (ssize_t)len, "a pipe of %zu bytes", len);
	close(ends[1]);
	rc = secret_read_fd(&s, ends[0], "the pipe", max, &e);
	close(ends[0]);
	if (!fits)
		fails_with(rc, &e, REASON_TOO_LARGE, "%zu bytes are too many", len);
	else if (succeeds(rc, &e, "%zu bytes", len))
		is_span(secret_span(&s), span_of(bytes, len), "the same bytes");
}

int
main(void)
{
	AUTO(secret) struct secret s = SECRET_INIT;
	struct err e = ERR_INIT;
	struct rlimit core;

	secret_copy(&s, SPAN("hush"));
	is_span(secret_span(&s), SPAN("hush"), "a copy");
	ok(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0, "no core dumps any more");
	is_int(prctl(PR_GET_DUMPABLE), 0, "nor anybody looking in");
	secret_release(&s);
	ok(s.bytes == NULL && s.len == 0, "released");
	secret_new(&s, 0);
	ok(s.bytes && s.room && s.len == 0, "an empty secret has its place");
	from_pipe(0, 10, true);
	from_pipe(10, 10, true);
	from_pipe(11, 10, false);
	from_pipe(4096, 60000, true);
	from_pipe(50000, 60000, true);
	fails_with(secret_read_file(&s, "/nowhere/at/all", 10, &e), &e, REASON_NOT_FOUND, "no file");
	fails_with(secret_read_file(&s, "/", 10, &e), &e, REASON_IO, "a directory");
	return tap_done();
}
