/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/tufmeta.h"

#include "base/date.h"
#include "base/mem.h"
#include "codec/hex.h"
#include "json/olpc.h"
#include "sig/tufpath.h"

enum { SIG_HEX_MAX = 16 << 10, BIN_NAME_MAX = TUFMETA_NAME_MAX };

static const struct { const char *name; size_t max; } kinds[] = {
	[TUFMETA_ROOT] = {"root", TUFMETA_ROOT_MAX},
	[TUFMETA_TIMESTAMP] = {"timestamp", TUFMETA_TIMESTAMP_MAX},
	[TUFMETA_SNAPSHOT] = {"snapshot", TUFMETA_SNAPSHOT_MAX},
	[TUFMETA_TARGETS] = {"targets", TUFMETA_TARGETS_MAX},
};

const char *
tufmeta_kind_name(enum tufmeta_kind kind)
{
	return kinds[kind].name;
}

size_t
tufmeta_kind_max(enum tufmeta_kind kind)
{
	return kinds[kind].max;
}

/* --- what every file has --- */

struct raw_sig { struct span id, hex; };
struct raw_meta { struct shape_objs sigs; struct node content; };
struct raw_signed { struct span type, spec, expires; struct node version; };

static const struct field sig_fields[] = {
	FIELD_STR(struct raw_sig, id, "keyid", FIELD_REQUIRED, .max = TUFKEY_ID_MAX),
	FIELD_STR(struct raw_sig, hex, "sig", FIELD_REQUIRED, .max = SIG_HEX_MAX),
	FIELD_END,
};
static const struct field meta_fields[] = {
	FIELD_OBJS(struct raw_meta, sigs, "signatures", sig_fields, struct raw_sig, FIELD_REQUIRED,
	    .max = TUFMETA_SIGS_MAX),
	FIELD_RAW(struct raw_meta, content, "signed", FIELD_REQUIRED, .max = TUFMETA_LENGTH_MAX),
	FIELD_END,
};
static const struct field signed_fields[] = {
	FIELD_STR(struct raw_signed, type, "_type", FIELD_REQUIRED, .max = TUFMETA_NAME_MAX),
	FIELD_STR(struct raw_signed, spec, "spec_version", FIELD_REQUIRED, .max = TUFMETA_NAME_MAX),
	FIELD_STR(struct raw_signed, expires, "expires", FIELD_REQUIRED, .max = TUFMETA_NAME_MAX),
	FIELD_RAW(struct raw_signed, version, "version", FIELD_REQUIRED),
	FIELD_END,
};

/* Says of every fault but size that the metadata is bad. */
static int
refuse(struct err *e)
{
	if (e && !err_is(e, REASON_TOO_LARGE) && !err_is(e, REASON_BAD_JSON))
		e->reason = REASON_BAD_METADATA;
	return -1;
}

static int
decode(void *out, const struct field *fields, struct node v, struct pool *pool, struct err *e)
{
	if (v.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_METADATA, "expected an object, found %s", node_kind_name(v.kind));
	return shape_decode(out, fields, v, SHAPE_LENIENT, pool, e) ? refuse(e) : 0;
}

static int
get_number(struct node v, int64_t min, const char *name, int64_t *out, struct err *e)
{
	if (v.kind == JSON_NUMBER && node_int(v, out) && *out >= min)
		return 0;
	err_set(e, REASON_BAD_METADATA, "%s", name);
	err_expected(e, "a whole number from %lld on", (long long)min);
	return err_found(e, "%.*s", SPAN_FMT(span_first(v.raw, 64)));
}

static int
compare_sigs(const void *a, const void *b)
{
	return span_cmp(((const struct tufmeta_sig *)a)->id, ((const struct tufmeta_sig *)b)->id);
}

