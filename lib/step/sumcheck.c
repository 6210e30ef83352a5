/* SPDX-License-Identifier: Apache-2.0 */
#include "step/sumcheck.h"

#include "codec/hex.h"
#include "codec/sums.h"
#include "crypto/digest_file.h"

static enum hash
hash_of(const struct sums_line *l)
{
	return l->bits == 512 ? HASH_SHA512 : l->bits == 384 ? HASH_SHA384 : HASH_SHA256;
}

static enum sumcheck_status
check_file(const struct sumcheck *c, const struct sums_line *l, struct err *why)
{
	enum hash h = hash_of(l);
	char found[2 * HASH_SIZE_MAX + 1], want[2 * HASH_SIZE_MAX + 1];
	struct digest_file d;

	if (c->no_stdin && strcmp(l->name, "-") == 0) {
		err_set(why, REASON_IO, "standard input was read to its end already");
		return SUMCHECK_UNREADABLE;
	}
	if (digest_file_path(&d, l->name, 1u << h, NULL, why))
		return err_is(why, REASON_NOT_FOUND) ? SUMCHECK_MISSING : SUMCHECK_UNREADABLE;
	if (span_eq(digest_file_span(&d, h), span_of(l->digest, hash_size(h))))
		return SUMCHECK_OK;
	hex_format(found, d.value[h], hash_size(h));
	hex_format(want, l->digest, hash_size(h));
	err_set(why, REASON_DIGEST_MISMATCH, "%s is not what the list says", l->name);
	err_expected(why, "%s:%s", hash_name(h), want);
	err_found(why, "%s:%s", hash_name(h), found);
	return SUMCHECK_DIFFERS;
}

static int
check_line(struct sumcheck *c, const struct sums_line *l, struct err *e)
{
	char digest[DIGEST_TEXT_MAX];
	struct err why = ERR_INIT;
	enum sumcheck_status status = check_file(c, l, &why);

	if (status == SUMCHECK_MISSING && c->ignore_missing)
		return 0;
	c->seen++;
	if (status != SUMCHECK_OK && !c->failed++)
		c->first = why;
	return c->tell(c->ctx, l->name, digest_text(hash_of(l), l->digest, digest), status,
	    status == SUMCHECK_OK ? NULL : &why, e);
}

/* Every line can be read, or none is believed. */
static int
check_list(struct span list, struct err *e)
{
	struct sums s = {.rest = list};
	struct sums_line line;
	int got;

	do {
		AUTO(pool) struct pool pool = POOL_INIT;

		got = sums_next(&s, &line, &pool, e);
	} while (got > 0);
	return got;
}

static int
conclude(const struct sumcheck *c, struct err *e)
{
	if (!c->seen) {
		err_set(e, REASON_BAD_RECORD, "the list names no file that is there");
		return err_expected(e, "a line for at least one file");
	}
	if (!c->failed)
		return 0;
	*e = c->first;
	return err_wrap(e, "%zu of %zu files failed, the first", c->failed, c->seen);
}

int
sumcheck_run(struct sumcheck *c, struct span list, struct err *e)
{
	struct sums s = {.rest = list};
	struct sums_line line;

	if (check_list(list, e))
		return -1;
	for (;;) {
		AUTO(pool) struct pool pool = POOL_INIT;
		int got = sums_next(&s, &line, &pool, e);

		if (got < 0 || (got > 0 && check_line(c, &line, e)))
			return -1;
		if (got == 0)
			return conclude(c, e);
	}
}
