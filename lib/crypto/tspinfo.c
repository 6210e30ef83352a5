/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/tspinfo.h"

#include "codec/der.h"
#include "codec/dertime.h"
#include "codec/oid.h"

static int
bad(struct err *e, const char *what)
{
	return err_set(e, REASON_BAD_TIMESTAMP, "the timestamp's TSTInfo is malformed: %s", what);
}

static int
refuse_algorithm(struct span oid, const char *what, struct err *e)
{
	char text[OID_TEXT_MAX];

	err_set(e, REASON_BAD_TIMESTAMP, "the timestamp uses %s that is not accepted", what);
	return err_found(e, "%s", oid_format(oid, text));
}

static bool
no_parameters(struct span rest)
{
	struct span null;

	return rest.len == 0 || (der_get(&rest, DER_NULL, &null) && null.len == 0 && rest.len == 0);
}

#define NIST_HASH(n) "\x60\x86\x48\x01\x65\x03\x04\x02" n

int
tspinfo_hash(struct span algorithm, enum hash *hash, struct err *e)
{
	static const struct {
		const char *oid;
		enum hash hash;
	} hashes[] = {
		{NIST_HASH("\x01"), HASH_SHA256},
		{NIST_HASH("\x02"), HASH_SHA384},
		{NIST_HASH("\x03"), HASH_SHA512},
	};
	struct span oid;

	if (!der_get(&algorithm, DER_OID, &oid))
		return bad(e, "an algorithm");
	for (size_t i = 0; i < countof(hashes); i++)
		if (span_is(oid, hashes[i].oid)) {
			*hash = hashes[i].hash;
			return no_parameters(algorithm) ? 0 : bad(e, "an algorithm");
		}
	return refuse_algorithm(oid, "a hash", e);
}

#define PKCS1(n) "\x2a\x86\x48\x86\xf7\x0d\x01\x01" n
#define ANSI_ECDSA(n) "\x2a\x86\x48\xce\x3d\x04\x03" n

int
tspinfo_check_algorithm(struct span algorithm, enum hash hash, bool *pss, struct err *e)
{
	static const struct {
		const char *oid;
		enum hash hash;		/* NONE: whatever the signer says */
	} known[] = {
		{PKCS1("\x01"), HASH_NONE},
		{PKCS1("\x0a"), HASH_NONE},	/* PSS; the signature itself shows its parameters */
		{PKCS1("\x0b"), HASH_SHA256},
		{PKCS1("\x0c"), HASH_SHA384},
		{PKCS1("\x0d"), HASH_SHA512},
		{"\x2a\x86\x48\xce\x3d\x02\x01", HASH_NONE},	/* ecPublicKey, as some write */
		{ANSI_ECDSA("\x02"), HASH_SHA256},
		{ANSI_ECDSA("\x03"), HASH_SHA384},
		{ANSI_ECDSA("\x04"), HASH_SHA512},
		{"\x2b\x65\x70", HASH_NONE},			/* Ed25519 */
	};
	struct span oid;

	if (!der_get(&algorithm, DER_OID, &oid))
		return bad(e, "an algorithm");
	*pss = span_is(oid, PKCS1("\x0a"));
	for (size_t i = 0; i < countof(known); i++)
		if (span_is(oid, known[i].oid))
			return known[i].hash == HASH_NONE || known[i].hash == hash
				   ? 0 : refuse_algorithm(oid, "a signature algorithm of another hash", e);
	return refuse_algorithm(oid, "a signature algorithm", e);
}

static int
get_imprint(struct tsp *t, struct span *info, struct err *e)
{
	struct span imprint, algorithm;

	if (!der_get(info, DER_SEQUENCE, &imprint) || !der_get(&imprint, DER_SEQUENCE, &algorithm) ||
	    !der_get(&imprint, DER_OCTETS, &t->imprint) || imprint.len)
		return bad(e, "its message imprint");
	if (tspinfo_hash(algorithm, &t->imprint_hash, e))
		return -1;
	return t->imprint.len == hash_size(t->imprint_hash) ? 0 : bad(e, "the length of its message imprint");
}

