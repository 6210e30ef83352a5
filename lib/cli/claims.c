/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/claims.h"

#include "base/file.h"
#include "base/log.h"

const struct opt claims_opts[] = {
	OPT_LIST(struct claims_args, 0, "predicate", "FILE", predicates,
	    .help = "attest what this file says; - is standard input (repeatable)", .complete = OPT_COMPLETE_FILE),
	OPT_LIST(struct claims_args, 0, "type", "TYPE", types,
	    .help = "type of the predicate: a short name or a URI; custom when not given (repeatable, one for each "
	    "--predicate)", .hints = PREDICATE_NAMES),
	OPT_LIST(struct claims_args, 0, "statement", "FILE", statements,
	    .help = "sign this whole in-toto statement as it is; - is standard input (repeatable)",
	    .complete = OPT_COMPLETE_FILE),
	OPT_END};

enum {
	/* What of a bundle is not the payload. */
	AROUND = 8 << 10,
	/* What upstream reads. */
	CUSTOMARY_MAX = 128 << 20,
};

static size_t
count_stdin(const struct opt_list *files)
{
	size_t n = 0;

	for (size_t i = 0; i < files->count; i++)
		n += strcmp(files->items[i], "-") == 0;
	return n;
}

bool
claims_use_stdin(const struct claims_args *a)
{
	return count_stdin(&a->predicates) + count_stdin(&a->statements) > 0;
}

/* Of one predicate the last type counts, as with every flag that is repeated. */
static const char *
type_of(const struct claims_args *a, size_t i)
{
	if (a->types.count == 0)
		return "custom";
	return a->types.items[a->types.count == a->predicates.count ? i : a->types.count - 1];
}

static int
check_kinds(const struct claims_args *a, struct err *e)
{
	if (!a->predicates.count && !a->statements.count)
		return err_set(e, REASON_USAGE, "one of --predicate and --statement must be set");
	if (a->predicates.count && a->statements.count)
		return err_set(e, REASON_USAGE, "--predicate and --statement exclude each other");
	if (count_stdin(&a->predicates) + count_stdin(&a->statements) > 1)
		return err_set(e, REASON_USAGE, "- is standard input, which is there once");
	if (a->predicates.count > 1 && a->types.count > 1 && a->types.count != a->predicates.count) {
		err_set(e, REASON_USAGE, "which --type is of which --predicate?");
		err_expected(e, "one for all, or %zu", a->predicates.count);
		return err_found(e, "%zu", a->types.count);
	}
	return 0;
}

int
claims_check(const struct claims_args *a, bool any, struct err *e)
{
	struct predicate_type t;

	if (check_kinds(a, e))
		return -1;
	for (size_t i = 0; i < a->predicates.count; i++)
		if (predicate_type(&t, type_of(a, i), any, e))
			return -1;
	return 0;
}

/* --- reading --- */

static int
read_statement(struct claim *c, const struct claims_args *a, struct err *e)
{
	const char *type = a->types.count ? predicate_uri(a->types.items[a->types.count - 1]) : NULL;

	if (statement_parse(&c->statement, buf_span(&c->bytes), e))
		return -1;
	c->uri = c->statement.predicate_type;
	if (c->uri.len == 0)
		return err_set(e, REASON_BAD_PAYLOAD, "the statement has no predicateType");
	if (!type || span_is(c->uri, type))
		return 0;
	err_set(e, REASON_WRONG_TYPE, "the statement is of another type");
	err_expected(e, "%s", type);
	return err_found(e, "%.*s", SPAN_FMT(c->uri));
}

static int
read_predicate(struct claim *c, const char *type, struct err *e)
{
	if (predicate_type(&c->type, type, true, e) || predicate_check(&c->type, buf_span(&c->bytes), e))
		return -1;
	if (c->bytes.len == 0)
		log_warn("%s is empty", c->file);
	if (c->type.form == PREDICATE_TEXT && span_starts(span_trim(buf_span(&c->bytes)), "{"))
		log_warn("%s looks like JSON; --type spdxjson attests it as such", c->file);
	c->uri = span_str(c->type.uri);
	return 0;
}

static int
read_one(struct claim *c, const struct claims_args *a, size_t i, struct err *e)
{
	c->whole = a->statements.count > 0;
	c->file = c->whole ? a->statements.items[i] : a->predicates.items[i];
	buf_init(&c->bytes, c->whole ? STATEMENT_MAX : PREDICATE_MAX);
	if (strcmp(c->file, "-"))
		log_say(c->whole ? "Using statement from: %s" : "Using payload from: %s", c->file);
	if (file_read(c->file, &c->bytes, e) == 0 &&
	    (c->whole ? read_statement(c, a, e) : read_predicate(c, type_of(a, i), e)) == 0)
		return 0;
	return err_wrap(e, "%s", strcmp(c->file, "-") ? c->file : "standard input");
}

int
claims_read(struct claims *c, const struct claims_args *a, struct err *e)
{
	size_t count = a->predicates.count + a->statements.count;

	c->items = pool_array(&c->pool, count, sizeof(*c->items));
	for (; c->count < count; c->count++) {
		struct claim *it = &c->items[c->count];

		if (read_one(it, a, c->count, e)) {
			c->count++;
			return -1;
		}
		c->size += it->bytes.len;
	}
	return 0;
}

void
claims_release(struct claims *c)
{
	for (size_t i = 0; i < c->count; i++) {
		statement_release(&c->items[i].statement);
		buf_release(&c->items[i].bytes);
	}
	pool_release(&c->pool);
	*c = (struct claims)CLAIMS_INIT;
}

/* --- what is signed --- */

static int
check_size(size_t payload, size_t max, struct err *e)
{
	size_t size = payload / 3 * 4 + AROUND;

	if (size > max) {
		err_set(e, REASON_TOO_LARGE, "the attestation would be larger than an attestation may be");
		err_expected(e, "at most %zu bytes (COSIGN_MAX_ATTACHMENT_SIZE)", max);
		return err_found(e, "%zu", size);
	}
	if (size > CUSTOMARY_MAX)
		log_warn("the attestation is larger than 128 MiB, which other verifiers may not read");
	return 0;
}

int
claims_compose(const struct claim *c, const struct predicate_about *about, size_t max, struct buf *out,
    struct span *payload, struct err *e)
{
	buf_reset(out);
	if (c->whole) {
		*payload = buf_span(&c->bytes);
		if (!statement_find(&c->statement, about->digest, e))
			return -1;
	} else {
		if (predicate_statement(out, &c->type, buf_span(&c->bytes), about, e))
			return -1;
		*payload = buf_span(out);
	}
	return check_size(payload->len, max, e);
}
