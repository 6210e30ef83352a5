/* SPDX-License-Identifier: Apache-2.0 */
#include "client/confine.h"

#include "base/mem.h"
#include "base/sandbox.h"
#include "client/broker.h"
#include "net/http.h"

struct needs {
	bool requests;
	VEC(const char *) dirs;
	struct pool pool;
};

static void
need(struct needs *n, const struct ref *ref)
{
	const char *last = n->dirs.count ? n->dirs.items[n->dirs.count - 1] : "";

	if (ref->place != REF_LAYOUT)
		n->requests = true;
	/* Many images of one directory come in a row. */
	else if (strcmp(ref->dir, last) != 0)
		*VEC_PUSH(&n->dirs) = ref->dir;
}

static void
look_at(struct needs *n, const struct confine *c)
{
	struct ref ref;

	n->requests = c->unknown || c->asks;
	/* Signatures of layout images are always beside them. */
	if (c->store->target && c->store->target->place == REF_LAYOUT)
		need(n, c->store->target);
	for (size_t i = 0; i < c->count; i++)
		if (store_ref(c->images[i], c->store->local_image, &ref, &n->pool, NULL) == 0)
			need(n, &ref);
}

int
confine(const struct confine *c, struct err *e)
{
	struct needs n = {.pool = POOL_INIT};
	unsigned keep = 0;
	int rc;

	look_at(&n, c);
	if (c->unknown || c->writes)
		keep |= SANDBOX_READ;
	if (c->writes)
		keep |= SANDBOX_WRITE;
	/* The broker first: it should hold no end of the co-process's pipes. */
	rc = n.requests && broker_start(e) ? -1 : http_confine(n.requests, keep, n.dirs.items, n.dirs.count, e);
	VEC_FREE(&n.dirs);
	pool_release(&n.pool);
	return rc;
}
