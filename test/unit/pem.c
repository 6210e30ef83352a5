/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/pem.h"
#include "base/mem.h"
#include "tap.h"

/* bytes NULL: no block, or no bytes in it. */
static const struct { const char *text, *label, *bytes, *why; } cases[] = {
	{"-----BEGIN X-----\nZm9v\n-----END X-----\n", "X", "foo", "a block"},
	{"-----BEGIN X-----\nZm9v\n-----END X-----", "X", "foo", "no line end at the end"},
	{"-----BEGIN X-----\r\nZm\r\n9v\r\n-----END X-----\r\n", "X", "foo", "CR LF"},
	{"hello\n-----BEGIN X-----\nZm9v\n-----END X-----\nbye\n", "X", "foo", "text around"},
	{"-----BEGIN X----- \t\n Zm 9v\t\n-----END X-----  \n", "X", "foo", "blanks"},
	{"-----BEGIN A B-----\nZm9v\n-----END A B-----\n-----BEGIN X-----\n", "A B", "foo", "the first of two"},
	{"-----BEGIN X-----\nK: v\nL: w\n\nZm9v\n-----END X-----\n", "X", "foo", "headers"},
	{"-----BEGIN X-----\n-----BEGIN Y-----\nZm9v\n-----END Y-----\n", "Y", "foo", "a block that never ends, then one"},
	{"-----BEGIN X-----\nZm9v\n-----END Y-----\n", NULL, NULL, "another label at the end"},
	{"-----BEGIN X-----\nZm9v\n", NULL, NULL, "no end"},
	{"x-----BEGIN X-----\nZm9v\n-----END X-----\n", NULL, NULL, "not at the start of a line"},
	{"-----BEGIN X----\nZm9v\n-----END X----\n", NULL, NULL, "four dashes"},
	{"-----BEGIN -----", NULL, NULL, "only a start"},
	{"", NULL, NULL, "nothing"},
	{"-----BEGIN X-----\nZm9\n-----END X-----\n", "X", NULL, "base64 cut short"},
	{"-----BEGIN X-----\nZm9v!\n-----END X-----\n", "X", NULL, "no base64"},
	{"-----BEGIN X-----\n-----END X-----\n", "X", NULL, "empty"},
};

static void
try_case(size_t i)
{
	AUTO(buf) struct buf b = BUF_INIT(64);
	struct err e = ERR_INIT;
	struct pem p;
	int rc = pem_next(&p, span_str(cases[i].text), NULL, &e);

	if (!cases[i].label) {
		fails_with(rc, &e, REASON_BAD_ENCODING, "%s: no block", cases[i].why);
		return;
	}
	if (!succeeds(rc, &e, "%s: a block", cases[i].why))
		return;
	is_span(p.label, span_str(cases[i].label), "%s: label", cases[i].why);
	rc = pem_decode(&p, &b, &e);
	if (!cases[i].bytes)
		fails_with(rc, &e, REASON_BAD_ENCODING, "%s: no bytes", cases[i].why);
	else if (succeeds(rc, &e, "%s: decodes", cases[i].why))
		is_str(buf_str(&b), cases[i].bytes, "%s: bytes", cases[i].why);
}

static void
try_sample(const char *path, struct span bytes, enum reason want, void *arg UNUSED)
{
	AUTO(buf) struct buf b = BUF_INIT(1 << 16);
	struct err e = ERR_INIT;
	struct pem p;

	fails_with(pem_next(&p, bytes, NULL, &e) || pem_decode(&p, &b, &e) ? -1 : 0, &e, want, "%s", path);
}

static void
writes(void)
{
	AUTO(buf) struct buf b = BUF_INIT(256);
	AUTO(buf) struct buf back = BUF_INIT(256);
	char zeros[49] = {0};
	struct err e = ERR_INIT;
	struct pem p;

	pem_encode(&b, "Z", span_of(zeros, sizeof(zeros)));
	is_str(buf_str(&b), "-----BEGIN Z-----\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	    "AA==\n-----END Z-----\n", "64 columns");
	succeeds(pem_next(&p, buf_span(&b), NULL, &e) || pem_decode(&p, &back, &e) ? -1 : 0, &e, "read again");
	is_span(buf_span(&back), span_of(zeros, sizeof(zeros)), "the same bytes");
}

int
main(void)
{
	for (size_t i = 0; i < countof(cases); i++)
		try_case(i);
	writes();
	tap_samples("test/vectors/bad/pem", try_sample, NULL);
	return tap_done();
}
