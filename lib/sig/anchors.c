/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/anchors.h"

#include "base/mem.h"
#include "crypto/digest.h"

static void
anchor_release(struct anchor *a)
{
	certlist_release(&a->roots);
	certlist_release(&a->helpers);
	certlist_release(&a->leaf);
}

static void
list_release(struct anchor *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		anchor_release(&list[i]);
	free(list);
}

void
anchors_release(struct anchors *a)
{
	list_release(a->cas, a->ca_count);
	list_release(a->tsas, a->tsa_count);
	free(a->ctlogs);
	trust_release(&a->trust);
	*a = (struct anchors)ANCHORS_INIT;
}

void
anchors_drop_cas(struct anchors *a)
{
	list_release(a->cas, a->ca_count);
	a->cas = NULL;
	a->ca_count = 0;
}

void
anchors_drop_tsas(struct anchors *a)
{
	list_release(a->tsas, a->tsa_count);
	a->tsas = NULL;
	a->tsa_count = 0;
}

static struct anchor *
grow(struct anchor **list, size_t *count)
{
	struct anchor *a;

	*list = xreallocarray(*list, *count + 1, sizeof(**list));
	a = &(*list)[(*count)++];
	*a = (struct anchor){.roots = CERTLIST_INIT, .helpers = CERTLIST_INIT, .leaf = CERTLIST_INIT,
	    .window = {INT64_MIN, INT64_MAX}};
	return a;
}

static bool
issued_itself(const struct cert *c)
{
	return span_eq(c->issuer, c->subject);
}

/* --- a trusted root --- */

/* The last certificate is the anchor; a timestamp authority's first may be its
 * own, and then is no anchor, alone as it may stand. */
static int
add_authority(struct anchor *a, const struct trust_ca *from, bool stamps, struct err *e)
{
	a->window = from->window;
	a->uri = from->uri;
	for (size_t i = 0; i < from->certs.count; i++) {
		AUTO(certlist) struct certlist one = CERTLIST_INIT;
		struct certlist *to;

		if (certlist_add_der(&one, from->certs.items[i], e))
			return -1;
		to = i + 1 == from->certs.count ? &a->roots : &a->helpers;
		if (stamps && i == 0 && !one.items[0]->is_ca)
			to = &a->leaf;
		certlist_take(to, &one);
	}
	return 0;
}

static int
add_authorities(struct anchor **list, size_t *count, const struct trust_cas *from, bool stamps, const char *what,
    struct err *e)
{
	for (size_t i = 0; i < from->count; i++)
		if (add_authority(grow(list, count), &from->items[i], stamps, e)) {
			if (e)
				e->reason = REASON_BAD_TRUST;
			return err_wrap(e, "trusted root: %s[%zu]", what, i);
		}
	return 0;
}

/* The numbers of a log's key change when the list moves. */
static void
list_ctlogs(struct anchors *a)
{
	const struct trust_logs *from = &a->trust.ctlogs;

	a->ctlogs = xreallocarray(a->ctlogs, from->count + 1, sizeof(*a->ctlogs));
	a->ctlog_count = from->count;
	for (size_t i = 0; i < from->count; i++) {
		sct_log_init(&a->ctlogs[i], &from->items[i].key);
		a->ctlogs[i].start_ms = from->items[i].window.start;
		a->ctlogs[i].end_ms = from->items[i].window.end;
	}
}

/* They are released together. */
static void
make_lasting(struct anchor *a)
{
	const struct certlist *all[] = {&a->roots, &a->helpers, &a->leaf};

	for (size_t l = 0; l < countof(all); l++)
		for (size_t i = 0; i < all[l]->count; i++)
			all[l]->items[i]->lasting = true;
}

int
anchors_load(struct anchors *a, struct span json, struct err *e)
{
	if (trust_parse(&a->trust, json, e) ||
	    add_authorities(&a->cas, &a->ca_count, &a->trust.cas, false, "certificateAuthorities", e) ||
	    add_authorities(&a->tsas, &a->tsa_count, &a->trust.tsas, true, "timestampAuthorities", e))
		return -1;
	for (size_t i = 0; i < a->ca_count; i++)
		make_lasting(&a->cas[i]);
	for (size_t i = 0; i < a->tsa_count; i++)
		make_lasting(&a->tsas[i]);
	list_ctlogs(a);
	return 0;
}

/* --- separate files --- */

/* Sorts certificates into those that rule(c, is_last) takes for roots and the
 * others. */
