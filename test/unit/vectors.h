/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VECTORS_H
#define UNIT_VECTORS_H
/*
 * The vectors of other clients, where they are at hand: ../shared/vectors.
 */
#include <dirent.h>
#include "base/file.h"
#include "base/mem.h"
#include "json/scan.h"
#include "tap.h"

#define VECTORS "../shared/vectors/"

/* One file of a vector; false when it has none of this name. */
static inline bool
vectors_read(const char *dir, const char *file, struct buf *b)
{
	AUTO(charp) char *path = xasprintf("%s/%s", dir, file);

	return file_read(path, b, NULL) == 0;
}

/* Calls fn for every folder of the group with the `facts` of its case. */
typedef void vectors_fn(const char *dir, struct node facts);

static inline bool
vectors_fact(struct node facts, const char *name, const char *want)
{
	struct node v;

	return node_member(facts, name, &v) && node_is(v, want);
}

static inline void
vectors_case(const char *dir, vectors_fn *fn)
{
	AUTO(buf) struct buf text = BUF_INIT(1 << 20);
	struct node root, facts;
	struct err e = ERR_INIT;

	if (!vectors_read(dir, "case.json", &text))
		return;
	if (succeeds(scan_document(buf_span(&text), &root, &e), &e, "%s is a case", dir) &&
	    node_member(root, "facts", &facts))
		fn(dir, facts);
}

static inline void
vectors_each(const char *group, vectors_fn *fn)
{
	AUTO(charp) char *dir = xasprintf(VECTORS "%s", group);
	struct dirent **names = NULL;
	int n = scandir(dir, &names, NULL, alphasort);

	if (n < 0)
		skip("no vectors at hand", "%s", group);
	for (int i = 0; i < n; i++) {
		AUTO(charp) char *below = xasprintf("%s/%s", dir, names[i]->d_name);

		if (names[i]->d_name[0] != '.')
			vectors_case(below, fn);
		free(names[i]);
	}
	free(names);
}
#endif