/* Seconds, then thousandths and millionths with tags of their own. */
static int
get_accuracy(struct tsp_time *time, struct span *info, struct err *e)
{
	static const struct {
		unsigned tag;
		uint64_t max;
		int64_t unit;
	} parts[] = {{DER_INTEGER, INT32_MAX, 1000000}, {DER_PRIMITIVE_0, 999, 1000}, {DER_PRIMITIVE_1, 999, 1}};
	struct span accuracy, v;

	if (!der_is(*info, DER_SEQUENCE))
		return 0;
	if (!der_get(info, DER_SEQUENCE, &accuracy))
		return bad(e, "its accuracy");
	time->has_accuracy = true;
	for (size_t i = 0; i < countof(parts); i++) {
		uint64_t value = 0;

		if (!der_is(accuracy, parts[i].tag))
			continue;
		if (!der_get(&accuracy, parts[i].tag, &v) || v.len == 0 || v.len > 5 || v.ptr[0] & 0x80)
			return bad(e, "its accuracy");
		for (size_t n = 0; n < v.len; n++)
			value = value << 8 | (unsigned char)v.ptr[n];
		if (value > parts[i].max)
			return bad(e, "its accuracy");
		time->accuracy_us += (int64_t)value * parts[i].unit;
	}
	return accuracy.len ? bad(e, "its accuracy") : 0;
}

static int
check_extensions(struct span list, struct err *e)
{
	struct span one, oid;
	bool critical;

	while (list.len) {
		critical = false;
		if (!der_get(&list, DER_SEQUENCE, &one) || !der_get(&one, DER_OID, &oid))
			return bad(e, "its extensions");
		if (der_is(one, DER_BOOLEAN) && !der_get_bool(&one, &critical))
			return bad(e, "its extensions");
		if (critical)
			return refuse_algorithm(oid, "a critical extension", e);
	}
	return 0;
}

static int
get_optional(struct tsp *t, struct span *info, struct err *e)
{
	struct span ignored, extensions = SPAN_NONE;
	bool ordering;

	if (get_accuracy(&t->time, info, e))
		return -1;
	if (der_is(*info, DER_BOOLEAN) && !der_get_bool(info, &ordering))
		return bad(e, "its ordering");
	if (der_is(*info, DER_INTEGER) && !der_get_uint(info, &t->nonce))
		return bad(e, "its nonce");
	(void)der_get(info, DER_CONTEXT_0, &ignored);	/* the authority's name */
	(void)der_get(info, DER_CONTEXT_1, &extensions);
	return info->len ? bad(e, "what follows its time") : check_extensions(extensions, e);
}

/* RFC 3161 wants no sign, and authorities are that say a negative number. It is
 * compared with nothing. */
static bool
get_serial(struct tsp *t, struct span *info)
{
	struct span rest = *info, v;

	if (der_get_uint(info, &t->serial))
		return true;
	if (!der_get(&rest, DER_INTEGER, &v) || v.len == 0 || !(v.ptr[0] & 0x80))
		return false;
	if (v.len > 1 && v.ptr[0] == '\xff' && (v.ptr[1] & 0x80))
		return false;
	t->serial = v;
	*info = rest;
	return true;
}

int
tspinfo_parse(struct tsp *t, struct err *e)
{
	struct span rest = t->info, info;
	uint64_t version;

	if (!der_get(&rest, DER_SEQUENCE, &info) || rest.len || !der_get_number(&info, 1, &version) || version != 1 ||
	    !der_get(&info, DER_OID, &t->policy) || !oid_is_valid(t->policy))
		return bad(e, "its version or policy");
	if (get_imprint(t, &info, e))
		return -1;
	if (!get_serial(t, &info))
		return bad(e, "its serial number");
	if (!dertime_get_exact(&info, &t->time.seconds, &t->time.nanos))
		return bad(e, "its time");
	return get_optional(t, &info, e);
}
