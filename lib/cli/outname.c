/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/outname.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "base/pool.h"

const char *
outname_of(const struct outname *n, const char *file, struct pool *pool)
{
	AUTO(buf) struct buf name = BUF_INIT(BUF_TEXT_MAX);
	const char *rest = n->path, *hole;

	while ((hole = strstr(rest, "{}"))) {
		buf_add(&name, rest, (size_t)(hole - rest));
		buf_add_str(&name, file);
		rest = hole + 2;
	}
	buf_add_str(&name, rest);
	return pool_str(pool, buf_span(&name));
}

int
outname_check_shared(const struct outname *n, size_t files, struct err *e)
{
	if (!n->path || files < 2 || strstr(n->path, "{}"))
		return 0;
	err_set(e, REASON_USAGE, "--%s %s is one file for several", n->flag, n->path);
	return err_hint(e, "put {} into the name; it becomes each file's own");
}

static int
check_pair(const struct outname *a, const struct outname *b, const char *file, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	const char *name;

	if (!a->path || !b->path)
		return 0;
	name = outname_of(a, file, &pool);
	if (strncmp(name, "/dev/", 5) == 0 || strcmp(name, outname_of(b, file, &pool)))
		return 0;
	return err_set(e, REASON_USAGE, "--%s and --%s name the same file %s", a->flag, b->flag, name);
}

static int
check_distinct(const struct outname *names, size_t count, const char *file, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		AUTO(pool) struct pool pool = POOL_INIT;

		if (names[i].path && strcmp(outname_of(&names[i], file, &pool), file) == 0)
			return err_set(e, REASON_USAGE, "--%s %s is the file itself", names[i].flag, file);
		for (size_t k = 0; k < i; k++)
			if (check_pair(&names[k], &names[i], file, e))
				return -1;
	}
	return 0;
}

int
outname_check(const struct outname *names, size_t count, const struct opt_list *files, struct err *e)
{
	for (size_t i = 0; i < count; i++)
		if (outname_check_shared(&names[i], files->count, e))
			return -1;
	for (size_t i = 0; i < files->count; i++)
		if (check_distinct(names, count, files->items[i], e))
			return -1;
	return files->count ? 0 : check_distinct(names, count, "-", e);
}

int
outname_write(const struct outname *n, const char *file, const char *what, struct span bytes, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	const char *name;

	if (!n->path)
		return 0;
	name = outname_of(n, file, &pool);
	if (file_write(name, bytes, 0600, FILE_REPLACE, e))
		return -1;
	log_say("%s %s", what, name);
	return 0;
}
