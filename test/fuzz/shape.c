/* SPDX-License-Identifier: Apache-2.0 */
/* A table of every kind of field; what it gives must be readable memory. */
#include "base/mem.h"
#include "json/shape.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct leaf { struct span s; int64_t n; };
static const struct field leaf_fields[] = {
	FIELD_STR(struct leaf, s, "s", FIELD_REQUIRED | FIELD_NONEMPTY, .max = 16),
	FIELD_INT(struct leaf, n, "n", 0),
	FIELD_END };

struct doc {
	struct span s, b;
	int64_t n;
	bool flag, has_flag;
	struct node any;
	struct leaf leaf;
	struct shape_objs leaves;
	struct shape_strs words;
	struct shape_map map;
};
static const struct field doc_fields[] = {
	FIELD_STR(struct doc, s, "s", 0, .alias = "t"),
	FIELD_B64(struct doc, b, "b", 0, .max = 64),
	FIELD_INT(struct doc, n, "n", 0),
	FIELD_BOOL(struct doc, flag, "f", 0, FIELD_HAS(struct doc, has_flag)),
	FIELD_RAW(struct doc, any, "r", 0),
	FIELD_OBJ(struct doc, leaf, "o", leaf_fields, 0),
	FIELD_OBJS(struct doc, leaves, "l", leaf_fields, struct leaf, 0, .max = 8),
	FIELD_STRS(struct doc, words, "w", 0, .max = 8),
	FIELD_MAP(struct doc, map, "m", 0, .max = 8),
	FIELD_END };

static unsigned sum;

static void
touch(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		sum += (unsigned char)s.ptr[i];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct doc d = {0};
	const struct leaf *leaves;

	for (int mode = SHAPE_LENIENT; mode <= SHAPE_STRICT; mode++) {
		memset(&d, 0, sizeof(d));
		if (shape_parse(&d, doc_fields, span_of(data, size), (enum shape_mode)mode, &pool,
		    NULL) != 0)
			continue;
		touch(d.s);
		touch(d.b);
		touch(d.any.raw);
		touch(d.leaf.s);
		leaves = d.leaves.items;
		for (size_t i = 0; i < d.leaves.count; i++)
			touch(leaves[i].s);
		for (size_t i = 0; i < d.words.count; i++)
			touch(d.words.items[i]);
		for (size_t i = 0; i < d.map.count; i++)
			touch(shape_map_get(&d.map, d.map.pairs[i].key.ptr));
		if (d.b.len > 64 || d.leaves.count > 8 || d.words.count > 8 || d.map.count > 8)
			BUG("a limit was passed");
	}
	return 0;
}
