/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate that we read is written as it was, OpenSSL reads it too, and
 * its names are clean. It is no issuer of itself that anybody trusts unless
 * the signature is good. */
#include "base/mem.h"
#include "crypto/chain.h"
#include "crypto/fulcio.h"
#include "crypto/san.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look(struct cert *c)
{
	AUTO(san_list) struct san_list names = SAN_LIST_INIT;
	struct span text;
	char name[CERT_NAME_MAX];

	if (san_list_get(&names, c, NULL) == 0)
		for (size_t i = 0; i < names.count; i++)
			if (!names.items[i].text.len || !san_is_clean(names.items[i].text))
				BUG("a name that is not clean");
	for (unsigned n = 0; n <= FULCIO_LAST; n++)
		if (fulcio_get(c, n, &text, NULL) == 0 && text.ptr && !san_is_clean(text))
			BUG("an extension that is not clean");
	(void)!fulcio_issuer(c, &text, NULL);
	for (size_t i = 0; i < c->extensions; i++)
		(void)!fulcio_text(c, c->extension[i].oid, &text, NULL);
	(void)cert_describe(c, name);
	(void)cert_key(c, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(cert) struct cert c = CERT_INIT;
	AUTO(certlist) struct certlist roots = CERTLIST_INIT, others = CERTLIST_INIT;
	struct certlist *trusted[] = {&roots}, *helpers[] = {&others};
	struct span bytes = span_of(data, size);
	struct chain chain;

	(void)!certlist_add_pem(&others, bytes, NULL);
	if (cert_parse_der(&c, bytes, NULL) || certlist_add_der(&roots, bytes, NULL))
		return 0;
	if (!span_eq(buf_span(&c.der), bytes) || !cert_eq(&c, roots.items[0]))
		BUG("not the same certificate");
	look(&c);
	(void)cert_x509(&c, NULL);
	if (chain_build(&chain, &c, &(struct chain_want){trusted, 1, helpers, 1, CERT_CODE_SIGNING, c.not_before,
	    c.not_before}, NULL) == 0)
		BUG("a certificate vouches for itself");
	return 0;
}
