/* SPDX-License-Identifier: Apache-2.0 */
#include "client/registry.h"

#include <unistd.h>
#include "base/date.h"
#include "base/mem.h"
#include "client/peer.h"
#include "client/transport.h"
#include "client/upload.h"
#include "codec/url.h"
#include "crypto/digest.h"
#include "net/task.h"

/* Pages of one referrers list, tries of a tag that is being written, and of a
 * manifest whose parts are. */
enum { PAGES_MAX = 1000, BUSY_TRIES = 6, BUSY_WAIT_MS = 20, PUT_TRIES = 5 };

static const struct http_header accept_manifests = {"Accept",
	MEDIA_OCI_MANIFEST ", " MEDIA_OCI_INDEX ", " MEDIA_DOCKER_MANIFEST ", " MEDIA_DOCKER_LIST};

void
registry_doc_release(struct registry_doc *d)
{
	buf_release(&d->bytes);
}

/* The media type without parameters; "" when there is none, or too long a one. */
static void
take_media_type(const struct http_response *r, struct registry_doc *out)
{
	struct span rest = span_str(http_header(r, "content-type")), type = span_trim(span_cut(&rest, ';'));

	out->media_type[0] = '\0';
	if (type.len && type.len < sizeof(out->media_type))
		snprintf(out->media_type, sizeof(out->media_type), "%.*s", SPAN_FMT(type));
}

static const char *
manifest_url(struct buf *url, const struct ref *repo, const char *what)
{
	buf_printf(url, "/v2/%s/manifests/%s", repo->repository, what);
	return buf_str(url);
}

/* Moves a body out of an answer. */
static void
take_body(struct http_response *r, struct buf *out)
{
	buf_release(out);
	*out = r->body;
	buf_init(&r->body, 0);
}

static int
read_doc(const struct ref *repo, const char *what, struct http_response *r, struct registry_doc *out,
    struct err *e)
{
	const char *said = http_header(r, "docker-content-digest");
	char text[DIGEST_TEXT_MAX];

	digest_text_of(buf_span(&r->body), text);
	if (ref_is_digest(span_str(what)) && strcmp(what, text) != 0) {
		err_set(e, REASON_DIGEST_MISMATCH, "the manifest that %s gives for %s@%s is another one", repo->registry,
		    repo->repository, what);
		err_expected(e, "%s", what);
		return err_found(e, "%s", text);
	}
	/* Under a tag this is all that tells a manifest from a damaged one. */
	if (said && span_starts(span_str(said), "sha256:") && strcmp(said, text) != 0) {
		err_set(e, REASON_DIGEST_MISMATCH, "the manifest that %s gives for %s:%s is not the one it names",
		    repo->registry, repo->repository, what);
		err_expected(e, "%s", said);
		return err_found(e, "%s", text);
	}
	take_media_type(r, out);
	snprintf(out->digest, sizeof(out->digest), "%.*s", (int)sizeof(out->digest) - 1, text);
	take_body(r, &out->bytes);
	return 0;
}

/* Waits a little longer each time, and not in step with others. */
static void
pause_busy(unsigned attempt)
{
	int64_t ms = BUSY_WAIT_MS << attempt;

	task_sleep(ms / 2 + (date_monotonic_ms() * 7919 + (int64_t)getpid() * 104729) % (ms / 2 + 1));
}

int
registry_get_manifest(const struct ref *repo, const char *what, const struct registry_options *o,
    struct registry_doc *out, struct err *e)
{
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	struct transport_call c = {.method = "GET", .url = manifest_url(&url, repo, what), .headers = &accept_manifests,
	    .header_count = 1, .max_body = MANIFEST_SIZE_MAX, .repeatable = true};

	for (unsigned attempt = 0;; attempt++) {
		AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;

		if (transport_do(repo, o, &c, &r, e))
			return -1;
		if (r.status == 200)
			return read_doc(repo, what, &r, out, e);
		/* docker-registry's answer while the tag is being written */
		if (r.status != 500 || ref_is_digest(span_str(what)) || attempt == BUSY_TRIES)
			return transport_refused(&c, &r, e);
		pause_busy(attempt);
	}
}

