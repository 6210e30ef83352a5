/* SPDX-License-Identifier: Apache-2.0 */
#include "step/lookup.h"

#include "base/log.h"
#include "base/mem.h"
#include "client/rekor.h"
#include "crypto/cert.h"
#include "sig/logset.h"
#include "sig/note.h"

static int
check_proof(const struct bundle_entry *entry, struct err *e)
{
	AUTO(checkpoint) struct checkpoint c = CHECKPOINT_INIT;
	unsigned char leaf[MERKLE_HASH];

	if (!entry->has_proof)
		return err_set(e, REASON_BAD_LOG_PROOF, "the log gives no proof of inclusion");
	if (note_parse_checkpoint(&c, entry->checkpoint, e))
		return -1;
	if (c.size != entry->tree_size || !span_eq(entry->root_hash, span_of(c.root, MERKLE_HASH)))
		return err_set(e, REASON_BAD_LOG_PROOF, "the proof is for another tree than the checkpoint's");
	merkle_leaf(entry->body, leaf);
	return merkle_check_inclusion(leaf, entry->proof_index, entry->tree_size, &entry->hashes, entry->root_hash, e);
}

/* --- proofs --- */

static int
fill_in(struct bundle_entry *entry, const struct service *s, struct pool *pool, struct err *e)
{
	struct bundle_entry found;

	log_say("Fetching missing inclusion proof from Rekor for log index %lld...", (long long)entry->log_index);
	if (rekor_get(s, entry->log_index, &found, pool, e))
		return -1;
	if (!span_eq(found.body, entry->body) || !span_eq(found.log_id, entry->log_id) ||
	    found.integrated_time != entry->integrated_time) {
		err_set(e, REASON_BAD_LOG_ENTRY, "it has another entry at index %lld", (long long)entry->log_index);
		return service_wrap(s, e);
	}
	if (check_proof(&found, e))
		return service_wrap(s, e);
	entry->has_proof = true;
	entry->proof_index = found.proof_index;
	entry->tree_size = found.tree_size;
	entry->root_hash = found.root_hash;
	entry->hashes = found.hashes;
	entry->checkpoint = found.checkpoint;
	return 0;
}

int
lookup_proofs(struct bundle *b, const char *url, struct err *e)
{
	struct service s = {"transparency log", url, NULL};

	for (size_t i = 0; i < b->entry_count; i++)
		if (!b->entries[i].has_proof && fill_in(&b->entries[i], &s, &b->pool, e))
			return err_wrap(e, "log entry %zu", i);
	return 0;
}

/* --- entries --- */

struct seeking {
	struct service service;
	struct logbody_subject what;
	struct rekor_proposal proposal;
	struct rekor_found *found;
	const struct bundle_entry *best;
	struct cert leaf;
	unsigned char digest[HASH_SIZE_MAX];	/* where the message has to be hashed */
};

static void
seeking_init(struct seeking *s, const char *url)
{
	*s = (struct seeking){.service = {"transparency log", url, NULL}, .leaf = CERT_INIT};
	s->proposal.what = &s->what;
	s->found = xcalloc(1, sizeof(*s->found));
}

static void
seeking_cleanup(struct seeking *s)
{
	free(s->found);
	cert_release(&s->leaf);
}

/* The entry is to be this certificate's, and of its key. */
static int
seek_of(struct seeking *s, struct span certificate, struct err *e)
{
	if (cert_parse_der(&s->leaf, certificate, e))
		return -1;
	s->what.cert = certificate;
	s->what.key = cert_key(&s->leaf, e);
	return s->what.key ? 0 : -1;
}

static int
seek(struct seeking *s, struct pool *pool, struct err *e)
{
	if (rekor_search(&s->service, &s->proposal, s->found, pool, e))
		return -1;
	for (size_t i = 0; i < s->found->count; i++) {
		const struct bundle_entry *entry = &s->found->items[i];

		if (logbody_check(entry, &s->what, NULL) == 0 &&
		    (!s->best || entry->integrated_time < s->best->integrated_time))
			s->best = entry;
	}
	return 0;
}

/* A DSSE envelope may be there as several kinds; oldest is the least of intoto
 * that counts. */
static int
seek_kinds(struct seeking *s, int oldest, struct pool *pool, struct err *e)
{
	s->proposal.intoto = 0;
	if (seek(s, pool, e))
		return -1;
	for (int kind = 2; kind >= oldest && !s->best && s->proposal.envelope.ptr; kind--) {
		s->proposal.intoto = kind;
		if (seek(s, pool, e))
			return -1;
	}
	return 0;
}

