/* SPDX-License-Identifier: Apache-2.0 */
#include "net/outbox.h"

#include <errno.h>
#include <unistd.h>

enum { OUT_MAX = 256 << 20, COMPACT_AT = 256 << 10 };

void
outbox_init(struct outbox *o, int fd)
{
	*o = (struct outbox){.fd = fd, .text = BUF_INIT(OUT_MAX)};
}

void
outbox_release(struct outbox *o)
{
	buf_release(&o->text);
}

static void
answer(struct outbox *o, const struct frame_answer *a, struct span body)
{
	frame_answer_emit(a, &o->text);
	buf_add_span(&o->text, body);
	/* A reader this late has given up. */
	if (o->text.over)
		o->deaf = true;
}

void
outbox_head(struct outbox *o, int64_t id, int status, struct span url, const struct shape_strs *headers)
{
	answer(o, &(struct frame_answer){.kind = FRAME_HEAD, .id = id, .status = status, .url = url,
	    .headers = *headers}, SPAN_NONE);
}

void
outbox_body(struct outbox *o, int64_t id, struct span bytes)
{
	while (bytes.len) {
		struct span chunk = span_first(bytes, FRAME_CHUNK_MAX);

		answer(o, &(struct frame_answer){.kind = FRAME_BODY, .id = id, .length = (int64_t)chunk.len}, chunk);
		bytes = span_from(bytes, chunk.len);
	}
}

void
outbox_done(struct outbox *o, int64_t id, const struct shape_strs *trailers)
{
	answer(o, &(struct frame_answer){.kind = FRAME_END, .id = id, .headers = *trailers}, SPAN_NONE);
}

void
outbox_end(struct outbox *o, int64_t id, const struct err *why)
{
	struct frame_answer a = {.kind = FRAME_END, .id = id};
	char text[ERR_TEXT];

	if (why) {
		a.reason = span_str(reason_slug(why->reason));
		a.message = span_str(err_text(why, text, sizeof(text)));
		a.hint = span_str(err_get_hint(why));
	}
	answer(o, &a, SPAN_NONE);
}

size_t
outbox_waits(const struct outbox *o)
{
	return o->text.len - o->at;
}

void
outbox_flush(struct outbox *o)
{
	while (o->at < o->text.len) {
		ssize_t n = write(o->fd, o->text.ptr + o->at, o->text.len - o->at);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			o->deaf = true;
		if (n < 0)
			break;
		o->at += (size_t)n;
	}
	if (o->at == o->text.len) {
		buf_reset(&o->text);
		o->at = 0;
	} else if (o->at > COMPACT_AT) {
		memmove(o->text.ptr, o->text.ptr + o->at, o->text.len - o->at);
		o->text.len -= o->at;
		o->at = 0;
	}
}
