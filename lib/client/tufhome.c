/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tufhome.h"

#include "base/date.h"
#include "base/env.h"
#include "base/file.h"
#include "base/mem.h"
#include "json/emit.h"

/* The makefile knows that this object depends on them. */
#define EMBED(name, file) \
	__asm__(".section .rodata\n" #name ": .incbin \"lib/client/roots/" file "\"\n" #name "_end:\n.previous\n"); \
	extern const char name[] __asm__(#name), name##_end[] __asm__(#name "_end")

EMBED(tufhome_public, "public.json");
EMBED(tufhome_staging, "staging.json");

struct span
tufhome_embedded(const char *mirror)
{
	size_t len = strlen(mirror);

	while (len && mirror[len - 1] == '/')
		len--;
	if (span_is(span_of(mirror, len), TUFHOME_PUBLIC))
		return span_of(tufhome_public, (size_t)(tufhome_public_end - tufhome_public));
	if (span_is(span_of(mirror, len), TUFHOME_STAGING))
		return span_of(tufhome_staging, (size_t)(tufhome_staging_end - tufhome_staging));
	return SPAN_NONE;
}

void
tufhome_release(struct tufhome *h)
{
	free(h->top);
	free(h->mirror);
	free(h->name);
	free(h->dir);
	free(h->target_dir);
	free(h->targets_url);
	buf_release(&h->root);
	*h = (struct tufhome)TUFHOME_INIT;
}

char *
tufhome_name(const char *mirror)
{
	static const char *const schemes[] = {"https://", "http://"};
	char *name;

	for (size_t i = 0; i < countof(schemes); i++)
		if (strncmp(mirror, schemes[i], strlen(schemes[i])) == 0)
			mirror += strlen(schemes[i]);
	name = xstrdup(mirror);
	for (char *c = name; *c; c++) {
		if (*c == '/' || *c == ':')
			*c = '-';
		else if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 32);
	}
	return name;
}

/* --- where --- */

static char *
find_top(void)
{
	const char *top = env_get_nonempty("TUF_ROOT"), *home = env_get_nonempty("HOME");

	if (top)
		return xstrdup(top);
	return home ? xasprintf("%s/.sigstore/root", home) : NULL;
}

/* What `initialize` left; NULL when it was not run. */
static int
read_remote(const char *top, char **mirror, struct err *e)
{
	AUTO(charp) char *path = xasprintf("%s/remote.json", top);
	AUTO(buf) struct buf text = BUF_INIT(64 << 10);
	AUTO(pool) struct pool pool = POOL_INIT;
	struct err why = ERR_INIT;
	struct node root, v;
	struct span url;

	if (file_read(path, &text, &why) && (err_is(&why, REASON_NOT_FOUND) || err_is(&why, REASON_IO)))
		return 0;
	if (text.over || scan_document(buf_span(&text), &root, NULL) || !node_member(root, "mirror", &v) ||
	    !node_string(v, &pool, &url) || !url.len || memchr(url.ptr, '\0', url.len)) {
		err_set(e, REASON_CONFIG, "%s does not say where the TUF repository is", path);
		return err_hint(e, "`cosign initialize` writes it anew");
	}
	*mirror = xspandup(url);
	return 0;
}

int
tufhome_find(struct tufhome *h, const char *mirror, struct err *e)
{
	h->top = find_top();
	h->frozen = env_get_bool("SIGSTORE_NO_CACHE");
	if (!mirror)
		mirror = env_get_nonempty("TUF_MIRROR");
	if (mirror)
		h->mirror = xstrdup(mirror);
	else if (h->top && read_remote(h->top, &h->mirror, e))
		return -1;
	if (!h->mirror)
		h->mirror = xstrdup(TUFHOME_PUBLIC);
	h->name = tufhome_name(h->mirror);
	h->targets_url = xasprintf("%s%stargets", h->mirror, span_ends(span_str(h->mirror), "/") ? "" : "/");
	if (!h->top)
		return 0;
	if (!*h->name || strcmp(h->name, ".") == 0 || strcmp(h->name, "..") == 0)
		return err_set(e, REASON_USAGE, "'%s' is no address of a TUF repository", h->mirror);
	h->dir = xasprintf("%s/%s", h->top, h->name);
	h->target_dir = xasprintf("%s/targets", h->dir);
	return 0;
}

/* --- whom to trust --- */

static bool
has_stored(const struct tufhome *h)
{
	AUTO(charp) char *path = h->dir ? xasprintf("%s/root.json", h->dir) : NULL;

	return path && file_exists(path);
}

int
tufhome_trust(struct tufhome *h, struct err *e)
{
	const char *file = env_get_nonempty("TUF_ROOT_JSON");
	struct span embedded = tufhome_embedded(h->mirror);

	buf_reset(&h->root);
	/* Nobody can put another root in the place of the public instance's. */
	if (embedded.ptr && (!file || span_eq(embedded, tufhome_embedded(TUFHOME_PUBLIC)))) {
		buf_add_span(&h->root, embedded);
		return 0;
	}
	if (file)
		return file_read(file, &h->root, e) ? err_wrap(e, "TUF_ROOT_JSON") : 0;
	if (has_stored(h))
		return 0;
	err_set(e, REASON_NOT_FOUND, "nothing is known of the TUF repository %s to begin trust with", h->mirror);
	return err_hint(e, "`cosign initialize --mirror %s --root FILE` takes its root.json; so does TUF_ROOT_JSON",
	    h->mirror);
}

/* --- notes --- */

void
tufhome_last(struct buf *out, int64_t now)
{
	char text[DATE_TEXT];

	buf_printf(out, "{\"lastTimestamp\":\"%s\"}", date_format(now, text));
}

void
tufhome_remote(struct buf *out, const char *mirror)
{
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_kstr(&j, "mirror", mirror);
	emit_object_end(&j);
}
