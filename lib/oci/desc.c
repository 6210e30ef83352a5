/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/desc.h"

#include "crypto/digest.h"
#include "codec/b64.h"
#include "codec/hex.h"

/* The text of a descriptor before it was judged. */
struct desc_text {
	struct desc desc;
	struct span data;
	struct node platform;
};

struct platform_text {
	struct span os, arch, variant, os_version;
};

enum { DESC_DATA_MAX = 8 << 20, DESC_DIGEST_MAX = 7 + 128 };

static const struct field desc_fields[] = {
	FIELD_STR(struct desc_text, desc.media_type, "mediaType", FIELD_REQUIRED | FIELD_NONEMPTY),
	FIELD_STR(struct desc_text, desc.digest, "digest", FIELD_REQUIRED),
	FIELD_INT(struct desc_text, desc.size, "size", FIELD_REQUIRED),
	FIELD_STR(struct desc_text, desc.artifact_type, "artifactType", 0),
	FIELD_MAP(struct desc_text, desc.annotations, "annotations", 0),
	FIELD_B64(struct desc_text, data, "data", 0, .max = DESC_DATA_MAX),
	FIELD_RAW(struct desc_text, platform, "platform", 0),
	FIELD_END
};

static const struct field platform_fields[] = {
	FIELD_STR(struct platform_text, os, "os", 0),
	FIELD_STR(struct platform_text, arch, "architecture", 0),
	FIELD_STR(struct platform_text, variant, "variant", 0),
	FIELD_STR(struct platform_text, os_version, "os.version", 0),
	FIELD_END
};

bool
desc_is_digest(struct span digest)
{
	if (span_starts(digest, "sha256:"))
		return hex_is_lower(span_from(digest, 7), 64);
	return span_starts(digest, "sha512:") && hex_is_lower(span_from(digest, 7), 128);
}

int
desc_check(const struct desc *d, struct span bytes, struct err *e)
{
	enum hash h = span_starts(d->digest, "sha512:") ? HASH_SHA512 : HASH_SHA256;
	unsigned char value[HASH_SIZE_MAX];
	char text[DIGEST_TEXT_MAX];

	if (!desc_is_digest(d->digest))
		return err_set(e, REASON_BAD_DIGEST, "'%.*s' is no digest", SPAN_FMT(span_first(d->digest, 200)));
	if (d->size < 0 || bytes.len != (uint64_t)d->size) {
		err_set(e, REASON_DIGEST_MISMATCH, "%.*s has another size", SPAN_FMT(d->digest));
		err_expected(e, "%lld bytes", (long long)d->size);
		return err_found(e, "%zu bytes", bytes.len);
	}
	digest_of(h, bytes, value);
	digest_text(h, value, text);
	if (span_is(d->digest, text))
		return 0;
	err_set(e, REASON_DIGEST_MISMATCH, "bytes do not have the digest they are named by");
	err_expected(e, "%.*s", SPAN_FMT(d->digest));
	return err_found(e, "%s", text);
}

static int
decode_platform(struct desc *d, struct node platform, struct pool *pool, struct err *e)
{
	struct platform_text p = {0};

	if (platform.kind == JSON_NULL)
		return 0;
	if (shape_decode(&p, platform_fields, platform, SHAPE_LENIENT, pool, e))
		return err_wrap(e, "platform");
	d->platform_os = p.os;
	d->platform_arch = p.arch;
	d->platform_variant = p.variant;
	d->platform_os_version = p.os_version;
	return 0;
}

static int
judge(const struct desc_text *t, struct err *e)
{
	const struct desc *d = &t->desc;

	if (!media_is_type(d->media_type))
		return err_set(e, REASON_BAD_MANIFEST, "'%.*s' is no media type",
		    SPAN_FMT(span_first(d->media_type, 300)));
	if (d->artifact_type.len && !media_is_type(d->artifact_type))
		return err_set(e, REASON_BAD_MANIFEST, "artifactType '%.*s' is no media type",
		    SPAN_FMT(span_first(d->artifact_type, 300)));
	if (d->digest.len > DESC_DIGEST_MAX || !desc_is_digest(d->digest)) {
		err_set(e, REASON_BAD_DIGEST, "'%.*s' is no digest", SPAN_FMT(span_first(d->digest, 200)));
		return err_expected(e, "sha256: and 64 lower-case hexadecimal digits");
	}
	if (d->size < 0)
		return err_set(e, REASON_BAD_MANIFEST, "a size of %lld", (long long)d->size);
	if (t->data.ptr && desc_check(d, t->data, e))
		return err_wrap(e, "embedded data");
	return 0;
}

