/* SPDX-License-Identifier: Apache-2.0 */
#include "client/relatives.h"

#include "base/mem.h"
#include "client/evidence.h"
#include "client/store_layout.h"
#include "net/task.h"

enum { WORKERS = 16, AHEAD = 64 };

static const struct { enum relatives_kind kind; const char *suffix; } tags[] = {
	{RELATIVES_SIGNATURES, ".sig"}, {RELATIVES_ATTESTATIONS, ".att"}, {RELATIVES_SBOM, ".sbom"},
};

struct listing {
	const struct store *store;
	const struct ref *where;
	const char *digest;
	unsigned kinds;
	const char *type;
	relatives_each *each;
	void *ctx;
	struct pool pool;
};

static bool
is_wanted(const struct listing *l, struct span type)
{
	return !l->type || !type.len || span_is(type, l->type);
}

static int
hand_over(const struct listing *l, struct relative *r, const struct manifest *m, const struct err *why, struct err *e)
{
	if (!m && evidence_is_fatal(why->reason)) {
		*e = *why;
		return err_wrap(e, "what is attached to %s", l->digest);
	}
	if (m && r->kind == RELATIVES_REFERRERS && l->type && !span_is(manifest_artifact_type(m), l->type))
		return 0;
	r->manifest = m;
	r->error = m ? NULL : why;
	return l->each(l->ctx, r, e);
}

/* --- registries --- */

/* A manifest that is asked for, and what came. */
struct asked {
	const struct listing *l;
	const char *what;
	const struct desc *desc;	/* of a referrer */
	struct registry_doc doc;
	struct manifest manifest;
	struct err err;
	bool failed, present;
};

static void
asked_init(struct asked *a, const struct listing *l, const char *what)
{
	*a = (struct asked){.l = l, .what = what, .doc = REGISTRY_DOC_INIT, .manifest = MANIFEST_INIT, .err = ERR_INIT};
}

static void
asked_release(struct asked *a)
{
	manifest_release(&a->manifest);
	registry_doc_release(&a->doc);
}

static void
parse(struct asked *a)
{
	a->failed = manifest_parse(&a->manifest, buf_span(&a->doc.bytes), span_str(a->doc.media_type), &a->err) != 0;
	a->present = !a->failed;
}

/* A tag that is not there is no failure. */
static void
ask(void *arg)
{
	struct asked *a = arg;

	a->failed = registry_get_manifest(a->l->where, a->what, a->l->store->options, &a->doc, &a->err) != 0;
	if (!a->failed)
		parse(a);
	else if (!a->desc && err_is(&a->err, REASON_NOT_FOUND))
		a->failed = false;
}

static void
ask_referrers(void *arg)
{
	struct asked *a = arg;
	bool supported;

	buf_init(&a->doc.bytes, MANIFEST_SIZE_MAX + 1024);
	a->failed = registry_referrers(a->l->where, a->l->digest, a->l->store->options, &a->doc.bytes, &supported,
	    &a->err) != 0;
	if (!a->failed && supported)
		parse(a);
}

static int
deliver_tag(const struct listing *l, enum relatives_kind kind, const struct asked *a, struct err *e)
{
	struct relative r = {.kind = kind, .tag = a->what};

	if (!a->failed && !a->present)
		return 0;
	r.desc = (struct desc){.media_type = span_str(a->doc.media_type), .digest = span_str(a->doc.digest),
	    .size = (int64_t)a->doc.bytes.len};
	return hand_over(l, &r, a->present ? &a->manifest : NULL, &a->err, e);
}

static int
deliver_referrer(const struct listing *l, const struct asked *a, struct err *e)
{
	struct relative r = {.kind = RELATIVES_REFERRERS, .desc = *a->desc};

	return hand_over(l, &r, a->present ? &a->manifest : NULL, &a->err, e);
}

/* So many at once; their answers are gone before the next. */
static int
open_some(struct listing *l, const struct desc *const *list, size_t count, struct err *e)
{
	struct asked *some = xcalloc(count, sizeof(*some));
	struct task_group group;
	int rc = 0;

	task_group_init(&group, WORKERS);
	for (size_t i = 0; i < count; i++) {
		asked_init(&some[i], l, pool_str(&l->pool, list[i]->digest));
		some[i].desc = list[i];
		task_start(&group, ask, &some[i]);
	}
	task_wait(&group);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = deliver_referrer(l, &some[i], e);
	for (size_t i = 0; i < count; i++)
		asked_release(&some[i]);
	free(some);
	return rc;
}

