/* SPDX-License-Identifier: Apache-2.0 */
#include "client/store_registry.h"

#include "base/mem.h"
#include "client/evidence.h"
#include "net/task.h"

enum {
	WORKERS = 16,			/* requests at once */
	AHEAD = 4,			/* answers kept per request */
	HELD_MAX = 8 << 20,		/* bytes of all of them, as far as one can tell before */
	ATTESTATION_GUESS = 2 << 20,	/* before the first is there */
};

/* The three places, asked at once, and what each said. */
struct source {
	struct search *search;
	struct registry_doc doc;
	struct manifest manifest;
	struct err err;
	bool failed, present;
};

struct search {
	const struct store *store;
	const struct ref *where;
	const char *digest;
	const char *suffix;		/* of the legacy tag */
	size_t max;			/* bytes of a payload or bundle */
	size_t likely;			/* bytes of the next one: the largest so far, or a guess */
	size_t largest;
	bool oci11;
	struct source referrers, fallback, tag, oci11_image;
	struct pool pool;
};

/* What came of a slot. */
struct answer {
	struct registry_doc doc;
	struct manifest manifest;
	const struct desc *layer;
	struct buf bytes;
	struct err err;
	bool done, failed, passed_over;
};

/* One thing to fetch: a referrer with its bundle, or a legacy payload. */
struct slot {
	struct search *search;
	enum form form;
	const struct desc *desc;	/* of the referrer, or of the layer */
	struct answer *answer;		/* from its start until nobody needs it */
	size_t users;			/* deliveries that still need it */
};

/* One call of each(), in order. */
struct delivery {
	size_t slot;
	struct desc manifest;		/* legacy */
	const struct desc *layer;	/* legacy */
	size_t index;
};

struct fetch {
	struct search *search;
	VEC(struct slot) slots;
	VEC(struct delivery) deliveries;
	size_t next;			/* delivery */
	size_t freed;
	store_each *each;
	void *ctx;
	struct task_group group;
};

static const struct registry_options *
options(const struct search *s)
{
	return s->store->options;
}

static void
parse_source(struct source *src)
{
	src->failed = manifest_parse(&src->manifest, buf_span(&src->doc.bytes), span_str(src->doc.media_type),
	    &src->err) != 0;
	src->present = !src->failed;
}

static void
ask_referrers(void *arg)
{
	struct source *src = arg;
	struct search *s = src->search;
	bool supported;

	buf_init(&src->doc.bytes, MANIFEST_SIZE_MAX + 1024);
	src->failed = registry_referrers(s->where, s->digest, options(s), &src->doc.bytes, &supported, &src->err) != 0;
	if (!src->failed && supported)
		parse_source(src);
}

/* A tag that is not there is no failure. */
static void
ask_tag(struct source *src, const char *tag)
{
	struct search *s = src->search;

	src->failed = registry_get_manifest(s->where, tag, options(s), &src->doc, &src->err) != 0;
	if (!src->failed)
		parse_source(src);
	else if (src->err.reason == REASON_NOT_FOUND)
		src->failed = false;
}

/* `cosign copy` leaves an image under this very tag: that lists no referrers. */
static void
ask_fallback(void *arg)
{
	struct source *src = arg;

	ask_tag(src, ref_digest_tag("", src->search->digest, "", &src->search->pool));
	if (src->present && !src->manifest.is_index)
		src->present = false;
}

static void
ask_legacy(void *arg)
{
	struct source *src = arg;
	const char *prefix = options(src->search)->tag_prefix;

	ask_tag(src, ref_digest_tag(prefix ? prefix : "", src->search->digest, src->search->suffix,
	    &src->search->pool));
}

static void
init_source(struct source *src, struct search *s)
{
	*src = (struct source){.search = s, .doc = REGISTRY_DOC_INIT, .manifest = MANIFEST_INIT, .err = ERR_INIT};
}

static void
release_source(struct source *src)
{
	manifest_release(&src->manifest);
	registry_doc_release(&src->doc);
}

/* Of several legacy images among the referrers the last one counts. */
static void
ask_oci11_image(struct search *s)
{
	const struct manifest *lists[] = {&s->referrers.manifest, &s->fallback.manifest};
	struct span digest = SPAN_NONE;

	for (size_t l = 0; l < countof(lists) && !digest.ptr; l++)
		for (size_t i = 0; i < lists[l]->count; i++)
			if (span_is(lists[l]->layers[i].artifact_type, EVIDENCE_OCI11_TYPE))
				digest = lists[l]->layers[i].digest;
	if (digest.ptr)
		ask_tag(&s->oci11_image, pool_str(&s->pool, digest));
}

