/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tuf.h"

#include "base/log.h"
#include "base/mem.h"
#include "client/tuffetch.h"
#include "codec/url.h"

/* A delegated role, as bytes that some delegator's keys signed. */
struct tuf_role {
	char *name;
	struct tufmeta *meta;
};

void
tuf_release(struct tuf *t)
{
	free(t->metadata);
	free(t->targets_base);
	tufset_release(&t->set);
	tufmeta_free(t->targets);
	for (size_t i = 0; i < t->role_count; i++) {
		free(t->roles[i].name);
		tufmeta_free(t->roles[i].meta);
	}
	free(t->roles);
	*t = (struct tuf){0};
}

/* --- beginning --- */

static int
set_bases(struct tuf *t, const struct tuf_options *o, struct err *e)
{
	AUTO(buf) struct buf base = BUF_INIT(URL_MAX);

	if (tuffetch_base(&base, o->metadata_url, e))
		return -1;
	t->metadata = buf_take(&base);
	if (!o->targets_url)
		return 0;
	buf_init(&base, URL_MAX);
	if (tuffetch_base(&base, o->targets_url, e))
		return -1;
	t->targets_base = buf_take(&base);
	return 0;
}

/* Whether the stored root is a later one of the given root's keys: not of
 * another repository, nor of one that began anew. */
static bool
is_ahead(const struct tufset *stored, const struct tufset *given)
{
	const struct tufmeta *old = given->root, *new = stored->root;

	return new && new->version > old->version && tufmeta_verify(new, &old->roles[TUFMETA_ROOT], &old->keys, NULL) == 0;
}

static int
choose_root(struct tuf *t, struct span given, int64_t now, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(TUFMETA_ROOT_MAX);
	AUTO(tufset) struct tufset stored = TUFSET_INIT;
	bool has = tufstore_read(&t->store, SPAN("root.json"), &bytes);

	if (!given.len)
		return has ? tufset_start(&t->set, now, buf_span(&bytes), e) :
		    err_set(e, REASON_NOT_FOUND, "no root.json to begin trust with");
	if (tufset_start(&t->set, now, given, e))
		return -1;
	if (!has || tufset_start(&stored, now, buf_span(&bytes), NULL) || !is_ahead(&stored, &t->set))
		return 0;
	tufset_release(&t->set);
	t->set = stored;
	stored = (struct tufset)TUFSET_INIT;
	return 0;
}

int
tuf_start(struct tuf *t, const struct tuf_options *o, struct span root, int64_t now, struct err *e)
{
	*t = (struct tuf){.stored_ok = o->stored_ok, .alone = o->alone, .store = {.dir = o->dir, .frozen = o->frozen},
	    .files = {.dir = o->target_dir, .frozen = o->frozen}};
	return set_bases(t, o, e) || choose_root(t, root, now, e) ? -1 : 0;
}

/* --- one file of metadata --- */

/* "3.NAME.json", or "NAME.json" for version 0. */
static char *
remote_name(struct span role, int64_t version)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	if (version)
		buf_printf(&b, "%lld.", (long long)version);
	url_encode(&b, role);
	buf_add_str(&b, ".json");
	return buf_take(&b);
}

static enum tuffetch_got
ask(const struct tuf *t, const char *base, const char *name, size_t max, struct buf *out, struct err *e)
{
	if (!t->alone)
		return tuffetch_get(base, name, max, t->patience, out, e);
	err_set(e, REASON_NOT_FOUND, "%s is not stored, and nobody is asked for it", name);
	return TUFFETCH_UNREACHABLE;
}

static enum tuffetch_got
download(struct tuf *t, struct span role, int64_t version, size_t max, struct buf *out, struct err *e)
{
	AUTO(charp) char *name = remote_name(role, version);

	buf_init(out, max);
	log_debug("TUF: %s%s", t->metadata, name);
	return ask(t, t->metadata, name, max, out, e);
}