int
registry_peek(const struct ref *repo, const char *tag, const char *seen, const struct registry_options *o,
    struct registry_doc *out, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	char quoted[96];
	struct http_header headers[] = {accept_manifests, {"If-None-Match", quoted}};
	struct transport_call c = {.method = "GET", .url = manifest_url(&url, repo, tag), .headers = headers,
	    .header_count = *seen ? 2 : 1, .max_body = MANIFEST_SIZE_MAX};

	snprintf(quoted, sizeof(quoted), "\"%s\"", seen);
	if (transport_do(repo, o, &c, &r, e))
		return -1;
	if (r.status == 304 && *seen)
		return 1;
	return r.status == 200 ? read_doc(repo, tag, &r, out, e) : transport_refused(&c, &r, e);
}

/* What HEAD says is enough when it says all, and nothing contradicts it. */
static bool
head_is_whole(const char *what, const struct http_response *r, struct registry_doc *out, int64_t *size)
{
	const char *digest = http_header(r, "docker-content-digest"), *length = http_header(r, "content-length");
	uint64_t n;

	take_media_type(r, out);
	if (!digest && ref_is_digest(span_str(what)))
		digest = what;
	if (!digest || !ref_is_digest(span_str(digest)) || !length ||
	    !span_decimal(span_str(length), MANIFEST_SIZE_MAX, &n) || n == 0)
		return false;
	if (ref_is_digest(span_str(what)) && strcmp(what, digest) != 0)
		return false;
	snprintf(out->digest, sizeof(out->digest), "%s", digest);
	*size = (int64_t)n;
	return media_is_index(span_str(out->media_type)) || media_is_manifest(span_str(out->media_type));
}

int
registry_head_manifest(const struct ref *repo, const char *what, const struct registry_options *o,
    struct registry_doc *out, int64_t *size, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	struct transport_call c = {.method = "HEAD", .url = manifest_url(&url, repo, what), .headers = &accept_manifests,
	    .header_count = 1, .repeatable = true};

	if (transport_do(repo, o, &c, &r, e))
		return -1;
	if (r.status == 404)
		return transport_refused(&c, &r, e);
	if (r.status == 200 && head_is_whole(what, &r, out, size))
		return 0;
	if (registry_get_manifest(repo, what, o, out, e))
		return -1;
	*size = (int64_t)out->bytes.len;
	buf_release(&out->bytes);
	return 0;
}

/* What a write costs is told to those who write tags. */
static void
note_write(const struct ref *repo, const struct registry_options *o, int64_t start)
{
	struct peer *p = peer_find(repo->registry, o, NULL);
	int64_t took = date_monotonic_ms() - start;

	if (p && took > p->write_ms)
		p->write_ms = took;
}

int64_t
registry_write_ms(const struct ref *repo, const struct registry_options *o)
{
	const struct peer *p = peer_find(repo->registry, o, NULL);

	return p ? p->write_ms : 0;
}

/*
 * docker-registry reads the links of config and layers while others write the
 * same ones, and finds an empty file: it then calls our digest invalid, or a
 * blob unknown that it has just confirmed. Both pass within milliseconds.
 */
static bool
is_passing(const struct http_response *r)
{
	struct span body = buf_span(&r->body);

	return (r->status == 400 && body.ptr && memmem(body.ptr, body.len, "DIGEST_INVALID", 14)) ||
	    (r->status == 404 && body.ptr && memmem(body.ptr, body.len, "BLOB_UNKNOWN", 12));
}

/* Only for a manifest named by its digest: sending it again changes nothing. */
static int
put_again(const struct ref *repo, const struct registry_options *o, const struct transport_call *c,
    struct http_response *r, struct err *e)
{
	for (unsigned i = 0;; i++) {
		if (transport_do(repo, o, c, r, e))
			return -1;
		if (!c->repeatable || i == PUT_TRIES || !is_passing(r))
			return 0;
		http_response_release(r);
		*r = (struct http_response)HTTP_RESPONSE_INIT;
		task_sleep(10 << i);
	}
}

