/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "json/shape.h"
#include "tap.h"

struct leaf {
	struct span digest;
	int64_t size;
};
static const struct field leaf_fields[] = {
	FIELD_STR(struct leaf, digest, "digest", FIELD_REQUIRED | FIELD_NONEMPTY),
	FIELD_INT(struct leaf, size, "size", 0),
	FIELD_END };

struct doc {
	struct span name, bytes;
	int64_t index;
	bool flag, has_flag, has_leaf;
	struct node any;
	struct leaf leaf;
	struct shape_objs layers;
	struct shape_strs words;
	struct shape_map notes;
};
static const struct field doc_fields[] = {
	FIELD_STR(struct doc, name, "name", FIELD_REQUIRED, .alias = "Name", .max = 8),
	FIELD_B64(struct doc, bytes, "bytes", 0, .max = 4),
	FIELD_INT(struct doc, index, "index", 0),
	FIELD_BOOL(struct doc, flag, "flag", 0, FIELD_HAS(struct doc, has_flag)),
	FIELD_RAW(struct doc, any, "any", 0, .max = 40),
	FIELD_OBJ(struct doc, leaf, "leaf", leaf_fields, 0, FIELD_HAS(struct doc, has_leaf)),
	FIELD_OBJS(struct doc, layers, "layers", leaf_fields, struct leaf, 0, .max = 3),
	FIELD_STRS(struct doc, words, "words", FIELD_NONEMPTY),
	FIELD_MAP(struct doc, notes, "notes", 0, .max = 2),
	FIELD_END };

static void
all_kinds(void)
{
	static const char text[] = "{\"x\":[{}],\"name\":\"a\\u0000b\",\"bytes\":\"-_8\",\"index\":\"7\",\"flag\":false,"
	    "\"any\": {\"k\": [1, 2]} ,\"leaf\":{\"digest\":\"d\",\"size\":1e2},"
	    "\"layers\":[{\"digest\":\"x\"},{\"digest\":\"y\",\"size\":2}],\"words\":[\"one\",\"\"],"
	    "\"notes\":{\"b\":\"1\",\"\\u0061\":\"2\"}}";
	AUTO(pool) struct pool pool = POOL_INIT;
	struct err e = ERR_INIT;
	struct doc d = {0};
	const struct leaf *layers;

	if (!succeeds(shape_parse(&d, doc_fields, span_str(text), SHAPE_LENIENT, &pool, &e), &e, "decoded"))
		return;
	is_span(d.name, span_of("a\0b", 3), "string");
	is_span(d.bytes, SPAN("\xfb\xff"), "base64, url-safe, unpadded");
	is_int(d.index, 7, "integer in a string");
	ok(!d.flag && d.has_flag && d.has_leaf, "presence");
	is_span(d.any.raw, SPAN("{\"k\": [1, 2]}"), "raw");
	is_span(d.leaf.digest, SPAN("d"), "nested");
	is_int(d.leaf.size, 100, "nested integer");
	layers = d.layers.items;
	is_int((int64_t)d.layers.count, 2, "items");
	is_span(layers[1].digest, SPAN("y"), "second item");
	is_int(layers[0].size, 0, "absent is zero");
	is_int((int64_t)d.words.count, 2, "strings");
	is_span(d.words.items[0], SPAN("one"), "first string");
	is_int((int64_t)d.notes.count, 2, "pairs");
	is_span(d.notes.pairs[0].key, SPAN("b"), "in the order of the text");
	is_span(shape_map_get(&d.notes, "a"), SPAN("2"), "found by meaning");
	ok(shape_map_get(&d.notes, "c").ptr == NULL, "no such pair");
}

static void
absent(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct err e = ERR_INIT;
	struct doc d = {0};

	succeeds(shape_parse(&d, doc_fields, SPAN("{\"Name\":\"\",\"bytes\":null,\"flag\":null,\"leaf\":null,\"any\":null}"),
	    SHAPE_STRICT, &pool, &e), &e, "null is absent; an alias");
	ok(d.name.ptr && d.name.len == 0, "present and empty");
	ok(!d.bytes.ptr && !d.has_flag && !d.has_leaf && !d.any.raw.ptr && !d.layers.items, "all absent");
}

