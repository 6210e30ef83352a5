/* SPDX-License-Identifier: Apache-2.0 */
#include "client/publish.h"

#include "base/date.h"
#include "client/artifact.h"

static const char *
bundle_content(struct span bundle)
{
	struct node root, member;

	if (scan_document(bundle, &root, NULL) == 0 && node_member(root, "messageSignature", &member))
		return "message-signature";
	return "dsse-envelope";
}

static int
make_bundle(struct artifact *a, const struct publish_bundle *b, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	char created[DATE_TEXT];

	a->blobs[0].bytes = SPAN(MANIFEST_EMPTY_CONFIG);
	a->blobs[1].bytes = b->bundle;
	a->blobs[0].desc = desc_of(MEDIA_OCI_EMPTY, a->blobs[0].bytes, a->pool);
	a->blobs[1].desc = desc_of(MEDIA_BUNDLE, b->bundle, a->pool);
	manifest_emit_bundle(&out, &a->blobs[1].desc, b->subject, bundle_content(b->bundle), b->predicate_type,
	    date_format(date_created(), created));
	if (buf_check(&out, "the manifest", e))
		return -1;
	a->bytes = pool_span(a->pool, buf_span(&out));
	return artifact_describe(a, e);
}

int
publish_bundle(const struct store *s, const struct publish_bundle *b, struct pool *pool, struct store_location *out,
    struct err *e)
{
	struct artifact a = {.pool = pool};
	struct artifact_replacing r = {.store = s, .bundle = b};

	if (make_bundle(&a, b, e) || artifact_store(s, b->where, b->subject->digest, &a, &r, e))
		return -1;
	artifact_locate(out, b->where, a.desc.digest, NULL, FORM_BUNDLE, pool);
	return 0;
}