int
registry_put_manifest(const struct ref *repo, const char *what, struct span bytes, const char *media_type,
    const struct registry_options *o, bool *has_referrers, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	struct http_header type = {"Content-Type", media_type};
	/* A tag is not written a second time behind our back: somebody else may
	 * have written it in between. */
	struct transport_call c = {.method = "PUT", .url = manifest_url(&url, repo, what), .headers = &type,
	    .header_count = 1, .body = bytes, .push = true, .repeatable = ref_is_digest(span_str(what))};
	int64_t start = date_monotonic_ms();
	const char *digest;
	char text[DIGEST_TEXT_MAX];

	if (put_again(repo, o, &c, &r, e))
		return -1;
	note_write(repo, o, start);
	if (r.status < 200 || r.status > 202)
		return transport_refused(&c, &r, e);
	digest = http_header(&r, "docker-content-digest");
	if (digest && strcmp(digest, digest_text_of(bytes, text)) != 0)
		return err_set(e, REASON_DIGEST_MISMATCH, "%s stored %s as %s", repo->registry, text, digest);
	if (has_referrers)
		*has_referrers = http_header(&r, "oci-subject") != NULL;
	return 0;
}

int
registry_delete_manifest(const struct ref *repo, const char *what, const struct registry_options *o, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	struct transport_call c = {.method = "DELETE", .url = manifest_url(&url, repo, what), .push = true,
	    .repeatable = ref_is_digest(span_str(what))};

	if (transport_do(repo, o, &c, &r, e))
		return -1;
	return (r.status >= 200 && r.status <= 204) || r.status == 404 ? 0 : transport_refused(&c, &r, e);
}

int
registry_get_blob(const struct ref *repo, const struct desc *d, const struct registry_options *o, size_t max,
    struct buf *out, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	struct transport_call c = {.method = "GET", .repeatable = true};

	if (d->size < 0 || (uint64_t)d->size > max)
		return err_set(e, REASON_TOO_LARGE, "blob %.*s has %lld bytes, more than %zu", SPAN_FMT(d->digest),
		    (long long)d->size, max);
	buf_printf(&url, "/v2/%s/blobs/%.*s", repo->repository, SPAN_FMT(d->digest));
	c.url = buf_str(&url);
	/* A refusal is worth reading even where the blob would be tiny. */
	c.max_body = (size_t)d->size < TRANSPORT_ERRORS_MAX ? TRANSPORT_ERRORS_MAX : (size_t)d->size;
	if (transport_do(repo, o, &c, &r, e))
		return -1;
	if (r.status != 200)
		return transport_refused(&c, &r, e);
	if (desc_check(d, buf_span(&r.body), e))
		return err_wrap(e, "what %s gives for a blob of %s", repo->registry, repo->repository);
	take_body(&r, out);
	return 0;
}

/* Hashes what goes through, and stops what is too long. */
struct counted {
	struct sink sink;
	struct digest hash;
	uint64_t room;
	struct sink *to;
};

static int
feed_counted(struct sink *s, struct span bytes, struct err *e)
{
	struct counted *c = (struct counted *)s;

	if (bytes.len > c->room)
		return err_set(e, REASON_DIGEST_MISMATCH, "a blob is longer than its descriptor says");
	c->room -= bytes.len;
	digest_update(&c->hash, bytes);
	return c->to->feed(c->to, bytes, e);
}

static int
check_counted(struct counted *c, const struct desc *d, struct err *e)
{
	unsigned char value[HASH_SIZE_MAX];
	char text[DIGEST_TEXT_MAX];

	if (c->room)
		return err_set(e, REASON_DIGEST_MISMATCH, "a blob is shorter than its descriptor says");
	digest_final(&c->hash, value);
	digest_text(c->hash.hash, value, text);
	if (span_is(d->digest, text))
		return 0;
	err_set(e, REASON_DIGEST_MISMATCH, "bytes do not have the digest they are named by");
	err_expected(e, "%.*s", SPAN_FMT(d->digest));
	return err_found(e, "%s", text);
}

