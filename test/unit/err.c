/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

static void
composed(void)
{
	struct err e = ERR_INIT;
	char text[ERR_TEXT];

	is_int(err_set(&e, REASON_IO, "cannot read %s", "x"), -1, "err_set gives -1");
	err_wrap(&e, "entry %d", 7);
	err_wrap(&e, "image a");
	err_hint(&e, "try %s", "again");
	err_expected(&e, "one");
	err_found(&e, "two");
	is_str(err_text(&e, text, sizeof(text)), "image a: entry 7: cannot read x: expected one, found two",
	    "outermost first");
	is_str(err_part(&e, 0), "image a", "part 0");
	is_str(err_part(&e, 2), "cannot read x", "part 2");
	is_str(err_part(&e, 3), NULL, "no part 3");
	is_str(err_get_hint(&e), "try again", "hint");
	is_str(err_get_expected(&e), "one", "expected");
	is_str(err_get_found(&e), "two", "found");
	err_set(&e, REASON_USAGE, "new");
	is_str(err_text(&e, text, sizeof(text)), "new", "a new error forgets the old one");
	is_str(err_get_hint(&e), NULL, "and its hint");
	is_str(err_text(&e, text, 3), "ne", "a small buffer cuts");
}

static void
hostile(void)
{
	struct err e = ERR_INIT;
	char text[ERR_TEXT], large[3 * ERR_TEXT];

	err_set(&e, REASON_IO, "a\x1b[2Jb\nc\x7f");
	ok(!strpbrk(err_text(&e, text, sizeof(text)), "\x1b\n\x7f"), "control characters do not get through");
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	err_set(&e, REASON_IO, "%s", large);
	for (int i = 0; i < 20; i++)
		err_wrap(&e, "%s", large);
	err_hint(&e, "%s", large);
	ok(strlen(err_text(&e, text, sizeof(text))) < sizeof(text), "more text than room is cut");
	ok(err_is(&e, REASON_IO), "the reason stays");
	is_int(err_set(NULL, REASON_IO, "nobody listens"), -1, "without an err");
}

static void
slugs(void)
{
	for (int r = REASON_NONE + 1; r < REASON_COUNT; r++) {
		enum reason reason = (enum reason)r;

		ok(reason_find(span_str(reason_slug(reason))) == reason && reason_exit(reason) > 0 &&
		    reason_exit(reason) < 64 && strlen(reason_sentence(reason)) > 10, "%s", reason_slug(reason));
	}
	ok(reason_find(SPAN("nothing")) == REASON_NONE, "an unknown slug");
	is_int(reason_exit(REASON_FAILED), 1, "failed");
	is_int(reason_exit(REASON_USAGE), 2, "usage");
	is_int(reason_exit(REASON_NO_SIGNATURE), 10, "no signature");
	is_int(reason_exit(REASON_NO_IMAGE), 11, "no image");
	is_int(reason_exit(REASON_NO_MATCH), 12, "no match");
	is_int(reason_exit(REASON_NO_CERTIFICATE), 13, "no certificate");
}

int
main(void)
{
	composed();
	hostile();
	slugs();
	return tap_done();
}