static int
read_sigs(struct tufmeta *m, const struct shape_objs *raw, struct err *e)
{
	const struct raw_sig *items = raw->items;

	m->sigs = pool_array(&m->pool, raw->count, sizeof(*m->sigs));
	m->sig_count = raw->count;
	for (size_t i = 0; i < raw->count; i++)
		m->sigs[i] = (struct tufmeta_sig){items[i].id, items[i].hex};
	if (m->sig_count)
		qsort(m->sigs, m->sig_count, sizeof(*m->sigs), compare_sigs);
	for (size_t i = 1; i < m->sig_count; i++)
		if (span_eq(m->sigs[i].id, m->sigs[i - 1].id))
			return err_set(e, REASON_BAD_METADATA, "signatures: two of one key id");
	return 0;
}

static int
read_common(struct tufmeta *m, struct err *e)
{
	struct raw_signed raw = {0};

	if (decode(&raw, signed_fields, m->content, &m->pool, e))
		return -1;
	if (!span_is(raw.type, tufmeta_kind_name(m->kind))) {
		err_set(e, REASON_BAD_METADATA, "_type: metadata of another role");
		err_expected(e, "%s", tufmeta_kind_name(m->kind));
		return err_found(e, "%.*s", SPAN_FMT(span_first(raw.type, 64)));
	}
	if (!span_is(raw.spec, "1") && !span_starts(raw.spec, "1.")) {
		err_set(e, REASON_BAD_METADATA, "spec_version: written for another version of the specification");
		err_expected(e, "1.x");
		return err_found(e, "%.*s", SPAN_FMT(span_first(raw.spec, 64)));
	}
	if (date_parse(raw.expires, &m->expires, e)) {
		refuse(e);
		return err_wrap(e, "expires");
	}
	if (get_number(raw.version, 1, "version", &m->version, e))
		return -1;
	/* There is always a next one. */
	return m->version < INT64_MAX ? 0 : err_set(e, REASON_BAD_METADATA, "version: too large");
}

/* --- root --- */

struct raw_root { bool consistent; struct node keys, roles; };
static const struct field root_fields[] = {
	FIELD_BOOL(struct raw_root, consistent, "consistent_snapshot", 0),
	FIELD_RAW(struct raw_root, keys, "keys", FIELD_REQUIRED),
	FIELD_RAW(struct raw_root, roles, "roles", FIELD_REQUIRED),
	FIELD_END,
};

static int
read_root(struct tufmeta *m, struct err *e)
{
	struct raw_root raw = {0};

	if (decode(&raw, root_fields, m->content, &m->pool, e) || tufkey_list_parse(&m->keys, raw.keys, &m->pool, e))
		return -1;
	m->consistent = raw.consistent;
	for (int i = 0; i < TUFMETA_KINDS; i++) {
		struct node role;

		if (!node_member(raw.roles, tufmeta_kind_name(i), &role))
			return err_set(e, REASON_BAD_METADATA, "roles: there is no %s", tufmeta_kind_name(i));
		if (tufkey_role_parse(&m->roles[i], role, &m->pool, e))
			return err_wrap(e, "roles.%s", tufmeta_kind_name(i));
	}
	return 0;
}

/* --- timestamp and snapshot --- */

struct raw_file { struct node version, length, hashes; };
static const struct field file_fields[] = {
	FIELD_RAW(struct raw_file, version, "version", FIELD_REQUIRED),
	FIELD_RAW(struct raw_file, length, "length", 0),
	FIELD_RAW(struct raw_file, hashes, "hashes", 0),
	FIELD_END,
};

static int
read_file(struct tufmeta_file *f, struct node v, struct pool *pool, struct err *e)
{
	struct raw_file raw = {0};

	f->length = -1;
	if (decode(&raw, file_fields, v, pool, e) || get_number(raw.version, 1, "version", &f->version, e))
		return -1;
	if (raw.length.raw.ptr && raw.length.kind != JSON_NULL && get_number(raw.length, 0, "length", &f->length, e))
		return -1;
	if (raw.hashes.kind == JSON_OBJECT)
		f->hashes = raw.hashes;
	else if (raw.hashes.raw.ptr && raw.hashes.kind != JSON_NULL)
		return err_set(e, REASON_BAD_METADATA, "hashes: expected an object");
	return 0;
}

