/* SPDX-License-Identifier: Apache-2.0 */
#include "step/explode.h"

#include <dirent.h>
#include <errno.h>
#include "base/file.h"
#include "base/mem.h"
#include "codec/b64.h"
#include "codec/hex.h"
#include "codec/pem.h"
#include "json/scan.h"

enum { MODE = 0644, DIR_MODE = 0755, TEXT_MAX = 1 << 20 };

static void
dirp_cleanup(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* --- writing --- */

static int
put(const char *dir, const char *name, struct span bytes, struct err *e)
{
	AUTO(charp) char *path = xasprintf("%s/%s", dir, name);

	return file_write(path, bytes.ptr ? bytes : SPAN(""), MODE, FILE_KEEP, e);
}

static int
put_numbered(const char *dir, const char *form, size_t i, const char *suffix, struct span bytes,
    struct err *e)
{
	AUTO(charp) char *name = xasprintf("%s-%zu%s", form, i, suffix);

	return put(dir, name, bytes, e);
}

static int
put_line(const char *dir, const char *name, struct buf *text, struct err *e)
{
	buf_add_char(text, '\n');
	return buf_check(text, name, e) ? -1 : put(dir, name, buf_span(text), e);
}

static int
put_certs(const char *dir, const char *name, const struct span *certs, size_t count, struct err *e)
{
	AUTO(buf) struct buf pem = BUF_INIT(BUNDLE_MAX);

	for (size_t i = 0; i < count; i++)
		pem_encode(&pem, "CERTIFICATE", certs[i]);
	return buf_check(&pem, name, e) ? -1 : put(dir, name, buf_span(&pem), e);
}

static int
put_credential(const struct bundle *b, const char *dir, struct err *e)
{
	if (b->key == BUNDLE_KEY_HINT)
		return put(dir, "hint", b->hint, e);
	if (put_certs(dir, "certificate.pem", b->certs.items, 1, e))
		return -1;
	return b->from_chain ? put_certs(dir, "chain.pem", b->certs.items + 1, b->certs.count - 1, e) : 0;
}

static int
put_content(const struct bundle *b, const char *dir, struct err *e)
{
	AUTO(buf) struct buf digest = BUF_INIT(2 * BUNDLE_MAX);

	if (b->content == BUNDLE_DSSE) {
		if (put(dir, "payload", b->payload, e) || put(dir, "payloadtype", b->payload_type, e))
			return -1;
		return b->keyid.len ? put(dir, "keyid", b->keyid, e) : 0;
	}
	buf_add_span(&digest, b->digest_alg);
	buf_add_char(&digest, ':');
	hex_encode(&digest, b->digest);
	return put_line(dir, "digest", &digest, e);
}

static int
put_entry(const struct bundle_entry *entry, size_t i, const char *dir, struct err *e)
{
	AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);
	struct emit j;

	emit_init(&j, &json);
	j.indent = 2;
	j.raw_html = true;
	entry_emit(entry, &j);
	buf_add_char(&json, '\n');
	if (buf_check(&json, "a log entry", e) || put_numbered(dir, "log", i, ".json", buf_span(&json), e) ||
	    put_numbered(dir, "log", i, ".body.json", entry->body, e))
		return -1;
	return entry->has_proof ? put_numbered(dir, "log", i, ".checkpoint", entry->checkpoint, e) : 0;
}

