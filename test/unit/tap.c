/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/mem.h"
#include "tap.h"

static unsigned checks, failures;

static void
print_clean(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c >= 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

static bool PRINTF(3, 0)
vok(bool pass, const char *directive, const char *fmt, va_list ap)
{
	checks++;
	failures += !pass;
	printf("%s %u - ", pass ? "ok" : "not ok", checks);
	vprintf(fmt, ap);
	printf("%s\n", directive);
	fflush(stdout);
	return pass;
}

bool
ok(bool pass, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vok(pass, "", fmt, ap);
	va_end(ap);
	return pass;
}

static void
show(const char *label, const char *s, size_t len)
{
	printf("#   %s: ", label);
	if (s)
		print_clean(s, len);
	else
		printf("NULL");
	putchar('\n');
}

bool
is_str(const char *got, const char *want, const char *fmt, ...)
{
	bool pass = got && want ? strcmp(got, want) == 0 : got == want;
	va_list ap;

	va_start(ap, fmt);
	vok(pass, "", fmt, ap);
	va_end(ap);
	if (!pass) {
		show("got", got, got ? strlen(got) : 0);
		show("want", want, want ? strlen(want) : 0);
	}
	return pass;
}

bool
is_span(struct span got, struct span want, const char *fmt, ...)
{
	bool pass = span_eq(got, want);
	va_list ap;

	va_start(ap, fmt);
	vok(pass, "", fmt, ap);
	va_end(ap);
	if (!pass) {
		show("got", got.ptr, got.len);
		show("want", want.ptr, want.len);
	}
	return pass;
}

bool
is_int(int64_t got, int64_t want, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vok(got == want, "", fmt, ap);
	va_end(ap);
	if (got != want)
		printf("#   got: %" PRId64 "\n#   want: %" PRId64 "\n", got, want);
	return got == want;
}

static void
show_error(const struct err *e)
{
	char text[ERR_TEXT];

	err_text(e, text, sizeof(text));
	printf("#   error: %s: ", reason_slug(e->reason));
	print_clean(text, strlen(text));
	putchar('\n');
}

bool
succeeds(int rc, struct err *e, const char *fmt, ...)
{
	bool pass = rc == 0;
	va_list ap;

	va_start(ap, fmt);
	vok(pass, "", fmt, ap);
	va_end(ap);
	if (!pass) {
		printf("#   got: %d\n", rc);
		if (e->reason != REASON_NONE)
			show_error(e);
	}
	err_clear(e);
	return pass;
}

bool
fails_with(int rc, struct err *e, enum reason want, const char *fmt, ...)
{
	bool pass = rc == -1 && e->reason == want;
	va_list ap;

	va_start(ap, fmt);
	vok(pass, "", fmt, ap);
	va_end(ap);
	if (!pass) {
		printf("#   got: %d\n#   want: -1, %s\n", rc, reason_slug(want));
		if (e->reason != REASON_NONE)
			show_error(e);
	}
	err_clear(e);
	return pass;
}

void
diag(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("# ");
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
}

void
skip(const char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	checks++;
	printf("ok %u - ", checks);
	vprintf(fmt, ap);
	printf(" # SKIP %s\n", why);
	va_end(ap);
}

int
tap_done(void)
{
	printf("1..%u\n", checks);
	if (checks == 0)
		printf("# nothing was checked\n");
	else if (failures > 0)
		printf("# %u of %u failed\n", failures, checks);
	if (fflush(stdout) != 0)
		return 1;
	return checks == 0 || failures > 0;
}

static int
visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static bool
is_regular(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void
one_sample(const char *path, enum reason want, tap_sample_fn *fn, void *arg)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;

	if (file_read(path, &b, &e) != 0)
		succeeds(-1, &e, "%s can be read", path);
	else
		fn(path, buf_span(&b), want, arg);
}

static size_t
samples_of(const char *dir, enum reason want, tap_sample_fn *fn, void *arg)
{
	struct dirent **names = NULL;
	size_t files = 0;
	int n = scandir(dir, &names, visible, alphasort);

	for (int i = 0; i < n; i++) {
		AUTO(charp) char *path = xasprintf("%s/%s", dir, names[i]->d_name);

		if (is_regular(path)) {
			one_sample(path, want, fn, arg);
			files++;
		}
		free(names[i]);
	}
	free(names);
	return files;
}

size_t
tap_samples(const char *dir, tap_sample_fn *fn, void *arg)
{
	struct dirent **names = NULL;
	size_t files = 0;
	int n = scandir(dir, &names, visible, alphasort);

	for (int i = 0; i < n; i++) {
		AUTO(charp) char *path = xasprintf("%s/%s", dir, names[i]->d_name);
		enum reason want = reason_find(span_str(names[i]->d_name));

		if (want == REASON_NONE)
			ok(false, "%s is named after a reason", path);
		else
			files += samples_of(path, want, fn, arg);
		free(names[i]);
	}
	free(names);
	ok(files > 0, "%s holds samples", dir);
	return files;
}
