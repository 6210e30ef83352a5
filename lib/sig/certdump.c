/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/certdump.h"

#include "base/date.h"
#include "codec/der.h"
#include "codec/hex.h"
#include "codec/oid.h"
#include "crypto/san.h"

enum { DIGITS_MAX = 2600 };	/* of 8192 bits */

static void
emit_kb64(struct emit *j, const char *name, struct span bytes)
{
	emit_key(j, name);
	emit_base64(j, bytes);
}

static void
emit_knull(struct emit *j, const char *const names[])
{
	for (; *names; names++) {
		emit_key(j, *names);
		emit_null(j);
	}
}

/* Big-endian bytes in decimal. */
static void
emit_knumber(struct emit *j, const char *name, struct span bytes)
{
	unsigned char digits[DIGITS_MAX] = {0};
	char text[DIGITS_MAX];
	size_t count = 1;

	for (size_t i = 0; i < bytes.len; i++) {
		unsigned carry = (unsigned char)bytes.ptr[i];

		for (size_t n = 0; n < count; n++) {
			carry += digits[n] * 256u;
			digits[n] = carry % 10;
			carry /= 10;
		}
		for (; carry && count < DIGITS_MAX; carry /= 10)
			digits[count++] = carry % 10;
	}
	for (size_t n = 0; n < count; n++)
		text[n] = (char)('0' + digits[count - 1 - n]);
	emit_key(j, name);
	emit_raw(j, span_of(text, count));
}

/* [2,5,4,10] */
static void
emit_oid(struct emit *j, struct span der)
{
	char text[OID_TEXT_MAX];
	struct span rest = span_str(oid_format(der, text)), arc;
	uint64_t n;

	emit_array(j);
	while (rest.len) {
		arc = span_cut(&rest, '.');
		if (span_decimal(arc, INT64_MAX, &n))
			emit_int(j, (int64_t)n);
	}
	emit_array_end(j);
}

/* --- names --- */

/* The next attribute of a Name's content; sets of several are walked too. */
struct attributes { struct span sets, set; };

static bool
next_attribute(struct attributes *a, struct span *type, struct span *value)
{
	struct span pair;

	while (!a->set.len)
		if (!der_get(&a->sets, DER_SET, &a->set))
			return false;
	if (!der_get(&a->set, DER_SEQUENCE, &pair) || !der_get(&pair, DER_OID, type) || pair.len < 2 ||
	    !der_get(&pair, (unsigned char)pair.ptr[0], value))
		return false;
	return true;
}

static void
emit_name(struct emit *j, const char *member, struct span name)
{
	/* The last byte of 2.5.4.N; the last two are one string each. */
	static const struct { const char *name; char type; bool one; } fields[] = {
		{"Country", 6, false}, {"Organization", 10, false}, {"OrganizationalUnit", 11, false}, {"Locality", 7, false},
		{"Province", 8, false}, {"StreetAddress", 9, false}, {"PostalCode", 17, false}, {"SerialNumber", 5, true},
		{"CommonName", 3, true},
	};
	struct span content = SPAN_NONE, type, value;

	(void)der_get(&name, DER_SEQUENCE, &content);
	emit_key(j, member);
	emit_object(j);
	for (size_t i = 0; i <= countof(fields); i++) {
		struct attributes a = {content, SPAN_NONE};
		bool all = i == countof(fields), any = false;
		struct span last = SPAN("");

		emit_key(j, all ? "Names" : fields[i].name);
		while (next_attribute(&a, &type, &value)) {
			if (!all && !(type.len == 3 && span_starts(type, "\x55\x04") && type.ptr[2] == fields[i].type))
				continue;
			last = value;
			if (!all && fields[i].one)
				continue;
			if (!any)
				emit_array(j);
			any = true;
			if (all) {
				emit_object(j);
				emit_key(j, "Type");
				emit_oid(j, type);
				emit_kspan(j, "Value", value);
				emit_object_end(j);
			} else {
				emit_span(j, value);
			}
		}
		if (any)
			emit_array_end(j);
		else if (!all && fields[i].one)
			emit_span(j, last);
		else
			emit_null(j);
	}
	emit_knull(j, (const char *const[]){"ExtraNames", NULL});
	emit_object_end(j);
}