static int
ask_all(struct search *s, unsigned forms, struct err *e)
{
	struct task_group group;

	task_group_init(&group, 3);
	if ((forms & FORM_BUNDLE) || s->oci11) {
		task_start(&group, ask_referrers, &s->referrers);
		task_start(&group, ask_fallback, &s->fallback);
	}
	if (forms & FORM_LEGACY)
		task_start(&group, ask_legacy, &s->tag);
	task_wait(&group);
	if (s->oci11 && (forms & FORM_LEGACY))
		ask_oci11_image(s);
	if (s->referrers.failed) {
		*e = s->referrers.err;
		return err_wrap(e, "referrers of %s", s->digest);
	}
	if (s->fallback.failed) {
		*e = s->fallback.err;
		return err_wrap(e, "the referrers tag of %s", s->digest);
	}
	return 0;
}

/* Runs in a task. */
static int
fetch_bundle(const struct slot *t, struct answer *a, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct search *s = t->search;

	if (registry_get_manifest(s->where, pool_str(&pool, t->desc->digest), options(s), &a->doc, e) ||
	    manifest_parse(&a->manifest, buf_span(&a->doc.bytes), span_str(a->doc.media_type), e))
		return -1;
	a->layer = evidence_bundle_layer(&a->manifest);
	if (!a->layer) {
		a->passed_over = true;
		return 0;
	}
	return registry_get_blob(s->where, a->layer, options(s), s->max, &a->bytes, e);
}

static void
run_slot(void *arg)
{
	const struct slot *t = arg;
	struct search *s = t->search;
	struct answer *a = t->answer;

	if (t->form == FORM_BUNDLE)
		a->failed = fetch_bundle(t, a, &a->err) != 0;
	else
		a->failed = registry_get_blob(s->where, t->desc, options(s), s->max, &a->bytes, &a->err) != 0;
	a->done = true;
	if (a->bytes.len > s->largest)
		s->largest = a->bytes.len;
	s->likely = s->largest;
}

static void
start_slot(struct fetch *f, struct slot *t)
{
	t->answer = xcalloc(1, sizeof(*t->answer));
	t->answer->err = (struct err)ERR_INIT;
	task_start(&f->group, run_slot, t);
}

static struct slot *
add_slot(struct fetch *f, enum form form, const struct desc *d)
{
	struct slot *t = VEC_PUSH(&f->slots);

	*t = (struct slot){.search = f->search, .form = form, .desc = d};
	return t;
}

static void
free_answer(struct slot *t)
{
	if (!t->answer)
		return;
	buf_release(&t->answer->bytes);
	manifest_release(&t->answer->manifest);
	registry_doc_release(&t->answer->doc);
	free(t->answer);
	t->answer = NULL;
}

/* Both lists, merged by digest: the API's order, then what only the tag has. */
static void
plan_bundles(struct fetch *f)
{
	const struct source *lists[] = {&f->search->referrers, &f->search->fallback};

	for (size_t l = 0; l < countof(lists); l++)
		for (size_t i = 0; lists[l]->present && i < lists[l]->manifest.count; i++) {
			const struct desc *d = &lists[l]->manifest.layers[i];

			if (l > 0 && lists[0]->present && manifest_find(&lists[0]->manifest, d->digest))
				continue;
			add_slot(f, FORM_BUNDLE, d)->users = 1;
			*VEC_PUSH(&f->deliveries) = (struct delivery){.slot = f->slots.count - 1};
		}
}

/* Signers of the same image share the payload: it is fetched once. */
static size_t
slot_of_payload(struct fetch *f, size_t first, const struct desc *layer)
{
	for (size_t i = first; i < f->slots.count; i++)
		if (span_eq(f->slots.items[i].desc->digest, layer->digest) && f->slots.items[i].desc->size == layer->size)
			return i;
	add_slot(f, FORM_LEGACY, layer);
	return f->slots.count - 1;
}

static int
plan_legacy(struct fetch *f, const struct source *src, struct err *e)
{
	const struct manifest *m = &src->manifest;
	struct desc own = {.media_type = span_str(src->doc.media_type), .digest = span_str(src->doc.digest),
	    .artifact_type = m->artifact_type, .size = (int64_t)src->doc.bytes.len, .annotations = m->annotations};
	size_t first = f->slots.count;

	if (evidence_check_legacy(m, e))
		return -1;
	for (size_t i = 0; i < m->count; i++) {
		struct delivery d = {slot_of_payload(f, first, &m->layers[i]), own, &m->layers[i], i};

		f->slots.items[d.slot].users++;
		*VEC_PUSH(&f->deliveries) = d;
	}
	return 0;
}

