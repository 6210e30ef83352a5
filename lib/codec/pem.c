/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/pem.h"

#include "base/mem.h"
#include "codec/b64.h"

static const char begin_mark[] = "-----BEGIN ";
static const char end_mark[] = "-----END ";
static const char dashes[] = "-----";

static struct span
trim_right(struct span s)
{
	while (s.len && strchr(" \t\r\n", s.ptr[s.len - 1]) && s.ptr[s.len - 1])
		s.len--;
	return s;
}

/* The label of a BEGIN or END line, or ptr NULL. */
static struct span
label_of(struct span line, const char *mark)
{
	size_t lead = strlen(mark), tail = strlen(dashes);

	line = trim_right(line);
	if (!span_starts(line, mark) || !span_ends(line, dashes) || line.len < lead + tail)
		return SPAN_NONE;
	return span_of(line.ptr + lead, line.len - lead - tail);
}

/* Moves *rest behind the header lines and returns them. */
static struct span
take_headers(struct span *rest)
{
	struct span all = *rest, after = *rest;

	while (after.len) {
		struct span line = span_cut(&after, '\n');

		if (span_find(line, ':') < 0)
			break;
		*rest = after;
	}
	return span_first(all, all.len - rest->len);
}

/* From behind a BEGIN line up to the END line of that label. */
static bool
take_body(struct pem *p, struct span *rest)
{
	struct span after;
	const char *start;

	p->headers = take_headers(rest);
	start = rest->ptr;
	for (after = *rest; after.len;) {
		struct span line = span_cut(&after, '\n');
		struct span label = label_of(line, end_mark);

		if (span_starts(line, begin_mark))
			return false;
		if (!label.ptr)
			continue;
		p->body = span_of(start, (size_t)(line.ptr - start));
		*rest = after;
		return span_eq(label, p->label);
	}
	return false;
}

int
pem_next(struct pem *p, struct span text, struct span *rest, struct err *e)
{
	while (text.len) {
		struct span line = span_cut(&text, '\n'), inner = text;

		p->label = label_of(line, begin_mark);
		if (!p->label.ptr || !take_body(p, &inner))
			continue;
		if (rest)
			*rest = inner;
		return 0;
	}
	err_set(e, REASON_BAD_ENCODING, "there is no PEM block");
	return err_expected(e, "a line -----BEGIN LABEL-----, base64, and a line -----END LABEL-----");
}

/* Go drops blanks inside the base64 as well. */
static void
drop_blanks(struct buf *to, struct span from)
{
	char *out = buf_room(to, from.len);

	for (size_t i = 0; out && i < from.len; i++)
		if (from.ptr[i] != ' ' && from.ptr[i] != '\t')
			out[to->len++] = from.ptr[i];
}

int
pem_decode(const struct pem *p, struct buf *out, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(p->body.len);
	size_t before = out->len;
	int rc;

	if (!buf_room(out, b64_decoded_max(p->body.len)))
		return buf_check(out, "the PEM block", e);
	drop_blanks(&text, p->body);
	rc = b64_decode(out, buf_span(&text), B64_STD, e);
	mem_wipe(text.ptr, text.len);
	if (rc)
		return err_wrap(e, "PEM block %.*s", SPAN_FMT(p->label));
	if (out->len == before)
		return err_set(e, REASON_BAD_ENCODING, "the PEM block %.*s is empty", SPAN_FMT(p->label));
	return 0;
}

void
pem_encode(struct buf *out, const char *label, struct span bytes)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX);
	struct span rest;

	b64_encode(&text, bytes, B64_STD);
	buf_printf(out, "-----BEGIN %s-----\n", label);
	for (rest = buf_span(&text); rest.len; rest = span_from(rest, 64)) {
		buf_add_span(out, span_first(rest, 64));
		buf_add_char(out, '\n');
	}
	buf_printf(out, "-----END %s-----\n", label);
}