static int
check_empty(const char *dir, struct err *e)
{
	AUTO(dirp) DIR *d = opendir(dir);
	struct dirent *entry;

	if (!d)
		return err_errno(e, REASON_IO, "cannot read directory %s", dir);
	while ((entry = readdir(d)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			return err_set(e, REASON_EXISTS, "%s is not empty", dir);
	return 0;
}

int
explode_write(const struct bundle *b, const char *dir, struct err *e)
{
	AUTO(buf) struct buf sig = BUF_INIT(2 * (size_t)BUNDLE_MAX);
	AUTO(buf) struct buf type = BUF_INIT(TEXT_MAX);

	if (file_mkdirs(dir, DIR_MODE, e) || check_empty(dir, e))
		return -1;
	buf_add_span(&type, b->media_type);
	b64_encode(&sig, b->sig, B64_STD);
	if (put_line(dir, "mediatype", &type, e) || put_line(dir, "signature", &sig, e) ||
	    put_credential(b, dir, e) || put_content(b, dir, e))
		return -1;
	for (size_t i = 0; i < b->entry_count; i++)
		if (put_entry(&b->entries[i], i, dir, e))
			return -1;
	for (size_t i = 0; i < b->timestamps.count; i++)
		if (put_numbered(dir, "timestamp", i, ".tsr", b->timestamps.items[i], e))
			return -1;
	return 0;
}

/* --- reading --- */

static bool
is_there(const char *dir, const char *name)
{
	AUTO(charp) char *path = xasprintf("%s/%s", dir, name);

	return file_exists(path);
}

/* A part, in the bundle's pool; ptr NULL when an optional one is missing. */
static int
get(struct bundle *b, const char *dir, const char *name, bool required, struct span *out, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(BUNDLE_MAX);
	AUTO(charp) char *path = xasprintf("%s/%s", dir, name);

	*out = SPAN_NONE;
	if (!required && !file_exists(path))
		return 0;
	if (file_read(path, &bytes, e))
		return -1;
	*out = pool_span(&b->pool, buf_span(&bytes));
	return 0;
}

static int
get_certs(struct bundle *b, const char *dir, const char *name, size_t max, struct err *e)
{
	struct span text;

	if (get(b, dir, name, true, &text, e))
		return -1;
	for (size_t i = 0; span_trim(text).len; i++) {
		AUTO(buf) struct buf der = BUF_INIT(BUNDLE_MAX);
		struct pem pem;

		if (i == max || b->certs.count == BUNDLE_CERTS_MAX)
			return err_set(e, REASON_BAD_BUNDLE, "%s has too many certificates", name);
		if (pem_next(&pem, text, &text, e) || pem_decode(&pem, &der, e))
			return err_wrap(e, "%s", name);
		if (!span_is(pem.label, "CERTIFICATE"))
			return err_set(e, REASON_BAD_BUNDLE, "%s: expected CERTIFICATE, found another block", name);
		b->certs.items[b->certs.count++] = pool_span(&b->pool, buf_span(&der));
	}
	return 0;
}

static int
get_credential(struct bundle *b, const char *dir, struct err *e)
{
	bool hint = is_there(dir, "hint"), cert = is_there(dir, "certificate.pem");

	if (hint == cert)
		return err_set(e, REASON_BAD_BUNDLE, "expected either hint or certificate.pem, found %s",
		    hint ? "both" : "neither");
	b->from_chain = is_there(dir, "chain.pem");
	if (hint && b->from_chain)
		return err_set(e, REASON_BAD_BUNDLE, "chain.pem belongs to a certificate, and there is none");
	b->key = hint ? BUNDLE_KEY_HINT : BUNDLE_KEY_CERT;
	if (hint)
		return get(b, dir, "hint", true, &b->hint, e);
	b->certs.items = pool_array(&b->pool, BUNDLE_CERTS_MAX, sizeof(*b->certs.items));
	if (get_certs(b, dir, "certificate.pem", 1, e))
		return -1;
	if (b->certs.count != 1)
		return err_set(e, REASON_BAD_BUNDLE, "certificate.pem has no certificate");
	return b->from_chain ? get_certs(b, dir, "chain.pem", BUNDLE_CERTS_MAX, e) : 0;
}

static int
get_digest(struct bundle *b, const char *dir, struct err *e)
{
	struct span text, alg;
	unsigned char *bytes;

	if (get(b, dir, "digest", true, &text, e))
		return -1;
	text = span_trim(text);
	alg = span_cut(&text, ':');
	bytes = pool_alloc(&b->pool, text.len / 2 + 1);
	if (!text.ptr || text.len % 2 || !hex_decode(bytes, text.len / 2, text))
		return err_set(e, REASON_BAD_BUNDLE, "digest: expected ALGORITHM:HEX");
	b->content = BUNDLE_MESSAGE;
	b->digest_alg = alg;
	b->digest = span_of(bytes, text.len / 2);
	return 0;
}

static int
get_content(struct bundle *b, const char *dir, struct err *e)
{
	bool payload = is_there(dir, "payload");

	if (payload == is_there(dir, "digest"))
		return err_set(e, REASON_BAD_BUNDLE, "expected either digest or payload, found %s",
		    payload ? "both" : "neither");
	if (!payload)
		return get_digest(b, dir, e);
	b->content = BUNDLE_DSSE;
	if (get(b, dir, "payload", true, &b->payload, e) ||
	    get(b, dir, "payloadtype", true, &b->payload_type, e))
		return -1;
	return get(b, dir, "keyid", false, &b->keyid, e);
}

static int
get_text(struct bundle *b, const char *dir, struct err *e)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUNDLE_MAX);
	struct span text;

	if (get(b, dir, "mediatype", true, &b->media_type, e) || get(b, dir, "signature", true, &text, e))
		return -1;
	b->media_type = span_trim(b->media_type);
	if (b64_decode(&sig, span_trim(text), B64_STD, e))
		return err_wrap(e, "signature");
	b->sig = pool_span(&b->pool, buf_span(&sig));
	return 0;
}

