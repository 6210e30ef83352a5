/* SPDX-License-Identifier: Apache-2.0 */
#include "json/shape.h"

#include <stdarg.h>
#include "base/mem.h"
#include "base/spill.h"
#include "codec/b64.h"
#include "json/unescape.h"

/* Where we are in the document; lives on the stack of the decoders. */
struct path {
	const struct path *up;
	struct span name;	/* a member, else an item: */
	size_t index;
};

struct shape {
	enum shape_mode mode;
	struct pool *pool;
	struct err *e;
};

enum { PATH_NAME_MAX = 64 };

static void
path_add(struct buf *b, const struct path *p)
{
	if (!p)
		return;
	path_add(b, p->up);
	if (!p->name.ptr) {
		buf_printf(b, "[%zu]", p->index);
		return;
	}
	if (b->len > 0)
		buf_add_char(b, '.');
	buf_add_span(b, span_first(p->name, PATH_NAME_MAX));
}

static int PRINTF(4, 5)
bad(const struct shape *s, const struct path *p, enum reason reason, const char *fmt, ...)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	va_list ap;

	path_add(&text, p);
	if (text.len > 0)
		buf_add_str(&text, ": ");
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	return err_set(s->e, reason, "%s", buf_str(&text));
}

static int
bad_kind(const struct shape *s, const struct path *p, const char *want, struct node found)
{
	return bad(s, p, REASON_BAD_SHAPE, "expected %s, found %s", want,
	    node_kind_name(found.kind));
}

static size_t
max_of(const struct field *f, size_t otherwise)
{
	return f->max ? f->max : otherwise;
}

static int
check_empty(const struct shape *s, const struct path *p, const struct field *f, size_t len)
{
	if (len == 0 && (f->flags & FIELD_NONEMPTY) && s->mode != SHAPE_PARTIAL)
		return bad(s, p, REASON_BAD_SHAPE, "empty");
	return 0;
}

static int
string_decode(const struct shape *s, const struct path *p, size_t max, struct node v,
    struct span *out)
{
	if (v.kind != JSON_STRING)
		return bad_kind(s, p, "a string", v);
	/* A character takes at most six bytes of text: no need to copy to know. */
	if (v.raw.len / 6 > max || !node_string(v, s->pool, out) || out->len > max)
		return bad(s, p, REASON_TOO_LARGE, "longer than %zu bytes", max);
	return 0;
}

static int
decode_str(const struct shape *s, const struct path *p, const struct field *f, struct node v,
    void *out)
{
	struct span *str = out;

	if (string_decode(s, p, max_of(f, FIELD_MAX_STR), v, str) != 0)
		return -1;
	return check_empty(s, p, f, str->len);
}

static int
decode_int(const struct shape *s, const struct path *p, const struct field *f, struct node v,
    void *out)
{
	(void)f;
	if (node_int(v, out))
		return 0;
	if (v.kind != JSON_NUMBER && v.kind != JSON_STRING)
		return bad_kind(s, p, "an integer", v);
	return bad(s, p, REASON_BAD_SHAPE, "expected an integer of 64 bits");
}

static int
decode_bool(const struct shape *s, const struct path *p, const struct field *f, struct node v,
    void *out)
{
	(void)f;
	if (v.kind != JSON_TRUE && v.kind != JSON_FALSE)
		return bad_kind(s, p, "a boolean", v);
	*(bool *)out = v.kind == JSON_TRUE;
	return 0;
}

/* The text between the quotes; copied only if something in it is escaped. */
static struct span
plain_text(const struct shape *s, struct node v)
{
	struct span raw = span_of(v.raw.ptr + 1, v.raw.len - 2), rest = raw, piece = SPAN_NONE;

	while (spill_next(&rest, &piece))
		if (span_find(piece, '\\') >= 0)
			return node_key(raw, s->pool);
	return raw;
}