/* --- keys and algorithms, by Go's numbers --- */

static int
signature_algorithm(struct span oid)
{
	static const struct { struct span oid; int number; } known[] = {
		{{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", 9}, 3}, {{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 9}, 4},
		{{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", 9}, 5}, {{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", 9}, 6},
		{{"\x2a\x86\x48\xce\x3d\x04\x01", 7}, 9}, {{"\x2a\x86\x48\xce\x3d\x04\x03\x02", 8}, 10},
		{{"\x2a\x86\x48\xce\x3d\x04\x03\x03", 8}, 11}, {{"\x2a\x86\x48\xce\x3d\x04\x03\x04", 8}, 12},
		{{"\x2b\x65\x70", 3}, 16},
	};

	for (size_t i = 0; i < countof(known); i++)
		if (span_eq(oid, known[i].oid))
			return known[i].number;
	return 0;
}

static void
emit_signature(struct emit *j, const struct cert *c)
{
	struct span whole = buf_span(&c->der), rest = SPAN_NONE, tbs, alg = SPAN_NONE, oid = SPAN_NONE, sig = SPAN_NONE;

	if (der_get(&whole, DER_SEQUENCE, &rest) && der_get_whole(&rest, DER_SEQUENCE, &tbs) &&
	    der_get(&rest, DER_SEQUENCE, &alg))
		(void)!(der_get(&alg, DER_OID, &oid) && der_get_bits(&rest, &sig));
	emit_kb64(j, "Signature", sig);
	emit_kint(j, "SignatureAlgorithm", signature_algorithm(oid));
}

static void
emit_point(struct emit *j, struct span point)
{
	size_t half = (point.len - 1) / 2;

	emit_object(j);
	emit_key(j, "Curve");
	emit_object(j);
	emit_object_end(j);
	emit_knumber(j, "X", span_of(point.ptr + 1, half));
	emit_knumber(j, "Y", span_of(point.ptr + 1 + half, half));
	emit_object_end(j);
}

static void
emit_rsa(struct emit *j, struct span der)
{
	struct span pair = SPAN_NONE, n = SPAN_NONE;
	uint64_t exponent = 0;

	if (der_get(&der, DER_SEQUENCE, &pair) && der_get_uint(&pair, &n))
		(void)!der_get_number(&pair, INT64_MAX, &exponent);
	emit_object(j);
	emit_knumber(j, "N", n);
	emit_kint(j, "E", (int64_t)exponent);
	emit_object_end(j);
}

static void
emit_public_key(struct emit *j, struct cert *c)
{
	struct span whole = c->spki, seq = SPAN_NONE, alg, bits = SPAN_NONE;
	struct pubkey *k = cert_key(c, NULL);

	if (der_get(&whole, DER_SEQUENCE, &seq) && der_get(&seq, DER_SEQUENCE, &alg))
		(void)!der_get_bits(&seq, &bits);
	emit_kint(j, "PublicKeyAlgorithm", !k ? 0 : k->type == KEY_RSA ? 1 : k->type == KEY_ED25519 ? 4 : 3);
	emit_key(j, "PublicKey");
	if (!k || !bits.len)
		emit_null(j);
	else if (k->type == KEY_RSA)
		emit_rsa(j, bits);
	else if (k->type == KEY_ED25519)
		emit_base64(j, bits);
	else
		emit_point(j, bits);
}

/* --- extensions --- */

static void
emit_extensions(struct emit *j, const struct cert *c)
{
	emit_key(j, "Extensions");
	if (!c->extensions)
		emit_null(j);
	else
		emit_array(j);
	for (size_t i = 0; i < c->extensions; i++) {
		const struct cert_extension *x = &c->extension[i];

		emit_object(j);
		emit_key(j, "Id");
		emit_oid(j, x->oid);
		emit_kbool(j, "Critical", x->critical);
		emit_kb64(j, "Value", x->value);
		emit_object_end(j);
	}
	if (c->extensions)
		emit_array_end(j);
}

static void
emit_usages(struct emit *j, const struct cert *c, bool known)
{
	struct span rest = c->usages, oid;
	bool any = false;

	emit_key(j, known ? "ExtKeyUsage" : "UnknownExtKeyUsage");
	while (rest.len && der_get(&rest, DER_OID, &oid)) {
		bool is_any = span_eq(oid, SPAN("\x55\x1d\x25\x00"));
		bool is_known = is_any || (oid.len == 8 && span_starts(oid, "\x2b\x06\x01\x05\x05\x07\x03") &&
		    oid.ptr[7] >= 1 && oid.ptr[7] <= 9);

		if (is_known != known)
			continue;
		if (!any)
			emit_array(j);
		any = true;
		if (known)
			emit_int(j, is_any ? 0 : oid.ptr[7]);
		else
			emit_oid(j, oid);
	}
	if (any)
		emit_array_end(j);
	else
		emit_null(j);
}

static void
emit_key_ids(struct emit *j, const struct cert *c)
{
	const struct cert_extension *own = cert_find_text(c, "2.5.29.14"), *issuer = cert_find_text(c, "2.5.29.35");
	struct span rest = own ? own->value : SPAN_NONE, id = SPAN_NONE, seq;

	emit_key(j, "SubjectKeyId");
	if (rest.len && der_get(&rest, DER_OCTETS, &id))
		emit_base64(j, id);
	else
		emit_null(j);
	rest = issuer ? issuer->value : SPAN_NONE;
	emit_key(j, "AuthorityKeyId");
	if (rest.len && der_get(&rest, DER_SEQUENCE, &seq) && der_get(&seq, DER_PRIMITIVE_0, &id))
		emit_base64(j, id);
	else
		emit_null(j);
}

/* What Go would not escape in a path. */
static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c && strchr("-_.~$&+,/:;=@", c));
}

