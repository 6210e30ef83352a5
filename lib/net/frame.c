/* SPDX-License-Identifier: Apache-2.0 */
#include "net/frame.h"

#include <errno.h>
#include <unistd.h>
#include "json/emit.h"

void
frame_reader_init(struct frame_reader *r, size_t max_body)
{
	*r = (struct frame_reader){.in = BUF_INIT(FRAME_LINE_MAX + max_body + FRAME_CHUNK_MAX),
	    .max_body = max_body, .body = BUF_INIT(max_body)};
}

void
frame_reader_release(struct frame_reader *r)
{
	if (r->in.ptr)
		explicit_bzero(r->in.ptr, r->in.room);
	buf_release(&r->in);
	buf_release(&r->body);
	r->at = r->wanted = 0;
}

/* Drops what was given out. */
static void
compact(struct frame_reader *r)
{
	if (r->at == 0)
		return;
	memmove(r->in.ptr, r->in.ptr + r->at, r->in.len - r->at);
	r->in.len -= r->at;
	r->at = 0;
}

/* Where the next bytes belong, and how many at most. */
static struct buf *
place(struct frame_reader *r, size_t *most)
{
	if (r->body.len < r->wanted) {
		size_t missing = r->wanted - r->body.len;

		*most = missing < *most ? missing : *most;
		return &r->body;
	}
	compact(r);
	if (!r->wanted && r->body.ptr)
		buf_release(&r->body);
	return &r->in;
}

int
frame_read(struct frame_reader *r, int fd, struct err *e)
{
	size_t most = FRAME_CHUNK_MAX;
	struct buf *b = place(r, &most);
	char *to = buf_room(b, most);
	ssize_t n;

	if (!to)
		return err_set(e, REASON_PROTOCOL, "a frame is too long");
	n = read(fd, to, most);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 1 : err_errno(e, REASON_IO, "cannot read frames");
	b->len += (size_t)n;
	return n > 0;
}

void
frame_feed(struct frame_reader *r, struct span bytes)
{
	while (bytes.len) {
		size_t most = bytes.len;
		struct buf *b = place(r, &most);

		buf_add_span(b, span_first(bytes, most));
		bytes = span_from(bytes, most);
	}
}

bool
frame_is_partial(const struct frame_reader *r)
{
	return r->at < r->in.len;
}

/* An error below becomes one of the protocol: the text that broke it was made
 * by a program, not by a user. */
static int
broken(struct err *e, const char *what)
{
	if (e)
		e->reason = REASON_PROTOCOL;
	return err_wrap(e, "%s", what);
}

static int
body_length(struct node root, size_t max, size_t *length, struct err *e)
{
	struct node v;
	int64_t n = 0;

	if (root.kind != JSON_OBJECT)
		return err_set(e, REASON_PROTOCOL, "a frame is no JSON object");
	if (node_member(root, "length", &v) && (v.kind != JSON_NUMBER || !node_int(v, &n) || n < 0))
		return err_set(e, REASON_PROTOCOL, "a frame's length is no number of bytes");
	if ((uint64_t)n > max) {
		err_set(e, REASON_PROTOCOL, "a frame's body is too long");
		err_expected(e, "at most %zu bytes", max);
		return err_found(e, "%lld", (long long)n);
	}
	*length = (size_t)n;
	return 0;
}

/* Of a large body what came with its line goes over; whether it is whole then.
 * The line stays until it is. */
static bool
collect(struct frame_reader *r, struct span rest, size_t length)
{
	if (!r->wanted) {
		buf_reset(&r->body);
		(void)buf_room(&r->body, length);
		buf_add_span(&r->body, rest);
		r->in.len -= rest.len;
		r->wanted = length;
	}
	if (r->body.len < r->wanted)
		return false;
	r->wanted = 0;
	return true;
}

int
frame_next(struct frame_reader *r, struct frame *f, struct err *e)
{
	struct span rest, line;
	size_t length;
	ptrdiff_t end;

	if (r->in.over)
		return err_set(e, REASON_PROTOCOL, "a frame is too long");
	/* Blank lines between frames are for those who type them. */
	while (r->at < r->in.len && r->in.ptr[r->at] == '\n')
		r->at++;
	if (r->at == r->in.len)
		return 0;
	rest = span_from(buf_span(&r->in), r->at);
	end = span_find(span_first(rest, FRAME_LINE_MAX), '\n');
	if (end < 0)
		return rest.len < FRAME_LINE_MAX ? 0 : err_set(e, REASON_PROTOCOL, "a frame's line is too long");
	line = span_first(rest, (size_t)end);
	if (scan_document(line, &f->root, e))
		return broken(e, "a frame");
	if (body_length(f->root, r->max_body, &length, e))
		return -1;
	rest = span_from(rest, (size_t)end + 1);
	if (r->wanted || (rest.len < length && length > FRAME_CHUNK_MAX)) {
		if (!collect(r, rest, length))
			return 0;
		f->body = buf_span(&r->body);
		r->at += (size_t)end + 1;
		return 1;
	}
	if (rest.len < length)
		return 0;
	f->body = span_first(rest, length);
	r->at += (size_t)end + 1 + length;
	return 1;
}

