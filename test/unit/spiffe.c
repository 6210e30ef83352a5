/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ambientspiffe.h"
#include "tap.h"

static void
reads(void)
{
	struct err e = ERR_INIT;
	struct span token;

	if (succeeds(ambientspiffe_read(SPAN("\0\0\0\0\x09\x0a\x07\x0a\x01i\x12\x02ok"), &token, &e), &e, "an answer"))
		is_span(token, SPAN("ok"), "its token");
	if (succeeds(ambientspiffe_read(SPAN("\0\0\0\0\x0c\x0a\x04\x12\x02ok\x0a\x04\x12\x02no"), &token, &e), &e,
	    "two identities"))
		is_span(token, SPAN("ok"), "the first one's token");
	if (succeeds(ambientspiffe_read(SPAN("\0\0\0\0\x0f\x78\x96\x01\x7d\0\0\0\0\x18\x00\x0a\x03\x12\x01t"), &token, &e), &e,
	    "fields that nobody knows"))
		is_span(token, SPAN("t"), "are passed over");
}

static void
sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	struct err e = ERR_INIT;
	struct span token;

	(void)arg;
	fails_with(ambientspiffe_read(bytes, &token, &e), &e, want, "%s", path);
}

int
main(void)
{
	reads();
	tap_samples("test/vectors/bad/spiffe", sample, NULL);
	return tap_done();
}
