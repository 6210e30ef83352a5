/* SPDX-License-Identifier: Apache-2.0 */
#include "client/taglist.h"

#include <unistd.h>
#include "base/date.h"
#include "base/mem.h"
#include "crypto/digest.h"

enum {
	ATTEMPTS_MAX = 200,
	PATIENCE_MS = 50000,
	SETTLE_MIN_MS = 10, SETTLE_MAX_MS = 40,	/* alone */
	CROWD_MAX_MS = 3000,			/* among other writers */
	CALM_READS = 2,				/* equal readings that end it among others */
};

/* One append in progress. */
struct session {
	const struct taglist *t;
	struct pool pool;
	VEC(struct desc) known;		/* all that belongs in the list, in order */
	VEC(struct desc) dropped;
	char written[80];		/* digest of what we put there last */
	char seen[80];			/* digest of the last reading */
	bool crowded;			/* somebody else writes too */
	unsigned calm;
	int64_t latency;		/* of the slowest write */
	uint64_t random;
};

/* The same manifest, or the same signature over the same payload. */
static bool
is_same(const struct desc *a, const struct desc *b)
{
	return span_eq(a->digest, b->digest) &&
	    span_eq(desc_annotation(a, ANNOTATION_SIGNATURE), desc_annotation(b, ANNOTATION_SIGNATURE));
}

static bool
holds(const struct desc *list, size_t count, const struct desc *d)
{
	for (size_t i = 0; i < count; i++)
		if (is_same(&list[i], d))
			return true;
	return false;
}

static void
nap(struct session *s, int64_t least, int64_t most)
{
	int64_t ms;
	struct timespec ts;

	s->random = s->random * 6364136223846793005u + 1442695040888963407u;
	ms = least + (int64_t)((s->random >> 33) % (uint64_t)(most - least + 1));
	ts = (struct timespec){ms / 1000, ms % 1000 * 1000000};
	nanosleep(&ts, NULL);
}

/* Alone: long enough to see who wrote at the same time. Among others: longer
 * than their writes take, and out of step with them. */
static void
settle(struct session *s, unsigned attempt)
{
	int64_t most = s->latency * 2;

	if (!s->crowded) {
		most = most < SETTLE_MIN_MS ? SETTLE_MIN_MS : most > SETTLE_MAX_MS ? SETTLE_MAX_MS : most;
		nap(s, most / 2, most);
		return;
	}
	most = (s->latency + SETTLE_MIN_MS) << (attempt < 5 ? attempt : 5);
	if (most > CROWD_MAX_MS)
		most = CROWD_MAX_MS;
	nap(s, s->latency < most ? s->latency : most, most);
}

/* What one reading brought. */
struct reading {
	struct registry_doc doc;
	struct manifest m;
	bool present;
};

static void
release_reading(struct reading *r)
{
	manifest_release(&r->m);
	registry_doc_release(&r->doc);
}

static int
read_list(const struct taglist *t, struct reading *r, struct err *e)
{
	struct err why = ERR_INIT;

	if (registry_get_manifest(t->where, t->tag, t->options, &r->doc, &why)) {
		if (why.reason == REASON_NOT_FOUND)
			return 0;
		*e = why;
		return -1;
	}
	if (manifest_parse(&r->m, buf_span(&r->doc.bytes), span_str(r->doc.media_type), e))
		return err_wrap(e, "the tag %s of %s/%s", t->tag, t->where->registry, t->where->repository);
	if (r->m.is_index != t->index)
		return err_set(e, REASON_BAD_MANIFEST, "the tag %s of %s/%s holds %s, where %s is kept", t->tag,
		    t->where->registry, t->where->repository, r->m.is_index ? "an index" : "an image",
		    t->index ? "the list of referrers" : "the image of signatures");
	r->present = true;
	return 0;
}

/* Takes in what a reading shows; the first one decides what is dropped. */
static void
learn(struct session *s, const struct reading *r, bool first)
{
	for (size_t i = 0; i < r->m.count; i++) {
		const struct desc *d = &r->m.layers[i];

		if (holds(s->known.items, s->known.count, d) || holds(s->dropped.items, s->dropped.count, d))
			continue;
		if (first && s->t->drop && !is_same(d, &s->t->ours) && s->t->drop(s->t->ctx, d))
			*VEC_PUSH(&s->dropped) = desc_copy(d, &s->pool);
		else
			*VEC_PUSH(&s->known) = desc_copy(d, &s->pool);
	}
	if (first && !holds(s->known.items, s->known.count, &s->t->ours))
		*VEC_PUSH(&s->known) = s->t->ours;
	s->crowded |= !first && strcmp(r->doc.digest, s->written) != 0;
}

