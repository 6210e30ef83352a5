/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/note.h"

#include "codec/b64.h"
#include "codec/hex.h"
#include "codec/utf8.h"
#include "crypto/edwards.h"

#define DASH "\xe2\x80\x94 "	/* U+2014 and a blank: how a signature line starts */

static int
bad(struct err *e, const char *why)
{
	return err_set(e, REASON_BAD_CHECKPOINT, "signed note: %s", why);
}

static int
check_text(struct span bytes, struct err *e)
{
	struct span rest = bytes;
	uint32_t cp;

	if (bytes.len > NOTE_MAX)
		return err_set(e, REASON_BAD_CHECKPOINT, "signed note: more than %d bytes", NOTE_MAX);
	if (!span_ends(bytes, "\n"))
		return bad(e, "it does not end with a newline");
	while (rest.len) {
		size_t n = utf8_next(rest, &cp);

		if (n == 0)
			return bad(e, "it is not UTF-8");
		if (cp != '\n' && (cp < 0x20 || (cp >= 0x7f && cp < 0xa0)))
			return bad(e, "it holds a control character");
		rest = span_from(rest, n);
	}
	return 0;
}

/* Where the signatures start: behind the last blank line. 0 for none. */
static size_t
find_split(struct span bytes)
{
	for (size_t i = bytes.len; i >= 2; i--)
		if (bytes.ptr[i - 1] == '\n' && bytes.ptr[i - 2] == '\n')
			return i;
	return 0;
}

/* Names hold no white space and no plus sign. Of what Unicode calls white space
 * only what is left after check_text matters, and that is rare enough to be
 * refused as one: the blanks of U+00A0 to U+3000. */
