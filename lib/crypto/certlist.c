/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/certlist.h"

#include "base/mem.h"

static void
cut(struct certlist *l, size_t count)
{
	while (l->count > count) {
		cert_release(l->items[--l->count]);
		free(l->items[l->count]);
	}
}

void
certlist_release(struct certlist *l)
{
	cut(l, 0);
	free(l->items);
	*l = (struct certlist)CERTLIST_INIT;
}

static struct cert *
push(struct certlist *l, struct err *e)
{
	struct cert *c;

	if (l->count == CERTLIST_MAX) {
		err_set(e, REASON_TOO_LARGE, "there are at most %d certificates in a list", CERTLIST_MAX);
		return NULL;
	}
	l->items = mem_grow(l->items, l->count, &l->room, sizeof(*l->items));
	c = xmalloc(sizeof(*c));
	*c = (struct cert)CERT_INIT;
	l->items[l->count++] = c;
	return c;
}

int
certlist_add_der(struct certlist *l, struct span der, struct err *e)
{
	size_t before = l->count;
	struct cert *c = push(l, e);

	if (c && cert_parse_der(c, der, e) == 0)
		return 0;
	cut(l, before);
	return -1;
}

static bool
has_block(struct span text)
{
	return memmem(text.ptr, text.len, "-----BEGIN ", 11) != NULL;
}

int
certlist_add_pem(struct certlist *l, struct span pem, struct err *e)
{
	size_t before = l->count;
	struct cert *c;

	if (pem.len > CERTLIST_FILE_MAX)
		return err_set(e, REASON_TOO_LARGE, "a file of certificates has at most %d bytes", CERTLIST_FILE_MAX);
	do {
		c = push(l, e);
		if (!c || cert_parse_pem(c, pem, &pem, e)) {
			err_wrap(e, "certificate %zu", l->count - before);
			cut(l, before);
			return -1;
		}
	} while (pem.len && has_block(pem));
	return 0;
}

void
certlist_take(struct certlist *l, struct certlist *from)
{
	for (size_t i = 0; i < from->count; i++) {
		l->items = mem_grow(l->items, l->count, &l->room, sizeof(*l->items));
		l->items[l->count++] = from->items[i];
	}
	from->count = 0;
	certlist_release(from);
}
