/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "net/frame.h"
#include "net/origin.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read must be written so that it is read the same. */
static void
round_trip(const struct frame_request *q)
{
	AUTO(buf) struct buf line = BUF_INIT(BUF_BIG_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	struct frame_request back;
	struct node root;
	struct err e = ERR_INIT;

	frame_request_emit(q, &line);
	if (scan_document(span_first(buf_span(&line), line.len - 1), &root, &e) ||
	    frame_request_parse(&back, root, &pool, &e) || back.id != q->id || !span_eq(back.url, q->url) ||
	    back.headers.count != q->headers.count)
		BUG("a request changes when it is written");
}

static void
follow(struct span url)
{
	AUTO(buf) struct buf to = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf masked = BUF_INIT(BUF_TEXT_MAX);
	struct origin o, other;
	struct err e = ERR_INIT;

	origin_mask(url, &masked);
	if (origin_redirect(SPAN("https://example.com/a/b?c"), url, &to, &e) == 0 &&
	    (origin_parse(&o, buf_span(&to), &e) || !o.tls || origin_is_private(&o)))
		BUG("a redirect leads where it may not");
	if (origin_parse(&o, url, &e))
		return;
	buf_reset(&to);
	buf_add_str(&to, o.tls ? "https://" : "http://");
	origin_authority(&o, &to);
	if (origin_parse(&other, buf_span(&to), &e) || !origin_same(&o, &other))
		BUG("an origin changes when it is written");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame_reader r;
	struct frame f;
	struct err e = ERR_INIT;

	frame_reader_init(&r, FRAME_CHUNK_MAX);
	/* In two parts, so that frames are cut. */
	frame_feed(&r, span_of(data, size / 2));
	for (int part = 0; part < 2; part++) {
		while (frame_next(&r, &f, &e) > 0) {
			AUTO(pool) struct pool pool = POOL_INIT;
			struct frame_request q;
			struct frame_answer a;

			if (frame_request_parse(&q, f.root, &pool, &e) == 0 && !q.cancel) {
				round_trip(&q);
				follow(q.url);
			}
			if (frame_answer_parse(&a, f.root, &pool, &e) == 0 && a.kind == FRAME_HEAD)
				follow(a.url);
		}
		if (part == 0)
			frame_feed(&r, span_of(data + size / 2, size - size / 2));
	}
	frame_reader_release(&r);
	return 0;
}
