/* SPDX-License-Identifier: Apache-2.0 */
#include "client/rekor2.h"

#include "json/emit.h"
#include "client/rekor2tiles.h"

int
rekor2_emit(const struct logbody_subject *what, struct buf *out, struct err *e)
{
	unsigned char digest[HASH_SIZE_MAX];
	const struct alg *alg;
	struct emit j;

	if (logbody_scheme(what, &alg, digest, e))
		return -1;
	emit_init(&j, out);
	emit_object(&j);
	emit_key(&j, "hashedRekordRequestV002");
	emit_object(&j);
	emit_key(&j, "digest");
	emit_base64(&j, span_of(digest, hash_size(alg->hash)));
	emit_key(&j, "signature");
	emit_object(&j);
	emit_key(&j, "content");
	emit_base64(&j, what->sig);
	emit_key(&j, "verifier");
	emit_object(&j);
	emit_key(&j, what->cert.ptr ? "x509Certificate" : "publicKey");
	emit_object(&j);
	emit_key(&j, "rawBytes");
	emit_base64(&j, what->cert.ptr ? what->cert : buf_span(&what->key->spki));
	emit_object_end(&j);
	emit_kstr(&j, "keyDetails", alg->details);
	for (int level = 0; level < 4; level++)
		emit_object_end(&j);
	return buf_check(out, "the log entry", e);
}

static int
take(struct bundle_entry *out, struct node root, struct pool *pool, struct err *e)
{
	if (entry_decode(out, root, pool, e))
		return -1;
	if (!span_is(out->body_version, "0.0.2") || out->set.ptr || !out->has_proof || !out->log_id.len)
		return err_set(e, REASON_BAD_LOG_ENTRY, "this is no entry of Rekor v2 with its proof");
	/* Nobody vouches for what it says of its time. */
	out->integrated_time = 0;
	return 0;
}

int
rekor2_parse(struct bundle_entry *out, struct span json, struct pool *pool, struct err *e)
{
	struct node root;

	if (json.len > REKOR2_ANSWER_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d bytes", REKOR2_ANSWER_MAX);
	if (scan_document(json, &root, e))
		return -1;
	if (take(out, root, pool, e) == 0)
		return 0;
	if (e && !err_is(e, REASON_TOO_LARGE))
		e->reason = REASON_BAD_LOG_ENTRY;
	return -1;
}

/* The index of the entry that is there already. */
static int
existing(const struct service *s, const struct http_response *r, uint64_t *index, struct err *e)
{
	const char *text = http_header(r, "x-log-index");

	if (text && span_decimal(span_str(text), INT64_MAX, index))
		return 0;
	err_set(e, REASON_PROTOCOL, "it has such an entry already, and does not say where");
	return service_wrap(s, e);
}

static int
fetch_existing(const struct service *s, const struct logbody_subject *what, const struct http_response *r,
    struct bundle_entry *out, struct pool *pool, struct err *e)
{
	uint64_t index;

	if (existing(s, r, &index, e))
		return -1;
	if (rekor2tiles_entry(s, what, (int64_t)index, out, pool, e) == 0)
		return 0;
	/* Another signature would have an entry of its own, if there is time for one. */
	if (!err_is(e, REASON_TIMEOUT))
		e->reason = REASON_EXISTS;
	err_wrap(e, "it has just this entry already, as number %llu, and its tiles do not show it",
	    (unsigned long long)index);
	return service_wrap(s, e);
}

int
rekor2_add(const struct service *s, const struct logbody_subject *what, struct bundle_entry *out, struct pool *pool,
    struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf body = BUF_INIT(BUF_TEXT_MAX);
	struct service_call c = {.method = "POST", .path = "/api/v2/log/entries", .type = "application/json",
	    .accept = "application/json", .max_body = REKOR2_ANSWER_MAX, .timeout = REKOR2_TIMEOUT_MS,
	    .repeatable = true};

	if (rekor2_emit(what, &body, e))
		return service_wrap(s, e);
	c.body = buf_span(&body);
	if (service_do(s, &c, &r, e))
		return -1;
	if (r.status == 409)
		return fetch_existing(s, what, &r, out, pool, e);
	if (r.status != 201 && r.status != 200)
		return service_refused(s, &r, e);
	return rekor2_parse(out, buf_span(&r.body), pool, e) ? service_garbage(s, e) : 0;
}
