/* SPDX-License-Identifier: Apache-2.0 */
#include "client/untag.h"

#include <unistd.h>
#include "base/date.h"
#include "client/transport.h"
#include "codec/url.h"
#include "crypto/digest.h"
#include "json/emit.h"

/* What a registry says that does not delete (or not this): 400 is
 * docker-registry's answer to a tag. */
static bool
is_unsupported(int status)
{
	return status == 400 || status == 404 || status == 405 || status == 501;
}

/* *status is what it said, unless nothing came. */
static int
ask(const struct ref *repo, const char *what, const struct registry_options *o, int *status, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf url = BUF_INIT(URL_MAX);
	struct transport_call c = {.method = "DELETE", .push = true, .repeatable = true};

	buf_printf(&url, "/v2/%s/manifests/%s", repo->repository, what);
	c.url = buf_str(&url);
	if (transport_do(repo, o, &c, &r, e))
		return -1;
	*status = r.status;
	return r.status >= 200 && r.status <= 204 ? 0 : transport_refused(&c, &r, e);
}

/* A text that nobody else makes. */
static void
unique(char *text, size_t room)
{
	static unsigned count;

	snprintf(text, room, "%lld-%lld-%lld-%u", (long long)date_now(), (long long)date_monotonic_ms(), (long long)getpid(),
	    ++count);
}

int
untag_check(const struct ref *repo, const struct registry_options *o, struct err *e)
{
	char text[96], digest[DIGEST_TEXT_MAX];
	int status = 0;

	/* It cannot be there: a registry that deletes says so. */
	unique(text, sizeof(text));
	if (ask(repo, digest_text_of(span_str(text), digest), o, &status, e) == 0 || status == 404)
		return 0;
	if (status == 401 || status == 403)
		return err_hint(e, "log in as somebody who may delete in %s/%s", repo->registry, repo->repository);
	if (!is_unsupported(status))
		return -1;
	err_wrap(e, "%s does not delete", repo->registry);
	return err_hint(e, "allow it there (docker-registry: REGISTRY_STORAGE_DELETE_ENABLED=true), or delete with the tools "
	    "that the registry comes with");
}

/* The same manifest with something in it that makes it another one. */
static void
make_unique(const struct manifest *m, struct buf *out)
{
	char text[96];
	struct emit j;

	unique(text, sizeof(text));
	emit_init(&j, out);
	emit_object(&j);
	emit_kint(&j, "schemaVersion", 2);
	emit_kspan(&j, "mediaType", m->media_type);
	if (!m->is_index) {
		emit_key(&j, "config");
		emit_raw(&j, m->config_raw);
	}
	emit_key(&j, m->is_index ? "manifests" : "layers");
	emit_raw(&j, m->list_raw);
	emit_key(&j, "annotations");
	emit_object(&j);
	emit_kstr(&j, "dev.cosignproject.cosign/removed", text);
	emit_object_end(&j);
	emit_object_end(&j);
}

static int
move_and_delete(const struct ref *repo, const char *tag, const struct registry_options *o,
    const struct registry_doc *doc, struct err *e)
{
	AUTO(buf) struct buf other = BUF_INIT(MANIFEST_SIZE_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	AUTO(pool) struct pool pool = POOL_INIT;
	char digest[DIGEST_TEXT_MAX];

	if (manifest_parse(&m, buf_span(&doc->bytes), span_str(doc->media_type), e))
		return -1;
	make_unique(&m, &other);
	if (buf_check(&other, "the manifest", e) ||
	    registry_put_manifest(repo, tag, buf_span(&other), pool_str(&pool, m.media_type), o, NULL, e))
		return -1;
	if (registry_delete_manifest(repo, digest_text_of(buf_span(&other), digest), o, e) == 0)
		return 0;
	/* As it was. */
	(void)!registry_put_manifest(repo, tag, buf_span(&doc->bytes), pool_str(&pool, m.media_type), o, NULL, NULL);
	return -1;
}

int
untag(const struct ref *repo, const char *tag, const struct registry_options *o, struct err *e)
{
	AUTO(registry_doc) struct registry_doc doc = REGISTRY_DOC_INIT;
	struct err why = ERR_INIT;
	int status = 0;

	if (ask(repo, tag, o, &status, &why) == 0)
		return 0;
	if (!is_unsupported(status)) {
		*e = why;
		return -1;
	}
	/* 404 is also what some say of a tag that they do not delete. */
	if (registry_get_manifest(repo, tag, o, &doc, &why)) {
		if (why.reason == REASON_NOT_FOUND)
			return 0;
		*e = why;
		return -1;
	}
	return move_and_delete(repo, tag, o, &doc, e);
}
