/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/sums.h"

#include "codec/hex.h"

static int
bad(const struct sums *s, struct err *e, const char *what)
{
	err_set(e, REASON_BAD_ENCODING, "line %zu: %s", s->number, what);
	return err_expected(e, "HEX  NAME, or SHA256 (NAME) = HEX");
}

/* By its digits a hash of the SHA-2 family; 0 for others. */
static size_t
bits_of(size_t digits)
{
	return digits == 64 || digits == 96 || digits == 128 ? digits * 4 : 0;
}

static int
take_digest(const struct sums *s, struct sums_line *line, struct span hex, size_t want, struct err *e)
{
	size_t bits = bits_of(hex.len);

	if (!bits && (hex.len == 32 || hex.len == 40))
		return err_set(e, REASON_UNSUPPORTED, "line %zu: MD5 and SHA-1 prove nothing", s->number);
	if (!bits || (want && bits != want) || !hex_decode(line->digest, hex.len / 2, hex))
		return bad(s, e, "no digest of SHA-256, SHA-384 or SHA-512");
	line->bits = bits;
	return 0;
}

static int
unescape(const struct sums *s, struct span raw, struct buf *name, struct err *e)
{
	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.ptr[i];

		if (c == '\\') {
			char next = ++i < raw.len ? raw.ptr[i] : '\0';

			if (next != '\\' && next != 'n' && next != 'r')
				return bad(s, e, "an escape that is none");
			c = next == 'n' ? '\n' : next == 'r' ? '\r' : '\\';
		}
		buf_add_char(name, c);
	}
	return 0;
}

static int
take_name(const struct sums *s, struct sums_line *line, struct span raw, bool escaped, struct pool *pool,
    struct err *e)
{
	AUTO(buf) struct buf name = BUF_INIT(SUMS_NAME_MAX);

	if (escaped && unescape(s, raw, &name, e))
		return -1;
	if (!escaped)
		buf_add_span(&name, raw);
	if (name.over)
		return bad(s, e, "the name is too long");
	if (name.len == 0 || memchr(name.ptr, '\0', name.len))
		return bad(s, e, "the name is empty, or no name of a file");
	line->name = pool_str(pool, buf_span(&name));
	return 0;
}

static int
read_plain(const struct sums *s, struct sums_line *line, struct span text, bool escaped, struct pool *pool,
    struct err *e)
{
	struct span name = text, hex = span_cut(&name, ' ');

	if (name.len == 0 || (name.ptr[0] != ' ' && name.ptr[0] != '*'))
		return bad(s, e, "no checksum");
	return take_digest(s, line, hex, 0, e) || take_name(s, line, span_from(name, 1), escaped, pool, e) ? -1 : 0;
}

static const struct { const char *word; size_t bits; } tags[] = {
	{"SHA256", 256}, {"SHA384", 384}, {"SHA512", 512}, {"SHA2-256", 256}, {"SHA2-384", 384}, {"SHA2-512", 512},
	{"MD5", 0}, {"SHA1", 0}, {"SHA224", 0}, {"SHA2-224", 0}, {"SM3", 0}, {"BLAKE2b", 0}, {"RMD160", 0},
};

/* The tag's bits; *rest is what follows it. Not found: false. */
static bool
find_tag(struct span text, size_t *bits, struct span *rest)
{
	for (size_t i = 0; i < countof(tags); i++) {
		struct span after = span_from(text, strlen(tags[i].word));

		if (!span_starts(text, tags[i].word))
			continue;
		if (span_starts(after, " ("))
			after = span_from(after, 1);
		if (!span_starts(after, "("))
			continue;
		*bits = tags[i].bits;
		*rest = span_from(after, 1);
		return true;
	}
	return false;
}

static int
read_tagged(const struct sums *s, struct sums_line *line, struct span text, size_t bits, bool escaped,
    struct pool *pool, struct err *e)
{
	ptrdiff_t end = span_rfind(text, ')');
	struct span after;

	if (!bits)
		return err_set(e, REASON_UNSUPPORTED, "line %zu: a hash that is not SHA-256, SHA-384 or SHA-512", s->number);
	if (end < 0)
		return bad(s, e, "no checksum");
	after = span_from(text, (size_t)end + 1);
	if (span_starts(after, " "))
		after = span_from(after, 1);
	if (!span_starts(after, "= "))
		return bad(s, e, "no checksum");
	return take_digest(s, line, span_from(after, 2), bits, e) ||
	    take_name(s, line, span_first(text, (size_t)end), escaped, pool, e) ? -1 : 0;
}

int
sums_next(struct sums *s, struct sums_line *line, struct pool *pool, struct err *e)
{
	struct span text, rest;
	bool escaped;
	size_t bits;

	do {
		if (s->rest.len == 0)
			return 0;
		text = span_cut(&s->rest, '\n');
		s->number++;
		if (span_ends(text, "\r"))
			text.len--;
	} while (text.len == 0 || text.ptr[0] == '#');
	escaped = text.ptr[0] == '\\';
	if (escaped)
		text = span_from(text, 1);
	*line = (struct sums_line){0};
	if (find_tag(text, &bits, &rest))
		return read_tagged(s, line, rest, bits, escaped, pool, e) ? -1 : 1;
	return read_plain(s, line, text, escaped, pool, e) ? -1 : 1;
}