#define N "\"name\":\"\","
static const struct { const char *text; enum reason reason; const char *says; } cases[] = {
	{"[]", REASON_BAD_SHAPE, "expected an object, found an array"},
	{"{}", REASON_BAD_SHAPE, "name: missing"},
	{"{\"name\":null}", REASON_BAD_SHAPE, "name: missing"},
	{"{\"name\":1}", REASON_BAD_SHAPE, "name: expected a string, found a number"},
	{"{\"name\":\"123456789\"}", REASON_TOO_LARGE, "name: longer than 8 bytes"},
	{"{\"name\":\"\",\"Name\":\"\"}", REASON_BAD_SHAPE, "Name: given twice, also by another name"},
	{"{" N "\"bytes\":\"?\"}", REASON_BAD_ENCODING, "bytes: no base64: a character that is no digit at byte 0"},
	{"{" N "\"bytes\":\"AAAAAAA\"}", REASON_TOO_LARGE, "bytes: base64 text makes more than 4 bytes"},
	{"{" N "\"bytes\":[]}", REASON_BAD_SHAPE, "bytes: expected a base64 string, found an array"},
	{"{" N "\"index\":1.5}", REASON_BAD_SHAPE, "index: expected an integer of 64 bits"},
	{"{" N "\"index\":9223372036854775808}", REASON_BAD_SHAPE, "index: expected an integer of 64 bits"},
	{"{" N "\"index\":true}", REASON_BAD_SHAPE, "index: expected an integer, found a boolean"},
	{"{" N "\"flag\":\"true\"}", REASON_BAD_SHAPE, "flag: expected a boolean, found a string"},
	{"{" N "\"any\":\"123456789012345678901234567890123456789\"}", REASON_TOO_LARGE, "any: longer than 40 bytes"},
	{"{" N "\"leaf\":[]}", REASON_BAD_SHAPE, "leaf: expected an object, found an array"},
	{"{" N "\"leaf\":{}}", REASON_BAD_SHAPE, "leaf.digest: missing"},
	{"{" N "\"leaf\":{\"digest\":\"\"}}", REASON_BAD_SHAPE, "leaf.digest: empty"},
	{"{" N "\"layers\":{}}", REASON_BAD_SHAPE, "layers: expected an array of objects, found an object"},
	{"{" N "\"layers\":[{\"digest\":\"a\"},{\"digest\":2}]}", REASON_BAD_SHAPE, "layers[1].digest: expected a string, found a number"},
	{"{" N "\"layers\":[null]}", REASON_BAD_SHAPE, "layers[0]: expected an object, found null"},
	{"{" N "\"layers\":[{},{},{},{}]}", REASON_TOO_LARGE, "layers: more than 3 items"},
	{"{" N "\"words\":[]}", REASON_BAD_SHAPE, "words: empty"},
	{"{" N "\"words\":[\"a\",1]}", REASON_BAD_SHAPE, "words[1]: expected a string, found a number"},
	{"{" N "\"words\":\"a\"}", REASON_BAD_SHAPE, "words: expected an array of strings, found a string"},
	{"{" N "\"notes\":{\"a b\":null}}", REASON_BAD_SHAPE, "notes.a b: expected a string, found null"},
	{"{" N "\"notes\":[]}", REASON_BAD_SHAPE, "notes: expected an object of strings, found an array"},
	{"{" N "\"notes\":{\"a\":\"\",\"b\":\"\",\"c\":\"\"}}", REASON_TOO_LARGE, "notes: more than 2 items"},
	{"{" N "\"other\":1}", REASON_BAD_SHAPE, "other: unknown member"},
	{"{" N "\"leaf\":{\"digest\":\"a\",\"x\":1}}", REASON_BAD_SHAPE, "leaf.x: unknown member"},
	{"{" N "\"\\u0000\":1}", REASON_BAD_SHAPE, "\\u0000: unknown member"},
	{"{" N "\"name\":\"\"}", REASON_BAD_JSON, NULL},
	{"{", REASON_BAD_JSON, NULL},
};

/* For showing: what must be there need not. */
static void
partial(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct err e = ERR_INIT;
	struct doc d = {0};

	succeeds(shape_parse(&d, doc_fields, SPAN("{}"), SHAPE_PARTIAL, &pool, &e), &e, "nothing is required");
	fails_with(shape_parse(&d, doc_fields, SPAN("{\"other\":1}"), SHAPE_PARTIAL, &pool, &e), &e, REASON_BAD_SHAPE,
	    "but unknown members are refused");
}

int
main(void)
{
	struct err e = ERR_INIT;

	all_kinds();
	absent();
	partial();
	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(pool) struct pool pool = POOL_INIT;
		char text[ERR_TEXT];
		struct doc d = {0};
		int rc = shape_parse(&d, doc_fields, span_str(cases[i].text), SHAPE_STRICT, &pool, &e);

		err_text(&e, text, sizeof(text));
		if (cases[i].says)
			is_str(text, cases[i].says, "message of case %zu", i);
		fails_with(rc, &e, cases[i].reason, "case %zu", i);
	}
	return tap_done();
}
