/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"
#include "base/mem.h"

#include <jv.h>
#include <openssl/sha.h>

/* Sorted by key, so that listings come out sorted. */
static VEC(struct store_entry *) entries;

static char *
key_of(enum store_kind kind, const char *repo, const char *name)
{
	return xasprintf("%c %s %s", (int)kind, repo, name);
}

/* The first index whose key is not below. */
static size_t
lower_bound(const char *key)
{
	size_t lo = 0, hi = entries.count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(entries.items[mid]->key, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct store_entry *
store_get(enum store_kind kind, const char *repo, const char *name)
{
	AUTO(charp) char *key = key_of(kind, repo, name);
	size_t i = lower_bound(key);

	if (i == entries.count || strcmp(entries.items[i]->key, key) != 0 || entries.items[i]->gone)
		return NULL;
	return entries.items[i];
}

struct store_entry *
store_put(enum store_kind kind, const char *repo, const char *name)
{
	char *key = key_of(kind, repo, name);
	size_t i = lower_bound(key), after;
	struct store_entry *e;

	if (i < entries.count && strcmp(entries.items[i]->key, key) == 0) {
		free(key);
		entries.items[i]->gone = false;
		return entries.items[i];
	}
	e = xcalloc(1, sizeof(*e));
	e->key = key;
	e->name = key + 3 + strlen(repo);
	buf_init(&e->bytes, BUF_BIG_MAX);
	after = entries.count - i;
	*VEC_PUSH(&entries) = NULL;
	memmove(&entries.items[i + 1], &entries.items[i], after * sizeof(e));
	return entries.items[i] = e;
}

void
store_delete(struct store_entry *e)
{
	e->gone = true;
}

struct store_entry *
store_nth(enum store_kind kind, const char *repo, size_t nth)
{
	AUTO(charp) char *prefix = key_of(kind, repo, "");
	size_t i = lower_bound(prefix);

	for (; i < entries.count && strncmp(entries.items[i]->key, prefix, strlen(prefix)) == 0; i++)
		if (!entries.items[i]->gone && nth-- == 0)
			return entries.items[i];
	return NULL;
}

bool
store_has_repo(const char *repo)
{
	return store_nth(STORE_MANIFEST, repo, 0) || store_nth(STORE_BLOB, repo, 0) ||
	    store_nth(STORE_TAG, repo, 0);
}

/* Member of an object, null for anything else: libjq 1.6 aborts on a getter of
 * the wrong kind. Takes the object. */
static jv
member(jv object, const char *name)
{
	if (jv_get_kind(object) == JV_KIND_OBJECT)
		return jv_object_get(object, jv_string(name));
	jv_free(object);
	return jv_null();
}

static char *
text(jv v)
{
	char *s = jv_get_kind(v) == JV_KIND_STRING ? xstrdup(jv_string_value(v)) : NULL;

	jv_free(v);
	return s;
}

static jv
document(const struct store_entry *e)
{
	jv doc = jv_parse_sized(buf_str(&e->bytes), (int)e->bytes.len);

	if (jv_is_valid(doc))
		return doc;
	jv_free(doc);
	return jv_null();
}

bool
store_read_manifest(struct store_entry *e)
{
	jv doc = document(e), notes;
	bool object = jv_get_kind(doc) == JV_KIND_OBJECT;

	e->subject = text(member(member(jv_copy(doc), "subject"), "digest"));
	e->artifact = text(member(jv_copy(doc), "artifactType"));
	if (!e->artifact)
		e->artifact = text(member(member(jv_copy(doc), "config"), "mediaType"));
	notes = member(doc, "annotations");
	if (jv_get_kind(notes) == JV_KIND_OBJECT)
		e->annotations = text(jv_dump_string(notes, 0));
	else
		jv_free(notes);
	return object;
}

static void
each_digest(jv list, enum store_kind kind, void (*fn)(enum store_kind, const char *, void *), void *arg)
{
	int count = jv_get_kind(list) == JV_KIND_ARRAY ? jv_array_length(jv_copy(list)) : 0;

	for (int i = 0; i < count; i++) {
		AUTO(charp) char *digest = text(member(jv_array_get(jv_copy(list), i), "digest"));

		fn(kind, digest ? digest : "", arg);
	}
	jv_free(list);
}

void
store_needs(const struct store_entry *e, void (*fn)(enum store_kind, const char *, void *), void *arg)
{
	jv doc = document(e), config = member(jv_copy(doc), "config");

	if (jv_get_kind(config) == JV_KIND_OBJECT)
		each_digest(jv_array_append(jv_array(), config), STORE_BLOB, fn, arg);
	else
		jv_free(config);
	each_digest(member(jv_copy(doc), "layers"), STORE_BLOB, fn, arg);
	each_digest(member(doc, "manifests"), STORE_MANIFEST, fn, arg);
}

const char *
store_digest(struct span bytes, char *out)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)(bytes.len ? bytes.ptr : ""), bytes.len, hash);
	memcpy(out, "sha256:", 7);
	for (size_t i = 0; i < sizeof(hash); i++)
		snprintf(out + 7 + 2 * i, 3, "%02x", hash[i]);
	return out;
}