/* Both lists, merged by digest: the API's order, then what only the tag has. */
static int
open_referrers(struct listing *l, const struct asked *api, const struct asked *tag, struct err *e)
{
	const struct asked *lists[] = {api, tag};
	VEC(const struct desc *) open = {0};
	int rc = 0;

	for (size_t n = 0; n < countof(lists); n++)
		for (size_t i = 0; lists[n]->present && lists[n]->manifest.is_index && i < lists[n]->manifest.count; i++) {
			const struct desc *d = &lists[n]->manifest.layers[i];

			if (is_wanted(l, d->artifact_type) &&
			    !(n > 0 && api->present && manifest_find(&api->manifest, d->digest)))
				*VEC_PUSH(&open) = d;
		}
	for (size_t i = 0; i < open.count && rc == 0; i += AHEAD)
		rc = open_some(l, open.items + i, open.count - i < AHEAD ? open.count - i : AHEAD, e);
	VEC_FREE(&open);
	return rc;
}

static int
list_registry(struct listing *l, struct err *e)
{
	struct asked found[countof(tags)], api, fallback;
	const char *prefix = l->store->options->tag_prefix;
	struct task_group group;
	int rc = 0;

	task_group_init(&group, WORKERS);
	asked_init(&api, l, "referrers");
	asked_init(&fallback, l, ref_digest_tag("", l->digest, "", &l->pool));
	for (size_t i = 0; i < countof(tags); i++) {
		asked_init(&found[i], l, ref_digest_tag(prefix ? prefix : "", l->digest, tags[i].suffix, &l->pool));
		if (l->kinds & tags[i].kind)
			task_start(&group, ask, &found[i]);
	}
	if (l->kinds & RELATIVES_REFERRERS) {
		task_start(&group, ask_referrers, &api);
		task_start(&group, ask, &fallback);
	}
	task_wait(&group);
	for (size_t i = 0; i < countof(tags) && rc == 0; i++)
		rc = deliver_tag(l, tags[i].kind, &found[i], e);
	if (rc == 0 && (api.failed || fallback.failed)) {
		*e = api.failed ? api.err : fallback.err;
		rc = err_wrap(e, "referrers of %s", l->digest);
	}
	if (rc == 0)
		rc = open_referrers(l, &api, &fallback, e);
	for (size_t i = 0; i < countof(tags); i++)
		asked_release(&found[i]);
	asked_release(&api);
	asked_release(&fallback);
	return rc;
}

/* --- layouts --- */

static int
open_in_layout(const struct listing *l, struct layout *layout, enum relatives_kind kind, const struct desc *d,
    struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(MANIFEST_SIZE_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct relative r = {.kind = kind, .desc = *d};
	struct span name = layout_find_name(d);
	AUTO(charp) char *tag = name.len && kind != RELATIVES_REFERRERS ? xspandup(name) : NULL;
	struct err why = ERR_INIT;
	bool failed = layout_read(layout, d->digest, d->size, &bytes, &why) ||
	    manifest_parse(&m, buf_span(&bytes), d->media_type, &why);

	r.tag = tag;
	return hand_over(l, &r, failed ? NULL : &m, &why, e);
}

static int
open_list(const struct listing *l, struct layout *layout, enum relatives_kind kind, const struct layout_list *list,
    struct err *e)
{
	for (size_t i = 0; i < list->count; i++)
		if (kind != RELATIVES_REFERRERS || is_wanted(l, list->items[i].artifact_type))
			if (open_in_layout(l, layout, kind, &list->items[i], e))
				return -1;
	return 0;
}

static int
list_layout(const struct listing *l, struct err *e)
{
	struct layout *layout = store_layout_open(l->where->dir, e);
	const char *prefix = l->store->options->tag_prefix;
	struct layout_list list = {0};

	if (!layout)
		return -1;
	for (size_t i = 0; i < countof(tags); i++)
		if ((l->kinds & tags[i].kind) && (layout_legacy(layout, span_str(l->digest), prefix ? prefix : "",
		    tags[i].suffix, &list, e) || open_list(l, layout, tags[i].kind, &list, e)))
			return -1;
	if (!(l->kinds & RELATIVES_REFERRERS))
		return 0;
	if (layout_referrers(layout, span_str(l->digest), &list, e))
		return -1;
	return open_list(l, layout, RELATIVES_REFERRERS, &list, e);
}

int
relatives_list(const struct store *s, const struct subject *sub, unsigned kinds, const char *type,
    relatives_each *each, void *ctx, struct err *e)
{
	struct listing l = {.store = s, .where = store_place(s, sub), .kinds = kinds, .type = type, .each = each,
	    .ctx = ctx, .pool = POOL_INIT};
	int rc;

	l.digest = pool_str(&l.pool, sub->desc.digest);
	rc = l.where->place == REF_LAYOUT ? list_layout(&l, e) : list_registry(&l, e);
	pool_release(&l.pool);
	return rc;
}
