/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/layout_find.h"

#include "oci/layout_cache.h"
#include "oci/layout_names.h"
#include "oci/ref.h"

enum { NAMES_SHOWN = 700 };

struct span
layout_find_name(const struct desc *d)
{
	return desc_annotation(d, ANNOTATION_REF_NAME);
}

bool
layout_find_is_kind(const struct desc *d, const char *kind)
{
	struct span value = desc_annotation(d, ANNOTATION_KIND);

	return span_starts(value, KIND_PREFIX) && (!kind || span_is(span_from(value, sizeof(KIND_PREFIX) - 1), kind));
}

/* Whether an entry may be the image that somebody means without naming it. */
static bool
is_image(const struct layout *l, const struct desc *d)
{
	enum layout_state state;

	if (!media_is_manifest(d->media_type) && !media_is_index(d->media_type))
		return false;
	if (layout_find_is_kind(d, NULL) && !layout_find_is_kind(d, "image") && !layout_find_is_kind(d, "imageIndex"))
		return false;
	if (ref_is_digest_tag(layout_find_name(d)))
		return false;
	state = layout_cache_state(l, d->digest);
	if (state == LAYOUT_UNREADABLE)
		return !span_starts(d->artifact_type, MEDIA_BUNDLE_PREFIX);
	return state == LAYOUT_NO_SUBJECT;
}

/* The first full reference that a digest is listed under, else its first name. */
static struct span
best_name(struct layout *l, struct span digest)
{
	struct span first = SPAN_NONE;

	for (const struct desc *d = layout_names_digest(l, digest); d; d = layout_names_next_digest(l, d)) {
		struct span name = layout_find_name(d);

		if (!name.len)
			continue;
		if (ref_is_full(name))
			return name;
		if (!first.ptr)
			first = name;
	}
	return first;
}

/* That the image is there, is whole, and is what its entry says. */
static int
check_image(struct layout *l, const struct desc *d, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(MANIFEST_SIZE_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;

	if (!media_is_manifest(d->media_type) && !media_is_index(d->media_type)) {
		err_set(e, REASON_BAD_MANIFEST, "%.*s is no image", SPAN_FMT(d->digest));
		return err_found(e, "%.*s", SPAN_FMT(d->media_type));
	}
	if (layout_read(l, d->digest, d->size, &bytes, e))
		return -1;
	if (manifest_parse(&m, buf_span(&bytes), d->media_type, e))
		return err_wrap(e, "%.*s", SPAN_FMT(d->digest));
	return 0;
}

static int
found_image(struct layout *l, const struct desc *d, struct span name, struct layout_image *out, struct err *e)
{
	if (check_image(l, d, e))
		return -1;
	*out = (struct layout_image){*d, name.ptr ? name : best_name(l, d->digest)};
	return 0;
}

static void
show_name(struct buf *names, const struct desc *d)
{
	struct span name = layout_find_name(d).len ? layout_find_name(d) : d->digest;

	if (names->len + name.len > NAMES_SHOWN) {
		if (!span_ends(buf_span(names), "..."))
			buf_add_str(names, " ...");
		return;
	}
	buf_printf(names, "%s%.*s", names->len ? ", " : "", SPAN_FMT(name));
}

/* What there is to choose from. */
static void
show_images(const struct layout *l, struct buf *names)
{
	for (size_t i = 0; i < l->index.count; i++)
		if (is_image(l, &l->index.layers[i]))
			show_name(names, &l->index.layers[i]);
}

int
layout_find_tag(struct layout *l, struct span tag, struct layout_image *out, struct err *e)
{
	AUTO(buf) struct buf names = BUF_INIT(2 * NAMES_SHOWN);
	const struct desc *found = NULL;

	for (const struct desc *d = layout_names_name(l, tag); d; d = layout_names_next_name(l, d)) {
		if (found && !span_eq(found->digest, d->digest)) {
			err_set(e, REASON_AMBIGUOUS, "two images of %s bear the name %.*s", l->dir,
			    SPAN_FMT(span_first(tag, 200)));
			return err_found(e, "%.*s, %.*s", SPAN_FMT(found->digest), SPAN_FMT(d->digest));
		}
		found = d;
	}
	if (found)
		return found_image(l, found, tag, out, e);
	if (layout_cache_build(l, NULL) == 0)
		show_images(l, &names);
	err_set(e, REASON_NO_IMAGE, "no image in %s has the name %.*s", l->dir, SPAN_FMT(span_first(tag, 200)));
	return err_found(e, "%s", names.len ? buf_str(&names) : "none");
}

static int
find_unlisted(struct layout *l, struct span digest, struct layout_image *out, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(MANIFEST_SIZE_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct desc d = {.digest = digest};

	if (layout_read(l, digest, -1, &bytes, e))
		return -1;
	if (manifest_parse(&m, buf_span(&bytes), SPAN_NONE, e))
		return err_wrap(e, "%.*s", SPAN_FMT(digest));
	d.media_type = m.media_type;
	d.size = (int64_t)bytes.len;
	*out = (struct layout_image){desc_copy(&d, &l->index.pool), SPAN_NONE};
	return 0;
}

int
layout_find_digest(struct layout *l, struct span digest, struct layout_image *out, struct err *e)
{
	const struct desc *d = layout_names_digest(l, digest);

	return d ? found_image(l, d, SPAN_NONE, out, e) : find_unlisted(l, digest, out, e);
}

static int
several_images(struct layout *l, struct err *e)
{
	AUTO(buf) struct buf names = BUF_INIT(2 * NAMES_SHOWN);

	show_images(l, &names);
	err_set(e, REASON_AMBIGUOUS, "there are several images in %s", l->dir);
	err_found(e, "%s", buf_str(&names));
	return err_hint(e, "name one: oci:%s:NAME or oci:%s@sha256:HEX", l->dir, l->dir);
}

int
layout_find_only(struct layout *l, struct layout_image *out, struct err *e)
{
	const struct desc *found = NULL;

	if (layout_cache_build(l, e))
		return -1;
	for (size_t i = 0; i < l->index.count; i++) {
		const struct desc *d = &l->index.layers[i];

		if (!is_image(l, d))
			continue;
		if (found && !span_eq(found->digest, d->digest))
			return several_images(l, e);
		if (!found)
			found = d;
	}
	if (!found)
		return err_set(e, REASON_NO_IMAGE, "there is no image in %s", l->dir);
	return found_image(l, found, SPAN_NONE, out, e);
}