int
registry_stream_blob(const struct ref *repo, const struct desc *d, const struct registry_options *o, struct sink *to,
    struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	struct counted c = {.sink = {feed_counted}, .room = (uint64_t)(d->size > 0 ? d->size : 0), .to = to};
	struct transport_call call = {.method = "GET", .repeatable = true, .sink = &c.sink,
	    .max_body = (size_t)c.room + TRANSPORT_ERRORS_MAX};
	int rc;

	buf_printf(&url, "/v2/%s/blobs/%.*s", repo->repository, SPAN_FMT(d->digest));
	call.url = buf_str(&url);
	digest_init(&c.hash, span_starts(d->digest, "sha512:") ? HASH_SHA512 : HASH_SHA256);
	rc = transport_do(repo, o, &call, &r, e);
	if (rc == 0 && r.status != 200)
		rc = transport_refused(&call, &r, e);
	else if (rc == 0 && check_counted(&c, d, e))
		rc = err_wrap(e, "what %s gives for a blob of %s", repo->registry, repo->repository);
	digest_release(&c.hash);
	return rc;
}

/* Whether it must be uploaded. */
static int
blob_is_missing(const struct ref *repo, const char *digest, const struct registry_options *o, bool *missing,
    struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	struct transport_call c = {.method = "HEAD", .push = true, .repeatable = true};

	buf_printf(&url, "/v2/%s/blobs/%s", repo->repository, digest);
	c.url = buf_str(&url);
	if (transport_do(repo, o, &c, &r, e))
		return -1;
	*missing = r.status != 200;
	return r.status == 401 || r.status == 403 ? transport_refused(&c, &r, e) : 0;
}

int
registry_put_blob(const struct ref *repo, const char *digest, struct span bytes, const struct registry_options *o,
    struct err *e)
{
	bool missing;

	if (blob_is_missing(repo, digest, o, &missing, e))
		return -1;
	return missing ? upload_blob(repo, digest, bytes, o, e) : 0;
}

int
registry_put_file(const struct ref *repo, const char *digest, const struct registry_file *file,
    const struct registry_options *o, struct err *e)
{
	bool missing;

	if (blob_is_missing(repo, digest, o, &missing, e))
		return -1;
	return missing ? upload_file(repo, digest, file, o, e) : 0;
}

/* The entries of all pages; each page's text must live as long. */
struct pages {
	struct buf entries;	/* "{…},{…}" */
	size_t count;
};

static int
add_page(struct pages *p, struct node root, struct err *e)
{
	struct node list;

	if (!node_member(root, "manifests", &list) || list.kind != JSON_ARRAY)
		return 0;
	for (struct node_iter it = node_iter(list); node_next(&it);) {
		if (++p->count > INDEX_ENTRIES_MAX)
			return err_set(e, REASON_TOO_LARGE, "more than %d referrers", INDEX_ENTRIES_MAX);
		if (p->entries.len)
			buf_add_char(&p->entries, ',');
		buf_add_span(&p->entries, it.value.raw);
	}
	return buf_check(&p->entries, "the list of referrers", e);
}

/* Something else than an index means that there is no such API; an index that
 * is damaged does not. */
static int
read_index(const struct http_response *r, struct node *root, bool *is_index, struct err *e)
{
	struct registry_doc d = REGISTRY_DOC_INIT;
	struct node member;
	struct err why = ERR_INIT;
	bool claims;

	take_media_type(r, &d);
	claims = media_is_index(span_str(d.media_type));
	*is_index = false;
	if (!claims && d.media_type[0] && strcmp(d.media_type, "application/json") != 0 &&
	    strcmp(d.media_type, "text/plain") != 0)
		return 0;
	if (scan_document(buf_span(&r->body), root, &why)) {
		if (!claims)
			return 0;
		*e = why;
		return err_wrap(e, "the index of referrers");
	}
	*is_index = node_member(*root, "manifests", &member) &&
	    (member.kind == JSON_ARRAY || member.kind == JSON_NULL);
	return 0;
}

