/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies beside a signature of the older form: signature, certificate and
 * chain, with NULs between.
 */
#include "base/mem.h"
#include "crypto/cert.h"
#include "sig/material.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	struct span rest = span_of(data, size), sig = span_cut(&rest, '\0');
	struct shape_strs certs = {NULL, 0};
	struct err e = ERR_INIT;

	if (material_from_signature(&m, sig, &e) == 0 && m.sig.len == 0)
		BUG("a signature of nothing");
	m.certificate = span_cut(&rest, '\0');
	m.chain = rest;
	if (material_certificates(&m, &certs, &e))
		return 0;
	if (certs.count == 0 || !material_has_certificate(&m))
		BUG("no certificate");
	for (size_t i = 0; i < certs.count; i++) {
		AUTO(cert) struct cert c = CERT_INIT;

		if (cert_parse_der(&c, certs.items[i], NULL))
			BUG("a certificate that cannot be read");
	}
	return 0;
}
