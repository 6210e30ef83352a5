/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/merkle.h"
#include "base/file.h"
#include "codec/hex.h"
#include "crypto/digest.h"
#include "tap.h"

enum { LEAVES_MAX = 40 };

static unsigned char leaves[LEAVES_MAX][MERKLE_HASH];

struct list {
	struct span items[MERKLE_PROOF_MAX + 1];
	unsigned char bytes[MERKLE_PROOF_MAX + 1][MERKLE_HASH];
	struct shape_strs strs;
};

static void
list_reset(struct list *l)
{
	l->strs = (struct shape_strs){l->items, 0};
}

static unsigned char *
list_add(struct list *l)
{
	size_t i = l->strs.count++;

	l->items[i] = span_of(l->bytes[i], MERKLE_HASH);
	return l->bytes[i];
}

static void
list_hex(struct list *l, const char *hex)
{
	ok(hex_decode(list_add(l), MERKLE_HASH, span_str(hex)), "%.8s", hex);
}

static bool
hash_is(const unsigned char *hash, const char *hex)
{
	char text[2 * MERKLE_HASH + 1];

	hex_format(text, hash, MERKLE_HASH);
	return is_str(text, hex, "%.16s...", hex);
}

/* --- the definitions of RFC 6962 section 2.1, word for word --- */

static size_t
split_of(size_t n)
{
	size_t k = 1;

	while (2 * k < n)
		k *= 2;
	return k;
}

static void
tree_hash(size_t from, size_t n, unsigned char out[MERKLE_HASH])
{
	unsigned char left[MERKLE_HASH], right[MERKLE_HASH];

	if (n == 1) {
		memcpy(out, leaves[from], MERKLE_HASH);
		return;
	}
	tree_hash(from, split_of(n), left);
	tree_hash(from + split_of(n), n - split_of(n), right);
	merkle_node(left, right, out);
}

static void
path_of(size_t m, size_t from, size_t n, struct list *out)
{
	size_t k = split_of(n);

	if (n == 1)
		return;
	if (m < k) {
		path_of(m, from, k, out);
		tree_hash(from + k, n - k, list_add(out));
	} else {
		path_of(m - k, from + k, n - k, out);
		tree_hash(from, k, list_add(out));
	}
}

static void
subproof(size_t m, size_t from, size_t n, bool whole, struct list *out)
{
	size_t k = split_of(n);

	if (m == n) {
		if (!whole)
			tree_hash(from, n, list_add(out));
		return;
	}
	if (m <= k) {
		subproof(m, from, k, whole, out);
		tree_hash(from + k, n - k, list_add(out));
	} else {
		subproof(m - k, from + k, n - k, false, out);
		tree_hash(from, k, list_add(out));
	}
}

static void
set_leaves(void)
{
	for (size_t i = 0; i < LEAVES_MAX; i++) {
		char data[8];
		int n = snprintf(data, sizeof(data), "%zu", i);

		merkle_leaf(span_of(data, (size_t)n), leaves[i]);
	}
}

/* --- known values --- */

