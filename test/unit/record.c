/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>
#include "base/file.h"
#include "json/record.h"
#include "tap.h"

/* A descriptor that gives these bytes. */
static int
holding(struct span bytes)
{
	FILE *f = tmpfile();
	struct err e = ERR_INIT;
	int fd;

	if (!f)
		return -1;
	fd = dup(fileno(f));
	fclose(f);
	if (file_write_fd(fd, "a temporary file", bytes, &e) != 0 || lseek(fd, 0, SEEK_SET) != 0)
		succeeds(-1, &e, "a temporary file can be written");
	return fd;
}

static void
types(void)
{
	static const struct { const char *type, *name; int64_t version; } cases[] = {
		{"cosign.subject/1", "cosign.subject", 1}, {"cosign.subject/12", "cosign.subject", 12},
		{"other", "other", 0}, {"a/b/2", "a/b", 2}, {"a/", "a/", 0}, {"a/01", "a/01", 0}, {"a/0", "a/0", 0},
		{"a/-1", "a/-1", 0}, {"a/99999999999", "a/99999999999", 0}, {"/1", "", 1}, {"cosign.s\\u0075bject/1", "cosign.subject", 1},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
		struct record rec;
		struct err e = ERR_INIT;

		buf_printf(&b, "{\"x\":1,\"type\":\"%s\"}", cases[i].type);
		succeeds(record_parse(buf_span(&b), &rec, &e), &e, "%s", cases[i].type);
		is_str(rec.name, cases[i].name, "name of %s", cases[i].type);
		is_int(rec.version, cases[i].version, "version of %s", cases[i].type);
		if (i == 0) {
			ok(record_is(&rec, "cosign.subject/1") && !record_is(&rec, "cosign.subject/2"), "record_is");
			ok(record_is_other_version(&rec, "cosign.subject/2"), "another version");
			ok(!record_is_other_version(&rec, "cosign.subject/1"), "the same version");
			ok(!record_is_other_version(&rec, "cosign.verdict/2"), "another type");
			fails_with(record_refuse(&rec, "cosign.subject/2", &e), &e, REASON_BAD_RECORD, "refused");
		}
	}
}

static void
sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	struct record rec;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(record_parse(bytes, &rec, &e), &e, want, "%s", path);
}

static void
reads(void)
{
	AUTO(fd) int fd = holding(SPAN("{\"type\":\"a/1\",\"n\":1}\n\n  \r\n{\"type\":\"b/2\"}\r\nnonsense\n[]\n{\"type\":\"c\"}"));
	AUTO(record_reader) struct record_reader r;
	struct record rec;
	struct err e = ERR_INIT;
	char text[ERR_TEXT];

	record_reader_init(&r, fd, "standard input");
	is_int(record_read(&r, &rec, &e), 1, "first");
	is_str(rec.type, "a/1", "first type");
	is_span(rec.line, SPAN("{\"type\":\"a/1\",\"n\":1}"), "first line");
	is_int(record_read(&r, &rec, &e), 1, "second, behind blank lines");
	is_str(rec.type, "b/2", "second type");
	is_int((int64_t)rec.number, 4, "second record is line 4");
	is_int(record_read(&r, &rec, &e), -1, "third");
	is_str(err_text(&e, text, sizeof(text)), "standard input: record 5: no JSON: a value expected at byte 0, found 'n'",
	    "message");
	err_clear(&e);
	fails_with(record_read(&r, &rec, &e), &e, REASON_BAD_RECORD, "an array");
	is_int(record_read(&r, &rec, &e), 1, "last, without a line end");
	is_span(rec.line, SPAN("{\"type\":\"c\"}"), "last line");
	is_int(record_read(&r, &rec, &e), 0, "end");
	is_int(record_read(&r, &rec, &e), 0, "still the end");
}

/* Lines around the sizes of reads and limits. */
static void
sizes(void)
{
	for (size_t pad = 65510; pad < 65560; pad += 7) {
		AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
		AUTO(record_reader) struct record_reader r;
		AUTO(fd) int fd = -1;
		struct record rec;
		struct err e = ERR_INIT;
		size_t got = 0;

		for (int i = 0; i < 3; i++) {
			buf_add_str(&b, "{\"type\":\"a/1\",\"x\":\"");
			for (size_t n = 0; n < pad; n++)
				buf_add_char(&b, 'x');
			buf_add_str(&b, "\"}\n");
		}
		fd = holding(buf_span(&b));
		record_reader_init(&r, fd, "input");
		while (record_read(&r, &rec, &e) > 0)
			got += rec.line.len + 1;
		is_int((int64_t)got, (int64_t)b.len, "three lines with %zu bytes of padding", pad);
		lseek(fd, 0, SEEK_SET);
		record_reader_release(&r);
		record_reader_init(&r, fd, "input");
		record_reader_limit(&r, 1000);
		fails_with(record_read(&r, &rec, &e), &e, REASON_TOO_LARGE, "too long a line");
		is_int(record_read(&r, &rec, &e), 0, "no more after it");
	}
}

static void
writes(void)
{
	static const char *const known[] = {"image", "digest", NULL};
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct emit j;
	struct record rec;
	struct err e = ERR_INIT;

	succeeds(record_parse(SPAN("{\"note\" : { \"a\":1.50 },\"\\u0069mage\":\"x\",\"type\":\"cosign.subject/1\",\"k\\u00e9\\/\":[ ],\"digest\":1}"),
	    &rec, &e), &e, "a record with strange members");
	emit_init(&j, &b);
	record_begin(&j, "cosign.candidate/1");
	emit_kint(&j, "n", 2);
	record_copy_unknown(&j, rec.root, known);
	record_end(&j);
	record_pass(&b, &rec);
	is_str(buf_str(&b), "{\"type\":\"cosign.candidate/1\",\"n\":2,\"note\":{ \"a\":1.50 },\"k\\u00e9\\/\":[ ]}\n"
	    "{\"note\" : { \"a\":1.50 },\"\\u0069mage\":\"x\",\"type\":\"cosign.subject/1\",\"k\\u00e9\\/\":[ ],\"digest\":1}\n",
	    "unknown members byte for byte, and a record passed on");
}

int
main(void)
{
	AUTO(record_reader) struct record_reader r;
	struct record rec;
	struct err e = ERR_INIT;

	types();
	tap_samples("test/vectors/bad/record", sample, NULL);
	reads();
	sizes();
	writes();
	record_reader_init(&r, -1, "nothing");
	fails_with(record_read(&r, &rec, &e), &e, REASON_IO, "no descriptor");
	is_int(record_read(&r, &rec, &e), 0, "no more after it");
	return tap_done();
}
