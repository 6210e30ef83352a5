/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of the vectors of other clients, as far as no test of one module
 * says it: signatures by every kind of key, key files behind a password, entries
 * as Rekor's API hands them out.
 */
#include "codec/b64.h"
#include "codec/hex.h"
#include "crypto/keyfile.h"
#include "lab.h"
#include "sig/logproof.h"
#include "vectors.h"

/* A plain key is PKCS#1 v1.5 and pure or ph alike; upstream takes pure alone
 * where nothing says ph. */
static const char ours_accepts[] = "ed25519ph";

/* --- signatures --- */

static bool
judge_file(const char *dir, const char *file)
{
	AUTO(buf) struct buf pem = BUF_INIT(BUF_TEXT_MAX), sig = BUF_INIT(BUF_TEXT_MAX), text = BUF_INIT(BUF_BIG_MAX);
	AUTO(material) struct material m = MATERIAL_INIT;
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	struct pubkey *keys[] = {&key};
	struct policy p = {.keys = keys, .key_count = 1, .ignore_log = true};
	unsigned char digests[HASH_SHA512 + 1][HASH_SIZE_MAX];
	struct target t = {.bytes = SPAN_NONE};
	struct err e = ERR_INIT;

	ok(vectors_read(dir, "key.pub", &pem) && vectors_read(dir, "signature", &sig) && vectors_read(dir, file, &text),
	    "%s/%s", dir, file);
	if (!succeeds(pubkey_parse_pem(&key, buf_span(&pem), &e), &e, "%s: key", dir) ||
	    !succeeds(material_from_signature(&m, buf_span(&sig), &e), &e, "%s: signature", dir))
		return false;
	for (int h = HASH_SHA256; h <= HASH_SHA512; h++) {
		digest_of((enum hash)h, buf_span(&text), digests[h]);
		t.digest[h] = span_of(digests[h], hash_size((enum hash)h));
	}
	t.bytes = buf_span(&text);
	verify_material(&m, &t, &p, &v);
	return v.ok;
}

/* The file is the last word of each recorded line. */
static void
signature(const char *dir, struct node runs)
{
	for (struct node_iter it = node_iter(runs); node_next(&it);) {
		AUTO(pool) struct pool pool = POOL_INIT;
		struct node args, expect, last = {.kind = JSON_NULL};
		struct span file;
		bool want;

		if (!node_member(it.value, "args", &args) || !node_member(it.value, "expect", &expect))
			continue;
		for (struct node_iter word = node_iter(args); node_next(&word);)
			last = word.value;
		if (!ok(node_string(last, &pool, &file), "%s: a file", dir))
			continue;
		want = node_is(expect, "pass") || strstr(dir, ours_accepts);
		ok(judge_file(dir, pool_printf(&pool, "%.*s", SPAN_FMT(file))) == want, "%s: %.*s %s", dir,
		    SPAN_FMT(file), want ? "is signed" : "is refused");
	}
}

/* --- keys --- */

static int
give(void *ctx, struct secret *password, struct err *e)
{
	(void)e;
	secret_copy(password, *(struct span *)ctx);
	return 0;
}

static void
encrypted_key(const char *dir, struct node facts)
{
	AUTO(buf) struct buf pem = BUF_INIT(BUF_TEXT_MAX), expected = BUF_INIT(BUF_TEXT_MAX);
	AUTO(pubkey) struct pubkey public = PUBKEY_INIT;
	AUTO(signer) struct signer s = SIGNER_INIT;
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span password, wrong = SPAN("wrong");
	struct err e = ERR_INIT;
	struct node v;

	if (!ok(node_member(facts, "password", &v) && node_string(v, &pool, &password) &&
	    vectors_read(dir, "cosign.key", &pem), "%s", dir))
		return;
	ok(keyfile_is_encrypted(buf_span(&pem)), "%s is encrypted", dir);
	fails_with(keyfile_open(&s, buf_span(&pem), give, &wrong, &e), &e, REASON_BAD_PASSWORD, "%s: wrong password", dir);
	/* Without the public key beside it, what is inside is none that anybody takes. */
	if (!vectors_read(dir, "expected.pub", &expected)) {
		fails_with(keyfile_open(&s, buf_span(&pem), give, &password, &e), &e, REASON_BAD_KEY, "%s: inside", dir);
		return;
	}
	succeeds(keyfile_open(&s, buf_span(&pem), give, &password, &e), &e, "%s opens", dir);
	succeeds(pubkey_parse_pem(&public, buf_span(&expected), &e), &e, "%s: what is inside", dir);
	is_span(buf_span(&s.pub.spki), buf_span(&public.spki), "%s: the same key", dir);
}

