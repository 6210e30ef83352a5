/* SPDX-License-Identifier: Apache-2.0 */
/* Log entries that other clients are tested with, where they are present. */
#include "sig/tlog.h"
#include "base/mem.h"
#include "codec/hex.h"
#include "sig/logset.h"
#include "sig/note.h"
#include "tlog_sample.h"

#define SHARED "../shared/"
#define REKOR SHARED "vectors/rekor/"

/* --- facts about single entries --- */

struct facts { struct span kind, leaf; bool set, inclusion, checkpoint; };
struct facts_case { struct facts facts; };
static const struct field facts_fields[] = {
	FIELD_STR(struct facts, kind, "kind", FIELD_REQUIRED),
	FIELD_STR(struct facts, leaf, "leaf_hash", 0),
	FIELD_BOOL(struct facts, set, "set", 0),
	FIELD_BOOL(struct facts, inclusion, "inclusion", 0),
	FIELD_BOOL(struct facts, checkpoint, "checkpoint", 0),
	FIELD_END,
};
static const struct field case_fields[] = {
	FIELD_OBJ(struct facts_case, facts, "facts", facts_fields, FIELD_REQUIRED),
	FIELD_END,
};

static bool
read_in(const char *name, const char *file, struct buf *out)
{
	AUTO(charp) char *path = xasprintf(REKOR "%s/%s", name, file);

	return load(path, out);
}

static bool
promise_is_good(const struct bundle_entry *entry, struct pubkey *key)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX);

	tlog_promise(entry, &text);
	return entry->set.len && pubkey_verify(key, HASH_SHA256, buf_span(&text), entry->set, NULL) == 0;
}

static bool
checkpoint_is_good(const struct bundle_entry *entry, struct pubkey *key)
{
	AUTO(checkpoint) struct checkpoint c = CHECKPOINT_INIT;
	struct span name;

	if (note_parse_checkpoint(&c, entry->checkpoint, NULL))
		return false;
	name = note_rekor1_name(&c);
	return note_check(&c.note, key, name.ptr ? name : c.origin, name.ptr ? NOTE_HASH_SHA256 : NOTE_HASH_KEY,
	    NULL) == 0 && c.size == entry->tree_size && span_eq(span_of(c.root, MERKLE_HASH), entry->root_hash);
}

static void
check_facts(const char *name, const struct facts *f, const struct bundle_entry *entry, struct pubkey *key)
{
	unsigned char leaf[MERKLE_HASH];
	char hex[2 * MERKLE_HASH + 1];

	ok(promise_is_good(entry, key) == f->set, "%s: promise", name);
	if (!span_is(f->kind, "log-entry"))
		return;
	merkle_leaf(entry->body, leaf);
	hex_format(hex, leaf, sizeof(leaf));
	is_span(span_str(hex), f->leaf, "%s: leaf", name);
	ok((merkle_check_inclusion(leaf, entry->proof_index, entry->tree_size, &entry->hashes, entry->root_hash,
	    NULL) == 0) == f->inclusion, "%s: inclusion", name);
	ok(checkpoint_is_good(entry, key) == f->checkpoint, "%s: checkpoint", name);
}

