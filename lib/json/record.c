/* SPDX-License-Identifier: Apache-2.0 */
#include "json/record.h"

#include <errno.h>
#include <unistd.h>
#include "json/unescape.h"

/* Cuts "NAME/VERSION"; a type of another form is all name. */
static void
split_type(struct record *rec)
{
	struct span type = span_str(rec->type);
	ptrdiff_t slash = span_rfind(type, '/');
	struct span digits = span_from(type, (size_t)slash + 1);
	uint64_t version = 0;

	memcpy(rec->name, rec->type, type.len + 1);
	rec->version = 0;
	if (slash < 0 || span_starts(digits, "0") || !span_decimal(digits, INT32_MAX, &version))
		return;
	rec->name[slash] = '\0';
	rec->version = (int64_t)version;
}

static int
bad_type(struct err *e, const char *why)
{
	return err_set(e, REASON_BAD_RECORD, "type: %s", why);
}

static int
read_type(struct record *rec, struct err *e)
{
	/* A character may be spelt with six bytes. */
	char text[6 * RECORD_TYPE_MAX];
	struct node type;
	struct span raw;
	size_t len;

	if (!node_member(rec->root, "type", &type))
		return err_set(e, REASON_BAD_RECORD, "a record needs the member \"type\"");
	if (type.kind != JSON_STRING)
		return err_set(e, REASON_BAD_RECORD, "type: expected a string, found %s",
		    node_kind_name(type.kind));
	raw = span_of(type.raw.ptr + 1, type.raw.len - 2);
	if (raw.len > sizeof(text))
		return bad_type(e, "too long");
	len = unescape_all(raw, text);
	if (len == 0 || len > RECORD_TYPE_MAX)
		return bad_type(e, len == 0 ? "empty" : "too long");
	if (memchr(text, '\0', len))
		return bad_type(e, "a NUL in it");
	memcpy(rec->type, text, len);
	rec->type[len] = '\0';
	return 0;
}

int
record_parse(struct span line, struct record *rec, struct err *e)
{
	*rec = (struct record){.line = line};
	if (scan_document(line, &rec->root, e) != 0)
		return err_hint(e, "each line is one JSON object; jq writes such lines with -c");
	if (rec->root.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_RECORD, "expected an object, found %s",
		    node_kind_name(rec->root.kind));
	if (read_type(rec, e) != 0)
		return -1;
	split_type(rec);
	return 0;
}

bool
record_is(const struct record *rec, const char *type)
{
	return strcmp(rec->type, type) == 0;
}

bool
record_is_other_version(const struct record *rec, const char *type)
{
	struct record want = {.number = 0};

	snprintf(want.type, sizeof(want.type), "%s", type);
	split_type(&want);
	return strcmp(rec->name, want.name) == 0 && rec->version != want.version;
}

int
record_refuse(const struct record *rec, const char *expected, struct err *e)
{
	err_set(e, REASON_BAD_RECORD, "record %zu: expected %s, found %s", rec->number, expected,
	    rec->type);
	err_expected(e, "%s", expected);
	return err_found(e, "%s", rec->type);
}

enum { READ_SIZE = 65536 };

void
record_reader_init(struct record_reader *r, int fd, const char *name)
{
	*r = (struct record_reader){.fd = fd, .name = name};
	record_reader_limit(r, RECORD_LINE_MAX);
}

void
record_reader_limit(struct record_reader *r, size_t max)
{
	buf_init(&r->buf, max);
}

void
record_reader_release(struct record_reader *r)
{
	buf_release(&r->buf);
}

/* Moves what is left to the front, so that the limit is about one line. */
static void
forget_given(struct record_reader *r)
{
	if (r->at == 0)
		return;
	memmove(r->buf.ptr, r->buf.ptr + r->at, r->buf.len - r->at);
	r->buf.len -= r->at;
	r->at = 0;
}

/* Reads once; the end is remembered. */
static int
fill(struct record_reader *r, struct err *e)
{
	size_t left, want;
	char *room;
	ssize_t n;

	forget_given(r);
	left = r->buf.max - r->buf.len;
	want = left < READ_SIZE ? left : READ_SIZE;
	if (want == 0) {
		r->end = true;
		buf_reset(&r->buf);
		return err_set(e, REASON_TOO_LARGE, "%s: record %zu: longer than %zu bytes",
		    r->name, r->number, r->buf.max);
	}
	room = buf_room(&r->buf, want);
	do {
		n = read(r->fd, room, want);
	} while (n < 0 && errno == EINTR);
	r->end = n <= 0;
	if (n < 0) {
		err_errno(e, REASON_IO, "cannot read %s", r->name);
		buf_reset(&r->buf);
		return -1;
	}
	r->buf.len += (size_t)n;
	return 0;
}

/* The next line without its end: 1, 0 at the end, -1. */
static int
next_line(struct record_reader *r, struct span *line, struct err *e)
{
	size_t seen = 0;

	r->number++;
	for (;;) {
		struct span rest = span_from(buf_span(&r->buf), r->at);
		ptrdiff_t end = span_find(span_from(rest, seen), '\n');

		if (end >= 0) {
			*line = span_first(rest, seen + (size_t)end);
			r->at += line->len + 1;
			return 1;
		}
		seen = rest.len;
		if (r->end) {
			*line = rest;
			r->at += rest.len;
			return rest.len > 0;
		}
		if (fill(r, e) != 0)
			return -1;
	}
}

int
record_read(struct record_reader *r, struct record *rec, struct err *e)
{
	struct span line;
	int rc;

	do {
		rc = next_line(r, &line, e);
	} while (rc > 0 && span_trim(line).len == 0);
	if (rc <= 0)
		return rc;
	if (record_parse(line, rec, e) != 0)
		return err_wrap(e, "%s: record %zu", r->name, r->number);
	rec->number = r->number;
	return 1;
}

void
record_begin(struct emit *j, const char *type)
{
	emit_object(j);
	emit_kstr(j, "type", type);
}

void
record_end(struct emit *j)
{
	emit_object_end(j);
	buf_add_char(j->out, '\n');
}

static bool
is_known(struct span raw_key, const char *const known[])
{
	if (node_key_is(raw_key, "type"))
		return true;
	for (size_t i = 0; known && known[i]; i++)
		if (node_key_is(raw_key, known[i]))
			return true;
	return false;
}

void
record_copy_unknown(struct emit *j, struct node root, const char *const known[])
{
	for (struct node_iter it = node_iter(root); node_next(&it);) {
		if (is_known(it.key, known))
			continue;
		emit_key_raw(j, it.key);
		emit_raw(j, it.value.raw);
	}
}

void
record_pass(struct buf *out, const struct record *rec)
{
	buf_add_span(out, rec->line);
	buf_add_char(out, '\n');
}
