/* SPDX-License-Identifier: Apache-2.0 */
#include "net/roots.h"

#include <dirent.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/mem.h"

enum { FILE_MAX = 4 << 20, ALL_MAX = 32 << 20 };

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

static int
load(struct roots *r, struct err *e)
{
	struct span dirs = span_str(getenv_nonempty("SSL_CERT_DIR"));
	const char *file;

	r->file = getenv_nonempty("SSL_CERT_FILE");
	file = r->file;
	for (size_t i = 0; !file && i < countof(bundles); i++)
		if (file_exists(bundles[i]))
			file = bundles[i];
	if ((r->file || (dirs.ptr && file)) && add_file(&r->pem, file, e))
		return err_wrap(e, "SSL_CERT_FILE");
	if (!dirs.ptr)
		buf_release(&r->pem);
	while (dirs.ptr) {
		AUTO(charp) char *dir = xspandup(span_cut(&dirs, ':'));

		add_directory(&r->pem, dir);
	}
	return buf_check(&r->pem, "the certificates of SSL_CERT_DIR", e);
}

int
roots_get(const struct roots **out, struct err *e)
{
	static struct roots roots = {.pem = BUF_INIT(ALL_MAX)};
	static bool loaded;

	if (!loaded && load(&roots, e))
		return -1;
	loaded = true;
	*out = &roots;
	return 0;
}