static int
decode_b64(const struct shape *s, const struct path *p, const struct field *f, struct node v,
    void *out)
{
	size_t max = max_of(f, FIELD_MAX_STR), room;
	struct buf bytes = BUF_INIT(max);	/* in the pool */
	struct err why = ERR_INIT;
	struct span digits;
	char text[ERR_TEXT];

	if (v.kind != JSON_STRING)
		return bad_kind(s, p, "a base64 string", v);
	if (v.raw.len / 8 > max)
		return bad(s, p, REASON_TOO_LARGE, "longer than %zu bytes", max);
	digits = plain_text(s, v);
	room = b64_decoded_max(digits.len);
	bytes.room = (room < max ? room : max) + 1;
	bytes.ptr = pool_alloc(s->pool, bytes.room);
	if (b64_decode(&bytes, digits, B64_ANY, &why) != 0)
		return bad(s, p, why.reason, "%s", err_text(&why, text, sizeof(text)));
	*(struct span *)out = buf_span(&bytes);
	return check_empty(s, p, f, bytes.len);
}

static int
decode_raw(const struct shape *s, const struct path *p, const struct field *f, struct node v,
    void *out)
{
	if (f->max && v.raw.len > f->max)
		return bad(s, p, REASON_TOO_LARGE, "longer than %zu bytes", f->max);
	*(struct node *)out = v;
	return 0;
}

/* Counts what an array or object holds, before anything is made of it. */
static int
check_count(const struct shape *s, const struct path *p, const struct field *f, struct node v,
    size_t *count)
{
	size_t max = max_of(f, FIELD_MAX_ITEMS);

	*count = 0;
	for (struct node_iter it = node_iter(v); node_next(&it);)
		if (++*count > max)
			return bad(s, p, REASON_TOO_LARGE, "more than %zu items", max);
	return check_empty(s, p, f, *count);
}

static int
decode_strs(const struct shape *s, const struct path *p, const struct field *f, struct node v,
    void *out)
{
	struct shape_strs *strs = out;
	struct path item = {.up = p};

	if (v.kind != JSON_ARRAY)
		return bad_kind(s, p, "an array of strings", v);
	if (check_count(s, p, f, v, &strs->count) != 0)
		return -1;
	strs->items = pool_array(s->pool, strs->count, sizeof(*strs->items));
	for (struct node_iter it = node_iter(v); node_next(&it); item.index++)
		if (string_decode(s, &item, FIELD_MAX_STR, it.value, &strs->items[item.index]) != 0)
			return -1;
	return 0;
}

static int
decode_map(const struct shape *s, const struct path *p, const struct field *f, struct node v,
    void *out)
{
	struct shape_map *map = out;
	struct shape_pair *pair;

	if (v.kind != JSON_OBJECT)
		return bad_kind(s, p, "an object of strings", v);
	if (check_count(s, p, f, v, &map->count) != 0)
		return -1;
	pair = map->pairs = pool_array(s->pool, map->count, sizeof(*map->pairs));
	for (struct node_iter it = node_iter(v); node_next(&it); pair++) {
		struct path item = {.up = p, .name = it.key};

		pair->key = node_key(it.key, s->pool);
		if (pair->key.len > FIELD_MAX_STR)
			return bad(s, p, REASON_TOO_LARGE, "a name longer than %d bytes",
			    FIELD_MAX_STR);
		if (string_decode(s, &item, FIELD_MAX_STR, it.value, &pair->value) != 0)
			return -1;
	}
	return 0;
}

/* Objects hold objects: the one knot of this file that needs a name ahead. */
typedef int decode_fn(const struct shape *s, const struct path *p, const struct field *f,
    struct node v, void *out);
static decode_fn decode_obj, decode_objs;

static decode_fn *const decoders[] = {
	[FIELD_KIND_STR] = decode_str, [FIELD_KIND_INT] = decode_int,
	[FIELD_KIND_BOOL] = decode_bool,
	[FIELD_KIND_B64] = decode_b64, [FIELD_KIND_RAW] = decode_raw, [FIELD_KIND_OBJ] = decode_obj,
	[FIELD_KIND_OBJS] = decode_objs, [FIELD_KIND_STRS] = decode_strs,
	[FIELD_KIND_MAP] = decode_map,
};

