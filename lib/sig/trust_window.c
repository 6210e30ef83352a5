/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/trust_window.h"

#include "base/date.h"

bool
trust_window_has_ms(const struct trust_window *w, int64_t ms)
{
	return ms >= w->start && ms <= w->end;
}

bool
trust_window_has(const struct trust_window *w, int64_t seconds)
{
	int64_t ms;

	return !__builtin_mul_overflow(seconds, 1000, &ms) && trust_window_has_ms(w, ms);
}

const char *
trust_window_text(const struct trust_window *w, char text[96])
{
	char from[DATE_TEXT], to[DATE_TEXT];

	date_format(w->start / 1000, from);
	date_format(w->end / 1000, to);
	if (w->start == INT64_MIN && w->end == INT64_MAX)
		snprintf(text, 96, "always");
	else if (w->end == INT64_MAX)
		snprintf(text, 96, "from %s on", from);
	else if (w->start == INT64_MIN)
		snprintf(text, 96, "up to %s", to);
	else
		snprintf(text, 96, "from %s to %s", from, to);
	return text;
}

/* Thousandths behind the point; *rest says that there was more than those. */
static int64_t
fraction_ms(struct span text, bool *rest)
{
	ptrdiff_t at = span_find(text, '.');
	int64_t ms = 0;
	unsigned unit = 100;

	*rest = false;
	if (at < 0)
		return 0;
	for (size_t i = (size_t)at + 1; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++) {
		ms += (int64_t)unit * (text.ptr[i] - '0');
		*rest |= unit == 0 && text.ptr[i] != '0';
		unit /= 10;
	}
	return ms;
}

int
trust_window_time(struct span text, bool is_start, int64_t *ms, struct err *e)
{
	int64_t seconds;
	bool rest;

	if (date_parse(text, &seconds, e))
		return -1;
	*ms = seconds * 1000 + fraction_ms(text, &rest);
	if (rest && is_start)
		++*ms;
	return 0;
}

struct raw_window { struct span start, end; };

static const struct field window_fields[] = {
	FIELD_STR(struct raw_window, start, "start", 0, .max = 64),
	FIELD_STR(struct raw_window, end, "end", 0, .max = 64),
	FIELD_END,
};

static int
read_window(struct trust_window *w, const struct raw_window *raw, struct err *e)
{
	*w = (struct trust_window){INT64_MIN, INT64_MAX};
	if (raw->start.ptr && trust_window_time(raw->start, true, &w->start, e))
		return err_wrap(e, "validFor.start");
	if (raw->end.ptr && trust_window_time(raw->end, false, &w->end, e))
		return err_wrap(e, "validFor.end");
	if (w->start > w->end)
		return err_set(e, REASON_BAD_TRUST, "validFor: it ends before it starts");
	return 0;
}

int
trust_window_read(struct trust_window *w, struct node v, struct pool *pool, struct err *e)
{
	struct raw_window raw = {0};

	if (v.raw.ptr && v.kind != JSON_NULL) {
		if (v.kind != JSON_OBJECT)
			return err_set(e, REASON_BAD_TRUST, "validFor: expected an object, found %s",
			    node_kind_name(v.kind));
		if (shape_decode(&raw, window_fields, v, SHAPE_STRICT, pool, e))
			return err_wrap(e, "validFor");
	}
	return read_window(w, &raw, e);
}

static void
emit_time(struct emit *j, const char *name, int64_t ms)
{
	int64_t seconds = ms / 1000 - (ms % 1000 < 0), rest = ms - seconds * 1000;
	char text[DATE_TEXT], fine[DATE_TEXT + 8];

	date_format(seconds, text);
	snprintf(fine, sizeof(fine), "%.19s.%03dZ", text, (int)rest);
	emit_kstr(j, name, rest ? fine : text);
}

void
trust_window_emit(struct emit *j, const struct trust_window *w)
{
	emit_key(j, "validFor");
	emit_object(j);
	if (w->start != INT64_MIN)
		emit_time(j, "start", w->start);
	if (w->end != INT64_MAX)
		emit_time(j, "end", w->end);
	emit_object_end(j);
}