static int
deliver(struct fetch *f, const struct delivery *d, const struct slot *t, struct err *e)
{
	struct answer *a = t->answer;
	struct candidate c = {.form = t->form, .bytes = buf_span(&a->bytes), .index = d->index};

	if (a->passed_over)
		return 0;
	if (a->failed && evidence_is_fatal(a->err.reason)) {
		*e = a->err;
		return err_wrap(e, "a signature of %s", f->search->digest);
	}
	if (t->form == FORM_BUNDLE) {
		c.manifest = *t->desc;
		if (a->layer) {
			c.layer = *a->layer;
			c.annotations = a->manifest.annotations;
		}
	} else {
		c.manifest = d->manifest;
		c.layer = *d->layer;
		c.annotations = d->layer->annotations;
	}
	if (a->failed) {
		c.error = &a->err;
		c.bytes = SPAN_NONE;
	}
	return f->each(f->ctx, &c, e);
}

/* Hands over what is there, as far as the order allows. */
static int
deliver_ready(struct fetch *f, struct err *e)
{
	for (; f->next < f->deliveries.count; f->next++) {
		const struct delivery *d = &f->deliveries.items[f->next];
		struct slot *t = &f->slots.items[d->slot];

		if (!t->answer || !t->answer->done)
			return 0;
		if (deliver(f, d, t, e))
			return -1;
		if (--t->users == 0) {
			free_answer(t);
			f->freed++;
		}
	}
	return 0;
}

/* Whether so many answers, there or on their way, are enough for now. */
static bool
is_full(const struct fetch *f, size_t workers, size_t count)
{
	return count >= workers * AHEAD || (count && (count + 1) * f->search->likely > HELD_MAX);
}

static int
fetch_all(struct fetch *f, struct err *e)
{
	size_t workers = f->search->store->workers ? f->search->store->workers : WORKERS;
	int rc = 0;

	task_group_init(&f->group, workers);
	for (size_t i = 0; i < f->slots.count && rc == 0; i++) {
		if (is_full(f, workers, i - f->freed)) {
			task_wait(&f->group);
			rc = deliver_ready(f, e);
		}
		if (rc == 0) {
			start_slot(f, &f->slots.items[i]);
			rc = deliver_ready(f, e);
		}
	}
	task_wait(&f->group);
	return rc ? rc : deliver_ready(f, e);
}

/* A legacy manifest that cannot be read is one candidate that failed. */
static int
deliver_broken(struct fetch *f, const struct source *src, struct err *e)
{
	struct err why = src->err;
	struct candidate c = {.form = FORM_LEGACY, .error = &why};

	if (evidence_is_fatal(why.reason)) {
		*e = why;
		return err_wrap(e, "signatures of %s", f->search->digest);
	}
	c.manifest.digest = span_str(src->doc.digest);
	c.manifest.media_type = span_str(src->doc.media_type);
	return f->each(f->ctx, &c, e);
}

static int
run(struct fetch *f, struct err *e)
{
	struct source *legacy[] = {&f->search->oci11_image, &f->search->tag};

	plan_bundles(f);
	for (size_t i = 0; i < countof(legacy); i++)
		if (legacy[i]->present && plan_legacy(f, legacy[i], &legacy[i]->err))
			legacy[i]->failed = true;
	if (fetch_all(f, e))
		return -1;
	for (size_t i = 0; i < countof(legacy); i++)
		if (legacy[i]->failed && deliver_broken(f, legacy[i], e))
			return -1;
	return 0;
}

int
store_registry_candidates(const struct store *store, const struct ref *where, struct span digest, unsigned forms,
    store_each *each, void *ctx, struct err *e)
{
	struct search *s = xcalloc(1, sizeof(*s));
	struct source *sources[] = {&s->referrers, &s->fallback, &s->tag, &s->oci11_image};
	struct fetch f = {.search = s, .each = each, .ctx = ctx};
	int rc;

	s->store = store;
	s->where = where;
	s->digest = pool_str(&s->pool, digest);
	s->suffix = forms & STORE_ATTESTATIONS ? ".att" : ".sig";
	s->likely = forms & STORE_ATTESTATIONS ? ATTESTATION_GUESS : 0;
	for (size_t i = 0; i < countof(sources); i++)
		init_source(sources[i], s);
	rc = evidence_mode(store->options, &s->oci11, e) || evidence_max_size(&s->max, e);
	/* Attestations never were in that place. */
	s->oci11 = s->oci11 && !(forms & STORE_ATTESTATIONS);
	rc = rc || ask_all(s, forms, e);
	/* Only the old form was asked for: the lists were read for its sake. */
	if (!(forms & FORM_BUNDLE))
		s->referrers.present = s->fallback.present = false;
	if (rc == 0)
		rc = run(&f, e);
	for (size_t i = 0; i < f.slots.count; i++)
		free_answer(&f.slots.items[i]);
	VEC_FREE(&f.slots);
	VEC_FREE(&f.deliveries);
	for (size_t i = 0; i < countof(sources); i++)
		release_source(sources[i]);
	pool_release(&s->pool);
	free(s);
	return rc ? -1 : 0;
}