static bool
stored(const struct tuf *t, struct span role, size_t max, struct buf *out)
{
	AUTO(charp) char *name = xasprintf("%.*s.json", SPAN_FMT(role));

	buf_init(out, max);
	return tufstore_read(&t->store, span_str(name), out);
}

static void
store(struct tuf *t, struct span role, const struct tufmeta *m, struct span was)
{
	AUTO(charp) char *name = xasprintf("%.*s.json", SPAN_FMT(role));

	tufstore_write(&t->store, span_str(name), m, was);
}

/* What a parent says, or what is usual. */
static size_t
limit(const struct tufmeta_file *f, enum tufmeta_kind kind)
{
	if (f->length < 0)
		return tufmeta_kind_max(kind);
	return f->length < TUFMETA_LENGTH_MAX ? (size_t)f->length : TUFMETA_LENGTH_MAX;
}

static int64_t
in_name(const struct tuf *t, const struct tufmeta_file *f)
{
	return t->set.root->consistent ? f->version : 0;
}

/* --- refresh (5.3 to 5.6) --- */

enum { UNREACHABLE = 2 };	/* beside 0 and -1: no answer, *e says how */

/* What is stored when a refresh begins, and whether newer ones came. These wait
 * for the rest: a timestamp whose snapshot could not be fetched would make what
 * is stored useless. */
struct was {
	struct buf timestamp, snapshot;
	bool new_timestamp, new_snapshot;
};

static void
was_cleanup(struct was *w)
{
	buf_release(&w->timestamp);
	buf_release(&w->snapshot);
}

static void
was_read(struct was *w, const struct tuf *t)
{
	if (!stored(t, SPAN("timestamp"), TUFMETA_TIMESTAMP_MAX, &w->timestamp))
		buf_reset(&w->timestamp);
	if (!stored(t, SPAN("snapshot"), TUFMETA_LENGTH_MAX, &w->snapshot))
		buf_reset(&w->snapshot);
}

static void
was_renew(const struct was *w, struct tuf *t)
{
	if (w->new_timestamp)
		store(t, SPAN("timestamp"), t->set.timestamp, buf_span(&w->timestamp));
	if (w->new_snapshot)
		store(t, SPAN("snapshot"), t->set.snapshot, buf_span(&w->snapshot));
}

static int
outcome(enum tuffetch_got got)
{
	return got == TUFFETCH_OK ? 0 : got == TUFFETCH_UNREACHABLE ? UNREACHABLE : -1;
}

static int
refresh_root(struct tuf *t, struct err *e)
{
	AUTO(buf) struct buf was = BUF_INIT(TUFMETA_ROOT_MAX);

	/* Also when nothing newer is to be had. */
	(void)tufstore_read(&t->store, SPAN("root.json"), &was);
	if (!span_eq(buf_span(&was), buf_span(&t->set.root->bytes)))
		store(t, SPAN("root"), t->set.root, buf_span(&was));
	for (int i = 0; i < TUF_ROTATIONS_MAX; i++) {
		AUTO(buf) struct buf bytes = BUF_INIT(0);
		AUTO(buf) struct buf old = BUF_INIT(TUFMETA_ROOT_MAX);
		int64_t next = t->set.root->version + 1;
		enum tuffetch_got got = download(t, SPAN("root"), next, TUFMETA_ROOT_MAX, &bytes, e);

		if (got == TUFFETCH_ABSENT) {
			err_clear(e);
			break;
		}
		if (got != TUFFETCH_OK)
			return outcome(got);
		buf_add_span(&old, buf_span(&t->set.root->bytes));
		if (tufset_root(&t->set, buf_span(&bytes), e))
			return err_wrap(e, "%lld.root.json of the TUF repository", (long long)next);
		store(t, SPAN("root"), t->set.root, buf_span(&old));
	}
	return tufset_check_root(&t->set, e) ? err_wrap(e, "the TUF repository") : 0;
}