static int
compare_files(const void *a, const void *b)
{
	return span_cmp(((const struct tufmeta_file *)a)->name, ((const struct tufmeta_file *)b)->name);
}

static int
read_files(struct tufmeta *m, struct err *e)
{
	struct node meta;
	size_t count;

	if (!node_member(m->content, "meta", &meta) || meta.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_METADATA, "meta: expected an object");
	count = node_count(meta);
	if (count > TUFMETA_FILES_MAX)
		return err_set(e, REASON_TOO_LARGE, "meta: %zu files", count);
	m->files = pool_array(&m->pool, count, sizeof(*m->files));
	for (struct node_iter it = node_iter(meta); node_next(&it); m->file_count++) {
		struct tufmeta_file *f = &m->files[m->file_count];

		f->name = node_key(it.key, &m->pool);
		if (read_file(f, it.value, &m->pool, e))
			return err_wrap(e, "meta.%.*s", SPAN_FMT(span_first(f->name, 64)));
	}
	if (count)
		qsort(m->files, count, sizeof(*m->files), compare_files);
	if (m->kind == TUFMETA_TIMESTAMP && !tufmeta_file(m, SPAN("snapshot.json")))
		return err_set(e, REASON_BAD_METADATA, "meta: there is no snapshot.json");
	return 0;
}

/* --- targets --- */

struct raw_delegation { struct span name; bool terminating; struct shape_strs paths, prefixes; bool has_paths, has_prefixes; };
static const struct field delegation_fields[] = {
	FIELD_STR(struct raw_delegation, name, "name", FIELD_REQUIRED | FIELD_NONEMPTY, .max = TUFMETA_NAME_MAX),
	FIELD_BOOL(struct raw_delegation, terminating, "terminating", 0),
	FIELD_STRS(struct raw_delegation, paths, "paths", 0, .max = TUFMETA_PATHS_MAX,
	    FIELD_HAS(struct raw_delegation, has_paths)),
	FIELD_STRS(struct raw_delegation, prefixes, "path_hash_prefixes", 0, .max = TUFMETA_PATHS_MAX,
	    FIELD_HAS(struct raw_delegation, has_prefixes)),
	FIELD_END,
};
struct raw_bins { struct node bits; struct span prefix; };
static const struct field bins_fields[] = {
	FIELD_RAW(struct raw_bins, bits, "bit_length", FIELD_REQUIRED),
	FIELD_STR(struct raw_bins, prefix, "name_prefix", FIELD_REQUIRED | FIELD_NONEMPTY, .max = BIN_NAME_MAX / 2),
	FIELD_END,
};

/* A delegated role may not pass for one of the four. */
static bool
is_top_level(struct span name)
{
	for (int i = 0; i < TUFMETA_KINDS; i++)
		if (span_is(name, tufmeta_kind_name(i)))
			return true;
	return memchr(name.ptr, '\0', name.len) != NULL;
}

static int
read_delegation(struct tufmeta_delegation *d, struct node v, struct pool *pool, struct err *e)
{
	struct raw_delegation raw = {0};

	if (decode(&raw, delegation_fields, v, pool, e) || tufkey_role_parse(&d->role, v, pool, e))
		return -1;
	if (is_top_level(raw.name))
		return err_set(e, REASON_BAD_METADATA, "name: no name for a delegated role");
	if (raw.has_paths == raw.has_prefixes)
		return err_set(e, REASON_BAD_METADATA, "expected paths or path_hash_prefixes");
	d->name = raw.name;
	d->terminating = raw.terminating;
	d->by_hash = raw.has_prefixes;
	d->paths = raw.has_prefixes ? raw.prefixes : raw.paths;
	return 0;
}

