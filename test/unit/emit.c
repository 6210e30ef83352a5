/* SPDX-License-Identifier: Apache-2.0 */
#include "json/emit.h"
#include "tap.h"

/* What Go's encoding/json makes of these strings. */
static const struct { struct span in; const char *go, *plain; } strings[] = {
	{{"", 0}, "\"\"", "\"\""},
	{{"a/b", 3}, "\"a/b\"", "\"a/b\""},
	{{"<a href='x'>&", 13}, "\"\\u003ca href='x'\\u003e\\u0026\"", "\"<a href='x'>&\""},
	{{"\"\\", 2}, "\"\\\"\\\\\"", "\"\\\"\\\\\""},
	{{"\b\f\n\r\t", 5}, "\"\\b\\f\\n\\r\\t\"", "\"\\b\\f\\n\\r\\t\""},
	{{"\0\x01\x0b\x1f\x7f", 5}, "\"\\u0000\\u0001\\u000b\\u001f\x7f\"", "\"\\u0000\\u0001\\u000b\\u001f\x7f\""},
	{{"\xc3\xa9\xf0\x9f\x98\x80", 6}, "\"\xc3\xa9\xf0\x9f\x98\x80\"", "\"\xc3\xa9\xf0\x9f\x98\x80\""},
	{{"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", 12}, "\"\xe2\x80\xa7\\u2028\\u2029\xe2\x80\xaa\"",
	    "\"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\""},
	{{"a\xff" "b\xe2\x80", 5}, "\"a\\ufffdb\\ufffd\\ufffd\"", "\"a\\ufffdb\\ufffd\\ufffd\""},
	{{"\xef\xbf\xbd", 3}, "\"\xef\xbf\xbd\"", "\"\xef\xbf\xbd\""},
};

static void
escaping(void)
{
	for (size_t i = 0; i < countof(strings); i++) {
		AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
		struct emit j;

		emit_init(&j, &b);
		emit_span(&j, strings[i].in);
		is_str(buf_str(&b), strings[i].go, "string %zu as Go writes it", i);
		buf_reset(&b);
		j.raw_html = true;
		emit_span(&j, strings[i].in);
		is_str(buf_str(&b), strings[i].plain, "string %zu with raw_html", i);
	}
}

static void
document(struct buf *b, unsigned indent)
{
	struct emit j;

	emit_init(&j, b);
	j.indent = indent;
	emit_object(&j);
	emit_kstr(&j, "a<", "x");
	emit_kstr(&j, "none", NULL);
	emit_kint(&j, "min", INT64_MIN);
	emit_kbool(&j, "t", true);
	emit_kspan(&j, "s", SPAN_NONE);
	emit_key(&j, "list");
	emit_array(&j);
	emit_int(&j, 1);
	emit_raw(&j, SPAN("{\"k\": 2}"));
	emit_array(&j);
	emit_array_end(&j);
	emit_object(&j);
	emit_object_end(&j);
	emit_base64(&j, SPAN("\xff\xff"));
	emit_bool(&j, false);
	emit_array_end(&j);
	emit_object_end(&j);
}

static void
values_in_a_row(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct emit j;

	emit_init(&j, &b);
	emit_int(&j, 1);
	buf_add_char(&b, '\n');
	emit_object(&j);
	emit_object_end(&j);
	is_str(buf_str(&b), "1\n{}", "values in a row have no comma");
}

int
main(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	escaping();
	document(&b, 0);
	is_str(buf_str(&b), "{\"a\\u003c\":\"x\",\"none\":null,\"min\":-9223372036854775808,\"t\":true,\"s\":\"\","
	    "\"list\":[1,{\"k\": 2},[],{},\"//8=\",false]}", "compact");
	buf_reset(&b);
	document(&b, 2);
	is_str(buf_str(&b), "{\n  \"a\\u003c\": \"x\",\n  \"none\": null,\n  \"min\": -9223372036854775808,\n"
	    "  \"t\": true,\n  \"s\": \"\",\n  \"list\": [\n    1,\n    {\"k\": 2},\n    [],\n    {},\n"
	    "    \"//8=\",\n    false\n  ]\n}", "indented");
	values_in_a_row();
	return tap_done();
}