static int
refresh_timestamp(struct tuf *t, struct was *w, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(0);
	enum tuffetch_got got;
	int rc;

	/* However old it is, nothing older counts. */
	if (w->timestamp.len && tufset_timestamp(&t->set, buf_span(&w->timestamp), NULL))
		log_debug("TUF: the stored timestamp does not serve");
	got = download(t, SPAN("timestamp"), 0, TUFMETA_TIMESTAMP_MAX, &bytes, e);
	if (got != TUFFETCH_OK)
		return outcome(got);
	rc = tufset_timestamp(&t->set, buf_span(&bytes), e);
	if (rc < 0)
		return err_wrap(e, "timestamp.json of the TUF repository");
	w->new_timestamp = rc == 0;
	return 0;
}

static int
refresh_snapshot(struct tuf *t, struct was *w, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(0);
	const struct tufmeta_file *f = tufmeta_file(t->set.timestamp, SPAN("snapshot.json"));
	enum tuffetch_got got;

	if (tufmeta_check_time(t->set.timestamp, "timestamp.json", t->set.now, e))
		return err_wrap(e, "the TUF repository");
	if (w->snapshot.len && tufset_snapshot(&t->set, buf_span(&w->snapshot), true, NULL) == 0)
		return 0;
	got = download(t, SPAN("snapshot"), in_name(t, f), limit(f, TUFMETA_SNAPSHOT), &bytes, e);
	if (got != TUFFETCH_OK)
		return outcome(got);
	if (tufset_snapshot(&t->set, buf_span(&bytes), false, e))
		return err_wrap(e, "snapshot.json of the TUF repository");
	w->new_snapshot = true;
	return 0;
}

/* Metadata of targets that is stored or, unless only that is asked, fetched. */
static int
load_targets(struct tuf *t, struct span role, const struct tufmeta *from, struct tufmeta **out, struct err *e)
{
	AUTO(buf) struct buf was = BUF_INIT(0), bytes = BUF_INIT(0);
	struct err why = ERR_INIT;
	const struct tufmeta_file *f;
	enum tuffetch_got got;

	if (stored(t, role, TUFMETA_LENGTH_MAX, &was) &&
	    tufset_targets(&t->set, role, from, buf_span(&was), out, &why) == 0)
		return 0;
	if (tufset_expect(&t->set, role, &f, e))
		return -1;
	got = download(t, role, in_name(t, f), limit(f, TUFMETA_TARGETS), &bytes, e);
	if (got != TUFFETCH_OK)
		return outcome(got);
	if (tufset_targets(&t->set, role, from, buf_span(&bytes), out, e))
		return err_wrap(e, "%.*s.json of the TUF repository", SPAN_FMT(span_first(role, 128)));
	store(t, role, *out, buf_span(&was));
	return 0;
}

static int
refresh_all(struct tuf *t, struct was *w, struct err *e)
{
	int rc;

	tufmeta_free(t->targets);
	t->targets = NULL;
	if ((rc = refresh_root(t, e)) || (rc = refresh_timestamp(t, w, e)) || (rc = refresh_snapshot(t, w, e)))
		return rc;
	return load_targets(t, SPAN("targets"), NULL, &t->targets, e);
}

/* The same from what is stored alone. */
static int
judge_stored(const struct tuf *t, const struct was *w, struct tufset *set, struct tufmeta **targets, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(0);

	if (tufset_start(set, t->set.now, buf_span(&t->set.root->bytes), e) || tufset_check_root(set, e))
		return -1;
	if (!w->timestamp.len || !w->snapshot.len || !stored(t, SPAN("targets"), TUFMETA_LENGTH_MAX, &bytes))
		return err_set(e, REASON_NOT_FOUND, "nothing is stored of it");
	return tufset_timestamp(set, buf_span(&w->timestamp), e) || tufset_snapshot(set, buf_span(&w->snapshot), true, e) ||
	    tufset_targets(set, SPAN("targets"), NULL, buf_span(&bytes), targets, e) ? -1 : 0;
}

static bool
stored_serves(const struct tuf *t, const struct was *w)
{
	AUTO(tufset) struct tufset set = TUFSET_INIT;
	AUTO(tufmeta) struct tufmeta *targets = NULL;

	return judge_stored(t, w, &set, &targets, NULL) == 0;
}