static int
read_bins(struct tufmeta *m, struct node v, struct err *e)
{
	struct raw_bins raw = {0};
	int64_t bits;

	if (decode(&raw, bins_fields, v, &m->pool, e) || get_number(raw.bits, 1, "bit_length", &bits, e))
		return -1;
	if (bits > 32)
		return err_set(e, REASON_BAD_METADATA, "bit_length: expected 1 to 32, found %lld", (long long)bits);
	m->delegations = POOL_NEW(&m->pool, struct tufmeta_delegation);
	m->delegation_count = 1;
	m->bin_bits = (unsigned)bits;
	m->bin_prefix = raw.prefix;
	return tufkey_role_parse(&m->delegations[0].role, v, &m->pool, e);
}

static int
read_roles(struct tufmeta *m, struct node roles, struct err *e)
{
	size_t count = roles.kind == JSON_ARRAY ? node_count(roles) : 0;

	if (roles.kind != JSON_ARRAY)
		return err_set(e, REASON_BAD_METADATA, "expected an array");
	if (count > TUFMETA_DELEGATIONS_MAX)
		return err_set(e, REASON_TOO_LARGE, "%zu delegations", count);
	m->delegations = pool_array(&m->pool, count, sizeof(*m->delegations));
	for (struct node_iter it = node_iter(roles); node_next(&it); m->delegation_count++)
		if (read_delegation(&m->delegations[m->delegation_count], it.value, &m->pool, e))
			return err_wrap(e, "%zu", m->delegation_count);
	return 0;
}

static int
read_targets(struct tufmeta *m, struct err *e)
{
	struct node delegations, keys, roles;

	if (!node_member(m->content, "targets", &m->targets) || m->targets.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_METADATA, "targets: expected an object");
	if (!node_member(m->content, "delegations", &delegations) || delegations.kind == JSON_NULL)
		return 0;
	if (!node_member(delegations, "keys", &keys))
		return err_set(e, REASON_BAD_METADATA, "delegations.keys: expected an object");
	if (tufkey_list_parse(&m->keys, keys, &m->pool, e))
		return err_wrap(e, "delegations");
	if (node_member(delegations, "roles", &roles))
		return read_roles(m, roles, e) ? err_wrap(e, "delegations.roles") : 0;
	if (!node_member(delegations, "succinct_roles", &roles))
		return err_set(e, REASON_BAD_METADATA, "delegations.roles: expected an array");
	return read_bins(m, roles, e) ? err_wrap(e, "delegations.succinct_roles") : 0;
}

/* --- the whole --- */

static int
read_meta(struct tufmeta *m, struct err *e)
{
	static int (*const readers[])(struct tufmeta *, struct err *) = {
		[TUFMETA_ROOT] = read_root, [TUFMETA_TIMESTAMP] = read_files,
		[TUFMETA_SNAPSHOT] = read_files, [TUFMETA_TARGETS] = read_targets,
	};
	struct raw_meta raw = {0};
	struct node root;

	if (scan_document(buf_span(&m->bytes), &root, e) || decode(&raw, meta_fields, root, &m->pool, e))
		return -1;
	m->content = raw.content;
	return read_sigs(m, &raw.sigs, e) || read_common(m, e) || readers[m->kind](m, e) ? -1 : 0;
}

int
tufmeta_parse(struct tufmeta **out, enum tufmeta_kind kind, struct span text, struct err *e)
{
	AUTO(tufmeta) struct tufmeta *m = NULL;

	if (text.len > TUFMETA_LENGTH_MAX)
		return err_set(e, REASON_TOO_LARGE, "metadata of %zu bytes", text.len);
	m = xcalloc(1, sizeof(*m));
	m->kind = kind;
	buf_init(&m->bytes, text.len);
	buf_add_span(&m->bytes, text);
	if (read_meta(m, e))
		return -1;
	*out = m;
	m = NULL;
	return 0;
}

void
tufmeta_free(struct tufmeta *m)
{
	if (!m)
		return;
	tufkey_list_release(&m->keys);
	pool_release(&m->pool);
	buf_release(&m->bytes);
	free(m);
}

