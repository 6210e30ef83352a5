/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/kvspec.h"

#include "base/date.h"
#include "codec/utf8.h"

int
kvspec_check_text(struct span text, struct err *e)
{
	if (text.len > KVSPEC_TEXT_MAX)
		return err_set(e, REASON_USAGE, "the value has more than %d bytes", KVSPEC_TEXT_MAX);
	if (!utf8_is_valid(text))
		return err_set(e, REASON_USAGE, "the value is not UTF-8");
	return 0;
}

static int
unknown_key(struct span key, const struct kvspec_key *keys, size_t count, struct err *e)
{
	AUTO(buf) struct buf names = BUF_INIT(BUF_TEXT_MAX);

	for (size_t i = 0; i < count; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", keys[i].name);
	err_set(e, REASON_USAGE, "unknown key '%.*s'", SPAN_FMT(span_first(key, 64)));
	return err_expected(e, "%s", buf_str(&names));
}

static int
take_pair(struct span pair, const struct kvspec_key *keys, size_t count, struct span *values,
    bool *seen, struct err *e)
{
	struct span value = pair, key = span_trim(span_cut(&value, '='));
	size_t i = 0;

	if (!value.ptr) {
		err_set(e, REASON_USAGE, "'%.*s' is no pair of key and value",
		    SPAN_FMT(span_first(pair, 64)));
		return err_hint(e, "pairs are KEY=VALUE, with commas between them and none inside");
	}
	while (i < count && !span_is(key, keys[i].name))
		i++;
	if (i == count)
		return unknown_key(key, keys, count, e);
	if (seen[i])
		return err_set(e, REASON_USAGE, "%s is there twice", keys[i].name);
	seen[i] = true;
	values[i] = span_trim(value);
	return 0;
}

int
kvspec_parse(const char *text, const struct kvspec_key *keys, size_t count, struct span *values,
    struct err *e)
{
	struct span rest = span_str(text);
	bool seen[8] = {false};

	if (count > countof(seen))
		return err_set(e, REASON_FAILED, "too many keys");
	for (size_t i = 0; i < count; i++)
		values[i] = SPAN_NONE;
	if (kvspec_check_text(rest, e))
		return -1;
	do {
		if (take_pair(span_cut(&rest, ','), keys, count, values, seen, e))
			return -1;
	} while (rest.ptr);
	for (size_t i = 0; i < count; i++)
		if (keys[i].required && !values[i].len)
			return err_set(e, REASON_USAGE, "%s is missing or empty", keys[i].name);
	return 0;
}

struct kvspec_times
kvspec_times(struct span start, struct span end)
{
	return (struct kvspec_times){start.len ? start : SPAN_NONE, end.len ? end : SPAN_NONE,
		"start-time", "end-time"};
}

static int
read_time(struct span text, bool is_start, const char *name, int64_t *ms, struct err *e)
{
	int64_t seconds, back;
	char written[DATE_TEXT];

	if (!text.ptr)
		return 0;
	if (trust_window_time(text, is_start, ms, e) || date_parse(text, &seconds, e)) {
		e->reason = REASON_USAGE;
		return err_wrap(e, "%s", name);
	}
	if (date_parse(span_str(date_format(seconds, written)), &back, e) || back != seconds)
		return err_set(e, REASON_USAGE, "%s: before the year 1 or after 9999", name);
	return 0;
}

int
kvspec_window(struct trust_window *w, const struct kvspec_times *times, struct err *e)
{
	if (read_time(times->start, true, times->start_name, &w->start, e) ||
	    read_time(times->end, false, times->end_name, &w->end, e))
		return -1;
	if (w->start > w->end) {
		char start[DATE_TEXT];

		err_set(e, REASON_USAGE, "%s: before the start", times->end_name);
		err_expected(e, "%s or later", date_format(w->start / 1000, start));
		return err_found(e, "%.*s", SPAN_FMT(span_first(times->end, 40)));
	}
	return 0;
}