void
frame_take_body(struct frame_reader *r, const struct frame *f, struct buf *out)
{
	if (!f->body.len || f->body.ptr != r->body.ptr) {
		buf_add_span(out, f->body);
		return;
	}
	buf_release(out);
	*out = r->body;
	r->body = (struct buf)BUF_INIT(r->max_body);
}

static const struct field request_fields[] = {
	FIELD_INT(struct frame_request, id, "id", FIELD_REQUIRED),
	FIELD_BOOL(struct frame_request, cancel, "cancel", 0),
	FIELD_STR(struct frame_request, method, "method", 0),
	FIELD_STR(struct frame_request, url, "url", 0),
	FIELD_STRS(struct frame_request, headers, "headers", 0, .max = FRAME_HEADERS_MAX),
	FIELD_STR(struct frame_request, secret, "secret", 0, .max = FRAME_HEADER_BYTES_MAX),
	FIELD_STR(struct frame_request, cacert, "cacert", 0, .max = 4096),
	FIELD_STR(struct frame_request, client_cert, "client_cert", 0, .max = 4096),
	FIELD_STR(struct frame_request, client_key, "client_key", 0, .max = 4096),
	FIELD_STRS(struct frame_request, files, "files", 0, .max = FRAME_FILES_MAX),
	FIELD_STR(struct frame_request, server_name, "server_name", 0, .max = 255),
	FIELD_STR(struct frame_request, socket, "socket", 0, .max = 107),
	FIELD_STR(struct frame_request, user_agent, "user_agent", 0, .max = 1024),
	FIELD_BOOL(struct frame_request, plain, "plain", 0),
	FIELD_BOOL(struct frame_request, insecure, "insecure", 0),
	FIELD_BOOL(struct frame_request, repeatable, "repeatable", 0),
	FIELD_BOOL(struct frame_request, fresh, "fresh", 0),
	FIELD_BOOL(struct frame_request, stream, "stream", 0),
	FIELD_BOOL(struct frame_request, verbose, "verbose", 0),
	FIELD_INT(struct frame_request, max, "max", 0),
	FIELD_INT(struct frame_request, deadline, "deadline", 0),
	FIELD_INT(struct frame_request, retry_time, "retry_time", 0),
	FIELD_INT(struct frame_request, retries, "retries", 0),
	FIELD_INT(struct frame_request, length, "length", 0),
	FIELD_END
};

static bool
is_token(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    (c && strchr("!#$%&'*+-.^_`|~", c))))
			return false;
	}
	return s.len > 0;
}

static bool
is_text(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.ptr[i] < 0x20 && s.ptr[i] != '\t') || s.ptr[i] == 0x7f)
			return false;
	return true;
}

bool
frame_header_split(struct span line, struct span *name, struct span *value)
{
	ptrdiff_t colon = line.ptr ? span_find(line, ':') : -1;

	if (colon <= 0)
		return false;
	*name = span_first(line, (size_t)colon);
	*value = span_trim(span_from(line, (size_t)colon + 1));
	return is_token(*name) && is_text(*value);
}

static int
check_headers(const struct shape_strs *headers, struct err *e)
{
	struct span name, value;
	size_t total = 0;

	for (size_t i = 0; i < headers->count; i++) {
		if (!frame_header_split(headers->items[i], &name, &value))
			return err_set(e, REASON_PROTOCOL, "header %zu is none", i);
		total += headers->items[i].len;
	}
	if (total > FRAME_HEADER_BYTES_MAX)
		return err_set(e, REASON_PROTOCOL, "the headers are too large");
	return 0;
}

static bool
in_range(int64_t v, int64_t max)
{
	return v >= 0 && v <= max;
}

static int
check_request(struct frame_request *q, struct err *e)
{
	struct span name, value;

	if (!is_token(q->method) || q->method.len > 16)
		return err_set(e, REASON_PROTOCOL, "the method is none");
	if (q->url.len == 0)
		return err_set(e, REASON_PROTOCOL, "there is no url");
	if (q->secret.ptr && !frame_header_split(q->secret, &name, &value))
		return err_set(e, REASON_PROTOCOL, "the secret is no header");
	if (!in_range(q->max, INT64_MAX) || !in_range(q->deadline, INT64_C(1) << 40) ||
	    !in_range(q->retry_time, INT64_C(1) << 40) || !in_range(q->retries, 1000))
		return err_set(e, REASON_PROTOCOL, "a number is out of range");
	return check_headers(&q->headers, e);
}

int
frame_request_parse(struct frame_request *q, struct node root, struct pool *pool, struct err *e)
{
	*q = (struct frame_request){0};
	if (shape_decode(q, request_fields, root, SHAPE_LENIENT, pool, e))
		return broken(e, "a request");
	if (q->id <= 0)
		return err_set(e, REASON_PROTOCOL, "a request's id is not above 0");
	if (!q->cancel && check_request(q, e))
		return err_wrap(e, "request %lld", (long long)q->id);
	return 0;
}

