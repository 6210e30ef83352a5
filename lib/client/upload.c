/* SPDX-License-Identifier: Apache-2.0 */
#include "client/upload.h"

#include "client/transport.h"
#include "codec/url.h"

struct upload {
	const struct ref *repo;
	const struct registry_options *options;
	const char *digest;
	struct span bytes;
	struct buf location;	/* the newest one */
	bool done;		/* the server has the blob already */
};

/* Location may be relative, and may carry the session in its query. */
static int
take_location(struct upload *u, const struct http_response *r, struct err *e)
{
	AUTO(buf) struct buf next = BUF_INIT(URL_MAX);
	const char *location = http_header(r, "location");

	if (!location || !*location)
		return err_set(e, REASON_PROTOCOL, "%s gives no Location for an upload", u->repo->registry);
	if (url_resolve(&next, span_str(r->url), span_str(location), e))
		return err_wrap(e, "the Location that %s gives for an upload", u->repo->registry);
	buf_reset(&u->location);
	buf_add_span(&u->location, buf_span(&next));
	return buf_check(&u->location, "a Location", e);
}

static int
start(struct upload *u, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	struct transport_call c = {.method = "POST", .push = true, .repeatable = true};

	buf_printf(&url, "/v2/%s/blobs/uploads/", u->repo->repository);
	c.url = buf_str(&url);
	if (transport_do(u->repo, u->options, &c, &r, e))
		return -1;
	u->done = r.status == 201;
	if (u->done)
		return 0;
	return r.status == 202 ? take_location(u, &r, e) : transport_refused(&c, &r, e);
}

/* Sends data to the session; finish closes it. 0 when the server took it, 1
 * with the error in *e when it said no. */
static int
send_data(struct upload *u, const char *method, struct span data, bool finish, struct err *e)
{
	static const struct http_header type = {"Content-Type", "application/octet-stream"};
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf url = BUF_INIT(2 * URL_MAX);
	struct transport_call c = {.method = method, .headers = &type, .header_count = 1, .body = data, .push = true};

	buf_add_span(&url, buf_span(&u->location));
	if (finish)
		url_add_query(&url, "digest", span_str(u->digest));
	if (buf_check(&url, "a Location", e))
		return -1;
	c.url = buf_str(&url);
	if (transport_do(u->repo, u->options, &c, &r, e))
		return -1;
	if (r.status < 200 || r.status > 204) {
		transport_refused(&c, &r, e);
		return 1;
	}
	return finish ? 0 : take_location(u, &r, e);
}

static int
in_pieces(struct upload *u, struct err *e)
{
	int rc = start(u, e);

	if (rc || u->done)
		return rc;
	rc = send_data(u, "PATCH", u->bytes, false, e);
	if (rc == 0)
		rc = send_data(u, "PUT", SPAN_NONE, true, e);
	return rc ? -1 : 0;
}

int
upload_blob(const struct ref *repo, const char *digest, struct span bytes, const struct registry_options *o,
    struct err *e)
{
	struct upload u = {repo, o, digest, bytes, BUF_INIT(URL_MAX), false};
	struct err refusal = ERR_INIT, ignored = ERR_INIT;
	int rc = start(&u, e);

	if (rc == 0 && !u.done) {
		rc = send_data(&u, "PUT", bytes, true, &refusal);
		if (rc && refusal.reason != REASON_DENIED && refusal.reason != REASON_TIMEOUT && in_pieces(&u, &ignored) == 0)
			rc = 0;
		if (rc)
			*e = refusal;
	}
	buf_release(&u.location);
	return rc ? -1 : 0;
}
