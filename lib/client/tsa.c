/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tsa.h"

#include <sodium.h>
#include "codec/der.h"
#include "crypto/digest.h"

void
tsa_request_init(struct tsa_request *q, struct span stamped, bool certificates)
{
	*q = (struct tsa_request){.certificates = certificates};
	digest_of(HASH_SHA256, stamped, q->digest);
	randombytes_buf(q->nonce, sizeof(q->nonce));
	/* Never 0, and always as long. */
	q->nonce[0] |= 1;
}

struct span
tsa_request_nonce(const struct tsa_request *q)
{
	return span_of(q->nonce, sizeof(q->nonce));
}

void
tsa_request_emit(const struct tsa_request *q, struct buf *out)
{
	static const char sha256[] = "\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00";
	unsigned char room[128];
	struct der_out o;
	size_t end, imprint;

	der_out_init(&o, room, sizeof(room));
	end = der_mark(&o);
	if (q->certificates)
		der_put_element(&o, DER_BOOLEAN, SPAN("\xff"));
	der_put_uint(&o, tsa_request_nonce(q));
	imprint = der_mark(&o);
	der_put_element(&o, DER_OCTETS, span_of(q->digest, sizeof(q->digest)));
	der_put(&o, span_of(sha256, sizeof(sha256) - 1));
	der_wrap(&o, DER_SEQUENCE, imprint);
	der_put_uint(&o, SPAN("\x01"));
	der_wrap(&o, DER_SEQUENCE, end);
	buf_add_span(out, der_out_span(&o));
}

int
tsa_ask(const struct service *s, const struct tsa_request *q, struct buf *der, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf body = BUF_INIT(BUF_TEXT_MAX);
	AUTO(tsp) struct tsp t = TSP_INIT;
	struct service_call c = {.method = "POST", .path = "", .type = "application/timestamp-query",
	    .accept = "application/timestamp-reply", .max_body = TSP_MAX, .timeout = TSA_TIMEOUT_MS, .repeatable = true};

	tsa_request_emit(q, &body);
	c.body = buf_span(&body);
	if (service_do(s, &c, &r, e))
		return -1;
	if (r.status != 200 && r.status != 201)
		return service_refused(s, &r, e);
	if (tsp_parse_response(&t, buf_span(&r.body), e))
		return service_wrap(s, e);
	buf_add_span(der, buf_span(&r.body));
	return buf_check(der, "the timestamp", e) ? service_wrap(s, e) : 0;
}
