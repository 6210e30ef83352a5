/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_REGISTRY_H
#define CLIENT_REGISTRY_H
/*
 * The OCI distribution API, one call a request, with whatever logging in that
 * takes. What is learnt of a registry (scheme, token, missing referrers API)
 * is kept for the life of the process. Everything moved is checked against its
 * digest.
 */
#include "net/http.h"
#include "oci/manifest.h"
#include "oci/ref.h"

/* The --registry-* and --allow-* flags. */
struct registry_options {
	bool allow_insecure, allow_http, k8s_keychain;
	const char *username, *password, *token;
	const char *cacert, *client_cert, *client_key, *server_name;
	const char *tag_prefix;		/* --attachment-tag-prefix */
	const char *referrers_mode;	/* --registry-referrers-mode */
	bool oci11;			/* --experimental-oci11: reads as oci-1-1 wants it written */
};

/* A document and what the server said of it. */
struct registry_doc {
	struct buf bytes;
	char media_type[256];
	char digest[80];		/* computed from bytes */
};
#define REGISTRY_DOC_INIT {.bytes = BUF_INIT(0)}
void	registry_doc_release(struct registry_doc *d);
static inline void registry_doc_cleanup(struct registry_doc *d) { registry_doc_release(d); }

/* what: tag or digest; a digest is checked. REASON_NOT_FOUND on 404 (also for an
 * unknown repository), REASON_DENIED on 401 and 403, REASON_HTTP otherwise with
 * the registry's own code and message. A 500 (docker-registry answers it while
 * a tag is being written) is retried, never taken for absent. */
int	registry_get_manifest(const struct ref *repo, const char *what, const struct registry_options *o,
	    struct registry_doc *out, struct err *e) MUST_CHECK;
/* The same of a tag, asked once and at once: for who reads it again and again.
 * 1 when it is still what has the digest seen ("": none yet). REASON_HTTP of a
 * 500 may mean that it is being written. */
int	registry_peek(const struct ref *repo, const char *tag, const char *seen, const struct registry_options *o,
	    struct registry_doc *out, struct err *e) MUST_CHECK;
/* Size, media type and digest without the body, where the server gives them;
 * GET otherwise. out->bytes stays empty; *size is the document's. */
int	registry_head_manifest(const struct ref *repo, const char *what, const struct registry_options *o,
	    struct registry_doc *out, int64_t *size, struct err *e) MUST_CHECK;
/* what: tag or digest. *has_referrers (may be NULL): the answer carried OCI-Subject. */
int	registry_put_manifest(const struct ref *repo, const char *what, struct span bytes, const char *media_type,
	    const struct registry_options *o, bool *has_referrers, struct err *e) MUST_CHECK;
/* How long the slowest manifest took to store so far; 0: none yet. */
int64_t	registry_write_ms(const struct ref *repo, const struct registry_options *o);
/* A digest goes with all its tags. One that is gone already is no failure. */
int	registry_delete_manifest(const struct ref *repo, const char *what, const struct registry_options *o,
	    struct err *e) MUST_CHECK;
/* Whole, digest and size checked; REASON_TOO_LARGE past max bytes. */
int	registry_get_blob(const struct ref *repo, const struct desc *d, const struct registry_options *o,
	    size_t max, struct buf *out, struct err *e) MUST_CHECK;
/* The same in pieces, of any size; what came before a failure was not checked yet. */
int	registry_stream_blob(const struct ref *repo, const struct desc *d, const struct registry_options *o,
	    struct sink *to, struct err *e) MUST_CHECK;
/* HEAD first; uploads when missing. */
int	registry_put_blob(const struct ref *repo, const char *digest, struct span bytes,
	    const struct registry_options *o, struct err *e) MUST_CHECK;
/* The same of a blob that is a file, read from its start as often as is needed
 * and never held whole, unless the registry takes it no other way. */
struct registry_file { int fd; int64_t size; const char *name; };
int	registry_put_file(const struct ref *repo, const char *digest, const struct registry_file *file,
	    const struct registry_options *o, struct err *e) MUST_CHECK;
/* The referrers of a digest, all pages merged, as one index document.
 * *supported false (and 0) when the registry has no such API: 404, 400, 405,
 * 406, 501, HTML or any body that is no index. */
int	registry_referrers(const struct ref *repo, const char *digest, const struct registry_options *o,
	    struct buf *index, bool *supported, struct err *e) MUST_CHECK;
/* Whether these credentials are good: GET /v2/ with them. For login. */
int	registry_ping(const char *registry, const struct registry_options *o, struct err *e) MUST_CHECK;
#endif
