/* SPDX-License-Identifier: Apache-2.0 */
#include "client/upload.h"

#include <errno.h>
#include <unistd.h>
#include "base/mem.h"
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

/* Sends data to the session; finish closes it; range (may be NULL) says where in
 * the whole it belongs. 0 when the server took it, 1 with the error in *e when it
 * said no. */
static int
send_part(struct upload *u, const char *method, struct span data, const char *range, bool finish, struct err *e)
{
	struct http_header headers[] = {{"Content-Type", "application/octet-stream"}, {"Content-Range", range}};
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf url = BUF_INIT(2 * URL_MAX);
	struct transport_call c = {.method = method, .headers = headers, .header_count = range ? 2 : 1, .body = data,
	    .push = true};

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
send_data(struct upload *u, const char *method, struct span data, bool finish, struct err *e)
{
	return send_part(u, method, data, NULL, finish, e);
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

/* --- files --- */

static int
read_piece(const struct registry_file *f, int64_t at, char *piece, size_t len, struct err *e)
{
	for (size_t got = 0; got < len;) {
		ssize_t n = pread(f->fd, piece + got, len - got, at + (off_t)got);

		if (n < 0 && errno != EINTR)
			return err_errno(e, REASON_IO, "cannot read %s", f->name);
		if (n == 0)
			return err_set(e, REASON_IO, "%s became shorter while it was read", f->name);
		got += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* As send_part. */
static int
send_pieces(struct upload *u, const struct registry_file *f, char *piece, struct err *e)
{
	for (int64_t at = 0; at < f->size;) {
		size_t len = f->size - at < UPLOAD_PIECE ? (size_t)(f->size - at) : UPLOAD_PIECE;
		char range[48];
		int rc;

		snprintf(range, sizeof(range), "%lld-%lld", (long long)at, (long long)(at + (int64_t)len - 1));
		if (read_piece(f, at, piece, len, e))
			return -1;
		rc = send_part(u, "PATCH", span_of(piece, len), range, false, e);
		if (rc)
			return rc;
		at += (int64_t)len;
	}
	return send_data(u, "PUT", SPAN_NONE, true, e);
}

/* Only what is small, or what the server takes no other way. */
static int
at_once(const struct ref *repo, const char *digest, const struct registry_file *f, const struct registry_options *o,
    struct err *e)
{
	AUTO(charp) char *whole = NULL;

	if (f->size > ATTACHMENT_SIZE_MAX)
		return err_set(e, REASON_TOO_LARGE, "%s takes %s only whole, which would need too much memory", repo->registry,
		    f->name);
	whole = xmalloc((size_t)f->size + 1);
	if (read_piece(f, 0, whole, (size_t)f->size, e))
		return -1;
	return upload_blob(repo, digest, span_of(whole, (size_t)f->size), o, e);
}

static int
by_patches(const struct ref *repo, const char *digest, const struct registry_file *f, const struct registry_options *o,
    struct err *e)
{
	struct upload u = {repo, o, digest, SPAN_NONE, BUF_INIT(URL_MAX), false};
	AUTO(charp) char *piece = xmalloc(UPLOAD_PIECE);
	int rc = start(&u, e);

	if (rc == 0 && !u.done)
		rc = send_pieces(&u, f, piece, e);
	buf_release(&u.location);
	return rc;
}

int
upload_file(const struct ref *repo, const char *digest, const struct registry_file *file,
    const struct registry_options *o, struct err *e)
{
	struct err refusal = ERR_INIT, again = ERR_INIT;
	int rc;

	if (file->size <= UPLOAD_PIECE)
		return at_once(repo, digest, file, o, e);
	rc = by_patches(repo, digest, file, o, &refusal);
	if (rc > 0 && refusal.reason != REASON_DENIED && at_once(repo, digest, file, o, &again) == 0)
		return 0;
	if (rc)
		*e = refusal;
	return rc ? -1 : 0;
}
