/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/fulcio.h"

#include "codec/der.h"
#include "crypto/san.h"

/* 1.3.6.1.4.1.57264.1 */
static const char arc[] = "\x2b\x06\x01\x04\x01\x83\xbf\x30\x01";

enum { ARC = sizeof(arc) - 1, FIRST_DER = 8 };

static const char *const names[] = {
	[FULCIO_ISSUER_V1] = "issuerV1",
	[FULCIO_TRIGGER] = "githubWorkflowTrigger",
	[FULCIO_SHA] = "githubWorkflowSHA",
	[FULCIO_WORKFLOW] = "githubWorkflowName",
	[FULCIO_REPOSITORY] = "githubWorkflowRepository",
	[FULCIO_REF] = "githubWorkflowRef",
	[FULCIO_ISSUER] = "issuer",
	[9] = "buildSignerURI",
	[10] = "buildSignerDigest",
	[11] = "runnerEnvironment",
	[12] = "sourceRepositoryURI",
	[13] = "sourceRepositoryDigest",
	[14] = "sourceRepositoryRef",
	[15] = "sourceRepositoryIdentifier",
	[16] = "sourceRepositoryOwnerURI",
	[17] = "sourceRepositoryOwnerIdentifier",
	[18] = "buildConfigURI",
	[19] = "buildConfigDigest",
	[20] = "buildTrigger",
	[21] = "runInvocationURI",
	[22] = "sourceRepositoryVisibilityAtSigning",
	[23] = "deploymentEnvironment",
	[FULCIO_LAST] = "tokenSubject",
};

const char *
fulcio_name(unsigned number)
{
	return number < countof(names) ? names[number] : NULL;
}

static int
get(const struct cert_extension *x, unsigned number, struct span *text, struct err *e)
{
	struct span rest = x->value, value = x->value;

	if (number >= FIRST_DER && (!der_get(&rest, DER_UTF8, &value) || rest.len))
		return err_set(e, REASON_BAD_CERTIFICATE,
		    "the certificate's extension 1.3.6.1.4.1.57264.1.%u is no UTF8String", number);
	if (!san_is_clean(value))
		return err_set(e, REASON_BAD_CERTIFICATE,
		    "the certificate's extension 1.3.6.1.4.1.57264.1.%u is not printable text", number);
	*text = span_of(value.ptr, value.len);
	return 0;
}

int
fulcio_get(const struct cert *c, unsigned number, struct span *text, struct err *e)
{
	char oid[ARC + 1];
	const struct cert_extension *x;

	*text = SPAN_NONE;
	if (number == 0 || number > 127)
		return 0;
	memcpy(oid, arc, ARC);
	oid[ARC] = (char)number;
	x = cert_find(c, span_of(oid, sizeof(oid)));
	return x ? get(x, number, text, e) : 0;
}

int
fulcio_issuer(const struct cert *c, struct span *text, struct err *e)
{
	struct span old;

	if (fulcio_get(c, FULCIO_ISSUER, text, e) || fulcio_get(c, FULCIO_ISSUER_V1, &old, e))
		return -1;
	if (!text->ptr)
		*text = old;
	if (old.ptr && !span_eq(old, *text)) {
		err_set(e, REASON_BAD_CERTIFICATE, "the certificate names two issuers of its identity");
		err_expected(e, "%.*s", SPAN_FMT(span_first(*text, 256)));
		return err_found(e, "%.*s", SPAN_FMT(span_first(old, 256)));
	}
	return 0;
}

int
fulcio_text(const struct cert *c, struct span oid, struct span *text, struct err *e)
{
	const struct cert_extension *x = cert_find(c, oid);
	struct span rest;

	*text = SPAN_NONE;
	if (!x)
		return 0;
	if (oid.len == ARC + 1 && memcmp(oid.ptr, arc, ARC) == 0 && !(oid.ptr[ARC] & 0x80))
		return get(x, (unsigned char)oid.ptr[ARC], text, e);
	rest = x->value;
	if (!der_get(&rest, DER_UTF8, text) || rest.len)
		*text = x->value;
	return 0;
}
