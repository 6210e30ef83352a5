/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/bundlefields.h"

#include "sig/bundle.h"

const struct field bundlefields_of_bundle[] = {
	FIELD_STR(struct bundlefields_bundle, media_type, "mediaType", FIELD_REQUIRED,
	    .alias = "media_type"),
	FIELD_RAW(struct bundlefields_bundle, material, "verificationMaterial", FIELD_REQUIRED,
	    .alias = "verification_material"),
	FIELD_RAW(struct bundlefields_bundle, message, "messageSignature", 0, .alias = "message_signature"),
	FIELD_RAW(struct bundlefields_bundle, dsse, "dsseEnvelope", 0, .alias = "dsse_envelope"),
	FIELD_END,
};
const struct field bundlefields_of_material[] = {
	FIELD_RAW(struct bundlefields_material, hint, "publicKey", 0, .alias = "public_key"),
	FIELD_RAW(struct bundlefields_material, chain, "x509CertificateChain", 0,
	    .alias = "x509_certificate_chain"),
	FIELD_RAW(struct bundlefields_material, cert, "certificate", 0),
	FIELD_RAW(struct bundlefields_material, entries, "tlogEntries", 0, .alias = "tlog_entries"),
	FIELD_RAW(struct bundlefields_material, stamps, "timestampVerificationData", 0,
	    .alias = "timestamp_verification_data"),
	FIELD_END,
};
const struct field bundlefields_of_hint[] = {
	FIELD_STR(struct bundlefields_hint, hint, "hint", 0),
	FIELD_END,
};
const struct field bundlefields_of_cert[] = {
	FIELD_B64(struct bundlefields_cert, der, "rawBytes", FIELD_REQUIRED | FIELD_NONEMPTY,
	    .alias = "raw_bytes"),
	FIELD_END,
};
const struct field bundlefields_of_chain[] = {
	FIELD_OBJS(struct bundlefields_chain, certs, "certificates", bundlefields_of_cert, struct bundlefields_cert,
	    FIELD_REQUIRED | FIELD_NONEMPTY, .max = BUNDLE_CERTS_MAX),
	FIELD_END,
};
static const struct field stamp_fields[] = {
	FIELD_B64(struct bundlefields_stamp, der, "signedTimestamp", 0, .alias = "signed_timestamp"),
	FIELD_END,
};
const struct field bundlefields_of_stamps[] = {
	FIELD_OBJS(struct bundlefields_stamps, stamps, "rfc3161Timestamps", stamp_fields,
	    struct bundlefields_stamp, 0, .alias = "rfc3161_timestamps", .max = BUNDLE_TIMESTAMPS_MAX),
	FIELD_END,
};
static const struct field digest_fields[] = {
	FIELD_RAW(struct bundlefields_digest, alg, "algorithm", 0),
	FIELD_B64(struct bundlefields_digest, digest, "digest", 0),
	FIELD_END,
};
const struct field bundlefields_of_message[] = {
	FIELD_OBJ(struct bundlefields_message, digest, "messageDigest", digest_fields, 0,
	    FIELD_HAS(struct bundlefields_message, has_digest), .alias = "message_digest"),
	FIELD_B64(struct bundlefields_message, sig, "signature", 0),
	FIELD_END,
};
static const struct field signature_fields[] = {
	FIELD_B64(struct bundlefields_signature, sig, "sig", 0),
	FIELD_STR(struct bundlefields_signature, keyid, "keyid", 0),
	FIELD_END,
};
const struct field bundlefields_of_dsse[] = {
	FIELD_B64(struct bundlefields_dsse, payload, "payload", 0, .max = BUNDLE_MAX),
	FIELD_STR(struct bundlefields_dsse, type, "payloadType", 0, .alias = "payload_type"),
	FIELD_OBJS(struct bundlefields_dsse, signatures, "signatures", signature_fields,
	    struct bundlefields_signature, 0),
	FIELD_END,
};

int
bundlefields_decode(void *out, const struct field *fields, struct node v, const char *name,
    enum shape_mode mode, struct pool *pool, struct err *e)
{
	if (v.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_SHAPE, "%s: expected an object, found %s", name,
		    node_kind_name(v.kind));
	if (shape_decode(out, fields, v, mode, pool, e))
		return err_wrap(e, "%s", name);
	return 0;
}

bool
bundlefields_algorithm(struct node v, struct pool *pool, struct span *out)
{
	static const char *const names[] = {"", "SHA2_256", "SHA2_384", "SHA2_512", "SHA3_256",
	    "SHA3_384"};
	struct span text;
	int64_t n;

	if (v.kind == JSON_NUMBER && node_int(v, &n) && n >= 0 && (size_t)n < countof(names)) {
		*out = span_str(names[n]);
		return true;
	}
	if (!node_string(v, pool, &text))
		return false;
	for (size_t i = 1; i < countof(names); i++)
		if (span_is(text, names[i])) {
			*out = span_str(names[i]);
			return true;
		}
	return span_is(text, "HASH_ALGORITHM_UNSPECIFIED");
}