static void
test_hashes(void)
{
	static const struct { const char *data, *hex; } cases[] = {
		{"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
		{"abc", "609f6e36d2405585188d5cfd761f407c7cc46a7d3f314c88270469dde315fcd1"},
		{"a", "022a6979e6dab7aa5ae4c3e5e45f7e977112a7e63593820dbec1ec738a24f93c"},
		{"b", "57eb35615d47f34ec714cacdf5fd74608a5e8e102724e80b24b287c0c27b6a31"},
	};
	unsigned char a[MERKLE_HASH], b[MERKLE_HASH];

	for (size_t i = 0; i < countof(cases); i++) {
		merkle_leaf(span_str(cases[i].data), a);
		hash_is(a, cases[i].hex);
	}
	merkle_leaf(SPAN("a"), a);
	merkle_leaf(SPAN("b"), b);
	merkle_node(a, b, a);
	hash_is(a, "b137985ff484fb600db93107c77b0365c80d78f5b429ded0fd97361d077999eb");
}

static void
test_seven(void)
{
	struct list proof;
	struct merkle_path path;
	unsigned char root3[MERKLE_HASH], root7[MERKLE_HASH], root4[MERKLE_HASH], got[MERKLE_HASH];
	struct err e = ERR_INIT;

	tree_hash(0, 3, root3);
	tree_hash(0, 4, root4);
	tree_hash(0, 7, root7);
	hash_is(root3, "725d5230db68f557470dc35f1d8865813acd7ebb07ad152774141decbae71327");
	hash_is(root7, "a3e23b32ccb6bf96d092d165d8aa546e09829de8f03b0e8957581d1e16b92bdf");
	list_reset(&proof);
	list_hex(&proof, "11e1f558223f4c71b6be1cecfd1f0de87146d2594877c27b29ec519f9040213c");
	list_hex(&proof, "3bf9c81c231cae70b678d3f3038f9f4f6d6b9d7adcf9b378f25919ae53d17686");
	list_hex(&proof, "9f4a3fc20d4162dc37d4e23d907848731a76043ffff6d69288bf1abfbcff478e");
	succeeds(merkle_root(leaves[5], 5, 7, &proof.strs, got, &path, &e), &e, "5 of 7");
	is_span(span_of(got, MERKLE_HASH), span_of(root7, MERKLE_HASH), "leads to the root");
	is_int((int64_t)path.count, 3, "in three steps");
	ok(path.steps[0].left && !path.steps[1].left && path.steps[2].left, "left, right, left");
	is_span(span_of(path.steps[2].hash, MERKLE_HASH), span_of(root7, MERKLE_HASH), "the last is the root");
	list_reset(&proof);
	list_hex(&proof, "fa61e3dec3439589f4784c893bf321d0084f04c572c7af2b68e3f3360a35b486");
	list_hex(&proof, "906c5d2485cae722073a430f4d04fe1767507592cef226629aeadb85a2ec909d");
	list_hex(&proof, "cb00989d94a569c0a678ae042b63dcd4625db96440517f37a6eb7976ea24ed4b");
	list_hex(&proof, "973f083957c7359fb1943acf9e6689bca6ca5ea7197d808aad3c14498689efe0");
	succeeds(merkle_check_consistency(3, span_of(root3, MERKLE_HASH), 7, span_of(root7, MERKLE_HASH),
	    &proof.strs, &e), &e, "3 to 7");
	list_reset(&proof);
	list_hex(&proof, "973f083957c7359fb1943acf9e6689bca6ca5ea7197d808aad3c14498689efe0");
	succeeds(merkle_check_consistency(4, span_of(root4, MERKLE_HASH), 7, span_of(root7, MERKLE_HASH),
	    &proof.strs, &e), &e, "4 to 7");
}

/* --- every place in every small tree --- */

/* No bit of the proof, of leaf or root may change; nor its length, the index or
 * the size beyond what gives the same tree shape. */
static unsigned
inclusion_flaws(size_t i, size_t n, struct list *proof, const unsigned char root[MERKLE_HASH])
{
	struct span want = span_of(root, MERKLE_HASH);
	struct err e = ERR_INIT;
	unsigned wrong = 0;

	for (size_t k = 0; k < proof->strs.count; k++) {
		proof->bytes[k][(i + k) % MERKLE_HASH] ^= 1;
		wrong += merkle_check_inclusion(leaves[i], (int64_t)i, (int64_t)n, &proof->strs, want, &e) == 0;
		proof->bytes[k][(i + k) % MERKLE_HASH] ^= 1;
	}
	for (size_t other = 0; other < n; other++)
		wrong += other != i &&
		    merkle_check_inclusion(leaves[i], (int64_t)other, (int64_t)n, &proof->strs, want, &e) == 0;
	wrong += merkle_check_inclusion(leaves[(i + 1) % LEAVES_MAX], (int64_t)i, (int64_t)n, &proof->strs,
	    want, &e) == 0;
	memset(list_add(proof), 7, MERKLE_HASH);
	wrong += merkle_check_inclusion(leaves[i], (int64_t)i, (int64_t)n, &proof->strs, want, &e) == 0;
	proof->strs.count--;
	if (proof->strs.count) {
		proof->strs.count--;
		wrong += merkle_check_inclusion(leaves[i], (int64_t)i, (int64_t)n, &proof->strs, want, &e) == 0;
		proof->strs.count++;
	}
	return wrong;
}

static void
test_inclusion(void)
{
	unsigned char root[MERKLE_HASH];
	struct err e = ERR_INIT;
	unsigned refused = 0, accepted = 0;

	for (size_t n = 1; n <= LEAVES_MAX; n++)
		for (size_t i = 0; i < n; i++) {
			struct list proof;

			list_reset(&proof);
			tree_hash(0, n, root);
			path_of(i, 0, n, &proof);
			refused += merkle_check_inclusion(leaves[i], (int64_t)i, (int64_t)n, &proof.strs,
			    span_of(root, MERKLE_HASH), &e) != 0;
			accepted += inclusion_flaws(i, n, &proof, root);
		}
	is_int(refused, 0, "every leaf of every tree up to %d is in it", LEAVES_MAX);
	is_int(accepted, 0, "no other proof, leaf or index is");
}

static void
test_consistency(void)
{
	unsigned char old_root[MERKLE_HASH], new_root[MERKLE_HASH];
	struct span a = span_of(old_root, MERKLE_HASH), b = span_of(new_root, MERKLE_HASH);
	struct err e = ERR_INIT;
	unsigned refused = 0, accepted = 0;

	for (size_t n = 1; n <= LEAVES_MAX; n++)
		for (size_t m = 1; m <= n; m++) {
			struct list proof;

			list_reset(&proof);
			tree_hash(0, m, old_root);
			tree_hash(0, n, new_root);
			subproof(m, 0, n, true, &proof);
			refused += merkle_check_consistency((int64_t)m, a, (int64_t)n, b, &proof.strs, &e) != 0;
			for (size_t k = 0; k < proof.strs.count; k++) {
				proof.bytes[k][m % MERKLE_HASH] ^= 128;
				accepted += merkle_check_consistency((int64_t)m, a, (int64_t)n, b, &proof.strs, &e) == 0;
				proof.bytes[k][m % MERKLE_HASH] ^= 128;
			}
			old_root[n % MERKLE_HASH] ^= 1;
			accepted += merkle_check_consistency((int64_t)m, a, (int64_t)n, b, &proof.strs, &e) == 0;
			old_root[n % MERKLE_HASH] ^= 1;
			new_root[n % MERKLE_HASH] ^= 1;
			accepted += merkle_check_consistency((int64_t)m, a, (int64_t)n, b, &proof.strs, &e) == 0;
		}
	is_int(refused, 0, "every tree up to %d begins with every smaller one", LEAVES_MAX);
	is_int(accepted, 0, "no bit of proofs and roots may change");
}

static void
test_limits(void)
{
	static const struct { int64_t index, size; size_t hashes; } cases[] = {
		{0, 0, 0}, {-1, 1, 0}, {1, 1, 0}, {0, -1, 0}, {INT64_MIN, INT64_MAX, 0}, {0, 1, 1},
		{0, INT64_MAX, 64}, {0, INT64_MAX, 62}, {5, 4, 2},
	};
	struct list proof;
	struct span root;
	struct err e = ERR_INIT;

	list_reset(&proof);
	while (proof.strs.count < MERKLE_PROOF_MAX)
		memset(list_add(&proof), 1, MERKLE_HASH);
	root = proof.items[0];
	for (size_t i = 0; i < countof(cases); i++) {
		proof.strs.count = cases[i].hashes;
		fails_with(merkle_check_inclusion(leaves[0], cases[i].index, cases[i].size, &proof.strs, root, &e),
		    &e, REASON_BAD_LOG_PROOF, "inclusion %zu", i);
	}
	proof.strs.count = 63;
	fails_with(merkle_check_inclusion(leaves[0], 0, INT64_MAX, &proof.strs, root, &e), &e,
	    REASON_BAD_LOG_PROOF, "the largest tree, another root");
	proof.items[1].len = 31;
	proof.strs.count = 2;
	fails_with(merkle_check_inclusion(leaves[0], 0, 4, &proof.strs, root, &e), &e, REASON_BAD_LOG_PROOF,
	    "a hash cut short");
	proof.items[1].len = MERKLE_HASH;
	proof.strs.count = 0;
	fails_with(merkle_check_consistency(4, root, 3, root, &proof.strs, &e), &e, REASON_BAD_LOG_PROOF, "shrunk");
	fails_with(merkle_check_consistency(-1, root, 3, root, &proof.strs, &e), &e, REASON_BAD_LOG_PROOF, "negative");
	fails_with(merkle_check_consistency(3, SPAN("x"), 3, SPAN("x"), &proof.strs, &e), &e,
	    REASON_BAD_LOG_PROOF, "roots that are none");
	fails_with(merkle_check_consistency(2, SPAN("x"), 3, root, &proof.strs, &e), &e,
	    REASON_BAD_LOG_PROOF, "an old root that is none");
	succeeds(merkle_check_consistency(0, root, 3, root, &proof.strs, &e), &e, "from nothing");
	proof.strs.count = 1;
	fails_with(merkle_check_consistency(0, root, 3, root, &proof.strs, &e), &e, REASON_BAD_LOG_PROOF,
	    "from nothing with a proof");
}

/* --- a real log --- */

struct tree { struct span root; int64_t size; struct shape_strs hashes; };
static const struct field tree_fields[] = {
	FIELD_STR(struct tree, root, "rootHash", FIELD_REQUIRED),
	FIELD_INT(struct tree, size, "treeSize", 0),
	FIELD_STRS(struct tree, hashes, "hashes", 0),
	FIELD_END,
};

static void
load_tree(struct tree *t, const char *path, struct pool *pool)
{
	AUTO(buf) struct buf json = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;
	unsigned char hash[MERKLE_HASH];

	succeeds(file_read(path, &json, &e) || shape_parse(t, tree_fields, buf_span(&json), SHAPE_LENIENT,
	    pool, &e) ? -1 : 0, &e, "%s", path);
	for (size_t i = 0; i < t->hashes.count; i++) {
		ok(hex_decode(hash, sizeof(hash), t->hashes.items[i]), "hash %zu", i);
		t->hashes.items[i] = pool_span(pool, span_of(hash, sizeof(hash)));
	}
	ok(hex_decode(hash, sizeof(hash), t->root), "root");
	t->root = pool_span(pool, span_of(hash, sizeof(hash)));
}

static void
test_shared(void)
{
#define DIR "../shared/vectors/checkpoint/staging-consistency/"
	AUTO(pool) struct pool pool = POOL_INIT;
	struct tree before = {0}, after = {0}, proof = {0};
	struct err e = ERR_INIT;

	if (!file_exists(DIR "proof.json")) {
		skip("not here", DIR);
		return;
	}
	load_tree(&before, DIR "old.json", &pool);
	load_tree(&after, DIR "new.json", &pool);
	load_tree(&proof, DIR "proof.json", &pool);
	succeeds(merkle_check_consistency(before.size, before.root, after.size, after.root, &proof.hashes, &e),
	    &e, "two trees of a real log");
}

int
main(void)
{
	set_leaves();
	test_hashes();
	test_seven();
	test_inclusion();
	test_consistency();
	test_limits();
	test_shared();
	return tap_done();
}
