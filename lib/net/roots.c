/* SPDX-License-Identifier: Apache-2.0 */
#include "net/roots.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"

enum { FILE_MAX = 4 << 20, ALL_MAX = 32 << 20 };

#define HASHED_DIR "/etc/ssl/certs"

/* Go reads these when nothing else is said; the first that exists. */
static const char *const bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
};

static const char *
getenv_nonempty(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static int
add_file(struct buf *all, const char *path, struct err *e)
{
	AUTO(buf) struct buf one = BUF_INIT(FILE_MAX);

	if (file_read(path, &one, e))
		return -1;
	buf_add_span(all, buf_span(&one));
	buf_add_char(all, '\n');
	return buf_check(all, "the certificates of SSL_CERT_DIR", e);
}

static void
add_directory(struct buf *all, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		AUTO(charp) char *path = xasprintf("%s/%s", dir, entry->d_name);
		struct stat st;
		struct err ignored = ERR_INIT;

		if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && add_file(all, path, &ignored))
			continue;
	}
	if (d)
		closedir(d);
}

/* Names as c_rehash gives them: eight hexadecimal digits and ".0". */
static bool
is_hashed(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	bool found = false;

	while (d && !found && (entry = readdir(d)))
		found = strlen(entry->d_name) == 10 && strspn(entry->d_name, "0123456789abcdef") == 8 &&
		    strcmp(entry->d_name + 8, ".0") == 0;
	if (d)
		closedir(d);
	return found;
}

/* Whether any of the directories is one of hashed names. */
static bool
are_hashed(const char *list)
{
	struct span dirs = span_str(list);

	while (dirs.ptr) {
		AUTO(charp) char *dir = xspandup(span_cut(&dirs, ':'));

		if (is_hashed(dir))
			return true;
	}
	return false;
}

static int
load_narrow(struct roots *r, struct err *e)
{
	const char *dirs = getenv_nonempty("SSL_CERT_DIR"), *file = getenv_nonempty("SSL_CERT_FILE");

	if (file && access(file, R_OK))
		return err_errno(e, REASON_IO, "SSL_CERT_FILE: cannot read %s", file);
	if (!dirs)
		dirs = HASHED_DIR;
	r->dirs = are_hashed(dirs) ? dirs : NULL;
	return 0;
}

static int
load_wide(struct roots *r, struct err *e)
{
	const char *list = getenv_nonempty("SSL_CERT_DIR"), *file = getenv_nonempty("SSL_CERT_FILE");
	struct span dirs = span_str(list);

	if (!list) {
		r->file = file;
		r->dirs = file && is_hashed(HASHED_DIR) ? HASHED_DIR : NULL;
		r->built_in = !file;
		return 0;
	}
	for (size_t i = 0; !file && i < countof(bundles); i++)
		if (file_exists(bundles[i]))
			file = bundles[i];
	if (file && add_file(&r->pem, file, e))
		return err_wrap(e, "SSL_CERT_FILE");
	while (dirs.ptr) {
		AUTO(charp) char *dir = xspandup(span_cut(&dirs, ':'));

		add_directory(&r->pem, dir);
	}
	return buf_check(&r->pem, "the certificates of SSL_CERT_DIR", e);
}

int
roots_get(bool wide, const struct roots **out, struct err *e)
{
	static struct roots all[2] = {{.pem = BUF_INIT(ALL_MAX)}, {.pem = BUF_INIT(ALL_MAX)}};
	static bool loaded[2];

	if (!loaded[0] && load_narrow(&all[0], e))
		return -1;
	loaded[0] = true;
	if (!all[0].dirs)
		wide = true;
	if (wide && !loaded[1] && load_wide(&all[1], e))
		return -1;
	loaded[wide] = true;
	*out = &all[wide];
	return 0;
}
