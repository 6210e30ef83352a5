/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/logproof.h"
#include "base/file.h"
#include "base/mem.h"
#include "tap.h"

#define SHARED "../shared/vectors/checkpoint/"

static void
bad_proof(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct shape_strs out;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(logproof_parse(&out, bytes, &pool, &e), &e, want, "%s", path);
}

static void
bad_note(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span note;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(logproof_note(&note, bytes, &pool, &e), &e, want, "%s", path);
}

/* Both spellings of a hash mean the same. */
static void
test_spellings(void)
{
	static const char *const texts[] = {
		"[\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"]",
		"[\"000102030405060708090A0B0C0D0E0F101112131415161718191a1b1c1d1e1f\"]",
		"[\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"]",
		"{\"rootHash\":7,\"hashes\":[\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"]}",
	};
	char want[MERKLE_HASH];

	for (int i = 0; i < MERKLE_HASH; i++)
		want[i] = (char)i;
	for (size_t i = 0; i < countof(texts); i++) {
		AUTO(pool) struct pool pool = POOL_INIT;
		struct shape_strs out;
		struct err e = ERR_INIT;

		if (succeeds(logproof_parse(&out, span_str(texts[i]), &pool, &e), &e, "spelling %zu", i) &&
		    is_int((int64_t)out.count, 1, "one hash"))
			is_span(out.items[0], span_of(want, sizeof(want)), "that hash");
	}
}

static void
test_caps(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(charp) char *big = xcalloc(1, LOGPROOF_MAX + 1);
	struct span text = span_of(big, LOGPROOF_MAX + 1), note;
	struct shape_strs out;
	struct err e = ERR_INIT;

	fails_with(logproof_parse(&out, text, &pool, &e), &e, REASON_TOO_LARGE, "a proof past the limit");
	fails_with(logproof_note(&note, text, &pool, &e), &e, REASON_TOO_LARGE, "a checkpoint past the limit");
}

static bool
load(const char *name, struct buf *b)
{
	AUTO(charp) char *path = xasprintf(SHARED "%s", name);
	struct err e = ERR_INIT;

	if (file_exists(path))
		return succeeds(file_read(path, b, &e), &e, "%s is there", path);
	skip("not here", "%s", path);
	return false;
}

static void
test_shared(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(checkpoint) struct checkpoint before = CHECKPOINT_INIT, after = CHECKPOINT_INIT;
	AUTO(buf) struct buf old_file = BUF_INIT(LOGPROOF_MAX), new_file = BUF_INIT(LOGPROOF_MAX);
	AUTO(buf) struct buf proof_file = BUF_INIT(LOGPROOF_MAX), key_file = BUF_INIT(LOGPROOF_MAX);
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	const struct trust_log *log;
	struct trust_logs none = {NULL, 0};
	struct span a, b;
	struct shape_strs proof;
	struct err e = ERR_INIT;

	if (!load("staging-consistency/old.json", &old_file) || !load("staging-consistency/new.json", &new_file) ||
	    !load("staging-consistency/proof.json", &proof_file) || !load("staging-shards-old/log.pub", &key_file))
		return;
	if (!succeeds(logproof_note(&a, buf_span(&old_file), &pool, &e), &e, "old") ||
	    !succeeds(logproof_note(&b, buf_span(&new_file), &pool, &e), &e, "new") ||
	    !succeeds(note_parse_checkpoint(&before, a, &e), &e, "old checkpoint") ||
	    !succeeds(note_parse_checkpoint(&after, b, &e), &e, "new checkpoint") ||
	    !succeeds(logproof_parse(&proof, buf_span(&proof_file), &pool, &e), &e, "proof") ||
	    !succeeds(pubkey_parse_pem(&key, buf_span(&key_file), &e), &e, "key"))
		return;
	succeeds(logproof_check_note(&before, &none, &key, &log, &e), &e, "old is signed");
	succeeds(logproof_check_note(&after, &none, &key, &log, &e), &e, "new is signed");
	fails_with(logproof_check_note(&after, &none, NULL, &log, &e), &e, REASON_UNTRUSTED_LOG, "by nobody trusted");
	succeeds(logproof_check(&before, &after, &proof, &e), &e, "the log grew");
	fails_with(logproof_check(&after, &before, &proof, &e), &e, REASON_BAD_LOG_PROOF, "not the other way");
	proof.count--;
	fails_with(logproof_check(&before, &after, &proof, &e), &e, REASON_BAD_LOG_PROOF, "not with a hash less");
	before.origin.len--;
	fails_with(logproof_check(&before, &after, &proof, &e), &e, REASON_BAD_CHECKPOINT, "not of another log");
}

int
main(void)
{
	test_spellings();
	ok(tap_samples("test/vectors/bad/logproof", bad_proof, NULL) > 0, "bad proofs are there");
	ok(tap_samples("test/vectors/bad/logproof-note", bad_note, NULL) > 0, "bad tree heads are there");
	test_caps();
	test_shared();
	return tap_done();
}