static int
check_best(const struct seeking *s, const char *hint, struct err *e)
{
	if (!s->best) {
		err_set(e, REASON_NOT_LOGGED, "it has no entry for this signature");
		err_hint(e, "%s", hint);
		return service_wrap(&s->service, e);
	}
	return check_proof(s->best, e) ? service_wrap(&s->service, e) : 0;
}

static int
take_best(struct bundle *b, const struct seeking *s, struct err *e)
{
	if (check_best(s, "--ignore-tlog makes a bundle without log entry", e))
		return -1;
	b->entries = POOL_NEW(&b->pool, struct bundle_entry);
	b->entries[0] = *s->best;
	b->entry_count = 1;
	return 0;
}

static int
find(struct bundle *b, struct seeking *s, struct err *e)
{
	return seek_kinds(s, 2, &b->pool, e) ? -1 : take_best(b, s, e);
}

int
lookup_entry(struct bundle *b, struct pubkey *key, struct span envelope, const char *url, struct err *e)
{
	AUTO(seeking) struct seeking s;

	seeking_init(&s, url);
	s.what = (struct logbody_subject){.key = key, .sig = b->sig, .dsse = b->content == BUNDLE_DSSE, .hash = HASH_SHA256,
	    .digest = b->digest, .payload_type = b->payload_type, .payload = b->payload};
	if (s.what.dsse)
		s.proposal.envelope = envelope;
	if (b->certs.count && seek_of(&s, b->certs.items[0], e))
		return -1;
	if (!s.what.key || !s.what.key->spki.len)
		return err_set(e, REASON_USAGE, "a log is searched by key or certificate: pass --key KEY");
	return find(b, &s, e);
}

/* --- of legacy signatures --- */

static int
seek_keys(struct seeking *s, struct pubkey *const *keys, size_t count, struct pool *pool, struct err *e)
{
	for (size_t i = 0; i < count && !s->best; i++) {
		s->what.key = keys[i];
		if (seek_kinds(s, 1, pool, e))
			return -1;
	}
	return 0;
}

static int
take_evidence(struct material *m, const struct seeking *s, struct err *e)
{
	AUTO(buf) struct buf text = BUF_INIT(LOGSET_MAX);

	if (check_best(s, "--insecure-ignore-tlog=true does without", e))
		return -1;
	logset_emit(s->best, &text);
	m->log = pool_span(&m->pool, buf_span(&text));
	m->log_sought = true;
	return buf_check(&text, "the log entry", e);
}

bool
lookup_lacks_entry(const struct material *m, const struct policy *p)
{
	return m->form == MATERIAL_LEGACY && !m->log.len && !p->ignore_log && (p->key_count || material_has_certificate(m));
}

bool
lookup_would_help(struct material *m, const struct target *t, const struct policy *p)
{
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	AUTO(cert) struct cert leaf = CERT_INIT;
	struct policy others = *p;
	struct shape_strs certs;

	others.ignore_log = true;
	others.max_age = 0;
	/* When it was used is for the log to say. */
	if (material_has_certificate(m) && material_certificates(m, &certs, NULL) == 0 &&
	    cert_parse_der(&leaf, certs.items[0], NULL) == 0)
		others.now = leaf.not_before;
	verify_material(m, t, &others, &v);
	return v.ok;
}

static void
describe(struct seeking *s, const struct material *m, struct span digest)
{
	s->what = (struct logbody_subject){.sig = m->sig, .hash = HASH_SHA256, .digest = digest, .legacy = true};
	if (m->message.ptr) {
		digest_of(HASH_SHA256, m->message, s->digest);
		s->what.digest = span_of(s->digest, hash_size(HASH_SHA256));
	}
	if (m->content == BUNDLE_DSSE) {
		s->what.dsse = true;
		s->what.payload_type = m->bundle.payload_type;
		s->what.payload = m->bundle.payload;
		s->proposal.envelope = m->message;
	}
}

int
lookup_legacy(struct material *m, struct pubkey *const *keys, size_t key_count, struct span digest, const char *url,
    struct err *e)
{
	AUTO(seeking) struct seeking s;
	struct shape_strs certs;
	struct pubkey *own;

	seeking_init(&s, url);
	describe(&s, m, digest);
	if (material_has_certificate(m)) {
		if (material_certificates(m, &certs, e) || seek_of(&s, certs.items[0], e))
			return -1;
		own = s.what.key;
		keys = &own;
		key_count = 1;
	}
	return seek_keys(&s, keys, key_count, &m->pool, e) || take_evidence(m, &s, e) ? -1 : 0;
}
