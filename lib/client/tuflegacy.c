/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tuflegacy.h"

#include "base/log.h"
#include "base/mem.h"
#include "client/trustget.h"
#include "crypto/certlist.h"
#include "crypto/certname.h"
#include "sig/trustmake.h"
#include "sig/trustwrite.h"

enum usage { FULCIO, TSA, REKOR, CTFE, USAGES };

static const struct { const char *name; const char *files[5]; } usages[USAGES] = {
	[FULCIO] = {"Fulcio", {"fulcio.crt.pem", "fulcio_v1.crt.pem", "fulcio_intermediate_v1.crt.pem"}},
	[TSA] = {"TSA", {"tsa_leaf.crt.pem", "tsa_intermediate_0.crt.pem", "tsa_root.crt.pem"}},
	[REKOR] = {"Rekor", {"rekor.pub"}},
	[CTFE] = {"CTFE", {"ctfe.pub", "ctfe_2022.pub"}},
};

struct found {
	struct certlist certs[2];	/* FULCIO, TSA */
	struct span uris[2];
	struct trust trust;
	size_t keys;		/* at most, of each kind of log */
};

static void
found_cleanup(struct found *f)
{
	certlist_release(&f->certs[FULCIO]);
	certlist_release(&f->certs[TSA]);
	trust_release(&f->trust);
}

/* --- what a target is for --- */

static struct span
text_of(struct node object, const char *name, struct pool *pool)
{
	struct span text = SPAN_NONE;
	struct node v;

	if (node_member(object, name, &v))
		(void)node_string(v, pool, &text);
	return text;
}

static enum usage
usage_of(struct span name, struct node target, struct span *uri, struct pool *pool)
{
	struct node custom, sigstore;

	if (node_member(target, "custom", &custom) && node_member(custom, "sigstore", &sigstore)) {
		struct span usage = text_of(sigstore, "usage", pool);

		*uri = text_of(sigstore, "uri", pool);
		if (span_is(text_of(sigstore, "status", pool), "Expired"))
			log_debug("TUF: %.*s is there for what is old", SPAN_FMT(span_first(name, 64)));
		for (int i = 0; i < USAGES; i++)
			if (span_is(usage, usages[i].name))
				return i;
		return USAGES;
	}
	for (int i = 0; i < USAGES; i++)
		for (int j = 0; j < 5 && usages[i].files[j]; j++)
			if (span_is(name, usages[i].files[j]))
				return i;
	return USAGES;
}

/* --- collecting --- */

static int
add_log(struct found *f, enum usage usage, struct span pem, struct span uri, struct err *e)
{
	struct trust_logs *logs = usage == REKOR ? &f->trust.tlogs : &f->trust.ctlogs;
	struct trust_log log = {.key = PUBKEY_INIT, .window = {0, INT64_MAX}, .base_url = uri};

	if (!logs->items)
		logs->items = pool_array(&f->trust.pool, f->keys, sizeof(*logs->items));
	if (trustmake_log(&log, pem, SPAN_NONE, &f->trust.pool, e))
		return -1;
	(void)trustmake_add(logs, &log);
	return 0;
}

static int
take_in(struct found *f, struct tuf *t, struct span name, enum usage usage, struct span uri, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(CERTLIST_FILE_MAX);

	if (tuf_get(t, name, &bytes, e))
		return -1;
	if (usage == REKOR || usage == CTFE ? add_log(f, usage, buf_span(&bytes), uri, e) :
	    certlist_add_pem(&f->certs[usage], buf_span(&bytes), e))
		return err_wrap(e, "target %.*s", SPAN_FMT(span_first(name, 64)));
	if (usage <= TSA && !f->uris[usage].len)
		f->uris[usage] = uri;
	return 0;
}