static void
emit_some(struct emit *j, const char *name, struct span s)
{
	if (s.ptr)
		emit_kspan(j, name, s);
}

static void
emit_flag(struct emit *j, const char *name, bool v)
{
	if (v)
		emit_kbool(j, name, v);
}

static void
emit_number(struct emit *j, const char *name, int64_t v)
{
	if (v)
		emit_kint(j, name, v);
}

static void
emit_strings(struct emit *j, const char *name, const struct shape_strs *strings)
{
	emit_key(j, name);
	emit_array(j);
	for (size_t i = 0; i < strings->count; i++)
		emit_span(j, strings->items[i]);
	emit_array_end(j);
}

void
frame_request_emit(const struct frame_request *q, struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	j.raw_html = true;
	emit_object(&j);
	emit_kint(&j, "id", q->id);
	emit_flag(&j, "cancel", q->cancel);
	emit_some(&j, "method", q->method);
	emit_some(&j, "url", q->url);
	if (q->headers.count)
		emit_strings(&j, "headers", &q->headers);
	emit_some(&j, "secret", q->secret);
	emit_some(&j, "cacert", q->cacert);
	emit_some(&j, "client_cert", q->client_cert);
	emit_some(&j, "client_key", q->client_key);
	if (q->files.count)
		emit_strings(&j, "files", &q->files);
	emit_some(&j, "server_name", q->server_name);
	emit_some(&j, "socket", q->socket);
	emit_some(&j, "user_agent", q->user_agent);
	emit_flag(&j, "plain", q->plain);
	emit_flag(&j, "insecure", q->insecure);
	emit_flag(&j, "repeatable", q->repeatable);
	emit_flag(&j, "fresh", q->fresh);
	emit_flag(&j, "stream", q->stream);
	emit_flag(&j, "verbose", q->verbose);
	emit_number(&j, "max", q->max);
	emit_number(&j, "deadline", q->deadline);
	emit_number(&j, "retry_time", q->retry_time);
	emit_number(&j, "retries", q->retries);
	emit_number(&j, "length", q->length);
	emit_object_end(&j);
	buf_add_char(out, '\n');
}

struct answer_raw {
	struct span type;
	struct frame_answer answer;
};

static const struct field answer_fields[] = {
	FIELD_STR(struct answer_raw, type, "type", FIELD_REQUIRED),
	FIELD_INT(struct answer_raw, answer.id, "id", FIELD_REQUIRED),
	FIELD_INT(struct answer_raw, answer.status, "status", 0),
	FIELD_STRS(struct answer_raw, answer.headers, "headers", 0, .max = FRAME_HEADERS_MAX),
	FIELD_STR(struct answer_raw, answer.url, "url", 0),
	FIELD_STR(struct answer_raw, answer.reason, "reason", 0, .max = 64),
	FIELD_STR(struct answer_raw, answer.message, "message", 0, .max = 4096),
	FIELD_STR(struct answer_raw, answer.hint, "hint", 0, .max = 4096),
	FIELD_INT(struct answer_raw, answer.length, "length", 0),
	FIELD_END
};

static const char *const kinds[] = {[FRAME_HEAD] = "head", [FRAME_BODY] = "body", [FRAME_END] = "end"};

int
frame_answer_parse(struct frame_answer *a, struct node root, struct pool *pool, struct err *e)
{
	struct answer_raw raw = {0};
	size_t k = 0;

	if (shape_decode(&raw, answer_fields, root, SHAPE_LENIENT, pool, e))
		return broken(e, "an answer");
	while (k < countof(kinds) && !span_is(raw.type, kinds[k]))
		k++;
	*a = raw.answer;
	a->kind = (enum frame_kind)k;
	if (k == countof(kinds))
		return err_set(e, REASON_PROTOCOL, "an answer is neither head, body nor end");
	if (k != FRAME_BODY && a->length)
		return err_set(e, REASON_PROTOCOL, "only body frames have bytes");
	if (k == FRAME_HEAD && (a->status < 100 || a->status > 999 || a->url.len == 0))
		return err_set(e, REASON_PROTOCOL, "a head has no status or no url");
	return check_headers(&a->headers, e);
}

void
frame_answer_emit(const struct frame_answer *a, struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	j.raw_html = true;
	emit_object(&j);
	emit_kstr(&j, "type", kinds[a->kind]);
	emit_kint(&j, "id", a->id);
	if (a->kind == FRAME_HEAD) {
		emit_kint(&j, "status", a->status);
		emit_kspan(&j, "url", a->url);
	}
	if (a->kind == FRAME_HEAD || a->headers.count)
		emit_strings(&j, "headers", &a->headers);
	emit_some(&j, "reason", a->reason);
	emit_some(&j, "message", a->message);
	emit_some(&j, "hint", a->hint);
	emit_number(&j, "length", a->length);
	emit_object_end(&j);
	buf_add_char(out, '\n');
}
