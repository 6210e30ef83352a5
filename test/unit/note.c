/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/note.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/hex.h"
#include "tap.h"

/* The worked example: Ed25519, seed 00 01 … 1f, seven leaves. */
static const char spki_hex[] = "302a300506032b657003210003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
#define NAME "log.example.com"
static const char example[] = NAME "\n7\no+I7Msy2v5bQktFl2KpUbgmCnejwOw6JV1gdHha5K98=\n\n"
    "\xe2\x80\x94 " NAME " 1X8t7offrf47Y3QAfDow5VlLeoNPqlGxrGNcQ3JKNcMABW59LWqiv2JU+SHbftSUKxkQaPngqTUPfmKbDDZzD1QdvAU=\n";

static void
load_key(struct pubkey *k, const char *hex)
{
	unsigned char der[128];
	size_t len = strlen(hex) / 2;
	struct err e = ERR_INIT;

	ok(hex_decode(der, len, span_str(hex)), "hex");
	succeeds(pubkey_parse_spki(k, span_of(der, len), &e), &e, "key");
}

static int
check(struct span bytes, struct pubkey *k, struct span name, enum note_hash hash, struct err *e)
{
	AUTO(checkpoint) struct checkpoint c = CHECKPOINT_INIT;

	if (note_parse_checkpoint(&c, bytes, e))
		return -1;
	return note_check(&c.note, k, name, hash, e);
}

static void
test_key_hash(void)
{
	AUTO(pubkey) struct pubkey k = PUBKEY_INIT;
	unsigned char hash[MERKLE_HASH];
	char text[2 * MERKLE_HASH + 1];

	load_key(&k, spki_hex);
	note_key_hash(&k, SPAN(NAME), hash);
	hex_format(text, hash, sizeof(hash));
	is_str(text, "d57f2deebdc1dc4be96ba072e4e8a9f05cdb7ecc7aa33e9a374f2696d4e23aeb", "of the test key");
	for (size_t i = 0; i < sizeof(k.raw); i++)
		k.raw[i] = (unsigned char)i;
	note_key_hash(&k, SPAN(NAME), hash);
	hex_format(text, hash, sizeof(hash));
	is_str(text, "33bcdf92b8414e0a063de54b669448bd22dc372b78d743c7e914cce3ab0a6e02", "of 00 01 … 1f");
}

static void
test_example(void)
{
	AUTO(pubkey) struct pubkey k = PUBKEY_INIT;
	AUTO(checkpoint) struct checkpoint c = CHECKPOINT_INIT;
	struct err e = ERR_INIT;
	char text[2 * MERKLE_HASH + 1];

	load_key(&k, spki_hex);
	if (!succeeds(note_parse_checkpoint(&c, span_str(example), &e), &e, "the example is read"))
		return;
	is_span(c.origin, SPAN(NAME), "origin");
	is_int(c.size, 7, "size");
	hex_format(text, c.root, MERKLE_HASH);
	is_str(text, "a3e23b32ccb6bf96d092d165d8aa546e09829de8f03b0e8957581d1e16b92bdf", "root");
	is_int((int64_t)c.extension.len, 0, "no more lines");
	ok(!note_rekor1_name(&c).ptr, "not of Rekor v1");
	succeeds(note_check(&c.note, &k, SPAN(NAME), NOTE_HASH_KEY, &e), &e, "signed");
	fails_with(note_check(&c.note, &k, SPAN("other.example.com"), NOTE_HASH_KEY, &e), &e,
	    REASON_BAD_CHECKPOINT, "not by another name");
	k.raw[0] ^= 1;
	fails_with(note_check(&c.note, &k, SPAN(NAME), NOTE_HASH_KEY, &e), &e, REASON_BAD_CHECKPOINT,
	    "not by another key");
}

/* Lines of others are no matter; one of ours that is bad is. */
static void
test_cosigned(void)
{
	static const struct { const char *first, *second; bool good; } cases[] = {
		{"", "\xe2\x80\x94 witness.example AAAAAGFiY2Q=\n", true},
		{"\xe2\x80\x94 witness.example AAAAAGFiY2Q=\n", "", true},
		/* Our name, another's key; our key id, another's name. */
		{"\xe2\x80\x94 " NAME " AAAAAGFiY2Q=\n", "", true},
		{"\xe2\x80\x94 witness.example 1X8t7mFiY2Q=\n", "", true},
		{"\xe2\x80\x94 " NAME " 1X8t7mFiY2Q=\n", "", false},
		{"", "\xe2\x80\x94 " NAME " 1X8t7mFiY2Q=\n", false},
	};
	const char *sig = strstr(example, "\n\n") + 2;

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(pubkey) struct pubkey k = PUBKEY_INIT;
		AUTO(buf) struct buf note = BUF_INIT(NOTE_MAX);
		struct err e = ERR_INIT;

		load_key(&k, spki_hex);
		buf_add(&note, example, (size_t)(sig - example));
		buf_printf(&note, "%s%s%s", cases[i].first, sig, cases[i].second);
		if (cases[i].good)
			succeeds(check(buf_span(&note), &k, SPAN(NAME), NOTE_HASH_KEY, &e), &e, "case %zu", i);
		else
			fails_with(check(buf_span(&note), &k, SPAN(NAME), NOTE_HASH_KEY, &e), &e,
			    REASON_BAD_CHECKPOINT, "case %zu", i);
	}
}

