/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/material.h"
#include "tap.h"

#define PAYLOAD "eyJfdHlwZSI6IngifQ=="
#define ENVELOPE "{\"payload\":\"" PAYLOAD "\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQID\"}]}"

static void
test_material(void)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	struct material_layer l = {.payload = SPAN(ENVELOPE), .signature = SPAN("no base64, and nobody looks"),
	    .certificate = SPAN("pem"), .log = SPAN("{}")};
	struct err e = ERR_INIT;

	succeeds(material_from_envelope(&m, &l, &e), &e, "a layer with an envelope");
	is_int(m.form, MATERIAL_LEGACY, "is of the legacy form");
	is_int(m.content, BUNDLE_DSSE, "and about a statement");
	is_span(m.message, l.payload, "the envelope stays as it stood");
	is_span(m.certificate, SPAN("pem"), "its annotations are taken over");
	l.payload = SPAN_NONE;
	fails_with(material_from_envelope(&m, &l, &e), &e, REASON_BAD_BUNDLE, "a layer without bytes");
}

int
main(void)
{
	test_material();
	return tap_done();
}