/* The target of Link: <…>; rel="next" as a path on the same origin. */
static int
next_page(const struct http_response *r, struct buf *url, bool *more, struct err *e)
{
	AUTO(buf) struct buf whole = BUF_INIT(URL_MAX);
	struct span link = span_str(http_header(r, "link"));
	ptrdiff_t open = span_find(link, '<'), end = span_find(link, '>');
	struct url from, to;

	*more = false;
	if (open < 0 || end < open || !strstr(link.ptr + end, "next"))
		return 0;
	link = span_of(link.ptr + open + 1, (size_t)(end - open - 1));
	if (url_resolve(&whole, span_str(r->url), link, e) || url_parse(&from, span_str(r->url), e) ||
	    url_parse(&to, buf_span(&whole), e))
		return err_wrap(e, "the Link to more referrers");
	if (!url_same_origin(&from, &to))
		return err_set(e, REASON_PROTOCOL, "the Link to more referrers leads to another server");
	buf_reset(url);
	buf_add_span(url, buf_span(&whole));
	*more = true;
	return buf_check(url, "a Link", e);
}

/* No such route at all, as opposed to no such repository: then it need not be
 * asked again for the next image. */
static bool
route_is_missing(const struct http_response *r)
{
	struct node root;

	if (r->status == 405 || r->status == 501)
		return true;
	return r->status == 404 && scan_document(buf_span(&r->body), &root, NULL) != 0;
}

static bool
status_is_unsupported(int status)
{
	return status == 404 || status == 400 || status == 405 || status == 406 || status == 501;
}

/* One page. *url becomes the next one's where there is *more. */
static int
read_page(const struct ref *repo, const struct registry_options *o, struct buf *url, struct pages *p,
    bool *supported, bool *more, struct err *e)
{
	static const struct http_header accept = {"Accept", MEDIA_OCI_INDEX};
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	struct transport_call c = {.method = "GET", .url = buf_str(url), .headers = &accept, .header_count = 1,
	    .max_body = MANIFEST_SIZE_MAX, .repeatable = true};
	struct node root;

	*more = *supported = false;
	if (transport_do(repo, o, &c, &r, e))
		return -1;
	if (status_is_unsupported(r.status)) {
		struct peer *peer = peer_find(repo->registry, o, NULL);

		if (peer && route_is_missing(&r))
			peer->no_referrers = true;
		return 0;
	}
	if (r.status != 200)
		return transport_refused(&c, &r, e);
	if (read_index(&r, &root, supported, e))
		return -1;
	if (!*supported)
		return 0;
	return add_page(p, root, e) || next_page(&r, url, more, e) ? -1 : 0;
}

int
registry_referrers(const struct ref *repo, const char *digest, const struct registry_options *o,
    struct buf *index, bool *supported, struct err *e)
{
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	struct pages p = {.entries = BUF_INIT(MANIFEST_SIZE_MAX)};
	struct peer *peer = peer_find(repo->registry, o, e);
	bool more = true, ok = true;
	int rc = 0;

	*supported = false;
	if (!peer)
		return -1;
	if (peer->no_referrers)
		return 0;
	buf_printf(&url, "/v2/%s/referrers/%s", repo->repository, digest);
	for (unsigned n = 0; rc == 0 && ok && more; n++) {
		if (n == PAGES_MAX)
			rc = err_set(e, REASON_TOO_LARGE, "more than %d pages of referrers", PAGES_MAX);
		else
			rc = read_page(repo, o, &url, &p, &ok, &more, e);
		/* Half a list is none: what is missing could be what matters. */
		if (rc == 0 && !ok && n > 0)
			rc = err_set(e, REASON_PROTOCOL, "%s gives no index for more referrers", repo->registry);
	}
	if (rc == 0 && ok) {
		*supported = true;
		buf_printf(index, "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[", MEDIA_OCI_INDEX);
		buf_add_span(index, buf_span(&p.entries));
		buf_add_str(index, "]}");
		rc = buf_check(index, "the list of referrers", e);
	}
	buf_release(&p.entries);
	return rc;
}

int
registry_ping(const char *registry, const struct registry_options *o, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	struct ref repo = {.registry = registry, .repository = ""};
	struct transport_call c = {.method = "GET", .url = "/v2/", .repeatable = true};

	if (transport_do(&repo, o, &c, &r, e))
		return -1;
	return r.status == 200 ? 0 : transport_refused(&c, &r, e);
}
