/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_SHAPE_H
#define JSON_SHAPE_H
/*
 * A table of fields decodes a JSON object into a C struct: types, limits and
 * messages with a path ("layers[0].digest: expected a string") in one place.
 * Strings and arrays live in the pool; raw spans borrow the text.
 *
 *	static const struct field desc_fields[] = {
 *		FIELD_STR(struct desc, media_type, "mediaType", FIELD_REQUIRED),
 *		FIELD_INT(struct desc, size, "size", FIELD_REQUIRED),
 *		FIELD_MAP(struct desc, annotations, "annotations", 0),
 *		FIELD_END };
 *
 * An absent or null member leaves its field zero (span ptr NULL) unless
 * FIELD_REQUIRED. Unknown members are ignored unless shape_decode is told
 * otherwise.
 */
#include "json/scan.h"

enum field_kind { FIELD_KIND_END, FIELD_KIND_STR, FIELD_KIND_INT, FIELD_KIND_BOOL, FIELD_KIND_B64,
	FIELD_KIND_RAW, FIELD_KIND_OBJ, FIELD_KIND_OBJS, FIELD_KIND_STRS, FIELD_KIND_MAP };

enum field_flag {
	FIELD_REQUIRED = 1,
	FIELD_NONEMPTY = 2,	/* present, but may not be "" or [] */
};

struct field {
	enum field_kind kind;
	const char *name;
	const char *alias;	/* another accepted spelling, or NULL */
	size_t offset;
	size_t has;	/* FIELD_HAS; 0 = none */
	unsigned flags;
	size_t max;		/* string or decoded length, item count; 0 = FIELD_MAX_* */
	const struct field *sub;	/* OBJ and OBJS */
	size_t sub_size;		/* OBJS: of one item */
};

enum { FIELD_MAX_STR = 1 << 20, FIELD_MAX_ITEMS = 10000 };

struct shape_pair { struct span key, value; };
/* What FIELD_MAP fills: string to string, in the order of the text. */
struct shape_map { struct shape_pair *pairs; size_t count; };
/* What FIELD_STRS fills. */
struct shape_strs { struct span *items; size_t count; };
/* What FIELD_OBJS fills: items point to count structs of sub_size bytes. Cast
 * items to the struct's type. */
struct shape_objs { void *items; size_t count; };

/* What follows the name is the flags (0 for none), then designators of struct
 * field: FIELD_STR(struct x, s, "s", FIELD_REQUIRED, .max = 64, .alias = "S").
 * FIELD_HAS(struct x, has_s) among them names a bool that is set when the
 * member is there. */
#define FIELD_AT(k, T, f, n, ...) \
	{.kind = FIELD_KIND_##k, .name = (n), .offset = offsetof(T, f), .flags = __VA_ARGS__}
#define FIELD_HAS(T, f) .has = offsetof(T, f) + 1
/* struct span */
#define FIELD_STR(T, f, n, ...) FIELD_AT(STR, T, f, n, __VA_ARGS__)
/* int64_t */
#define FIELD_INT(T, f, n, ...) FIELD_AT(INT, T, f, n, __VA_ARGS__)
/* bool */
#define FIELD_BOOL(T, f, n, ...) FIELD_AT(BOOL, T, f, n, __VA_ARGS__)
/* struct span of the bytes; standard or url-safe, padded or not */
#define FIELD_B64(T, f, n, ...) FIELD_AT(B64, T, f, n, __VA_ARGS__)
/* struct node: any value, borrowed from the text; max is about its text */
#define FIELD_RAW(T, f, n, ...) FIELD_AT(RAW, T, f, n, __VA_ARGS__)
/* struct shape_strs */
#define FIELD_STRS(T, f, n, ...) FIELD_AT(STRS, T, f, n, __VA_ARGS__)
/* struct shape_map */
#define FIELD_MAP(T, f, n, ...) FIELD_AT(MAP, T, f, n, __VA_ARGS__)
/* a nested struct */
#define FIELD_OBJ(T, f, n, table, ...) FIELD_AT(OBJ, T, f, n, __VA_ARGS__, .sub = (table))
/* struct shape_objs */
#define FIELD_OBJS(T, f, n, table, item, ...) \
	FIELD_AT(OBJS, T, f, n, __VA_ARGS__, .sub = (table), .sub_size = sizeof(item))
#define FIELD_END {.kind = FIELD_KIND_END}

enum shape_mode {
	SHAPE_LENIENT,
	SHAPE_STRICT,	/* unknown members are refused */
	SHAPE_PARTIAL,	/* so they are, but none need be there or be other than empty: for showing alone */
};

/* Decodes a checked object into *out, which the caller zeroed.
 * REASON_BAD_SHAPE with the path of the member, REASON_TOO_LARGE, or
 * REASON_BAD_ENCODING for base64. */
int	shape_decode(void *out, const struct field *fields, struct node object,
	    enum shape_mode mode, struct pool *pool, struct err *e) MUST_CHECK;

/* Scans the text, then decodes it. */
int	shape_parse(void *out, const struct field *fields, struct span text, enum shape_mode mode,
	    struct pool *pool, struct err *e) MUST_CHECK;

/* The value of a key, or ptr NULL. */
struct span	shape_map_get(const struct shape_map *m, const char *key);
#endif