static int
sort_out(struct anchor *a, const struct certlist *from, bool (*is_root)(const struct cert *, bool), struct err *e)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct cert *c = from->items[i];

		if (certlist_add_der(is_root(c, i + 1 == from->count) ? &a->roots : &a->helpers, buf_span(&c->der), e))
			return -1;
	}
	if (a->roots.count == 0)
		return err_set(e, REASON_BAD_CERTIFICATE, "none of the certificates is a root");
	return 0;
}

static bool
last_is_root(const struct cert *c, bool last)
{
	(void)c;
	return last;
}

static bool
own_issuer_is_root(const struct cert *c, bool last)
{
	(void)last;
	return issued_itself(c);
}

static struct anchor *
grow_cas(struct anchors *a)
{
	a->separate = a->own_cas = true;
	return grow(&a->cas, &a->ca_count);
}

int
anchors_add_roots(struct anchors *a, struct span roots, struct span helpers, struct err *e)
{
	struct anchor *to = grow_cas(a);

	if (certlist_add_pem(&to->roots, roots, e))
		return -1;
	return helpers.len ? certlist_add_pem(&to->helpers, helpers, e) : 0;
}

static int
add_sorted(struct anchors *a, struct span pem, bool (*is_root)(const struct cert *, bool), struct err *e)
{
	AUTO(certlist) struct certlist all = CERTLIST_INIT;

	if (certlist_add_pem(&all, pem, e))
		return -1;
	return sort_out(grow_cas(a), &all, is_root, e);
}

int
anchors_add_chain(struct anchors *a, struct span pem, struct err *e)
{
	return add_sorted(a, pem, last_is_root, e);
}

int
anchors_add_mixed(struct anchors *a, struct span pem, struct err *e)
{
	return add_sorted(a, pem, own_issuer_is_root, e);
}

int
anchors_add_tsa(struct anchors *a, struct span pem, struct err *e)
{
	AUTO(certlist) struct certlist all = CERTLIST_INIT;
	struct anchor *to;

	if (certlist_add_pem(&all, pem, e))
		return -1;
	a->separate = true;
	to = grow(&a->tsas, &a->tsa_count);
	for (size_t i = 0; i < all.count; i++) {
		const struct cert *c = all.items[i];
		struct certlist *list = !c->is_ca ? &to->leaf : issued_itself(c) ? &to->roots : &to->helpers;

		if (certlist_add_der(list, buf_span(&c->der), e))
			return -1;
	}
	if (to->leaf.count == 1 && to->roots.count)
		return 0;
	err_set(e, REASON_BAD_CERTIFICATE, "these are not the certificates of one timestamp authority");
	err_expected(e, "one certificate of no CA, and a root");
	return err_found(e, "%zu of no CA, and %zu roots", to->leaf.count, to->roots.count);
}

static int
add_log(struct anchors *a, struct trust_logs *logs, struct pubkey *key, struct err *e)
{
	struct trust_log *items, *log;
	unsigned char id[HASH_SIZE_MAX];

	if (logs->count >= TRUST_LOGS_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d logs", TRUST_LOGS_MAX);
	items = pool_array(&a->trust.pool, logs->count + 1, sizeof(*items));
	if (logs->count)
		memcpy(items, logs->items, logs->count * sizeof(*items));
	log = &items[logs->count];
	*log = (struct trust_log){.base_url = SPAN(""), .host = SPAN(""), .window = {INT64_MIN, INT64_MAX}};
	digest_of(HASH_SHA256, buf_span(&key->spki), id);
	log->id = pool_span(&a->trust.pool, span_of(id, hash_size(HASH_SHA256)));
	log->key = *key;
	*key = (struct pubkey)PUBKEY_INIT;
	logs->items = items;
	logs->count++;
	a->separate = true;
	return 0;
}

int
anchors_add_log(struct anchors *a, struct span pem, struct err *e)
{
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;

	return pubkey_parse_pem(&key, pem, e) ? -1 : add_log(a, &a->trust.tlogs, &key, e);
}

int
anchors_add_ctlog(struct anchors *a, struct span bytes, struct err *e)
{
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	bool pem = span_starts(span_trim(bytes), "-----");

	if ((pem ? pubkey_parse_pem(&key, bytes, e) : pubkey_parse_spki(&key, bytes, e)) ||
	    add_log(a, &a->trust.ctlogs, &key, e))
		return -1;
	list_ctlogs(a);
	return 0;
}
