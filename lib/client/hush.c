/* SPDX-License-Identifier: Apache-2.0 */
#include "client/hush.h"

#include "base/mem.h"
#include "codec/b64.h"
#include "codec/url.h"
#include "json/scan.h"
#include "oci/dockercfg_helper.h"

enum { SHOWN_MAX = 300 };	/* bytes of a refusal that a message repeats */

struct sink_secret {
	struct sink sink;
	struct secret *to;	/* of HUSH_MAX bytes */
	size_t len;
};

/* http_do() keeps within the maximum. */
static int
feed(struct sink *sink, struct span bytes, struct err *e)
{
	struct sink_secret *s = (struct sink_secret *)(void *)sink;

	if (bytes.len > s->to->len - s->len)
		return err_set(e, REASON_TOO_LARGE, "the answer is too large");
	if (bytes.len)
		memcpy(s->to->bytes + s->len, bytes.ptr, bytes.len);
	s->len += bytes.len;
	return 0;
}

int
hush_check_url(const char *url, const char *what, struct err *e)
{
	struct url u;

	if (url_parse(&u, span_str(url), e)) {
		if (e)
			e->reason = REASON_CONFIG;
		return err_wrap(e, "%s", what);
	}
	if (u.tls || url_host_is_private(u.host))
		return 0;
	err_set(e, REASON_CONFIG, "%s is not asked for tokens in the clear", what);
	err_expected(e, "https, or http to this machine or a private network");
	return err_found(e, "%s", url);
}

int
hush_do(const struct http_request *q, struct secret *answer, struct http_response *r, struct err *e)
{
	struct sink_secret s = {{feed}, answer, 0};
	struct http_request copy = *q;
	int rc;

	secret_release(answer);
	secret_new(answer, HUSH_MAX);
	copy.sink = &s.sink;
	copy.max_body = HUSH_MAX;
	rc = http_do(&copy, r, e);
	answer->len = s.len;
	return rc;
}

int
hush_refused(const char *who, const struct http_response *r, struct err *e)
{
	struct span said = span_trim(buf_span(&r->body));
	bool denied = r->status == 401 || r->status == 403;

	err_set(e, denied ? REASON_DENIED : REASON_HTTP, "%s gives no token", who);
	err_expected(e, "status 200");
	return said.len ? err_found(e, "%d: %.*s", r->status, SPAN_FMT(span_first(said, SHOWN_MAX))) :
	    err_found(e, "%d", r->status);
}

int
hush_member(const struct secret *answer, const char *who, const char *name, struct secret *out, struct err *e)
{
	struct node root, v;

	if (scan_document(secret_span(answer), &root, e)) {
		if (e)
			e->reason = REASON_PROTOCOL;
		return err_wrap(e, "%s", who);
	}
	if (root.kind == JSON_OBJECT && node_member(root, name, &v) && dockercfg_helper_secret(v, out) && out->len)
		return 0;
	err_set(e, REASON_PROTOCOL, "%s answers without a token", who);
	return err_expected(e, "a JSON object with the text %s", name);
}

void
hush_wipe(struct buf *b)
{
	if (b->ptr)
		mem_wipe(b->ptr, b->room);
}

void
hush_basic(struct buf *pair, struct secret *line)
{
	AUTO(buf) struct buf text = BUF_INIT(2 * BUF_TEXT_MAX);

	/* All its room at once: growing would leave copies. */
	(void)buf_room(&text, 2 * pair->len + 64);
	buf_add_str(&text, "Authorization: Basic ");
	b64_encode(&text, buf_span(pair), B64_STD);
	secret_copy(line, span_of(buf_str(&text), text.len + 1));
	hush_wipe(pair);
	hush_wipe(&text);
}
