/* SPDX-License-Identifier: Apache-2.0 */
#include "client/taglist.h"

#include <unistd.h>
#include "base/date.h"
#include "base/mem.h"
#include "client/tagview.h"
#include "crypto/digest.h"
#include "net/task.h"

/*
 * A tag is a register without compare and swap: GET, PUT of the union, and any
 * number of others who do the same. Nobody can keep a slow writer, who read
 * before our PUT, from overwriting it after we looked and left; but he can see
 * our entry first. Hence
 *
 * - whoever has a PUT in flight for longer than a moment goes on reading the
 *   tag (WATCH_MS, or back to back where reads are slow), and puts back what he
 *   saw, or what anybody ever saw;
 * - whoever has written stays for longer than the others' readings are apart
 *   before he looks again and leaves.
 *
 * Who is alone pays one reading and CALM_MS. Who sees others, or slow writes,
 * stays longer than those take.
 */
enum {
	PATIENCE_MS = 50000,
	PATIENT_MS = 28,	/* before the first reading while our PUT is in flight */
	WATCH_MS = 22,		/* before each of the others */
	CALM_MS = 42,		/* alone on a fast registry, before the second look */
	CALM_MAX_MS = 5000,
	SLOW_MS = 100,		/* a write in whose time others may come and go */
	CROWD_MS = 500, CROWD_MAX_MS = 10000,	/* with others about: all has to be there so long */
	CROWD_READS_MS = 50, CROWD_READS_MAX_MS = 400,
	JITTER_MIN_MS = 30, JITTER_MAX_MS = 3000,
	FAILURES_MAX = 4,	/* writes in a row that are refused */
	FUTILE_MAX = 8, FUTILE_MS = 5000,	/* writes that change nothing */
	CLEANINGS_MAX = 3,	/* then others want back what we replaced */
	BUSY_TRIES = 6,
};

/* What one reading brought. */
struct reading {
	struct registry_doc doc;
	struct manifest m;
	bool present;		/* there is such a tag */
};
#define READING_INIT {REGISTRY_DOC_INIT, MANIFEST_INIT, false}

/* One append in progress. */
struct session {
	const struct taglist *t;
	struct tagview view;
	struct reading now;		/* the last one; its place may be empty, see write_list */
	char written[80], seen[80];	/* digests of what we put there, and of the last reading */
	bool crowded;			/* somebody else writes too */
	int64_t asked, answered;	/* when the last reading was */
	int64_t read_ms, reads_ms;	/* of a reading: the slowest, and lately */
	int64_t write_ms;		/* the slowest write */
	int64_t end, futile_since;
	unsigned readings, writes, failures, futile;
	uint64_t random;
};