/* Text may hold blank lines, as long as a checkpoint is not asked for: the last
 * one splits. */
static void
test_split(void)
{
	AUTO(note) struct note n = NOTE_INIT;
	struct err e = ERR_INIT;

	succeeds(note_parse(&n, SPAN("a\n\nb\n\n\xe2\x80\x94 n AAAAAGE=\n"), &e), &e, "two blank lines");
	is_span(n.text, SPAN("a\n\nb\n"), "the last splits");
	is_int((int64_t)n.count, 1, "one signature");
	is_span(n.signatures[0].name, SPAN("n"), "its name");
	is_span(n.signatures[0].sig, SPAN("a"), "its bytes");
}

static void
test_origin(void)
{
	static const struct { const char *origin; bool rekor1; } cases[] = {
		{"rekor.sigstore.dev - 2605736670972794746", true}, {"a - b - 1", true}, {" - 1", true},
		{"rekor.sigstore.dev", false}, {"rekor.sigstore.dev - ", false}, {"x - 1a", false},
		{"x - 1 - y", false}, {"x -1", false}, {"x - -1", false}, {"-", false},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		struct checkpoint c = {.origin = span_str(cases[i].origin)};

		ok((note_rekor1_name(&c).ptr != NULL) == cases[i].rekor1, "'%s'", cases[i].origin);
	}
}

/* No bit of what is signed, nor of the signature, may change. */
static void
test_flips(void)
{
	AUTO(pubkey) struct pubkey k = PUBKEY_INIT;
	struct err e = ERR_INIT;
	unsigned accepted = 0;

	load_key(&k, spki_hex);
	for (size_t i = 0; i < sizeof(example) - 1; i++)
		for (int bit = 0; bit < 8; bit++) {
			char *copy = xstrdup(example);

			copy[i] = (char)(copy[i] ^ (1 << bit));
			accepted += check(span_of(copy, sizeof(example) - 1), &k, SPAN(NAME), NOTE_HASH_KEY, &e) == 0;
			free(copy);
		}
	is_int(accepted, 0, "no bit of the note may change");
}

static void
bad_note(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(checkpoint) struct checkpoint c = CHECKPOINT_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(note_parse_checkpoint(&c, bytes, &e), &e, want, "%s", path);
}

static void
test_shared(void)
{
#define DIR "../shared/vectors/checkpoint/staging-shards-old/"
	AUTO(pubkey) struct pubkey k = PUBKEY_INIT;
	AUTO(buf) struct buf pem = BUF_INIT(PUBKEY_FILE_MAX);
	struct err e = ERR_INIT;

	if (!file_exists(DIR "log.pub")) {
		skip("not here", DIR);
		return;
	}
	succeeds(file_read(DIR "log.pub", &pem, &e) || pubkey_parse_pem(&k, buf_span(&pem), &e) ? -1 : 0, &e, "key");
	for (int i = 0; i < 4; i++) {
		AUTO(charp) char *path = xasprintf(DIR "%d.checkpoint", i);
		AUTO(checkpoint) struct checkpoint c = CHECKPOINT_INIT;
		AUTO(buf) struct buf note = BUF_INIT(NOTE_MAX);

		succeeds(file_read(path, &note, &e), &e, "%s", path);
		succeeds(note_parse_checkpoint(&c, buf_span(&note), &e), &e, "%s is read", path);
		ok(note_rekor1_name(&c).ptr, "of Rekor v1");
		succeeds(note_check(&c.note, &k, SPAN_NONE, NOTE_HASH_SHA256, &e), &e, "signed");
	}
}

int
main(void)
{
	test_key_hash();
	test_example();
	test_cosigned();
	test_split();
	test_origin();
	test_flips();
	ok(tap_samples("test/vectors/bad/note", bad_note, NULL) > 0, "bad notes are there");
	test_shared();
	return tap_done();
}
