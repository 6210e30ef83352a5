/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include "base/mem.h"
#include "sig/patternread.h"

/* Steps and kilobytes of one search; a plain pattern over an address takes a
 * few hundred steps. */
enum { STEPS_MAX = 200000, NESTED_MAX = 20000, HEAP_KB_MAX = 8192, WRITTEN_MAX = 16 * PATTERN_MAX };

static int
prepare(struct pattern *p)
{
	p->match = pcre2_match_data_create(1, NULL);
	p->limits = pcre2_match_context_create(NULL);
	if (!p->match || !p->limits)
		BUG("libpcre2 has no memory");
	pcre2_set_match_limit(p->limits, STEPS_MAX);
	pcre2_set_depth_limit(p->limits, NESTED_MAX);
	pcre2_set_heap_limit(p->limits, HEAP_KB_MAX);
	return 0;
}

/* A line ends in LF, as in Go, whatever the library was built for. */
static int
compile(struct pattern *p, struct span text, struct err *e)
{
	pcre2_compile_context *settings = pcre2_compile_context_create(NULL);
	PCRE2_UCHAR why[128] = "";
	PCRE2_SIZE at;
	int code;

	if (!settings)
		BUG("libpcre2 has no memory");
	pcre2_set_newline(settings, PCRE2_NEWLINE_LF);
	p->code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len,
	    PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE | PCRE2_NEVER_BACKSLASH_C | PCRE2_ALT_CIRCUMFLEX,
	    &code, &at, settings);
	pcre2_compile_context_free(settings);
	if (p->code)
		return prepare(p);
	pcre2_get_error_message(code, why, sizeof(why));
	err_set(e, REASON_USAGE, "the regular expression cannot be used: %s", (const char *)why);
	return err_hint(e, "the syntax is RE2's, see https://github.com/google/re2/wiki/Syntax");
}

int
pattern_compile(struct pattern *p, struct span text, struct err *e)
{
	AUTO(buf) struct buf written = BUF_INIT(WRITTEN_MAX);

	pattern_release(p);
	if (text.len == 0)
		return 0;
	if (text.len > PATTERN_MAX)
		return err_set(e, REASON_USAGE, "a regular expression has at most %d bytes", PATTERN_MAX);
	if (patternread(text, &written, e))
		return -1;
	return compile(p, buf_span(&written), e);
}

void
pattern_release(struct pattern *p)
{
	pcre2_code_free(p->code);
	pcre2_match_data_free(p->match);
	pcre2_match_context_free(p->limits);
	*p = (struct pattern)PATTERN_INIT;
}

int
pattern_search(const struct pattern *p, struct span text, struct err *e)
{
	PCRE2_UCHAR why[128] = "";
	int rc;

	if (!p->code)
		return err_set(e, REASON_WRONG_IDENTITY, "there is no regular expression");
	if (text.len > PATTERN_TEXT_MAX)
		return err_set(e, REASON_WRONG_IDENTITY, "the text is too long for a regular expression");
	rc = pcre2_match(p->code, (PCRE2_SPTR)(text.len ? text.ptr : ""), text.len, 0, 0, p->match, p->limits);
	if (rc >= 0)
		return 0;
	if (rc == PCRE2_ERROR_NOMATCH)
		return err_set(e, REASON_WRONG_IDENTITY, "the regular expression is not found");
	pcre2_get_error_message(rc, why, sizeof(why));
	err_set(e, REASON_WRONG_IDENTITY, "the regular expression gives no answer: %s", (const char *)why);
	return err_hint(e, "write it so that there is one way to match, without repetitions inside repetitions");
}

/* An odd number of backslashes before the last byte takes its meaning. */
static bool
ends_in(struct span text, const char *anchor)
{
	size_t len = strlen(anchor), slashes = 0;

	if (!span_ends(text, anchor))
		return false;
	text.len -= len;
	while (slashes < text.len && text.ptr[text.len - 1 - slashes] == '\\')
		slashes++;
	return slashes % 2 == 0;
}

static bool
has_alternative(struct span text)
{
	int depth = 0;
	bool class = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\\')
			i++;
		else if (class)
			class = c != ']';
		else if (c == '[')
			class = true;
		else if (c == '|' && depth == 0)
			return true;
		else
			depth += (c == '(') - (c == ')');
	}
	return false;
}

bool
pattern_is_anchored(struct span text)
{
	return (span_starts(text, "^") || span_starts(text, "\\A")) &&
	    (ends_in(text, "$") || ends_in(text, "\\z")) && !has_alternative(text);
}
