/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/trustmake.h"

#include "crypto/certlist.h"
#include "crypto/certname.h"
#include "sig/note.h"

/* --- logs --- */

static int
no_log_key(const struct pubkey *k, struct err *e)
{
	char text[32];

	err_set(e, REASON_BAD_KEY, "no kind of key that a log may have");
	err_expected(e, "ECDSA P-256, P-384, P-521, Ed25519, or RSA of 2048, 3072 or 4096 bits");
	return err_found(e, "%s", pubkey_describe(k, text));
}

int
trustmake_log(struct trust_log *log, struct span pem, struct span origin, struct pool *pool,
    struct err *e)
{
	unsigned char id[MERKLE_HASH];

	log->key = (struct pubkey)PUBKEY_INIT;
	if (pubkey_parse_pem(&log->key, pem, e))
		return -1;
	log->details = span_str(trust_key_details(&log->key));
	if (!log->details.ptr) {
		no_log_key(&log->key, e);
		pubkey_release(&log->key);
		return -1;
	}
	if (origin.ptr)
		note_key_hash(&log->key, origin, id);
	else
		digest_of(HASH_SHA256, buf_span(&log->key.spki), id);
	log->id = pool_span(pool, span_of(id, sizeof(id)));
	return 0;
}

bool
trustmake_add(struct trust_logs *logs, struct trust_log *log)
{
	size_t i = 0;
	bool there;

	while (i < logs->count && !span_eq(logs->items[i].id, log->id))
		i++;
	there = i < logs->count;
	if (there)
		pubkey_release(&logs->items[i].key);
	else
		logs->count++;
	logs->items[i] = *log;
	*log = (struct trust_log){.key = PUBKEY_INIT};
	return there;
}

/* --- authorities --- */

static int
expect_ca(const struct cert *c, size_t at, bool want, struct err *e)
{
	char name[CERT_NAME_MAX];

	if (c->is_ca == want)
		return 0;
	if (want)
		err_set(e, REASON_BAD_CERTIFICATE, "certificate %zu is not a certificate authority", at + 1);
	else
		err_set(e, REASON_BAD_CERTIFICATE, "the first certificate is an authority's, not a leaf");
	err_found(e, "%s", cert_describe(c, name));
	return err_hint(e, want ? "the chain ends with the root; none but the first of a timestamp"
	    " authority's is a leaf" : "put the certificate that signs timestamps first, the root last");
}

static int
check_chain(const struct certlist *chain, enum trustmake_kind kind, struct err *e)
{
	if (chain->count > TRUST_CERTS_MAX)
		return err_set(e, REASON_TOO_LARGE, "a chain has at most %d certificates", TRUST_CERTS_MAX);
	for (size_t i = 0; i < chain->count; i++)
		if (expect_ca(chain->items[i], i, kind == TRUSTMAKE_CA || i > 0, e))
			return -1;
	if (kind == TRUSTMAKE_TSA && chain->count < 2) {
		err_set(e, REASON_BAD_CERTIFICATE, "the chain has no root");
		return err_expected(e, "at least two certificates, the leaf and its issuer");
	}
	return 0;
}

int
trustmake_authority(struct trust_ca *ca, enum trustmake_kind kind, struct span pem,
    int64_t *root_start, struct pool *pool, struct err *e)
{
	AUTO(certlist) struct certlist chain = CERTLIST_INIT;
	const struct cert *root, *first;

	if (certlist_add_pem(&chain, pem, e) || check_chain(&chain, kind, e))
		return -1;
	root = chain.items[chain.count - 1];
	first = kind == TRUSTMAKE_TSA ? chain.items[0] : root;
	ca->organization = pool_span(pool, certname_organization(root->subject));
	ca->common_name = pool_span(pool, certname_common(root->subject));
	ca->certs.items = pool_array(pool, chain.count, sizeof(*ca->certs.items));
	ca->certs.count = chain.count;
	for (size_t i = 0; i < chain.count; i++)
		ca->certs.items[i] = pool_span(pool, buf_span(&chain.items[i]->der));
	ca->window = (struct trust_window){first->not_before * 1000, INT64_MAX};
	if (root_start)
		*root_start = root->not_before * 1000;
	return 0;
}

/* --- order --- */

static void
sort_logs(struct trust_logs *logs)
{
	for (size_t i = 1; i < logs->count; i++) {
		struct trust_log moved = logs->items[i];
		size_t at = i;

		for (; at && logs->items[at - 1].window.start > moved.window.start; at--)
			logs->items[at] = logs->items[at - 1];
		logs->items[at] = moved;
	}
}

static void
sort_cas(struct trust_cas *cas)
{
	for (size_t i = 1; i < cas->count; i++) {
		struct trust_ca moved = cas->items[i];
		size_t at = i;

		for (; at && cas->items[at - 1].window.start > moved.window.start; at--)
			cas->items[at] = cas->items[at - 1];
		cas->items[at] = moved;
	}
}

void
trustmake_sort(struct trust *t)
{
	sort_logs(&t->tlogs);
	sort_logs(&t->ctlogs);
	sort_cas(&t->cas);
	sort_cas(&t->tsas);
}
