/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_STORED_H
#define TEST_STORED_H
/*
 * An image's stored signature as a test has it in hand, judged.
 */
#include "sig/verify.h"

struct evidence {
	enum material_form form;
	struct span bytes;			/* bundle JSON, or legacy payload */
	struct span signature_b64, log_bundle, certificate;
	struct span subject_digest;
};

static inline void
verify_evidence(const struct evidence *ev, const struct policy *p, struct verdict *out)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	struct material_layer layer = {.payload = ev->bytes, .signature = ev->signature_b64, .log = ev->log_bundle,
	    .certificate = ev->certificate};
	struct target t = {.image = ev->subject_digest};
	struct err e = ERR_INIT;

	if (ev->form == MATERIAL_BUNDLE && material_from_bundle(&m, ev->bytes, false, &e))
		verdict_fail(out, CHECK_FORMAT, &e);
	else if (ev->form == MATERIAL_LEGACY && material_from_layer(&m, &layer, &e))
		verdict_fail(out, CHECK_SIGNATURE, &e);
	else if (m.form = ev->form, true)
		verify_material(&m, &t, p, out);
}
#endif