static int
collect(struct found *f, struct tuf *t, struct err *e)
{
	f->keys = node_count(t->targets->targets);
	if (f->keys > TRUST_LOGS_MAX)
		return err_set(e, REASON_TOO_LARGE, "%zu targets", f->keys);
	for (struct node_iter it = node_iter(t->targets->targets); node_next(&it);) {
		struct span uri = SPAN_NONE, name = node_key(it.key, &f->trust.pool);
		enum usage usage = usage_of(name, it.value, &uri, &f->trust.pool);

		if (usage != USAGES && take_in(f, t, name, usage, uri, e))
			return -1;
	}
	return 0;
}

/* --- authorities --- */

static bool
issued_itself(const struct cert *c)
{
	return span_eq(c->issuer, c->subject);
}

static void
push(struct trust_ca *ca, const struct cert *c, struct pool *pool)
{
	ca->certs.items[ca->certs.count++] = pool_span(pool, buf_span(&c->der));
}

/* The certificates below a root, those nearest to leaves first. */
static void
add_below(struct trust_ca *ca, const struct certlist *all, const struct cert *issuer, unsigned depth, struct pool *pool)
{
	for (size_t i = 0; depth && i < all->count; i++) {
		const struct cert *c = all->items[i];

		if (issued_itself(c) || !span_eq(c->issuer, issuer->subject) || ca->certs.count == all->count)
			continue;
		add_below(ca, all, c, depth - 1, pool);
		if (ca->certs.count < all->count)
			push(ca, c, pool);
	}
}

static void
add_authorities(struct trust *t, struct trust_cas *cas, const struct certlist *all, struct span uri)
{
	struct pool *pool = &t->pool;

	cas->items = pool_array(pool, all->count, sizeof(*cas->items));
	for (size_t i = 0; i < all->count; i++) {
		const struct cert *root = all->items[i];
		struct trust_ca *ca = &cas->items[cas->count];

		if (!issued_itself(root) || !root->is_ca)
			continue;
		*ca = (struct trust_ca){.uri = uri, .window = {root->not_before * 1000, INT64_MAX},
		    .organization = pool_span(pool, certname_organization(root->subject)),
		    .common_name = pool_span(pool, certname_common(root->subject))};
		ca->certs.items = pool_array(pool, all->count + 1, sizeof(*ca->certs.items));
		add_below(ca, all, root, 4, pool);
		push(ca, root, pool);
		cas->count++;
	}
}

int
tuflegacy_root(struct tuf *t, struct buf *out, struct err *e)
{
	AUTO(found) struct found f = {
		.certs = {CERTLIST_INIT, CERTLIST_INIT}, .trust = TRUST_INIT};
	AUTO(trust) struct trust back = TRUST_INIT;
	AUTO(buf) struct buf json = BUF_INIT(TRUST_MAX);

	if (collect(&f, t, e))
		return -1;
	add_authorities(&f.trust, &f.trust.cas, &f.certs[FULCIO], f.uris[FULCIO]);
	add_authorities(&f.trust, &f.trust.tsas, &f.certs[TSA], f.uris[TSA]);
	if (!f.trust.tlogs.count && !f.trust.cas.count && !f.trust.ctlogs.count && !f.trust.tsas.count)
		return err_set(e, REASON_NOT_FOUND, "the TUF repository has neither a trusted root nor keys of services");
	trustmake_sort(&f.trust);
	trustwrite_emit(&f.trust, &json);
	if (buf_check(&json, "the trusted root", e) || trust_parse(&back, buf_span(&json), e))
		return err_wrap(e, "the trusted root that the repository's keys make");
	buf_add_span(out, buf_span(&json));
	return buf_check(out, "the trusted root", e);
}

int
tuflegacy_get(struct tuf *t, const char *target, struct buf *out, struct err *e)
{
	if (tuf_get(t, span_str(target), out, e) == 0)
		return 0;
	if (!err_is(e, REASON_NOT_FOUND) || strcmp(target, TRUSTGET_ROOT) != 0)
		return -1;
	return tuflegacy_root(t, out, e);
}
