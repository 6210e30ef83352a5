/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_PATTERN_H
#define SIG_PATTERN_H
/*
 * Regular expressions as Go has them (RE2's syntax), matched by PCRE2. A
 * pattern is read by our own reader, which refuses what Go refuses and says
 * the rest so that PCRE2 understands the same: look-around, back-references
 * and possessive or conditional forms never reach it. Matching gives up, and
 * refuses, after a bounded number of steps.
 */
#include "base/err.h"

enum { PATTERN_MAX = 4096, PATTERN_TEXT_MAX = 64 << 10 };

struct pattern {
	void *code;	/* pcre2_code; NULL: none was given */
	void *match;	/* pcre2_match_data */
	void *limits;	/* pcre2_match_context */
};

#define PATTERN_INIT {NULL, NULL, NULL}

/* REASON_USAGE with the place of what is wrong. An empty pattern is none. */
int	pattern_compile(struct pattern *p, struct span text, struct err *e) MUST_CHECK;
static inline bool pattern_is_given(const struct pattern *p) { return p->code != NULL; }
void	pattern_release(struct pattern *p);
static inline void pattern_cleanup(struct pattern *p) { pattern_release(p); }

/* Whether the pattern is found anywhere in text. 0; REASON_WRONG_IDENTITY when
 * it is not, when text is no UTF-8 or too long, or when the limit was hit. */
int	pattern_search(const struct pattern *p, struct span text, struct err *e) MUST_CHECK;

/* Whether a pattern begins with ^ or \A and ends with $ or \z, and has no
 * alternative outside brackets: else it may match only a part. For warnings. */
bool	pattern_is_anchored(struct span text);
#endif
