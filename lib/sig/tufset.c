/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/tufset.h"

#include "base/mem.h"

void
tufset_release(struct tufset *s)
{
	tufmeta_free(s->root);
	tufmeta_free(s->timestamp);
	tufmeta_free(s->snapshot);
	*s = (struct tufset)TUFSET_INIT;
}

static void
adopt(struct tufmeta **place, struct tufmeta **m)
{
	tufmeta_free(*place);
	*place = *m;
	*m = NULL;
}

static int
other_version(const char *what, int64_t want, int64_t got, bool or_more, struct err *e)
{
	err_set(e, REASON_ROLLBACK, "%s has another version than it should", what);
	err_expected(e, or_more ? "%lld or more" : "%lld", (long long)want);
	return err_found(e, "%lld", (long long)got);
}

/* Read, and signed as root says. */
static int
accept(const struct tufset *s, enum tufmeta_kind kind, struct span bytes, struct tufmeta **m, struct err *e)
{
	const struct tufmeta *root = s->root;

	return tufmeta_parse(m, kind, bytes, e) || tufmeta_verify(*m, &root->roles[kind], &root->keys, e) ? -1 : 0;
}

/* --- root (5.3) --- */

int
tufset_start(struct tufset *s, int64_t now, struct span root, struct err *e)
{
	AUTO(tufmeta) struct tufmeta *m = NULL;

	if (tufmeta_parse(&m, TUFMETA_ROOT, root, e) || tufmeta_verify(m, &m->roles[TUFMETA_ROOT], &m->keys, e))
		return err_wrap(e, "root.json");
	s->now = now;
	adopt(&s->root, &m);
	return 0;
}

int
tufset_root(struct tufset *s, struct span bytes, struct err *e)
{
	AUTO(tufmeta) struct tufmeta *m = NULL;

	if (accept(s, TUFMETA_ROOT, bytes, &m, e))
		return -1;
	if (m->version != s->root->version + 1)
		return other_version("root.json", s->root->version + 1, m->version, false, e);
	if (tufmeta_verify(m, &m->roles[TUFMETA_ROOT], &m->keys, e))
		return -1;
	adopt(&s->root, &m);
	return 0;
}

int
tufset_check_root(const struct tufset *s, struct err *e)
{
	return tufmeta_check_time(s->root, "root.json", s->now, e);
}

/* --- timestamp (5.4) --- */

static int64_t
announced(const struct tufmeta *timestamp)
{
	return tufmeta_file(timestamp, SPAN("snapshot.json"))->version;
}

int
tufset_timestamp(struct tufset *s, struct span bytes, struct err *e)
{
	AUTO(tufmeta) struct tufmeta *m = NULL;
	const struct tufmeta *old = s->timestamp;

	if (accept(s, TUFMETA_TIMESTAMP, bytes, &m, e))
		return -1;
	if (old && m->version < old->version)
		return other_version("timestamp.json", old->version, m->version, true, e);
	if (old && m->version == old->version)
		return 1;
	if (old && announced(m) < announced(old))
		return other_version("the snapshot of timestamp.json", announced(old), announced(m), true, e);
	adopt(&s->timestamp, &m);
	return tufmeta_check_time(s->timestamp, "timestamp.json", s->now, e);
}

/* --- snapshot (5.5) --- */

/* Nothing was taken away, and nothing goes back. */
static int
check_files(const struct tufmeta *old, const struct tufmeta *new, struct err *e)
{
	for (size_t i = 0; i < old->file_count; i++) {
		const struct tufmeta_file *was = &old->files[i], *f = tufmeta_file(new, was->name);
		AUTO(charp) char *name = xspandup(span_first(was->name, 128));

		if (!f)
			return err_set(e, REASON_ROLLBACK, "snapshot.json no longer has %s", name);
		if (f->version < was->version)
			return other_version(name, was->version, f->version, true, e);
	}
	return 0;
}

int
tufset_snapshot(struct tufset *s, struct span bytes, bool stored, struct err *e)
{
	AUTO(tufmeta) struct tufmeta *m = NULL;
	const struct tufmeta_file *f;

	if (!s->timestamp)
		BUG("a snapshot without a timestamp");
	if (tufmeta_check_time(s->timestamp, "timestamp.json", s->now, e))
		return -1;
	f = tufmeta_file(s->timestamp, SPAN("snapshot.json"));
	if ((!stored && tufmeta_check_bytes(f, bytes, e)) || accept(s, TUFMETA_SNAPSHOT, bytes, &m, e))
		return -1;
	if (s->snapshot && check_files(s->snapshot, m, e))
		return -1;
	adopt(&s->snapshot, &m);
	if (s->snapshot->version != f->version)
		return other_version("snapshot.json", f->version, s->snapshot->version, false, e);
	return tufmeta_check_time(s->snapshot, "snapshot.json", s->now, e);
}

/* --- targets (5.6) --- */

int
tufset_expect(const struct tufset *s, struct span name, const struct tufmeta_file **f, struct err *e)
{
	AUTO(charp) char *file = xasprintf("%.*s.json", SPAN_FMT(name));

	*f = tufmeta_file(s->snapshot, span_str(file));
	return *f ? 0 : err_set(e, REASON_BAD_METADATA, "snapshot.json does not know %s", file);
}

static int
verify_delegated(const struct tufmeta *m, struct span name, const struct tufmeta *from, struct err *e)
{
	const struct tufmeta_delegation *d = tufmeta_delegation(from, name);

	if (!d)
		return err_set(e, REASON_BAD_METADATA, "nobody delegates to it");
	return tufmeta_verify(m, &d->role, &from->keys, e);
}

int
tufset_targets(const struct tufset *s, struct span name, const struct tufmeta *from, struct span bytes,
    struct tufmeta **out, struct err *e)
{
	AUTO(tufmeta) struct tufmeta *m = NULL;
	AUTO(charp) char *file = xasprintf("%.*s.json", SPAN_FMT(span_first(name, 128)));
	const struct tufmeta_file *f;

	if (tufset_expect(s, name, &f, e) || tufmeta_check_bytes(f, bytes, e) ||
	    tufmeta_parse(&m, TUFMETA_TARGETS, bytes, e))
		return -1;
	if (from ? verify_delegated(m, name, from, e) :
	    tufmeta_verify(m, &s->root->roles[TUFMETA_TARGETS], &s->root->keys, e))
		return -1;
	if (m->version != f->version)
		return other_version(file, f->version, m->version, false, e);
	if (tufmeta_check_time(m, file, s->now, e))
		return -1;
	*out = m;
	m = NULL;
	return 0;
}