/* A root that came meanwhile may have taken its keys away. */
static int
fall_back(struct tuf *t, const struct was *w, struct err *e)
{
	AUTO(tufset) struct tufset set = TUFSET_INIT;

	if (judge_stored(t, w, &set, &t->targets, e))
		return -1;
	tufset_release(&t->set);
	t->set = set;
	set = (struct tufset)TUFSET_INIT;
	t->stored = true;
	return 0;
}

int
tuf_refresh(struct tuf *t, struct err *e)
{
	AUTO(was) struct was w = {BUF_INIT(0), BUF_INIT(0), false, false};
	struct err net = ERR_INIT, why = ERR_INIT;
	char text[ERR_TEXT];
	int rc;

	if (!t->alone)
		tufstore_make(&t->store);
	was_read(&w, t);
	if (t->alone)
		return fall_back(t, &w, e);
	t->patience = t->stored_ok && stored_serves(t, &w) ? TUF_PATIENCE_MS : 0;
	rc = refresh_all(t, &w, &net);
	if (rc == UNREACHABLE && t->stored_ok) {
		if (fall_back(t, &w, &why) == 0) {
			log_warn("the TUF repository cannot be reached, what is stored serves: %s",
			    err_text(&net, text, sizeof(text)));
			return 0;
		}
		err_hint(&net, "what is stored does not serve: %s", err_text(&why, text, sizeof(text)));
	}
	was_renew(&w, t);
	if (rc && e)
		*e = net;
	return rc ? -1 : 0;
}

/* --- delegations (5.6.7) --- */

/* The role as this delegator sees it: what another's keys vouched for is judged
 * again. */
static int
load_role(struct tuf *t, struct span name, const struct tufmeta *from, struct tufmeta **out, struct err *e)
{
	struct tuf_role *r = NULL;
	struct tufmeta *m = NULL;

	for (size_t i = 0; i < t->role_count && !r; i++)
		if (span_is(name, t->roles[i].name))
			r = &t->roles[i];
	if (r && tufset_targets(&t->set, name, from, buf_span(&r->meta->bytes), &m, NULL)) {
		m = NULL;
		if (load_targets(t, name, from, &m, e))
			return -1;
	}
	if (!r) {
		if (load_targets(t, name, from, &m, e))
			return -1;
		t->roles = xreallocarray(t->roles, t->role_count + 1, sizeof(*t->roles));
		r = &t->roles[t->role_count++];
		*r = (struct tuf_role){xspandup(name), NULL};
	}
	tufmeta_free(r->meta);
	*out = r->meta = m;
	return 0;
}

struct visit { struct span name; struct tufmeta *from; };
struct walk { struct visit *stack; size_t depth; struct span seen[TUF_ROLES_MAX]; size_t seen_count; };

static bool
was_seen(const struct walk *w, struct span name)
{
	for (size_t i = 0; i < w->seen_count; i++)
		if (span_eq(w->seen[i], name))
			return true;
	return false;
}

/* What m delegates for this path goes onto the stack, the first on top; a
 * terminating one takes all below away. */
static void
push(struct walk *w, struct tufmeta *m, struct span path, struct pool *pool)
{
	const struct tufmeta_delegation *d;
	size_t at = 0, bottom = w->depth;
	struct span name;

	while ((d = tufmeta_next_delegation(m, path, &at, &name, pool))) {
		w->stack = xreallocarray(w->stack, w->depth + 1, sizeof(*w->stack));
		w->stack[w->depth++] = (struct visit){name, m};
		if (d->terminating) {
			memmove(w->stack, w->stack + bottom, (w->depth - bottom) * sizeof(*w->stack));
			w->depth -= bottom;
			bottom = 0;
			break;
		}
	}
	for (size_t i = bottom, j = w->depth; i + 1 < j; i++) {
		struct visit v = w->stack[i];

		w->stack[i] = w->stack[--j];
		w->stack[j] = v;
	}
}