/* --- judging --- */

static bool
is_new(struct tufkey *const *seen, size_t count, const struct tufkey *k)
{
	for (size_t i = 0; i < count; i++)
		if (span_eq(buf_span(&seen[i]->key.spki), buf_span(&k->key.spki)))
			return false;
	return true;
}

static bool
signed_by(struct tufkey *k, struct span message, struct span hex)
{
	unsigned char sig[SIG_HEX_MAX / 2];

	return hex.len % 2 == 0 && hex_decode(sig, hex.len / 2, hex) &&
	    tufkey_verify(k, message, span_of(sig, hex.len / 2));
}

int
tufmeta_verify(const struct tufmeta *m, const struct tufkey_role *role, const struct tufkeys *keys, struct err *e)
{
	AUTO(buf) struct buf message = BUF_INIT(m->bytes.len);
	struct tufkey *seen[TUFMETA_SIGS_MAX];
	size_t good = 0;

	if (olpc_emit(m->content, &message, e))
		return -1;
	for (size_t i = 0; i < m->sig_count && (int64_t)good < role->threshold; i++) {
		struct tufkey *k = tufkey_list_find(keys, m->sigs[i].id);

		if (!k || !tufkey_role_has(role, k->id) || !is_new(seen, good, k))
			continue;
		if (signed_by(k, buf_span(&message), m->sigs[i].hex))
			seen[good++] = k;
	}
	if ((int64_t)good >= role->threshold)
		return 0;
	err_set(e, REASON_UNSIGNED_METADATA, "not signed by enough keys of its role");
	err_expected(e, "signatures by %lld of %zu keys", (long long)role->threshold, role->count);
	return err_found(e, "%zu", good);
}

int
tufmeta_check_time(const struct tufmeta *m, const char *name, int64_t now, struct err *e)
{
	char text[DATE_TEXT];

	if (now < m->expires)
		return 0;
	return err_set(e, REASON_EXPIRED_METADATA, "%s (version %lld) has expired on %s", name, (long long)m->version,
	    date_format(m->expires, text));
}

/* --- files and their hashes --- */

const struct tufmeta_file *
tufmeta_file(const struct tufmeta *m, struct span name)
{
	struct tufmeta_file key = {.name = name};

	if (m->file_count == 0)
		return NULL;
	return bsearch(&key, m->files, m->file_count, sizeof(*m->files), compare_files);
}

static int
check_hash(const struct node_iter *it, struct span bytes, struct err *e)
{
	unsigned char value[HASH_SIZE_MAX], want[HASH_SIZE_MAX];
	enum hash h = HASH_NONE;
	static const enum hash known[] = {HASH_SHA256, HASH_SHA384, HASH_SHA512};

	for (size_t i = 0; i < countof(known); i++)
		if (node_key_is(it->key, hash_name(known[i])))
			h = known[i];
	if (h == HASH_NONE)
		return err_set(e, REASON_BAD_METADATA, "hashes: %.*s is no algorithm that can be checked",
		    SPAN_FMT(span_first(it->key, 32)));
	/* Digits need no escapes: raw text between the quotes. */
	if (it->value.kind != JSON_STRING ||
	    !hex_decode(want, hash_size(h), span_of(it->value.raw.ptr + 1, it->value.raw.len - 2)))
		return err_set(e, REASON_BAD_METADATA, "hashes: %s is none", hash_name(h));
	digest_of(h, bytes, value);
	if (memcmp(value, want, hash_size(h)) == 0)
		return 0;
	return err_set(e, REASON_DIGEST_MISMATCH, "not the file that was announced: its %s differs", hash_name(h));
}

