/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/platform.h"

#include "base/buf.h"

enum { PLATFORM_TEXT_MAX = 256, PLATFORMS_SHOWN = 1000 };

static bool
is_word(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("._-", c)))
			return false;
	}
	return s.len > 0;
}

int
platform_parse(struct platform *p, struct span text, struct err *e)
{
	struct span rest = text, path = span_cut(&rest, ':');
	bool good;

	*p = (struct platform){0};
	if (rest.ptr)
		p->os_version = rest;
	p->os = span_cut(&path, '/');
	p->arch = path.ptr ? span_cut(&path, '/') : SPAN_NONE;
	p->variant = path;
	good = text.len <= PLATFORM_TEXT_MAX && memchr(text.ptr ? text.ptr : "", 0, text.len) == NULL &&
	    is_word(p->os) && is_word(p->arch) && (!p->variant.ptr || is_word(p->variant)) &&
	    (!p->os_version.ptr || is_word(p->os_version));
	if (good)
		return 0;
	err_set(e, REASON_USAGE, "'%.*s' is no platform", SPAN_FMT(span_first(text, PLATFORM_TEXT_MAX)));
	return err_expected(e, "OS/ARCH, OS/ARCH/VARIANT, or either with :OS.VERSION");
}

/* Variants that are what the architecture is without one, as containerd has it. */
static const char *
default_variant(struct span arch)
{
	static const struct { const char *arch, *variant; } defaults[] = {
		{"amd64", "v1"}, {"arm", "v7"}, {"arm64", "v8"},
	};

	for (size_t i = 0; i < countof(defaults); i++)
		if (span_is(arch, defaults[i].arch))
			return defaults[i].variant;
	return "";
}

static bool
same_variant(struct span arch, struct span a, struct span b)
{
	struct span usual = span_str(default_variant(arch));

	return span_eq(a.len ? a : usual, b.len ? b : usual);
}

bool
platform_matches(const struct platform *p, const struct desc *entry)
{
	if (!span_eq(p->os, entry->platform_os) || !span_eq(p->arch, entry->platform_arch))
		return false;
	if (p->os_version.ptr && !span_eq(p->os_version, entry->platform_os_version))
		return false;
	return !p->variant.ptr || same_variant(p->arch, p->variant, entry->platform_variant);
}

void
platform_list(const struct manifest *index, struct buf *out)
{
	for (size_t i = 0; i < index->count; i++) {
		const struct desc *d = &index->layers[i];

		if (!d->platform_os.len || out->len > PLATFORMS_SHOWN / 2)
			continue;
		buf_printf(out, "%s%.*s/%.*s%s%.*s", out->len ? ", " : "",
		    SPAN_FMT(span_first(d->platform_os, 40)), SPAN_FMT(span_first(d->platform_arch, 40)),
		    d->platform_variant.len ? "/" : "", SPAN_FMT(span_first(d->platform_variant, 40)));
	}
}

static int
none_fits(const struct platform *p, const struct manifest *index, struct err *e)
{
	AUTO(buf) struct buf there = BUF_INIT(PLATFORMS_SHOWN);

	platform_list(index, &there);
	err_set(e, REASON_NOT_FOUND, "no image for %.*s/%.*s in the index", SPAN_FMT(p->os), SPAN_FMT(p->arch));
	return err_found(e, "%s", there.len ? buf_str(&there) : "no platforms at all");
}

/* Whether b is the image that was meant rather than a. */
static bool
is_better(const struct platform *p, const struct desc *a, const struct desc *b)
{
	return !same_variant(p->arch, SPAN_NONE, a->platform_variant) &&
	    same_variant(p->arch, SPAN_NONE, b->platform_variant);
}

int
platform_find(const struct platform *p, const struct manifest *index, const struct desc **found, struct err *e)
{
	const struct desc *best = NULL, *rival = NULL;

	for (size_t i = 0; i < index->count; i++) {
		const struct desc *d = &index->layers[i];

		if (!platform_matches(p, d) || (best && span_eq(d->digest, best->digest)))
			continue;
		if (!best || (!p->variant.ptr && is_better(p, best, d))) {
			best = d;
			rival = NULL;
		} else if (p->variant.ptr || !is_better(p, d, best)) {
			rival = d;
		}
	}
	if (!best)
		return none_fits(p, index, e);
	if (rival) {
		err_set(e, REASON_AMBIGUOUS, "several images for %.*s/%.*s in the index", SPAN_FMT(p->os),
		    SPAN_FMT(p->arch));
		return err_found(e, "%.*s, %.*s", SPAN_FMT(best->digest), SPAN_FMT(rival->digest));
	}
	*found = best;
	return 0;
}