static int
walk(struct tuf *t, struct walk *w, struct span path, struct tufmeta_file *f, struct node *custom, struct pool *pool,
    struct err *e)
{
	push(w, t->targets, path, pool);
	while (w->depth) {
		struct visit v = w->stack[--w->depth];
		struct tufmeta *m;
		int rc;

		if (was_seen(w, v.name))
			continue;
		if (w->seen_count == TUF_ROLES_MAX)
			return err_set(e, REASON_TOO_LARGE, "more than %d delegated roles", TUF_ROLES_MAX);
		w->seen[w->seen_count++] = v.name;
		if (load_role(t, v.name, v.from, &m, e))
			return -1;
		rc = tufmeta_target(m, path, f, custom, pool, e);
		if (rc)
			return rc;
		push(w, m, path, pool);
	}
	return 0;
}

int
tuf_find(struct tuf *t, struct span path, struct tufmeta_file *f, struct node *custom, struct pool *pool, struct err *e)
{
	struct walk w = {0};
	struct node ignored;
	int rc;

	if (!custom)
		custom = &ignored;
	rc = tufmeta_target(t->targets, path, f, custom, pool, e);
	if (rc == 0)
		rc = walk(t, &w, path, f, custom, pool, e);
	free(w.stack);
	return rc;
}

/* --- targets (5.7) --- */

/* "DIR/HASH.NAME", or "DIR/NAME". */
static int
target_name(const struct tuf *t, const struct tufmeta_file *f, struct buf *out, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	ptrdiff_t slash = span_rfind(f->name, '/');
	struct span dir = span_first(f->name, (size_t)(slash + 1)), base = span_from(f->name, (size_t)(slash + 1));

	tuffetch_encode_path(out, dir);
	if (t->set.root->consistent) {
		url_encode(out, tufmeta_hash_text(f, &pool));
		buf_add_char(out, '.');
	}
	tuffetch_encode_path(out, base);
	return buf_check(out, "the target's name", e);
}

int
tuf_fetch(struct tuf *t, const struct tufmeta_file *f, struct buf *out, struct err *e)
{
	AUTO(buf) struct buf name = BUF_INIT(URL_MAX);
	AUTO(buf) struct buf bytes = BUF_INIT(0);

	if (!t->targets_base)
		return err_set(e, REASON_USAGE, "it is not known where targets are");
	if ((uint64_t)f->length > out->max - out->len)
		return err_set(e, REASON_TOO_LARGE, "the target has %lld bytes", (long long)f->length);
	buf_init(&bytes, (size_t)f->length + 1);
	if (tufstore_read(&t->files, f->name, &bytes) && tufmeta_check_bytes(f, buf_span(&bytes), NULL) == 0) {
		buf_add_span(out, buf_span(&bytes));
		return buf_check(out, "the target", e);
	}
	buf_release(&bytes);
	if (target_name(t, f, &name, e))
		return -1;
	log_debug("TUF: %s%s", t->targets_base, buf_str(&name));
	if (ask(t, t->targets_base, buf_str(&name), (size_t)f->length, &bytes, e) != TUFFETCH_OK ||
	    tufmeta_check_bytes(f, buf_span(&bytes), e))
		return -1;
	/* Once is enough. */
	t->files.told |= t->store.told;
	tufstore_make(&t->files);
	tufstore_put(&t->files, f->name, buf_span(&bytes), true);
	buf_add_span(out, buf_span(&bytes));
	return buf_check(out, "the target", e);
}

int
tuf_get(struct tuf *t, struct span path, struct buf *out, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct tufmeta_file f;
	int rc = tuf_find(t, path, &f, NULL, &pool, e);

	if (rc == 0)
		err_set(e, REASON_NOT_FOUND, "the TUF repository has no such target");
	if (rc <= 0 || tuf_fetch(t, &f, out, e))
		return err_wrap(e, "target %.*s", SPAN_FMT(span_first(path, 128)));
	return 0;
}