/* The path without escapes; whether Go would write it otherwise than it stands. */
static bool
decode_path(struct span path, struct buf *out)
{
	bool raw = false;

	for (size_t i = 0; i < path.len; i++) {
		unsigned char byte;

		if (path.ptr[i] != '%' || !hex_decode(&byte, 1, span_first(span_from(path, i + 1), 2))) {
			raw = raw || !is_plain(path.ptr[i]);
			buf_add_char(out, path.ptr[i]);
			continue;
		}
		for (size_t n = 1; n <= 2; n++)
			raw = raw || (path.ptr[i + n] >= 'a' && path.ptr[i + n] <= 'f');
		raw = raw || is_plain((char)byte);
		buf_add_char(out, (char)byte);
		i += 2;
	}
	return raw;
}

static void
emit_path(struct emit *j, struct span path, struct span *raw)
{
	AUTO(buf) struct buf plain = BUF_INIT(CERT_MAX);

	*raw = decode_path(path, &plain) ? path : SPAN("");
	emit_kspan(j, "Path", plain.len ? buf_span(&plain) : SPAN(""));
}

/* As Go's net/url takes one apart. */
static void
emit_url(struct emit *j, struct span text)
{
	struct span fragment = text, query, scheme, host = SPAN(""), path, raw;
	static const char *const no_user[] = {"User", NULL};
	bool rooted;

	query = span_cut(&fragment, '#');
	path = span_cut(&query, '?');
	scheme = span_cut(&path, ':');
	if (span_starts(path, "//")) {
		ptrdiff_t slash;

		path = span_from(path, 2);
		slash = span_find(path, '/');
		host = slash < 0 ? path : span_first(path, (size_t)slash);
		path = span_from(path, host.len);
	}
	rooted = host.len || span_starts(path, "/");
	emit_object(j);
	emit_kspan(j, "Scheme", scheme);
	emit_kspan(j, "Opaque", rooted || !path.len ? SPAN("") : path);
	emit_knull(j, no_user);
	emit_kspan(j, "Host", host);
	emit_path(j, rooted ? path : SPAN(""), &raw);
	emit_kspan(j, "Fragment", fragment.ptr ? fragment : SPAN(""));
	emit_kspan(j, "RawQuery", query.ptr ? query : SPAN(""));
	emit_kspan(j, "RawPath", raw);
	emit_kstr(j, "RawFragment", "");
	emit_kbool(j, "ForceQuery", query.ptr && !query.len);
	emit_kbool(j, "OmitHost", false);
	emit_object_end(j);
}

