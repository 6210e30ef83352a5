/* SPDX-License-Identifier: Apache-2.0 */
#include "step/detached.h"

#include "codec/b64.h"
#include "step/work.h"

int
detached_set(struct detached *d, struct span signature, struct span payload, struct pool *pool, struct err *e)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);

	if (material_from_signature(&m, signature, e))
		return -1;
	b64_encode(&text, m.sig, B64_STD);
	if (buf_check(&text, "the signature", e))
		return -1;
	d->signature = pool_span(pool, buf_span(&text));
	d->payload = payload.ptr ? pool_span(pool, payload) : SPAN_NONE;
	return 0;
}

/* The payload that would be made for this image now. */
static int
make_payload(struct work *w, const struct subject *sub, struct err *e)
{
	w->form = FORM_LEGACY;
	w->subject = *sub;
	return work_name(w, NULL, e) || work_compose(w, e) ? -1 : 0;
}

int
detached_judge(const struct detached *d, const struct judge *how, const struct subject *sub, const char *reference,
    struct judgement *j, struct err *e)
{
	AUTO(work) struct work w = WORK_INIT;
	struct shape_pair pair = {SPAN(ANNOTATION_SIGNATURE), d->signature};
	struct candidate c = {.form = FORM_LEGACY, .bytes = d->payload, .annotations = {&pair, 1}};

	if (!d->payload.ptr) {
		if (make_payload(&w, sub, e))
			return -1;
		c.bytes = w.payload;
	}
	judge_candidate(how, j, sub->desc.digest, reference, &c);
	return 0;
}