/* --- Rekor's API --- */

struct api_proof { int64_t index, size; struct span root; };
struct api_verification { struct node proof; };
struct api_entry { struct span body; struct api_verification verification; };

static const struct field proof_fields[] = {
	FIELD_INT(struct api_proof, index, "logIndex", 0),
	FIELD_INT(struct api_proof, size, "treeSize", FIELD_REQUIRED),
	FIELD_STR(struct api_proof, root, "rootHash", FIELD_REQUIRED),
	FIELD_END,
};
static const struct field verification_fields[] = {
	FIELD_RAW(struct api_verification, proof, "inclusionProof", FIELD_REQUIRED),
	FIELD_END,
};
static const struct field api_fields[] = {
	FIELD_B64(struct api_entry, body, "body", FIELD_REQUIRED),
	FIELD_OBJ(struct api_entry, verification, "verification", verification_fields, FIELD_REQUIRED),
	FIELD_END,
};

static void
api_entry(const char *dir, struct node facts)
{
	AUTO(buf) struct buf json = BUF_INIT(BUF_TEXT_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	unsigned char leaf[MERKLE_HASH], root[MERKLE_HASH];
	char hex[2 * MERKLE_HASH + 1];
	struct api_entry entry = {.body = SPAN_NONE};
	struct api_proof proof = {.index = 0};
	struct shape_strs hashes;
	struct err e = ERR_INIT;

	if (!ok(vectors_read(dir, "entry.json", &json), "%s", dir) ||
	    !succeeds(shape_parse(&entry, api_fields, buf_span(&json), SHAPE_LENIENT, &pool, &e), &e, "%s", dir) ||
	    !succeeds(shape_decode(&proof, proof_fields, entry.verification.proof, SHAPE_LENIENT, &pool, &e), &e, "%s", dir))
		return;
	merkle_leaf(entry.body, leaf);
	hex_format(hex, leaf, sizeof(leaf));
	ok(vectors_fact(facts, "leaf_hash", hex), "%s: leaf %s", dir, hex);
	succeeds(logproof_parse(&hashes, entry.verification.proof.raw, &pool, &e), &e, "%s: proof", dir);
	ok(hex_decode(root, sizeof(root), proof.root), "%s: root", dir);
	succeeds(merkle_check_inclusion(leaf, proof.index, proof.size, &hashes, span_of(root, sizeof(root)), &e), &e,
	    "%s: included", dir);
}

static void
vector(const char *dir, struct node facts)
{
	if (vectors_fact(facts, "kind", "encrypted-key"))
		encrypted_key(dir, facts);
	else if (vectors_fact(facts, "kind", "api-entry"))
		api_entry(dir, facts);
}

static void
signed_vector(const char *dir, struct node facts)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;
	struct node root, runs;

	if (vectors_fact(facts, "kind", "signature") && vectors_read(dir, "case.json", &text) &&
	    succeeds(scan_document(buf_span(&text), &root, &e), &e, "%s", dir) && node_member(root, "runs", &runs))
		signature(dir, runs);
}

int
main(void)
{
	vectors_each("sig", signed_vector);
	vectors_each("key", vector);
	vectors_each("rekor", vector);
	return tap_done();
}
