/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/pattern.h"

#include "base/buf.h"
#include "base/date.h"
#include "tap.h"

static const struct {
	const char *pattern, *text;
	bool found;
} matches[] = {
	{"abc", "xabcx", true},
	{"^abc$", "abc", true},
	{"^abc$", "abc\n", false},
	{"^abc$", "x\nabc\ny", false},
	{"(?m)^abc$", "x\nabc\ny", true},
	{"\\Aabc\\z", "abc", true},
	{"\\Aabc\\z", "abc\n", false},
	{".+@example\\.com$", "alice@example.com", true},
	{".+@example\\.com$", "alice@example.com.evil", false},
	{"a.c", "a\nc", false},
	{"(?s)a.c", "a\nc", true},
	{"(?i)ALICE", "alice", true},
	{"(?i:AL)ice", "alICE", false},
	{"(?i)a(?-i)B", "AB", true},
	{"(?i)a(?-i)B", "Ab", false},
	{"(?P<user>[a-z]+)@(?<host>[a-z]+)", "me@here", true},
	{"(?P<1>x)", "x", true},
	{"\\Qa.b\\E", "a.b", true},
	{"\\Qa.b\\E", "axb", false},
	{"\\Qa.b", "a.b", true},
	{"[[:alpha:]]+[[:^alpha:]]", "ab1", true},
	{"^[]a]$", "]", true},
	{"^[^]a]$", "]", false},
	{"^[a-]$", "-", true},
	{"^[a\\-z]$", "b", false},
	{"^[.]$", "x", false},
	{"^[[.a]$", "[", true},
	{"\\pL\\p{Lu}\\PL", "aB1", true},
	{"\\p{Greek}", "\xce\xb1", true},
	{"\\p{^Greek}", "\xce\xb1", false},
	{"^\\d$", "\xd9\xa3", false},		/* digits of other scripts are none */
	{"^\\w$", "\xc3\xa9", false},
	{"^.$", "\xc3\xa9", true},		/* a character, not a byte */
	{"\\x41\\x{e9}\\101\\07", "A\xc3\xa9" "A\x07", true},
	{"^\\v$", "\n", false},
	{"a{2}", "aa", true},
	{"^a{2,}$", "a", false},
	{"a{,2}", "a{,2}", true},
	{"^a{,2}$", "aa", false},
	{"a{x", "a{x", true},
	{"a{1,2", "a{1,2", true},
	{"a+?b*?c??", "a", true},
	{"(?U)a+", "a", true},
	{"^(a|b|)$", "", true},
	{"x#y z", "x#y z", true},
	{"https://github.com/o/r/.*", "https://githubXcom/o/r/", true},
	{"", "", false},			/* not given */
};

static const char *const bad[] = {
	"(", ")", "a)", "(a", "[", "[a", "[]", "a**", "a+*", "a*+", "a++", "a?+", "a{2}+", "a{2}{3}", "*", "+a", "?", "(*)",
	"(|*)", "(?i)*", "\\", "\\Z", "\\G", "\\K", "\\R", "\\X", "\\C", "\\N", "\\h", "\\H", "\\V", "\\e", "\\E", "\\c",
	"(a)\\1", "\\8", "\\k<n>", "\\g1", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?>a)", "(?|a)", "(?#a)", "(?R)", "(?1)",
	"(?&n)", "(?P=n)", "(?P>n)", "(?(1)a)", "(?C)", "(?x)a", "(?^)", "(?)", "(?-)", "(?i-)", "(?i", "(?P<>a)", "(?P<n",
	"(?'n'a)", "(*ACCEPT)", "(*UTF)", "a{1001}", "a{2,1}", "a{99999999999999999999}", "\\x", "\\x4", "\\x{}",
	"\\x{110000}", "\\x{d800}", "\\x{41", "\\p", "\\p{", "\\p{L", "\\p{L&}", "\\p{Nonsense}", "[b-a]", "[\\b]", "[\\Qa\\E]",
	"[\\A]", "[[:nonsense:]]", "[[:alpha:]", "\xff", "\\\xc3\xa9", "(((((((((((x{99}){99}){99}){99}){99}){99}){99}){99}){99}){99})",
};

/* Patterns that take a backtracking matcher for ever. */
static const char *const slow[] = {
	"^(a+)+$", "^(a|aa)+$", "^(a*)*b", "^([a-z]+)*[0-9]$", "(a|a)*c", "(.*)*(.*)*(.*)*(.*)*x",
	"^(a?){40}a{40}b", "(x+x+)+y", "(?:a{1,30}){1,30}b",
};

static const struct {
	const char *pattern;
	bool anchored;
} anchors[] = {
	{"^abc$", true}, {"\\Aabc\\z", true}, {"^(a|b)$", true}, {"^[|]$", true}, {"abc", false}, {"^abc", false},
	{"abc$", false}, {"^a$|b$", false}, {"^abc\\$", false}, {"^abc\\\\$", true}, {"^abc\\\\z", false},
	{"^a|b$", false}, {"(?i)^abc$", false},
};

static void
search_slow(const char *text, struct err *e)
{
	AUTO(pattern) struct pattern p = PATTERN_INIT;
	AUTO(buf) struct buf long_text = BUF_INIT(1 << 16);
	int64_t start = date_monotonic_ms();

	for (int i = 0; i < 3000; i++)
		buf_add_char(&long_text, 'a');
	buf_add_char(&long_text, '!');
	succeeds(pattern_compile(&p, span_str(text), e), e, "%s", text);
	fails_with(pattern_search(&p, buf_span(&long_text), e), e, REASON_WRONG_IDENTITY, "gives up");
	ok(date_monotonic_ms() - start < 5000, "soon");
}

int
main(void)
{
	AUTO(pattern) struct pattern p = PATTERN_INIT;
	struct err e = ERR_INIT;
	char large[PATTERN_MAX + 1];

	for (size_t i = 0; i < countof(matches); i++) {
		struct span text = span_str(matches[i].text);

		if (!succeeds(pattern_compile(&p, span_str(matches[i].pattern), &e), &e, "%s", matches[i].pattern))
			continue;
		ok((pattern_search(&p, text, NULL) == 0) == matches[i].found, "%s %s", matches[i].pattern,
		    matches[i].found ? "is found" : "is not found");
	}
	for (size_t i = 0; i < countof(bad); i++)
		fails_with(pattern_compile(&p, span_str(bad[i]), &e), &e, REASON_USAGE, "%s", bad[i]);
	fails_with(pattern_compile(&p, SPAN("a\0b"), &e), &e, REASON_USAGE, "NUL");
	memset(large, 'a', sizeof(large));
	fails_with(pattern_compile(&p, span_of(large, sizeof(large)), &e), &e, REASON_USAGE, "too long");
	succeeds(pattern_compile(&p, SPAN(".*"), &e), &e, "anything");
	fails_with(pattern_search(&p, SPAN("\xff"), &e), &e, REASON_WRONG_IDENTITY, "but what is no text");
	for (size_t i = 0; i < countof(slow); i++)
		search_slow(slow[i], &e);
	for (size_t i = 0; i < countof(anchors); i++)
		ok(pattern_is_anchored(span_str(anchors[i].pattern)) == anchors[i].anchored, "%s is %sanchored",
		    anchors[i].pattern, anchors[i].anchored ? "" : "not ");
	return tap_done();
}