enum { FIELDS_MAX = 64 };	/* as many as there are bits in a set */

static const struct field *
field_find(const struct field *fields, struct span raw_key)
{
	for (const struct field *f = fields; f->kind != FIELD_KIND_END; f++)
		if (node_key_is(raw_key, f->name) || (f->alias && node_key_is(raw_key, f->alias)))
			return f;
	return NULL;
}

static int
member_decode(const struct shape *s, const struct path *p, const struct field *f, struct node v,
    char *base)
{
	if (decoders[f->kind](s, p, f, v, base + f->offset) != 0)
		return -1;
	if (f->has)
		*(bool *)(void *)(base + f->has - 1) = true;
	return 0;
}

static int
check_required(const struct shape *s, const struct path *up, const struct field *fields,
    uint64_t seen)
{
	if (s->mode == SHAPE_PARTIAL)
		return 0;
	for (size_t i = 0; fields[i].kind != FIELD_KIND_END; i++) {
		struct path p = {.up = up, .name = span_str(fields[i].name)};

		if ((fields[i].flags & FIELD_REQUIRED) && !(seen >> i & 1))
			return bad(s, &p, REASON_BAD_SHAPE, "missing");
	}
	return 0;
}

static int
object_decode(const struct shape *s, const struct path *up, const struct field *fields,
    struct node v, void *out)
{
	uint64_t seen = 0;

	if (v.kind != JSON_OBJECT)
		return bad_kind(s, up, "an object", v);
	for (struct node_iter it = node_iter(v); node_next(&it);) {
		const struct field *f = field_find(fields, it.key);
		struct path p = {.up = up, .name = it.key};

		if (!f && s->mode != SHAPE_LENIENT)
			return bad(s, &p, REASON_BAD_SHAPE, "unknown member");
		if (!f || it.value.kind == JSON_NULL)
			continue;
		if (f - fields >= FIELDS_MAX)
			BUG("shape: more than %d fields", FIELDS_MAX);
		if (seen >> (f - fields) & 1)
			return bad(s, &p, REASON_BAD_SHAPE, "given twice, also by another name");
		seen |= (uint64_t)1 << (f - fields);
		if (member_decode(s, &p, f, it.value, out) != 0)
			return -1;
	}
	return check_required(s, up, fields, seen);
}

static int
decode_obj(const struct shape *s, const struct path *p, const struct field *f, struct node v,
    void *out)
{
	return object_decode(s, p, f->sub, v, out);
}

static int
decode_objs(const struct shape *s, const struct path *p, const struct field *f, struct node v,
    void *out)
{
	struct shape_objs *objs = out;
	struct path item = {.up = p};
	char *base;

	if (v.kind != JSON_ARRAY)
		return bad_kind(s, p, "an array of objects", v);
	if (check_count(s, p, f, v, &objs->count) != 0)
		return -1;
	base = objs->items = pool_array(s->pool, objs->count, f->sub_size);
	for (struct node_iter it = node_iter(v); node_next(&it); item.index++)
		if (object_decode(s, &item, f->sub, it.value, base + item.index * f->sub_size) != 0)
			return -1;
	return 0;
}

int
shape_decode(void *out, const struct field *fields, struct node object, enum shape_mode mode,
    struct pool *pool, struct err *e)
{
	struct shape s = {mode, pool, e};

	return object_decode(&s, NULL, fields, object, out);
}

int
shape_parse(void *out, const struct field *fields, struct span text, enum shape_mode mode,
    struct pool *pool, struct err *e)
{
	struct node root;

	if (scan_document(text, &root, e) != 0)
		return -1;
	return shape_decode(out, fields, root, mode, pool, e);
}

struct span
shape_map_get(const struct shape_map *m, const char *key)
{
	struct span wanted = span_str(key);

	for (size_t i = 0; i < m->count; i++)
		if (span_eq(m->pairs[i].key, wanted))
			return m->pairs[i].value;
	return SPAN_NONE;
}