/* Go matches member names in any case: what only differs in case would be read
 * there, and not here. */
static int
check_names(struct node object, struct pool *pool, struct err *e)
{
	for (struct node_iter it = node_iter(object); node_next(&it);) {
		struct span key = span_find(it.key, '\\') < 0 ? it.key : node_key(it.key, pool);

		for (const struct field *f = desc_fields; f->kind != FIELD_KIND_END; f++)
			if (span_is_nocase(key, f->name) && !span_is(key, f->name))
				return err_set(e, REASON_BAD_MANIFEST, "a member '%.*s' that may be taken for %s",
				    SPAN_FMT(key), f->name);
	}
	return 0;
}

int
desc_parse(struct desc *d, struct node object, struct pool *pool, struct err *e)
{
	struct desc_text t = {.platform = {.kind = JSON_NULL}};

	if (object.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_MANIFEST, "a descriptor that is no object but %s",
		    json_kind_name(object.kind));
	if (check_names(object, pool, e))
		return -1;
	if (shape_decode(&t, desc_fields, object, SHAPE_LENIENT, pool, e) ||
	    decode_platform(&t.desc, t.platform, pool, e)) {
		if (e && (err_is(e, REASON_BAD_SHAPE) || err_is(e, REASON_BAD_ENCODING)))
			e->reason = REASON_BAD_MANIFEST;
		return -1;
	}
	if (judge(&t, e))
		return -1;
	*d = t.desc;
	d->raw = object.raw;
	return 0;
}

static void
emit_platform(const struct desc *d, struct emit *j)
{
	emit_key(j, "platform");
	emit_object(j);
	emit_kspan(j, "architecture", d->platform_arch.ptr ? d->platform_arch : SPAN(""));
	emit_kspan(j, "os", d->platform_os.ptr ? d->platform_os : SPAN(""));
	if (d->platform_os_version.ptr)
		emit_kspan(j, "os.version", d->platform_os_version);
	if (d->platform_variant.ptr)
		emit_kspan(j, "variant", d->platform_variant);
	emit_object_end(j);
}

void
desc_emit(const struct desc *d, struct emit *j)
{
	emit_object(j);
	emit_kspan(j, "mediaType", d->media_type);
	emit_kint(j, "size", d->size);
	emit_kspan(j, "digest", d->digest);
	if (d->artifact_type.len)
		emit_kspan(j, "artifactType", d->artifact_type);
	if (d->annotations.count) {
		emit_key(j, "annotations");
		emit_object(j);
		for (size_t i = 0; i < d->annotations.count; i++) {
			emit_key_span(j, d->annotations.pairs[i].key);
			emit_span(j, d->annotations.pairs[i].value);
		}
		emit_object_end(j);
	}
	if (d->platform_os.ptr || d->platform_arch.ptr)
		emit_platform(d, j);
	emit_object_end(j);
}

void
desc_emit_raw(const struct desc *d, struct emit *j)
{
	if (d->raw.ptr)
		emit_raw(j, d->raw);
	else
		desc_emit(d, j);
}

static struct span
copy_span(struct span s, struct pool *pool)
{
	return s.ptr ? pool_span(pool, s) : SPAN_NONE;
}

struct desc
desc_copy(const struct desc *d, struct pool *pool)
{
	struct desc c = {
		.media_type = copy_span(d->media_type, pool),
		.digest = copy_span(d->digest, pool),
		.artifact_type = copy_span(d->artifact_type, pool),
		.size = d->size,
		.platform_os = copy_span(d->platform_os, pool),
		.platform_arch = copy_span(d->platform_arch, pool),
		.platform_variant = copy_span(d->platform_variant, pool),
		.platform_os_version = copy_span(d->platform_os_version, pool),
		.raw = copy_span(d->raw, pool),
	};
	size_t n = d->annotations.count;

	if (n == 0)
		return c;
	c.annotations.pairs = pool_array(pool, n, sizeof(struct shape_pair));
	for (size_t i = 0; i < n; i++) {
		c.annotations.pairs[i].key = copy_span(d->annotations.pairs[i].key, pool);
		c.annotations.pairs[i].value = copy_span(d->annotations.pairs[i].value, pool);
	}
	c.annotations.count = n;
	return c;
}

struct desc
desc_of(const char *media_type, struct span bytes, struct pool *pool)
{
	char text[DIGEST_TEXT_MAX];

	digest_text_of(bytes, text);
	return (struct desc){
		.media_type = span_str(pool_str(pool, span_str(media_type))),
		.digest = span_str(pool_str(pool, span_str(text))),
		.size = (int64_t)bytes.len,
	};
}