int
tufmeta_check_bytes(const struct tufmeta_file *f, struct span bytes, struct err *e)
{
	if (f->length >= 0 && (uint64_t)f->length != bytes.len) {
		err_set(e, REASON_DIGEST_MISMATCH, "not the file that was announced: it has another length");
		err_expected(e, "%lld bytes", (long long)f->length);
		return err_found(e, "%zu", bytes.len);
	}
	if (!f->hashes.raw.ptr)
		return 0;
	for (struct node_iter it = node_iter(f->hashes); node_next(&it);)
		if (check_hash(&it, bytes, e))
			return -1;
	return 0;
}

/* --- targets --- */

struct raw_target { struct node length, hashes, custom; };
static const struct field target_fields[] = {
	FIELD_RAW(struct raw_target, length, "length", FIELD_REQUIRED),
	FIELD_RAW(struct raw_target, hashes, "hashes", FIELD_REQUIRED),
	FIELD_RAW(struct raw_target, custom, "custom", 0),
	FIELD_END,
};

static bool
find_key(struct node object, struct span key, struct pool *pool, struct node *out)
{
	for (struct node_iter it = node_iter(object); node_next(&it);) {
		if (!span_eq(node_key(it.key, pool), key))
			continue;
		*out = it.value;
		return true;
	}
	return false;
}

int
tufmeta_target(const struct tufmeta *m, struct span path, struct tufmeta_file *f, struct node *custom,
    struct pool *pool, struct err *e)
{
	struct raw_target raw = {0};
	struct node v;

	if (!find_key(m->targets, path, pool, &v))
		return 0;
	if (decode(&raw, target_fields, v, pool, e))
		return err_wrap(e, "targets.%.*s", SPAN_FMT(span_first(path, 64)));
	*f = (struct tufmeta_file){.name = path, .version = m->version, .hashes = raw.hashes};
	if (raw.hashes.kind != JSON_OBJECT || node_count(raw.hashes) == 0)
		return err_set(e, REASON_BAD_METADATA, "targets.%.*s: no hash", SPAN_FMT(span_first(path, 64)));
	if (get_number(raw.length, 0, "length", &f->length, e))
		return err_wrap(e, "targets.%.*s", SPAN_FMT(span_first(path, 64)));
	*custom = raw.custom;
	return 1;
}

struct span
tufmeta_hash_text(const struct tufmeta_file *f, struct pool *pool)
{
	struct span text = SPAN_NONE;
	struct node v;

	if (node_member(f->hashes, "sha256", &v) && node_string(v, pool, &text))
		return text;
	for (struct node_iter it = node_iter(f->hashes); !text.ptr && node_next(&it);)
		(void)node_string(it.value, pool, &text);
	return text;
}

static bool
is_about(const struct tufmeta_delegation *d, struct span path)
{
	for (size_t i = 0; i < d->paths.count; i++)
		if (d->by_hash ? tufpath_has_prefix(path, d->paths.items[i]) : tufpath_match(d->paths.items[i], path))
			return true;
	return false;
}

/* TAP 15: as many hexadecimal digits as the last bin needs. */
static struct span
bin_name(const struct tufmeta *m, struct span path, struct pool *pool)
{
	int digits = (int)(m->bin_bits + 3) / 4;

	return span_str(pool_printf(pool, "%.*s-%0*x", SPAN_FMT(m->bin_prefix), digits, tufpath_bin(path, m->bin_bits)));
}

const struct tufmeta_delegation *
tufmeta_next_delegation(const struct tufmeta *m, struct span path, size_t *at, struct span *name, struct pool *pool)
{
	for (; *at < m->delegation_count; ++*at) {
		const struct tufmeta_delegation *d = &m->delegations[*at];

		if (!m->bin_bits && !is_about(d, path))
			continue;
		++*at;
		*name = m->bin_bits ? bin_name(m, path, pool) : d->name;
		return d;
	}
	return NULL;
}

const struct tufmeta_delegation *
tufmeta_delegation(const struct tufmeta *m, struct span name)
{
	if (m->bin_bits)
		return &m->delegations[0];
	for (size_t i = 0; i < m->delegation_count; i++)
		if (span_eq(m->delegations[i].name, name))
			return &m->delegations[i];
	return NULL;
}