static void
release_reading(struct reading *r)
{
	manifest_release(&r->m);
	registry_doc_release(&r->doc);
	*r = (struct reading)READING_INIT;
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
within(int64_t least, int64_t ms, int64_t most)
{
	return ms < least ? least : ms > most ? most : ms;
}

static int64_t
any_of(struct session *s, int64_t least, int64_t most)
{
	s->random = s->random * 6364136223846793005u + 1442695040888963407u;
	return least + (int64_t)((s->random >> 33) % (uint64_t)(most - least + 1));
}

/* So far apart are readings while a PUT is in flight. */
static int64_t
watch_ms(const struct session *s)
{
	return larger(WATCH_MS, 2 * s->reads_ms);
}

/* --- reading ------------------------------------------------------------ */

/* 1: nothing new. docker-registry answers 500 while the tag is being written: a
 * matter of milliseconds, for which the policy of retries is too slow. */
static int
get(struct session *s, bool once, struct registry_doc *doc, struct err *e)
{
	const struct taglist *t = s->t;
	const char *seen = s->now.present ? s->now.doc.digest : "";
	int rc;

	for (unsigned i = 0; i < BUSY_TRIES; i++) {
		struct err why = ERR_INIT;

		s->asked = date_monotonic_ms();
		rc = registry_peek(t->where, t->tag, seen, t->options, doc, &why);
		if (rc >= 0)
			return rc;
		if (once || why.reason == REASON_NOT_FOUND || why.reason == REASON_DENIED) {
			*e = why;
			return -1;
		}
		if (why.reason != REASON_HTTP)
			break;
		task_sleep(any_of(s, 2 + i, 5 << i));
	}
	s->asked = date_monotonic_ms();
	return registry_get_manifest(t->where, t->tag, t->options, doc, e);
}

static int
parse(const struct taglist *t, struct reading *r, struct err *e)
{
	if (manifest_parse(&r->m, buf_span(&r->doc.bytes), span_str(r->doc.media_type), e))
		return err_wrap(e, "the tag %s of %s/%s", t->tag, t->where->registry, t->where->repository);
	if (r->m.is_index != t->index)
		return err_set(e, REASON_BAD_MANIFEST, "the tag %s of %s/%s holds %s, where %s is kept", t->tag,
		    t->where->registry, t->where->repository, r->m.is_index ? "an index" : "an image",
		    t->index ? "the list of referrers" : "the image of signatures");
	r->present = true;
	return 0;
}

static int
learn(struct session *s, const struct reading *r, struct err *e)
{
	const struct taglist *t = s->t;
	bool first = s->readings == 0;

	for (size_t i = 0; i < r->m.count; i++) {
		const struct desc *d = &r->m.layers[i];

		if (first && t->drop && !tagview_same(&s->view, d, &t->ours) && t->drop(t->ctx, d))
			tagview_drop(&s->view, d);
		else if (tagview_add(&s->view, d, e))
			return -1;
	}
	return 0;
}

static void
note_time(struct session *s)
{
	int64_t took;

	s->answered = date_monotonic_ms();
	took = s->answered - s->asked;
	s->read_ms = larger(s->read_ms, took);
	s->reads_ms = s->readings ? (3 * s->reads_ms + took) / 4 : took;
}

/* Reads the tag and remembers what it shows. once: a failure is no matter. */
static int
look(struct session *s, bool once, struct err *e)
{
	struct reading r = READING_INIT;
	struct err why = ERR_INIT;
	int rc = get(s, once, &r.doc, &why);

	if (rc < 0 && why.reason != REASON_NOT_FOUND) {
		*e = why;
		return -1;
	}
	note_time(s);
	if (rc > 0 || (s->now.present && strcmp(r.doc.digest, s->now.doc.digest) == 0)) {
		release_reading(&r);
		return 0;
	}
	if (rc == 0 && (parse(s->t, &r, e) || learn(s, &r, e))) {
		release_reading(&r);
		return -1;
	}
	if (s->readings && strcmp(r.doc.digest, s->seen) != 0 && strcmp(r.doc.digest, s->written) != 0)
		s->crowded = true;
	s->readings++;
	release_reading(&s->now);
	s->now = r;
	snprintf(s->seen, sizeof(s->seen), "%s", r.doc.digest);
	return 0;
}

/* --- writing ------------------------------------------------------------ */

/* A write in flight, with what it was made from. */
struct writing {
	struct session *session;
	struct reading base;
	struct pool pool;
	struct desc *list;
	size_t count;
	int rc;
	struct err err;
};

static int
emit(const struct writing *w, struct buf *bytes, struct err *e)
{
	const struct taglist *t = w->session->t;
	const struct manifest *current = w->base.present ? &w->base.m : NULL;

	if (t->compose)
		return t->compose(t->ctx, current, w->list, w->count, bytes, e);
	if (current)
		manifest_emit_edited(bytes, current, NULL, w->list, w->count);
	else
		manifest_emit_index(bytes, w->list, w->count);
	return 0;
}

static int
compose(struct writing *w, struct buf *bytes, struct manifest *m, struct err *e)
{
	struct session *s = w->session;
	char text[DIGEST_TEXT_MAX];

	if (emit(w, bytes, e) || buf_check(bytes, "the list of signatures", e) ||
	    manifest_parse(m, buf_span(bytes), SPAN_NONE, e))
		return -1;
	snprintf(s->written, sizeof(s->written), "%.*s", (int)sizeof(s->written) - 1,
	    digest_text_of(buf_span(bytes), text));
	return 0;
}

/* Runs in a task. */
static void
put(void *arg)
{
	struct writing *w = arg;
	const struct taglist *t = w->session->t;
	AUTO(buf) struct buf bytes = BUF_INIT(MANIFEST_SIZE_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;

	w->rc = compose(w, &bytes, &m, &w->err);
	if (w->rc == 0)
		w->rc = registry_put_manifest(t->where, t->tag, buf_span(&bytes), pool_str(&w->pool, m.media_type),
		    t->options, NULL, &w->err);
}

/* A write whose outcome is unknown is like one that was overwritten: the next
 * reading tells. */
static bool
may_have_worked(enum reason r)
{
	return r == REASON_NETWORK || r == REASON_HTTP || r == REASON_PROTOCOL || r == REASON_NOT_FOUND;
}

/* Reads on while the write is in flight. */
static void
watch(struct session *s, struct task_group *group)
{
	int64_t ms = larger(PATIENT_MS, watch_ms(s));

	while (!task_wait_for(group, ms)) {
		struct err e = ERR_INIT;

		/* What cannot be read now is read afterwards. */
		(void)look(s, true, &e);
		ms = any_of(s, watch_ms(s), watch_ms(s) + 3);
	}
}

/* Registries that look refuse a list of what is gone: somebody has removed it
 * since we saw it, and nobody puts that back. */
static void
forget_gone(struct session *s)
{
	const struct taglist *t = s->t;
	AUTO(pool) struct pool pool = POOL_INIT;

	for (size_t i = s->view.known.count; t->index && i-- > 0;) {
		AUTO(registry_doc) struct registry_doc doc = REGISTRY_DOC_INIT;
		struct desc d = s->view.known.items[i];
		struct err e = ERR_INIT;
		int64_t size;

		if (span_eq(d.digest, t->ours.digest))
			continue;
		if (registry_head_manifest(t->where, pool_str(&pool, d.digest), t->options, &doc, &size, &e) &&
		    e.reason == REASON_NOT_FOUND)
			tagview_forget(&s->view, &d);
	}
}

static int
write_list(struct session *s, struct err *e)
{
	struct writing w = {.session = s, .base = s->now, .pool = POOL_INIT, .err = ERR_INIT};
	int64_t start = date_monotonic_ms();
	struct task_group group;

	/* The next reading is parsed again, even if it is the same. */
	s->now = (struct reading)READING_INIT;
	w.count = tagview_merge(&s->view, w.base.m.layers, w.base.m.count, &w.pool, &w.list);
	s->writes++;
	task_group_init(&group, 1);
	task_start(&group, put, &w);
	watch(s, &group);
	s->write_ms = larger(s->write_ms, date_monotonic_ms() - start);
	pool_release(&w.pool);
	release_reading(&w.base);
	s->failures = w.rc ? s->failures + 1 : 0;
	if (w.rc && (w.err.reason == REASON_HTTP || w.err.reason == REASON_NOT_FOUND))
		forget_gone(s);
	if (w.rc == 0 || (may_have_worked(w.err.reason) && s->failures < FAILURES_MAX))
		return 0;
	*e = w.err;
	return -1;
}

/* --- staying ------------------------------------------------------------ */

static bool
is_removal(const struct session *s)
{
	return !s->t->ours.digest.ptr;
}

static bool
is_whole(const struct session *s)
{
	const struct manifest *m = &s->now.m;

	/* Somebody else took away what was left of the list. */
	if (is_removal(s) && !s->now.present)
		return s->view.known.count == 0;
	return s->now.present && !tagview_is_missing(&s->view, m->layers, m->count) &&
	    (s->writes >= CLEANINGS_MAX || !tagview_is_dirty(&s->view, m->layers, m->count));
}

/* So long must all be there while others write: slower writes than those seen
 * so far would be news. */
static int64_t
crowd_ms(const struct session *s)
{
	return within(CROWD_MS, larger(s->write_ms * 3 / 2, 4 * (watch_ms(s) + s->read_ms)), CROWD_MAX_MS);
}

static int64_t
calm_ms(const struct session *s)
{
	int64_t ms = watch_ms(s) + 2 * s->read_ms;

	if (s->write_ms >= SLOW_MS)
		ms = larger(ms, s->write_ms * 5 / 4);
	return within(CALM_MS, ms, CALM_MAX_MS);
}

/* Whoever wrote the list that lacks something knows best, and writes at once.
 * Others leave him the time; those whose own entry is missing come next, and all
 * of them out of step. */
static int64_t
hold_back_ms(struct session *s)
{
	int64_t most = within(JITTER_MIN_MS << (s->futile < 5 ? s->futile : 5), s->write_ms, JITTER_MAX_MS);

	if (s->now.present && strcmp(s->now.doc.digest, s->written) == 0)
		return 0;
	if (!tagview_has(s->now.m.layers, s->now.m.count, &s->view, &s->t->ours))
		return any_of(s, most / 4, most);
	return any_of(s, most, 2 * most);
}

static int
lost(const struct session *s, const char *why, struct err *e)
{
	const struct taglist *t = s->t;

	return err_set(e, REASON_LOST, "%s the tag %s of %s/%s", why, t->tag, t->where->registry, t->where->repository);
}

/* A registry that says yes and keeps nothing is told from one that is busy. */
static int
check_progress(struct session *s, const char *before, struct err *e)
{
	if (s->crowded || is_whole(s) || strcmp(before, s->seen) != 0) {
		s->futile = 0;
	} else if (s->futile++ == 0) {
		s->futile_since = s->answered;
	} else if (s->futile >= FUTILE_MAX && s->answered - s->futile_since >= FUTILE_MS) {
		return lost(s, "the registry takes what is written, and does not keep it:", e);
	}
	return 0;
}

static int
check_time(const struct session *s, struct err *e)
{
	return date_monotonic_ms() < s->end ? 0 : lost(s, "other writers keep overwriting", e);
}

/* Between two readings while nothing of ours is in flight. */
static int64_t
pause_ms(const struct session *s)
{
	return within(CROWD_READS_MS, larger(s->write_ms / 6, 3 * s->reads_ms), CROWD_READS_MAX_MS);
}

/* 1 when all was there for long enough, 0 when something has to be written. */
static int
stay(struct session *s, struct err *e)
{
	int64_t since = s->answered, act = 0;

	for (;;) {
		if (is_whole(s)) {
			act = 0;
			if (s->asked - since >= crowd_ms(s))
				return 1;
		} else {
			if (act == 0)
				act = s->answered + hold_back_ms(s);
			if (s->answered >= act)
				return 0;
		}
		if (check_time(s, e))
			return -1;
		task_sleep(act ? within(1, act - date_monotonic_ms(), pause_ms(s)) : pause_ms(s));
		if (look(s, false, e))
			return -1;
		if (act || !is_whole(s))
			since = s->answered;
	}
}

/* After a write: 1 when it is done, 0 when something has to be written. */
static int
confirm(struct session *s, struct err *e)
{
	if (!s->crowded)
		task_sleep(calm_ms(s));
	if (look(s, false, e))
		return -1;
	if (!s->crowded && is_whole(s))
		return 1;
	return stay(s, e);
}

static bool
is_needless(const struct session *s)
{
	const struct taglist *t = s->t;

	for (size_t i = 0; t->have && i < s->now.m.count; i++)
		if (t->have(t->ctx, &s->now.m.layers[i]))
			return true;
	return false;
}

static int
append(struct session *s, struct err *e)
{
	char before[80];
	int rc;

	if (look(s, false, e))
		return -1;
	if (is_needless(s))
		return 0;
	if (!is_removal(s) && tagview_add(&s->view, &s->t->ours, e))
		return -1;
	for (rc = is_whole(s); rc == 0;) {
		snprintf(before, sizeof(before), "%s", s->seen);
		if (check_time(s, e) || write_list(s, e))
			return -1;
		rc = confirm(s, e);
		if (rc == 0 && check_progress(s, before, e))
			return -1;
	}
	return rc < 0 ? -1 : 0;
}

int
taglist_append(const struct taglist *t, char digest[80], struct err *e)
{
	int64_t now = date_monotonic_ms();
	struct session s = {.t = t, .view = {.index = t->index}, .now = READING_INIT, .end = now + PATIENCE_MS,
	    .write_ms = registry_write_ms(t->where, t->options),
	    .random = (uint64_t)getpid() * 2654435761u + (uint64_t)now};
	int rc = append(&s, e);

	snprintf(digest, 80, "%s", s.seen);
	release_reading(&s.now);
	tagview_release(&s.view);
	return rc;
}