static void
emit_names(struct emit *j, const struct cert *c)
{
	static const struct { const char *name; enum san_kind kind; } kinds[] = {
		{"DNSNames", SAN_DNS}, {"EmailAddresses", SAN_EMAIL}, {"IPAddresses", SAN_IP}, {"URIs", SAN_URI},
	};
	AUTO(san_list) struct san_list names = SAN_LIST_INIT;

	if (san_list_get(&names, c, NULL))
		names.count = 0;
	for (size_t k = 0; k < countof(kinds); k++) {
		bool any = false;

		emit_key(j, kinds[k].name);
		for (size_t i = 0; i < names.count; i++) {
			if (names.items[i].kind != kinds[k].kind)
				continue;
			if (!any)
				emit_array(j);
			any = true;
			if (kinds[k].kind == SAN_URI)
				emit_url(j, names.items[i].text);
			else
				emit_span(j, names.items[i].text);
		}
		if (any)
			emit_array_end(j);
		else
			emit_null(j);
	}
}

static void
emit_constraints(struct emit *j, const struct cert *c)
{
	bool there = cert_find_text(c, "2.5.29.19") != NULL;

	emit_kbool(j, "BasicConstraintsValid", there);
	emit_kbool(j, "IsCA", c->is_ca);
	emit_kint(j, "MaxPathLen", there ? c->path_len : 0);
	emit_kbool(j, "MaxPathLenZero", there && c->path_len == 0);
}

static void
emit_zeros(struct emit *j)
{
	static const char *const names[] = {"InhibitAnyPolicy", "InhibitPolicyMapping", "RequireExplicitPolicy"};
	char zero[40];

	for (size_t i = 0; i < countof(names); i++) {
		snprintf(zero, sizeof(zero), "%sZero", names[i]);
		emit_kint(j, names[i], 0);
		emit_kbool(j, zero, false);
	}
}

static void
emit_time(struct emit *j, const char *name, int64_t when)
{
	char text[DATE_TEXT];

	emit_kstr(j, name, date_format(when, text));
}

void
certdump_emit(struct cert *c, struct emit *j)
{
	static const char *const no_extra[] = {"ExtraExtensions", "UnhandledCriticalExtensions", NULL};
	static const char *const no_urls[] = {"OCSPServer", "IssuingCertificateURL", NULL};
	static const char *const no_limits[] = {"PermittedDNSDomains", "ExcludedDNSDomains", "PermittedIPRanges",
		"ExcludedIPRanges", "PermittedEmailAddresses", "ExcludedEmailAddresses", "PermittedURIDomains",
		"ExcludedURIDomains", "CRLDistributionPoints", "PolicyIdentifiers", "Policies", NULL};

	emit_object(j);
	emit_kb64(j, "Raw", buf_span(&c->der));
	emit_kb64(j, "RawTBSCertificate", c->tbs);
	emit_kb64(j, "RawSubjectPublicKeyInfo", c->spki);
	emit_kb64(j, "RawSubject", c->subject);
	emit_kb64(j, "RawIssuer", c->issuer);
	emit_signature(j, c);
	emit_public_key(j, c);
	emit_kint(j, "Version", 3);
	emit_knumber(j, "SerialNumber", c->serial);
	emit_name(j, "Issuer", c->issuer);
	emit_name(j, "Subject", c->subject);
	emit_time(j, "NotBefore", c->not_before);
	emit_time(j, "NotAfter", c->not_after);
	emit_kint(j, "KeyUsage", c->key_usage);
	emit_extensions(j, c);
	emit_knull(j, no_extra);
	emit_usages(j, c, true);
	emit_usages(j, c, false);
	emit_constraints(j, c);
	emit_key_ids(j, c);
	emit_knull(j, no_urls);
	emit_names(j, c);
	emit_kbool(j, "PermittedDNSDomainsCritical", false);
	emit_knull(j, no_limits);
	emit_zeros(j);
	emit_knull(j, (const char *const[]){"PolicyMappings", NULL});
	emit_object_end(j);
}
