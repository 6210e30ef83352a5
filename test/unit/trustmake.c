/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/trustmake.h"
#include "crypto/certname.h"
#include "mint.h"
#include "tap.h"

/* --- names --- */

static void
test_names(void)
{
	/* SEQUENCE of SET of SEQUENCE { OID 2.5.4.x, string }. */
	const struct { struct span der; const char *cn, *o; const char *what; } cases[] = {
		{SPAN("\x30\x00"), NULL, NULL, "an empty name"},
		{SPAN("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x61"), "a", NULL, "UTF-8"},
		{SPAN("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x0a\x16\x01\x61"), NULL, "a", "IA5"},
		{SPAN("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\xff"), NULL, NULL, "no UTF-8"},
		{SPAN("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x1e\x02\x00\x61"), NULL, NULL, "UTF-16"},
		{SPAN("\x30\x18\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x13\x01\x61\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x13\x01\x62"),
			"b", NULL, "the last common name"},
		{SPAN("\x30\x18\x31\x0a\x30\x08\x06\x03\x55\x04\x0a\x13\x01\x61\x31\x0a\x30\x08\x06\x03\x55\x04\x0a\x13\x01\x62"),
			NULL, "a", "the first organization"},
		{SPAN("\x30\x16\x31\x14\x30\x08\x06\x03\x55\x04\x0a\x13\x01\x61\x30\x08\x06\x03\x55\x04\x03\x13\x01\x62"),
			"b", "a", "two in one set"},
		{SPAN("\x30\x0c\x31\x0a\x30\x09\x06\x03\x55\x04\x03\x0c\x01\x61"), NULL, NULL, "a wrong length"},
		{SPAN("junk"), NULL, NULL, "no name"},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		is_span(certname_common(cases[i].der), span_str(cases[i].cn), "%s: common name", cases[i].what);
		is_span(certname_organization(cases[i].der), span_str(cases[i].o), "%s: organization", cases[i].what);
	}
}

/* --- chains --- */

static int
make(struct trust_ca *ca, enum trustmake_kind kind, struct pool *pool, struct err *e,
    const struct minted *const *chain)
{
	AUTO(buf) struct buf pem = BUF_INIT(BUF_TEXT_MAX);
	int64_t start = -1;
	int rc;

	for (; *chain; chain++)
		cert_emit_pem(&(*chain)->cert, &pem);
	rc = trustmake_authority(ca, kind, buf_span(&pem), &start, pool, e);
	if (rc == 0)
		is_int(start, INT64_C(1000) * MINT_FROM, "the root's beginning");
	return rc;
}
#define CHAIN(...) ((const struct minted *const[]){__VA_ARGS__, NULL})

static void
test_chains(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct err e = ERR_INIT;
	struct trust_ca ca = {0};
	struct minted *root, *middle, *leaf;

	root = mint(&(struct mint){.name = "the root", .constraints = "critical,CA:TRUE"});
	middle = mint(&(struct mint){.name = "middle", .issuer = root, .constraints = "critical,CA:TRUE"});
	leaf = mint(&(struct mint){.name = "leaf", .issuer = middle, .from = MINT_NOW});
	succeeds(make(&ca, TRUSTMAKE_CA, &pool, &e, CHAIN(middle, root)), &e, "an authority");
	is_int((int64_t)ca.certs.count, 2, "both certificates");
	is_span(ca.certs.items[1], buf_span(&root->cert.der), "the root last");
	is_span(ca.common_name, SPAN("the root"), "its name");
	is_int(ca.window.start, INT64_C(1000) * MINT_FROM, "from its beginning");
	is_int(ca.window.end, INT64_MAX, "for ever");
	succeeds(make(&ca, TRUSTMAKE_TSA, &pool, &e, CHAIN(leaf, middle, root)), &e, "a timestamp authority");
	is_int(ca.window.start, INT64_C(1000) * MINT_NOW, "from the leaf's beginning");
	is_int((int64_t)ca.certs.count, 3, "all certificates");
	fails_with(make(&ca, TRUSTMAKE_CA, &pool, &e, CHAIN(root, leaf)), &e, REASON_BAD_CERTIFICATE, "a leaf for root");
	fails_with(make(&ca, TRUSTMAKE_CA, &pool, &e, CHAIN(leaf, root)), &e, REASON_BAD_CERTIFICATE, "a leaf first");
	fails_with(make(&ca, TRUSTMAKE_TSA, &pool, &e, CHAIN(root, leaf)), &e, REASON_BAD_CERTIFICATE, "the leaf last");
	fails_with(make(&ca, TRUSTMAKE_TSA, &pool, &e, CHAIN(leaf)), &e, REASON_BAD_CERTIFICATE, "a leaf alone");
	fails_with(make(&ca, TRUSTMAKE_TSA, &pool, &e, CHAIN(leaf, leaf)), &e, REASON_BAD_CERTIFICATE, "two leaves");
	mint_free(leaf);
	mint_free(middle);
	mint_free(root);
}

/* --- lists --- */

static struct trust_log
log_of(const char *id, int64_t start)
{
	return (struct trust_log){.key = PUBKEY_INIT, .id = span_str(id), .window = {start, INT64_MAX}};
}

static void
test_lists(void)
{
	struct trust_log logs[4];
	struct trust_ca cas[] = {{.uri = SPAN("a"), .window = {7, 9}}, {.uri = SPAN("b"), .window = {INT64_MIN, 9}},
		{.uri = SPAN("c"), .window = {7, 8}}};
	struct trust t = {.pool = POOL_INIT, .tlogs = {logs, 0}, .cas = {cas, countof(cas)}};
	static const struct { const char *id; int64_t start; bool there; } adds[] = {
		{"a", 5, false}, {"b", 3, false}, {"c", 5, false}, {"a", 6, true}, {"d", 5, false}};

	for (size_t i = 0; i < countof(adds); i++) {
		struct trust_log log = log_of(adds[i].id, adds[i].start);

		ok(trustmake_add(&t.tlogs, &log) == adds[i].there, "%s: there before", adds[i].id);
	}
	is_int((int64_t)t.tlogs.count, 4, "one of each id");
	trustmake_sort(&t);
	is_span(logs[0].id, SPAN("b"), "the first to begin");
	is_span(logs[1].id, SPAN("c"), "then, as they came");
	is_span(logs[2].id, SPAN("d"), "of one second");
	is_span(logs[3].id, SPAN("a"), "the last to begin");
	is_int(logs[3].window.start, 6, "the later one of its id");
	ok(span_is(cas[0].uri, "b") && span_is(cas[1].uri, "a") && span_is(cas[2].uri, "c"), "authorities, too");
	trust_release(&t);
}

int
main(void)
{
	test_names();
	test_chains();
	test_lists();
	return tap_done();
}