static void
test_facts(const char *name)
{
	AUTO(buf) struct buf json = BUF_INIT(BUF_TEXT_MAX), facts = BUF_INIT(BUF_TEXT_MAX), pem = BUF_INIT(BUF_TEXT_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	struct facts_case c = {0};
	struct bundle_entry entry;
	struct err e = ERR_INIT;
	struct node root;
	bool old;

	if (!read_in(name, "case.json", &facts) || !succeeds(shape_parse(&c, case_fields, buf_span(&facts),
	    SHAPE_LENIENT, &pool, &e), &e, "%s: facts", name) || !read_in(name, "log.pub", &pem))
		return;
	old = span_is(c.facts.kind, "cosign-bundle");
	if (!read_in(name, old ? "bundle.json" : "entry.json", &json) ||
	    !succeeds(pubkey_parse_pem(&key, buf_span(&pem), &e), &e, "%s: key", name))
		return;
	if (succeeds(old ? logset_parse(&entry, buf_span(&json), &pool, &e) :
	    scan_document(buf_span(&json), &root, &e) || entry_decode(&entry, root, &pool, &e) ? -1 : 0, &e,
	    "%s: entry", name))
		check_facts(name, &c.facts, &entry, &key);
}

/* --- whole bundles under the roots of their logs --- */

static const struct { const char *bundle, *root; enum reason want; } bundles[] = {
	{"vectors/bundle/js-v0.1-dsse-no-proof", NULL, REASON_NONE},
	{"vectors/bundle/js-v0.1-dsse-with-proof", NULL, REASON_NONE},
	{"vectors/bundle/js-v0.1-full-cert-chain", NULL, REASON_NONE},
	{"vectors/bundle/js-v0.1-intoto-with-proof", NULL, REASON_NONE},
	{"vectors/bundle/js-v0.2-dsse", NULL, REASON_NONE},
	{"vectors/bundle/js-v0.2-dsse", "vectors/roots/staging.json", REASON_UNTRUSTED_LOG},
	{"vectors/bundle/npm-sigstore-1.3.0-provenance", NULL, REASON_NONE},
	{"vectors/bundle/npm-sigstore-2.0.0-provenance", NULL, REASON_NONE},
	{"vectors/bundle/python-v0.3", "vectors/roots/staging.json", REASON_NONE},
	{"vectors/bundle/python-v0.3-old-mediatype", "vectors/roots/staging.json", REASON_NONE},
	{"vectors/bundle/python-rekor2-dsse", "vectors/roots/staging.json", REASON_NONE},
	{"vectors/bundle/python-tsa-ok", "vectors/bundle/python-tsa-ok/trusted_root.json", REASON_NONE},
	{"vectors/bundle/rs-kubewarden-image", NULL, REASON_NONE},
	{"conformance/happy-path-v0.1", "conformance/happy-path-v0.1/trusted_root.json", REASON_NONE},
	{"conformance/happy-path-v0.2", "conformance/happy-path-v0.2/trusted_root.json", REASON_NONE},
	{"conformance/happy-path-intoto-in-dsse-v3", "conformance/happy-path-intoto-in-dsse-v3/trusted_root.json",
	    REASON_NONE},
	{"conformance/rekor2-happy-path", "conformance/rekor2-happy-path/trusted_root.json", REASON_NONE},
	{"conformance/rekor2-dsse-happy-path", "conformance/rekor2-dsse-happy-path/trusted_root.json", REASON_NONE},
	{"conformance/rekor2-checkpoint-cosigned", "conformance/rekor2-checkpoint-cosigned/trusted_root.json",
	    REASON_NONE},
	{"conformance/rekor2-checkpoint-multiple-cosigs",
	    "conformance/rekor2-checkpoint-multiple-cosigs/trusted_root.json", REASON_NONE},
	{"conformance/rekor2-checkpoint-origin-not-first",
	    "conformance/rekor2-checkpoint-origin-not-first/trusted_root.json", REASON_NONE},
	{"conformance/rekor2-checkpoint-missing-origin_fail",
	    "conformance/rekor2-checkpoint-missing-origin_fail/trusted_root.json", REASON_BAD_CHECKPOINT},
	{"conformance/rekor2-checkpoint-missing-root-hash_fail",
	    "conformance/rekor2-checkpoint-missing-root-hash_fail/trusted_root.json", REASON_BAD_CHECKPOINT},
	{"conformance/rekor2-checkpoint-missing-size_fail",
	    "conformance/rekor2-checkpoint-missing-size_fail/trusted_root.json", REASON_BAD_CHECKPOINT},
	{"conformance/checkpoint-wrong-roothash_fail", "conformance/checkpoint-wrong-roothash_fail/trusted_root.json",
	    REASON_BAD_LOG_PROOF},
	{"conformance/inclusion-proof-corrupted-hash_fail",
	    "conformance/inclusion-proof-corrupted-hash_fail/trusted_root.json", REASON_BAD_LOG_PROOF},
	{"conformance/wrong-hashedrekord-cert-and-sig_fail",
	    "conformance/wrong-hashedrekord-cert-and-sig_fail/trusted_root.json", REASON_BAD_LOG_ENTRY},
	{"conformance/intoto-log-entry-mismatch_fail", "conformance/intoto-log-entry-mismatch_fail/trusted_root.json",
	    REASON_BAD_LOG_ENTRY},
	{"conformance/rekor2-dsse-mismatch-sig_fail", "conformance/rekor2-dsse-mismatch-sig_fail/trusted_root.json",
	    REASON_BAD_LOG_PROOF},
	{"conformance/dsse-mismatch-sig_fail", "conformance/dsse-mismatch-sig_fail/trusted_root.json",
	    REASON_BAD_LOG_ENTRY},
};

static void
test_bundle(const char *name, const char *rootname, enum reason want)
{
	AUTO(charp) char *path = xasprintf(SHARED "%s/bundle.sigstore.json", name);
	AUTO(charp) char *rootpath = xasprintf(SHARED "%s", rootname ? rootname : "vectors/roots/public-good.json");
	AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX), rootjson = BUF_INIT(TRUST_MAX);
	AUTO(trust) struct trust t = TRUST_INIT;
	struct err e = ERR_INIT;
	struct sample s;

	if (!file_exists(path) || !file_exists(rootpath)) {
		skip("not here", "%s", path);
		return;
	}
	if (!load(path, &json) || !load(rootpath, &rootjson) ||
	    !succeeds(trust_parse(&t, buf_span(&rootjson), &e), &e, "%s", rootpath))
		return;
	if (succeeds(sample_read(&s, buf_span(&json), SPAN_NONE, &e), &e, "%s is read", name)) {
		int rc = sample_judge(&s, &t, &e);

		if (want == REASON_NONE)
			succeeds(rc, &e, "%s", name);
		else
			fails_with(rc, &e, want, "%s", name);
	}
	sample_release(&s);
}

int
main(void)
{
	static const char *const entries[] = {
		"broken-bad-checkpoint", "broken-bad-set", "broken-index-past-size", "broken-long-proof", "dsse-001",
		"hashedrekord-001", "hashedrekord-001-prod", "hashedrekord-002", "intoto-002", "set-blob-2022",
		"set-rekord-2021",
	};

	if (!file_exists(REKOR "dsse-001/case.json"))
		skip("not here", REKOR);
	else
		for (size_t i = 0; i < countof(entries); i++)
			test_facts(entries[i]);
	for (size_t i = 0; i < countof(bundles); i++)
		test_bundle(bundles[i].bundle, bundles[i].root, bundles[i].want);
	return tap_done();
}
