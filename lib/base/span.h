/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H
/*
 * Borrowed bytes: a pointer and a length, never owned, not NUL-terminated.
 */
#include "base/attr.h"

struct span {
	const char *ptr;
	size_t len;
};

#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})
#define SPAN_NONE ((struct span){NULL, 0})

/* For printf: "%.*s", SPAN_FMT(s). Never for untrusted bytes: see err.h. */
#define SPAN_FMT(s) (int)(s).len, (s).ptr

static inline struct span
span_of(const void *ptr, size_t len)
{
	return (struct span){ptr, len};
}

/* The bytes of a C string; NULL gives the empty span. */
static inline struct span
span_str(const char *s)
{
	return (struct span){s, s ? strlen(s) : 0};
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool
span_is(struct span a, const char *s)
{
	return span_eq(a, span_str(s));
}

static inline bool
span_starts(struct span a, const char *prefix)
{
	size_t n = strlen(prefix);

	return a.len >= n && (n == 0 || memcmp(a.ptr, prefix, n) == 0);
}

static inline bool
span_ends(struct span a, const char *suffix)
{
	size_t n = strlen(suffix);

	return a.len >= n && (n == 0 || memcmp(a.ptr + a.len - n, suffix, n) == 0);
}

/* The rest from byte n on; empty when n is past the end. */
static inline struct span
span_from(struct span a, size_t n)
{
	if (n >= a.len)
		n = a.len;
	/* NULL may not even be moved by nothing. */
	return (struct span){n ? a.ptr + n : a.ptr, a.len - n};
}

/* The first n bytes, or all. */
static inline struct span
span_first(struct span a, size_t n)
{
	return (struct span){a.ptr, n < a.len ? n : a.len};
}

/* Index of the first or last byte c, or -1. */
ptrdiff_t	span_find(struct span a, char c);
ptrdiff_t	span_rfind(struct span a, char c);

/* Cuts *rest at the first c: returns what stands before it and moves *rest
 * behind it. Without c returns all and leaves *rest empty with ptr NULL. */
struct span	span_cut(struct span *rest, char c);

/* Without ASCII white space at both ends. */
struct span	span_trim(struct span a);

/* Bytewise order, shorter first: as Go sorts strings. */
int	span_cmp(struct span a, struct span b);

/* Equal but for ASCII case. */
bool	span_eq_nocase(struct span a, struct span b);
/* The same with a name that begins with a letter; the first letter decides most. */
static inline bool
span_is_nocase(struct span a, const char *name)
{
	return a.len > 0 && ((a.ptr[0] ^ *name) & ~0x20) == 0 && span_eq_nocase(a, span_str(name));
}

/* A decimal number without sign, at most max; false for anything else. */
bool	span_decimal(struct span a, uint64_t max, uint64_t *out);
#endif
