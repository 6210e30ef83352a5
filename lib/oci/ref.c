/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/ref.h"

#include <arpa/inet.h>
#include "base/file.h"
#include "codec/hex.h"

#define HUB "index.docker.io"

enum class {
	LOWER = 1,
	UPPER = 2,
	DIGIT = 4,
};

/* Whether c is of these classes or one of the others. */
static bool
is_of(char c, unsigned classes, const char *others)
{
	if (c >= 'a' && c <= 'z')
		return classes & LOWER;
	if (c >= 'A' && c <= 'Z')
		return classes & UPPER;
	if (c >= '0' && c <= '9')
		return classes & DIGIT;
	return c && strchr(others, c);
}

static bool
all_of(struct span text, unsigned classes, const char *others)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_of(text.ptr[i], classes, others))
			return false;
	return true;
}

bool
ref_is_digest(struct span text)
{
	return span_starts(text, "sha256:") && hex_is_lower(span_from(text, 7), 64);
}

bool
ref_is_tag(struct span text)
{
	return text.len >= 1 && text.len <= REF_TAG_MAX && all_of(text, LOWER | UPPER | DIGIT, "_.-") &&
	    text.ptr[0] != '.' && text.ptr[0] != '-';
}

bool
ref_is_layout_name(struct span text)
{
	return text.len >= 1 && text.len <= 1024 && all_of(text, LOWER | UPPER | DIGIT, "_.-:@/+") &&
	    is_of(text.ptr[0], LOWER | UPPER | DIGIT, "_");
}

static bool
is_port(struct span port)
{
	uint64_t n;

	return port.len <= 5 && span_decimal(port, 65535, &n) && n > 0;
}

static bool
is_ipv6(struct span text)
{
	char address[INET6_ADDRSTRLEN];
	unsigned char ip[16];

	if (text.len >= sizeof(address) || memchr(text.ptr, 0, text.len))
		return false;
	memcpy(address, text.ptr, text.len);
	address[text.len] = '\0';
	return inet_pton(AF_INET6, address, ip) == 1;
}

/* "[::1]" and "[::1]:5000". */
static bool
is_bracketed(struct span host)
{
	ptrdiff_t end = span_find(host, ']');
	struct span inside, behind;

	if (end < 0)
		return false;
	inside = span_of(host.ptr + 1, (size_t)end - 1);
	behind = span_from(host, (size_t)end + 1);
	return inside.len >= 2 && is_ipv6(inside) &&
	    (behind.len == 0 || (behind.ptr[0] == ':' && is_port(span_from(behind, 1))));
}

static bool
is_registry(struct span host)
{
	ptrdiff_t colon = span_find(host, ':');
	struct span name = colon < 0 ? host : span_first(host, (size_t)colon);

	if (host.len == 0 || host.len > 255)
		return false;
	if (host.ptr[0] == '[')
		return is_bracketed(host);
	return name.len && all_of(name, LOWER | UPPER | DIGIT, "-._") && name.ptr[0] != '.' && name.ptr[0] != '-' &&
	    (colon < 0 || is_port(span_from(host, (size_t)colon + 1)));
}

/* Components that a URL would swallow or climb by are none. */
static bool
has_plain_components(struct span path)
{
	struct span rest = path;

	do {
		struct span part = span_cut(&rest, '/');

		if (part.len == 0 || span_is(part, ".") || span_is(part, ".."))
			return false;
	} while (rest.ptr);
	return true;
}

static int
check_repository(struct span repository, struct err *e)
{
	if (repository.len >= 2 && repository.len <= REF_REPOSITORY_MAX &&
	    all_of(repository, LOWER | DIGIT, "_-./") && has_plain_components(repository))
		return 0;
	err_set(e, REASON_BAD_REFERENCE, "'%.*s' is no repository", SPAN_FMT(span_first(repository, 300)));
	return err_expected(e, "2 to 255 of a-z 0-9 _ - . / without empty, . or .. components");
}

/* Docker's rule: what stands before the first slash is a registry if it looks
 * like a host; Docker Hub otherwise. */
static int
split_registry(struct ref *r, struct span text, struct pool *pool, struct err *e)
{
	ptrdiff_t slash = span_find(text, '/');
	struct span host = slash < 0 ? SPAN_NONE : span_first(text, (size_t)slash);
	struct span repository = text;

	if (span_is(host, "localhost") || span_find(host, '.') >= 0 || span_find(host, ':') >= 0)
		repository = span_from(text, (size_t)slash + 1);
	else
		host = SPAN(HUB);
	if (span_is(host, "docker.io"))
		host = SPAN(HUB);
	if (!is_registry(host)) {
		err_set(e, REASON_BAD_REFERENCE, "'%.*s' is no registry", SPAN_FMT(span_first(host, 300)));
		return err_expected(e, "HOST or HOST:PORT");
	}
	if (check_repository(repository, e))
		return -1;
	r->place = REF_REGISTRY;
	r->registry = pool_str(pool, host);
	r->repository = span_is(host, HUB) && span_find(repository, '/') < 0
	    ? pool_printf(pool, "library/%.*s", SPAN_FMT(repository)) : pool_str(pool, repository);
	return 0;
}

