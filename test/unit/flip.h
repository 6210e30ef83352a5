/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLIP_H
#define UNIT_FLIP_H
/*
 * What a stored signature consists of, part by part, and whether a signature or
 * a hash covers each: for tests that change one byte after the other.
 */
#include "codec/der.h"
#include "lab.h"
#include "sig/logset.h"
#include "sig/stampfile.h"
#include "tap.h"

enum { PARTS_MAX = 48 };

struct part { const char *name; struct span bytes; bool covered; };
struct parts { struct part item[PARTS_MAX]; size_t count; };

static inline void
part_add(struct parts *p, const char *name, struct span bytes, bool covered)
{
	if (p->count == PARTS_MAX)
		BUG("too many parts");
	if (bytes.len)
		p->item[p->count++] = (struct part){name, bytes, covered};
}

/* A number as it lies in memory; zero is one too. */
#define PART_NUMBER(n) span_of(&(n), sizeof(n))

/*
 * Rekor v1 signs body, time, log and index. Of a Rekor v2 entry body, size and
 * root are computed here from what the bundle says elsewhere, so what it
 * repeats of them is not looked at (transparency.md), nor is the proof's index;
 * it has no time, and a verdict tells none (test/unit/told.c). kindVersion of
 * either is told by the body again.
 */
static inline void
parts_entry(struct parts *p, const struct bundle_entry *entry)
{
	bool v1 = span_is(entry->body_version, "0.0.1");

	part_add(p, "log id", entry->log_id, true);
	part_add(p, "log index", PART_NUMBER(entry->log_index), true);
	part_add(p, "kind", entry->kind, false);
	part_add(p, "kind's version", entry->version, false);
	part_add(p, "promise", entry->set, true);
	part_add(p, "checkpoint", entry->checkpoint, true);
	for (size_t i = 0; i < entry->hashes.count; i++)
		part_add(p, "proof hash", entry->hashes.items[i], true);
	part_add(p, "integrated time", PART_NUMBER(entry->integrated_time), v1);
	part_add(p, "body", entry->body, v1);
	if (!entry->has_proof)
		return;
	part_add(p, "proof's root", entry->root_hash, v1);
	part_add(p, "proof's index", PART_NUMBER(entry->proof_index), v1);
	part_add(p, "proof's size", PART_NUMBER(entry->tree_size), v1);
}

/*
 * A timestamp's own signature is over TSTInfo and the signed attributes, and the
 * parser fixes what stands around them, but for what RFC 5652 leaves unsigned:
 * the version of SignedData, its list of digest algorithms, and certificates and
 * revocation lists that came along.
 */
static inline bool
parts_stamp_split(struct parts *p, struct span der)
{
	struct span reply, token, wrapped, data, skipped, rest = der;
	const char *open, *content, *loose, *signers;

	if (!der_get(&rest, DER_SEQUENCE, &reply) || !der_get_whole(&reply, DER_SEQUENCE, &skipped) ||
	    !der_get(&reply, DER_SEQUENCE, &token) || !der_get_whole(&token, DER_OID, &skipped) ||
	    !der_get(&token, DER_CONTEXT_0, &wrapped) || !der_get(&wrapped, DER_SEQUENCE, &data))
		return false;
	open = data.ptr;
	if (!der_get_whole(&data, DER_INTEGER, &skipped) || !der_get_whole(&data, DER_SET, &skipped))
		return false;
	content = data.ptr;
	if (!der_get_whole(&data, DER_SEQUENCE, &skipped))
		return false;
	loose = data.ptr;
	(void)der_get_whole(&data, DER_CONTEXT_0, &skipped);
	(void)der_get_whole(&data, DER_CONTEXT_1, &skipped);
	signers = data.ptr;
	part_add(p, "timestamp's head", span_of(der.ptr, (size_t)(open - der.ptr)), true);
	part_add(p, "timestamp's version and digest algorithms", span_of(open, (size_t)(content - open)), false);
	part_add(p, "timestamp's content", span_of(content, (size_t)(loose - content)), true);
	part_add(p, "timestamp's certificates", span_of(loose, (size_t)(signers - loose)), false);
	part_add(p, "timestamp's signer", span_of(signers, (size_t)(der.ptr + der.len - signers)), true);
	return true;
}

static inline void
parts_stamp(struct parts *p, struct span der)
{
	if (!parts_stamp_split(p, der))
		part_add(p, "timestamp", der, true);
}

static inline void
parts_bundle(struct parts *p, const struct bundle *b)
{
	part_add(p, "media type", b->media_type, false);
	part_add(p, "hint", b->hint, false);
	part_add(p, "message digest", b->digest, true);
	part_add(p, "payload", b->payload, true);
	part_add(p, "payload type", b->payload_type, true);
	for (size_t i = 0; i < b->certs.count; i++)
		part_add(p, "certificate", b->certs.items[i], true);
	for (size_t i = 0; i < b->timestamps.count; i++)
		parts_stamp(p, b->timestamps.items[i]);
	for (size_t i = 0; i < b->entry_count; i++)
		parts_entry(p, &b->entries[i]);
}

/* The chain is for authorities that came as files. */
static inline int
parts_legacy(struct parts *p, struct material *m)
{
	struct bundle_entry *one = POOL_NEW(&m->pool, struct bundle_entry);
	struct shape_strs certs = {NULL, 0};
	struct span stamp = SPAN_NONE;

	if ((m->certificate.len && material_certificates(m, &certs, NULL)) ||
	    (m->log.len && logset_parse(one, m->log, &m->pool, NULL)) ||
	    (m->stamp.len && stampfile_parse(&stamp, m->stamp, &m->pool, NULL)))
		return -1;
	part_add(p, "message", m->message, true);
	for (size_t i = 0; i < certs.count; i++)
		part_add(p, i ? "chain" : "certificate", certs.items[i], i == 0);
	if (stamp.len)
		parts_stamp(p, stamp);
	if (m->log.len)
		parts_entry(p, one);
	return 0;
}

/* -1: something in it cannot be read. */
static inline int
parts_of(struct parts *p, struct material *m)
{
	p->count = 0;
	part_add(p, "signature", m->sig, true);
	if (m->form == MATERIAL_LEGACY)
		return parts_legacy(p, m);
	parts_bundle(p, &m->bundle);
	return 0;
}

/* Whether all that was covered is as it was. */
static inline bool
parts_same(const struct parts *was, const struct parts *is)
{
	if (was->count != is->count)
		return false;
	for (size_t i = 0; i < was->count; i++)
		if (strcmp(was->item[i].name, is->item[i].name) != 0 ||
		    (was->item[i].covered && !span_eq(was->item[i].bytes, is->item[i].bytes)))
			return false;
	return true;
}

/* Which bit of byte i a test changes: all eight in turn; FLIP_BITS=8 in the
 * environment has a test go eight rounds, and so change every one. */
static inline char
flip_mask(size_t i, unsigned round)
{
	return (char)(1 << (i + round) % 8);
}

static inline unsigned
flip_rounds(void)
{
	const char *bits = getenv("FLIP_BITS");

	return bits && bits[0] == '8' ? 8 : 1;
}

/* Judged; a verdict and its reason must agree. */
static inline bool
flip_judge(struct material *m, const struct target *t, const struct policy *p)
{
	AUTO(verdict) struct verdict v = VERDICT_INIT;

	verify_material(m, t, p, &v);
	if (v.ok != (v.why.reason == REASON_NONE) || (v.ok && v.signer.len == 0))
		BUG("a verdict without its reason");
	return v.ok;
}
#endif
