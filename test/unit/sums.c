/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/sums.h"
#include "tap.h"

#define D256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define D384 D256 "00112233445566778899aabbccddeeff"
#define D512 D256 D256

static void
reads(const char *text, size_t bits, const char *name)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct sums s = {.rest = span_str(text)};
	struct sums_line line;
	struct err e = ERR_INIT;

	if (!is_int(sums_next(&s, &line, &pool, &e), 1, "a line of %zu bits", bits))
		return;
	is_int((int64_t)line.bits, (int64_t)bits, "its hash");
	is_str(line.name, name, "its name");
	is_int(line.digest[0], 0xe3, "its digest");
	is_int(sums_next(&s, &line, &pool, &e), 0, "no more");
}

static void
refuses(const char *text, enum reason why)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct sums s = {.rest = span_str(text)};
	struct sums_line line;
	struct err e = ERR_INIT;

	fails_with(sums_next(&s, &line, &pool, &e), &e, why, "%.80s", text);
}

static void
sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct sums s = {.rest = bytes};
	struct sums_line line;
	struct err e = ERR_INIT;
	int got;

	(void)arg;
	do
		got = sums_next(&s, &line, &pool, &e);
	while (got > 0);
	fails_with(got, &e, want, "%s", path);
}

int
main(void)
{
	reads(D256 "  a file", 256, "a file");
	reads(D256 " *a\n", 256, "a");
	reads("# who\n\n" D384 "  a\r\n\n", 384, "a");
	reads(D512 "   b", 512, " b");
	reads("\\" D256 "  a\\nb\\\\c\\rd\n", 256, "a\nb\\c\rd");
	reads(D256 "  a\\nb\n", 256, "a\\nb");
	reads("SHA256 (a) = " D256 "\n", 256, "a");
	reads("SHA256(a (b) = c)= " D256 "\n", 256, "a (b) = c");
	reads("\\SHA512 (a\\nb) = " D512 "\n", 512, "a\nb");
	reads("SHA2-384(a)= " D384, 384, "a");
	refuses(D256 "  ", REASON_BAD_ENCODING);
	refuses(D256 " a", REASON_BAD_ENCODING);
	refuses(D256, REASON_BAD_ENCODING);
	refuses("\\" D256 "  a\\t", REASON_BAD_ENCODING);
	refuses("\\" D256 "  a\\", REASON_BAD_ENCODING);
	refuses("SHA512 (a) = " D256, REASON_BAD_ENCODING);
	refuses("SHA256 (a) - " D256, REASON_BAD_ENCODING);
	refuses("SHA256 (a", REASON_BAD_ENCODING);
	refuses("SHA1 (a) = da39a3ee5e6b4b0d3255bfef95601890afd80709", REASON_UNSUPPORTED);
	refuses("da39a3ee5e6b4b0d3255bfef95601890afd80709  a", REASON_UNSUPPORTED);
	ok(tap_samples("test/vectors/bad/sums", sample, NULL) > 0, "there are bad samples");
	return tap_done();
}