static bool
is_complete(const struct session *s, const struct reading *r)
{
	for (size_t i = 0; i < s->known.count; i++)
		if (!holds(r->m.layers, r->m.count, &s->known.items[i]))
			return false;
	for (size_t i = 0; i < s->dropped.count; i++)
		if (holds(r->m.layers, r->m.count, &s->dropped.items[i]))
			return false;
	return true;
}

/* A write whose outcome is unknown is like one that was overwritten: the next
 * reading tells. */
static bool
may_have_worked(enum reason r)
{
	return r == REASON_NETWORK || r == REASON_HTTP || r == REASON_PROTOCOL;
}

static int
write_list(struct session *s, const struct reading *r, struct err *e)
{
	const struct taglist *t = s->t;
	AUTO(buf) struct buf bytes = BUF_INIT(MANIFEST_SIZE_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	AUTO(pool) struct pool pool = POOL_INIT;
	char text[DIGEST_TEXT_MAX];
	int64_t start, took;
	int rc;

	if (t->compose(t->ctx, r->present ? &r->m : NULL, s->known.items, s->known.count, &bytes, e) ||
	    buf_check(&bytes, "the list of signatures", e) ||
	    manifest_parse(&m, buf_span(&bytes), SPAN_NONE, e))
		return -1;
	snprintf(s->written, sizeof(s->written), "%.*s", (int)sizeof(s->written) - 1,
	    digest_text_of(buf_span(&bytes), text));
	start = date_monotonic_ms();
	rc = registry_put_manifest(t->where, t->tag, buf_span(&bytes), pool_str(&pool, m.media_type), t->options, NULL, e);
	took = date_monotonic_ms() - start;
	s->latency = took > s->latency ? took : s->latency;
	return rc;
}

/* Among other writers one good reading may be the one before the next write:
 * it has to hold. */
static bool
is_done(struct session *s, const struct reading *r, bool first)
{
	if (first || !s->crowded)
		return true;
	s->calm = strcmp(s->seen, r->doc.digest) == 0 ? s->calm + 1 : 1;
	return s->calm >= CALM_READS;
}

static bool
is_needless(const struct taglist *t, const struct reading *r)
{
	for (size_t i = 0; t->have && i < r->m.count; i++)
		if (t->have(t->ctx, &r->m.layers[i]))
			return true;
	return false;
}

/* 1 when all is there. */
static int
step(struct session *s, unsigned attempt, unsigned *failures, struct err *e)
{
	struct reading r = {REGISTRY_DOC_INIT, MANIFEST_INIT, false};
	bool first = attempt == 0;
	struct err why = ERR_INIT;
	int rc = read_list(s->t, &r, e);

	if (rc == 0 && first && is_needless(s->t, &r)) {
		snprintf(s->seen, sizeof(s->seen), "%s", r.doc.digest);
		rc = 1;
	} else if (rc == 0) {
		learn(s, &r, first);
		if (r.present && is_complete(s, &r)) {
			rc = is_done(s, &r, first);
		} else {
			s->calm = 0;
			rc = write_list(s, &r, &why);
			if (rc && may_have_worked(why.reason) && ++*failures < 4)
				rc = 0;
			if (rc)
				*e = why;
		}
		snprintf(s->seen, sizeof(s->seen), "%s", r.doc.digest);
	}
	release_reading(&r);
	return rc;
}

int
taglist_append(const struct taglist *t, char digest[80], struct err *e)
{
	struct session s = {.t = t, .random = (uint64_t)getpid() * 2654435761u + (uint64_t)date_monotonic_ms()};
	int64_t end = date_monotonic_ms() + PATIENCE_MS;
	unsigned failures = 0;
	int rc = 0;

	for (unsigned attempt = 0; rc == 0; attempt++) {
		if (attempt > 0)
			settle(&s, attempt);
		rc = step(&s, attempt, &failures, e);
		if (rc == 0 && (attempt == ATTEMPTS_MAX || date_monotonic_ms() > end))
			rc = err_set(e, REASON_LOST, "other writers keep overwriting the tag %s of %s/%s", t->tag,
			    t->where->registry, t->where->repository);
	}
	snprintf(digest, 80, "%s", s.seen);
	VEC_FREE(&s.known);
	VEC_FREE(&s.dropped);
	pool_release(&s.pool);
	return rc > 0 ? 0 : rc;
}