/* Cuts :TAG off the end; a colon before a slash is a port's. */
static int
cut_tag(struct span *text, struct span *tag, struct err *e)
{
	ptrdiff_t colon = span_rfind(*text, ':');

	*tag = SPAN_NONE;
	if (colon < 0 || span_find(span_from(*text, (size_t)colon), '/') >= 0)
		return 0;
	*tag = span_from(*text, (size_t)colon + 1);
	text->len = (size_t)colon;
	if (ref_is_tag(*tag))
		return 0;
	err_set(e, REASON_BAD_REFERENCE, "'%.*s' is no tag", SPAN_FMT(span_first(*tag, 300)));
	return err_expected(e, "1 to 128 of A-Z a-z 0-9 _ . -, the first neither . nor -");
}

static int
bad_digest(struct span digest, struct err *e)
{
	err_set(e, REASON_BAD_REFERENCE, "'%.*s' is no digest", SPAN_FMT(span_first(digest, 300)));
	return err_expected(e, "sha256: and 64 lower-case hexadecimal digits");
}

static int
parse_registry(struct ref *r, struct span text, struct pool *pool, struct err *e)
{
	ptrdiff_t at = span_find(text, '@');
	struct span digest = SPAN_NONE, tag;

	if (at >= 0) {
		digest = span_from(text, (size_t)at + 1);
		text.len = (size_t)at;
		if (!ref_is_digest(digest))
			return bad_digest(digest, e);
	}
	if (cut_tag(&text, &tag, e) || split_registry(r, text, pool, e))
		return -1;
	r->tag_given = tag.ptr && !digest.ptr;
	if (digest.ptr)
		r->digest = pool_str(pool, digest);
	else
		r->tag = tag.ptr ? pool_str(pool, tag) : "latest";
	return 0;
}

static bool
is_dir(struct span path, struct pool *pool)
{
	return path.len && file_is_dir(pool_str(pool, path));
}

/* The last colon behind which a name may stand, because what is before it is a
 * directory; -1 if there is none. */
static ptrdiff_t
find_name(struct span text, struct pool *pool)
{
	for (ptrdiff_t i = (ptrdiff_t)text.len - 1; i > 0; i--)
		if (text.ptr[i] == ':' && is_dir(span_first(text, (size_t)i), pool))
			return i;
	return -1;
}

static int
layout_tag(struct ref *r, struct span text, size_t colon, struct pool *pool, struct err *e)
{
	struct span dir = span_first(text, colon), name = span_from(text, colon + 1);

	if (!ref_is_layout_name(name)) {
		err_set(e, REASON_BAD_REFERENCE, "'%.*s' names no image of a layout",
		    SPAN_FMT(span_first(name, 300)));
		return err_expected(e, "a tag, or a reference of letters, digits and _ . - : @ / +");
	}
	if (is_dir(text, pool)) {
		err_set(e, REASON_AMBIGUOUS, "there is a directory %.*s, and one of that name with :%.*s",
		    SPAN_FMT(dir), SPAN_FMT(name));
		return err_hint(e, "oci:%.*s/:%.*s names the image, oci:%.*s:%.*s/ the directory",
		    SPAN_FMT(dir), SPAN_FMT(name), SPAN_FMT(dir), SPAN_FMT(name));
	}
	r->dir = pool_str(pool, dir);
	r->tag = pool_str(pool, name);
	r->tag_given = true;
	return 0;
}

/* *done is whether the text was DIR@DIGEST or DIR:NAME@DIGEST. */
static int
layout_digest(struct ref *r, struct span text, bool *done, struct pool *pool, struct err *e)
{
	ptrdiff_t at = span_rfind(text, '@'), colon;
	struct span dir, digest;

	*done = false;
	if (at <= 0 || is_dir(text, pool))
		return 0;
	dir = span_first(text, (size_t)at);
	digest = span_from(text, (size_t)at + 1);
	if (!is_dir(dir, pool)) {
		colon = ref_is_digest(digest) ? find_name(dir, pool) : -1;
		if (colon < 0)
			return 0;
		dir.len = (size_t)colon;
	}
	if (!ref_is_digest(digest))
		return bad_digest(digest, e);
	*done = true;
	r->dir = pool_str(pool, dir);
	r->digest = pool_str(pool, digest);
	return 0;
}

/* A directory whose own path has a colon, in a way that no name could. */
static bool
is_path_behind(struct span text, size_t colon, struct pool *pool)
{
	struct span behind = span_from(text, colon + 1);

	return (span_find(behind, '/') >= 0 || !ref_is_layout_name(behind)) && is_dir(text, pool);
}