static bool
is_name(struct span name)
{
	uint32_t cp;

	if (name.len == 0)
		return false;
	while (name.len) {
		name = span_from(name, utf8_next(name, &cp));
		if (cp == ' ' || cp == '+' || cp == 0xa0 || cp == 0x1680 ||
		    (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 ||
		    cp == 0x202f || cp == 0x205f || cp == 0x3000)
			return false;
	}
	return true;
}

static int
parse_line(struct note *n, struct span line, struct note_signature *out, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(NOTE_SIGNATURE_MAX);

	if (!span_starts(line, DASH))
		return bad(e, "a signature line does not start with a dash");
	line = span_from(line, sizeof(DASH) - 1);
	out->name = span_cut(&line, ' ');
	if (!is_name(out->name))
		return bad(e, "a signature line names no key");
	if (b64_decode(&bytes, line, B64_STD, e) || buf_check(&bytes, "a signature", e)) {
		if (e)
			e->reason = REASON_BAD_CHECKPOINT;
		return err_wrap(e, "signed note: signature of %.*s", SPAN_FMT(span_first(out->name, 64)));
	}
	if (bytes.len <= NOTE_ID)
		return bad(e, "a signature line without signature");
	memcpy(out->id, bytes.ptr, NOTE_ID);
	out->sig = pool_span(&n->pool, span_from(buf_span(&bytes), NOTE_ID));
	return 0;
}

int
note_parse(struct note *n, struct span bytes, struct err *e)
{
	struct span lines;
	size_t split;

	if (check_text(bytes, e))
		return -1;
	split = find_split(bytes);
	if (split < 3)
		return bad(e, "no blank line between text and signatures");
	n->text = span_first(bytes, split - 1);
	lines = span_from(bytes, split);
	if (lines.len == 0)
		return bad(e, "it has no signature");
	n->signatures = pool_array(&n->pool, NOTE_SIGNATURES_MAX, sizeof(*n->signatures));
	while (lines.len) {
		if (n->count == NOTE_SIGNATURES_MAX)
			return bad(e, "too many signatures");
		if (parse_line(n, span_cut(&lines, '\n'), &n->signatures[n->count], e))
			return -1;
		n->count++;
	}
	return 0;
}

void
note_release(struct note *n)
{
	pool_release(&n->pool);
	*n = (struct note)NOTE_INIT;
}

void
note_key_hash(const struct pubkey *k, struct span name, unsigned char out[MERKLE_HASH])
{
	AUTO(digest) struct digest d = {0};

	digest_init(&d, HASH_SHA256);
	if (k->type == KEY_ED25519) {
		digest_update(&d, name);
		digest_update(&d, SPAN("\n\x01"));
		digest_update(&d, span_of(k->raw, sizeof(k->raw)));
	} else {
		if (k->type == KEY_RSA) {
			digest_update(&d, name);
			digest_update(&d, SPAN("\n\xffPKIX-RSA-PKCS#1v1.5"));
		}
		digest_update(&d, buf_span(&k->spki));
	}
	digest_final(&d, out);
}

static enum hash
hash_for(const struct pubkey *k, enum note_hash hash)
{
	if (hash == NOTE_HASH_KEY && k->type == KEY_P384)
		return HASH_SHA384;
	if (hash == NOTE_HASH_KEY && k->type == KEY_P521)
		return HASH_SHA512;
	return HASH_SHA256;
}

static int
check_signature(const struct note *n, struct pubkey *k, const struct note_signature *s,
    enum note_hash hash, struct err *e)
{
	/* Pure alone: a note is never prehashed. */
	if (k->type == KEY_ED25519)
		return edwards_verify(k->raw, n->text, s->sig) ? 0 :
		    bad(e, "the signature does not verify under the log's key");
	if (pubkey_verify(k, hash_for(k, hash), n->text, s->sig, e)) {
		if (e)
			e->reason = REASON_BAD_CHECKPOINT;
		return err_wrap(e, "signed note");
	}
	return 0;
}

static int
not_signed(const struct note *n, const unsigned char id[NOTE_ID], struct span name, struct err *e)
{
	char text[2 * NOTE_ID + 1];

	bad(e, "it is not signed by the log's key");
	hex_format(text, id, NOTE_ID);
	err_expected(e, "%.*s %s", SPAN_FMT(span_first(name, 256)), text);
	hex_format(text, n->signatures[0].id, NOTE_ID);
	return err_found(e, "%.*s %s", SPAN_FMT(span_first(n->signatures[0].name, 256)), text);
}

int
note_check(const struct note *n, struct pubkey *k, struct span name, enum note_hash hash,
    struct err *e)
{
	unsigned char id[MERKLE_HASH];
	size_t good = 0;

	for (size_t i = 0; i < n->count; i++) {
		const struct note_signature *s = &n->signatures[i];

		note_key_hash(k, name.ptr ? name : s->name, id);
		if (memcmp(s->id, id, NOTE_ID) != 0 || (name.ptr && !span_eq(s->name, name)))
			continue;
		if (check_signature(n, k, s, hash, e))
			return -1;
		good++;
	}
	if (good)
		return 0;
	note_key_hash(k, name, id);
	return not_signed(n, id, name, e);
}

/* --- checkpoints --- */

/* Takes a line, whose newline must be there. */
static bool
take_line(struct span *rest, struct span *line)
{
	if (span_find(*rest, '\n') < 0)
		return false;
	*line = span_cut(rest, '\n');
	return true;
}

static bool
parse_size(struct span line, int64_t *size)
{
	uint64_t v;

	if ((line.len > 1 && line.ptr[0] == '0') || !span_decimal(line, INT64_MAX, &v))
		return false;
	*size = (int64_t)v;
	return true;
}

static bool
parse_root(struct span line, unsigned char root[MERKLE_HASH])
{
	AUTO(buf) struct buf bytes = BUF_INIT(MERKLE_HASH + 8);

	if (b64_decode(&bytes, line, B64_STD, NULL) || bytes.over || bytes.len != MERKLE_HASH)
		return false;
	memcpy(root, bytes.ptr, MERKLE_HASH);
	return true;
}

int
note_parse_checkpoint(struct checkpoint *c, struct span bytes, struct err *e)
{
	struct span rest, line;

	if (note_parse(&c->note, bytes, e))
		return -1;
	rest = c->note.text;
	if (!take_line(&rest, &c->origin) || c->origin.len == 0)
		return bad(e, "the checkpoint names no log");
	if (!take_line(&rest, &line) || !parse_size(line, &c->size))
		return bad(e, "the checkpoint has no tree size");
	if (!take_line(&rest, &line) || !parse_root(line, c->root))
		return bad(e, "the checkpoint has no root hash");
	for (c->extension = rest; take_line(&rest, &line); )
		if (line.len == 0)
			return bad(e, "a blank line inside the checkpoint");
	return 0;
}

struct span
note_rekor1_name(const struct checkpoint *c)
{
	struct span digits;
	ptrdiff_t at = -1;

	for (size_t i = 0; i + 3 <= c->origin.len; i++)
		if (memcmp(c->origin.ptr + i, " - ", 3) == 0)
			at = (ptrdiff_t)i;
	if (at < 0)
		return SPAN_NONE;
	digits = span_from(c->origin, (size_t)at + 3);
	for (size_t i = 0; i < digits.len; i++)
		if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
			return SPAN_NONE;
	return digits.len ? span_first(c->origin, (size_t)at) : SPAN_NONE;
}