/* A file that repeats a part may be missing, but not say something else. */
static int
check_repeated(struct bundle *b, const char *dir, size_t i, const char *suffix, struct span want,
    struct err *e)
{
	AUTO(charp) char *name = xasprintf("log-%zu%s", i, suffix);
	struct span text;

	if (get(b, dir, name, false, &text, e))
		return -1;
	if (!text.ptr || span_eq(text, want))
		return 0;
	err_set(e, REASON_BAD_BUNDLE, "%s is not what log-%zu.json says", name, i);
	return err_hint(e, "it is there for reading only; remove it after a change of the entry");
}

static int
get_entry(struct bundle *b, const char *dir, const char *name, struct err *e)
{
	struct bundle_entry *entry = &b->entries[b->entry_count];
	struct node root;
	struct span text;

	if (get(b, dir, name, true, &text, e))
		return -1;
	if (scan_document(text, &root, e) || entry_decode(entry, root, &b->pool, e))
		return err_wrap(e, "%s", name);
	return check_repeated(b, dir, b->entry_count, ".body.json", entry->body, e) ||
	    check_repeated(b, dir, b->entry_count, ".checkpoint", entry->checkpoint, e) ? -1 : 0;
}

static int
get_entries(struct bundle *b, const char *dir, struct err *e)
{
	b->entries = pool_array(&b->pool, BUNDLE_ENTRIES_MAX, sizeof(*b->entries));
	for (; b->entry_count < BUNDLE_ENTRIES_MAX; b->entry_count++) {
		AUTO(charp) char *name = xasprintf("log-%zu.json", b->entry_count);

		if (!is_there(dir, name))
			return 0;
		if (get_entry(b, dir, name, e))
			return -1;
	}
	return 0;
}

static int
get_stamps(struct bundle *b, const char *dir, struct err *e)
{
	struct shape_strs *s = &b->timestamps;

	s->items = pool_array(&b->pool, BUNDLE_TIMESTAMPS_MAX, sizeof(*s->items));
	for (; s->count < BUNDLE_TIMESTAMPS_MAX; s->count++) {
		AUTO(charp) char *name = xasprintf("timestamp-%zu.tsr", s->count);

		if (!is_there(dir, name))
			return 0;
		if (get(b, dir, name, true, &s->items[s->count], e))
			return -1;
	}
	return 0;
}

/* "log-3.json": 3 is one of count. */
static bool
is_numbered(struct span name, const char *prefix, const char *suffix, size_t count)
{
	uint64_t n;

	if (!span_starts(name, prefix) || !span_ends(name, suffix) ||
	    name.len < strlen(prefix) + strlen(suffix))
		return false;
	name = span_from(name, strlen(prefix));
	name.len -= strlen(suffix);
	return (name.len == 1 || (name.len && name.ptr[0] != '0')) &&
	    span_decimal(name, UINT32_MAX, &n) && n < count;
}

static bool
is_known(const struct bundle *b, struct span name)
{
	static const char *const names[] = {".", "..", "mediatype", "signature", "certificate.pem", "chain.pem",
		"hint", "digest", "payload", "payloadtype", "keyid"};

	for (size_t i = 0; i < countof(names); i++)
		if (span_is(name, names[i]))
			return true;
	return is_numbered(name, "log-", ".json", b->entry_count) ||
	    is_numbered(name, "log-", ".body.json", b->entry_count) ||
	    is_numbered(name, "log-", ".checkpoint", b->entry_count) ||
	    is_numbered(name, "timestamp-", ".tsr", b->timestamps.count);
}

/* What would be left out without a word is a mistake: log-2 without log-1. */
static int
check_names(const struct bundle *b, const char *dir, struct err *e)
{
	AUTO(dirp) DIR *d = opendir(dir);
	struct dirent *entry;

	if (!d)
		return err_errno(e, errno == ENOENT ? REASON_NOT_FOUND : REASON_IO, "cannot read directory %s", dir);
	while ((entry = readdir(d)))
		if (!is_known(b, span_str(entry->d_name)))
			return err_set(e, REASON_BAD_BUNDLE, "%s is no part of a bundle, or a number before it is missing",
			    entry->d_name);
	if (b->content == BUNDLE_MESSAGE && (is_there(dir, "payloadtype") || is_there(dir, "keyid")))
		return err_set(e, REASON_BAD_BUNDLE, "payloadtype and keyid belong to a payload, and there is none");
	return 0;
}

int
explode_read(struct bundle *b, const char *dir, struct err *e)
{
	if (!file_is_dir(dir))
		return err_set(e, REASON_NOT_FOUND, "%s is no directory", dir);
	if (get_text(b, dir, e) || get_credential(b, dir, e) || get_content(b, dir, e) ||
	    get_entries(b, dir, e) || get_stamps(b, dir, e) || check_names(b, dir, e))
		return err_wrap(e, "%s", dir);
	return 0;
}