static int
parse_layout(struct ref *r, struct span text, struct pool *pool, struct err *e)
{
	ptrdiff_t colon;
	bool done;

	r->place = REF_LAYOUT;
	if (text.len == 0)
		return err_set(e, REASON_BAD_REFERENCE, "oci: without a directory");
	if (layout_digest(r, text, &done, pool, e))
		return -1;
	if (done)
		return 0;
	colon = find_name(text, pool);
	if (colon >= 0 && !is_path_behind(text, (size_t)colon, pool))
		return layout_tag(r, text, (size_t)colon, pool, e);
	r->dir = pool_str(pool, text);
	return 0;
}

static int
check_text(struct span text, struct err *e)
{
	if (text.len > REF_TEXT_MAX) {
		err_set(e, REASON_BAD_REFERENCE, "the reference is too long");
		return err_expected(e, "at most %d bytes", REF_TEXT_MAX);
	}
	if (text.len == 0)
		return err_set(e, REASON_BAD_REFERENCE, "an empty reference");
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return err_set(e, REASON_BAD_REFERENCE, "control characters in the reference");
	return 0;
}

int
ref_parse(struct ref *r, struct span text, struct pool *pool, struct err *e)
{
	*r = (struct ref){.place = REF_REGISTRY};
	if (check_text(text, e))
		return -1;
	if (span_starts(text, "oci:"))
		return parse_layout(r, span_from(text, 4), pool, e);
	return parse_registry(r, text, pool, e);
}

int
ref_parse_repository(struct ref *r, struct span text, struct pool *pool, struct err *e)
{
	*r = (struct ref){.place = REF_REGISTRY};
	if (check_text(text, e))
		return -1;
	return split_registry(r, text, pool, e);
}

const char *
ref_context(const struct ref *r, struct pool *pool)
{
	if (r->place == REF_LAYOUT)
		return pool_printf(pool, "oci:%s", r->dir);
	return pool_printf(pool, "%s/%s", r->registry, r->repository);
}

const char *
ref_name(const struct ref *r, struct pool *pool)
{
	const char *context = ref_context(r, pool);

	if (r->digest)
		return pool_printf(pool, "%s@%s", context, r->digest);
	return r->tag ? pool_printf(pool, "%s:%s", context, r->tag) : context;
}

static bool
is_private(struct span host)
{
	char text[INET_ADDRSTRLEN];
	unsigned char ip[4];

	if (host.len >= sizeof(text))
		return false;
	memcpy(text, host.ptr, host.len);
	text[host.len] = '\0';
	if (inet_pton(AF_INET, text, ip) != 1)
		return false;
	return ip[0] == 10 || (ip[0] == 172 && (ip[1] & 0xf0) == 16) || (ip[0] == 192 && ip[1] == 168);
}

bool
ref_registry_is_local(const char *registry)
{
	struct span all = span_str(registry), host = all;
	ptrdiff_t colon = span_find(all, ':');

	if (span_is(all, "[::1]") || span_starts(all, "[::1]:"))
		return true;
	if (colon >= 0)
		host.len = (size_t)colon;
	if (span_is(host, "localhost"))
		return colon >= 0;
	return span_is(host, "127.0.0.1") || (span_ends(host, ".localhost")) || is_private(host);
}

bool
ref_is_full(struct span text)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	ptrdiff_t slash = span_find(text, '/');
	struct span host = slash < 0 ? SPAN_NONE : span_first(text, (size_t)slash);
	struct ref r;

	if (!span_is(host, "localhost") && span_find(host, '.') < 0 && span_find(host, ':') < 0)
		return false;
	return !span_starts(text, "oci:") && ref_parse(&r, text, &pool, NULL) == 0;
}

const char *
ref_digest_tag(const char *prefix, const char *digest, const char *suffix, struct pool *pool)
{
	const char *hex = strchr(digest, ':');
	int len = hex ? (int)(hex - digest) : 0;

	return pool_printf(pool, "%s%.*s-%s%s", prefix ? prefix : "", len, digest, hex ? hex + 1 : digest, suffix);
}

static bool
ends_in_digest(struct span tag)
{
	return tag.len >= 71 && span_starts(span_from(tag, tag.len - 71), "sha256-") &&
	    hex_is_lower(span_from(tag, tag.len - 64), 64);
}

bool
ref_is_digest_tag(struct span tag)
{
	static const char *const suffixes[] = {".sig", ".att", ".sbom"};

	for (size_t i = 0; i < countof(suffixes); i++)
		if (span_ends(tag, suffixes[i]))
			return ends_in_digest(span_first(tag, tag.len - strlen(suffixes[i])));
	return tag.len == 71 && ends_in_digest(tag);
}
