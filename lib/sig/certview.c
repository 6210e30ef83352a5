/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/certview.h"

#include <inttypes.h>
#include "base/date.h"
#include "codec/der.h"
#include "codec/hex.h"
#include "codec/oid.h"
#include "crypto/dn.h"
#include "crypto/fulcio.h"
#include "crypto/san.h"
#include "crypto/sct.h"

enum { TEXT = 64 << 10, SHORT_HEX = 8, SCT_SIGNATURE_HEAD = 4 };

static const char *const usage_names[] = {"Digital Signature", "Content Commitment", "Key Encipherment",
	"Data Encipherment", "Key Agreement", "Cert Sign", "CRL Sign", "Encipher Only", "Decipher Only"};

struct named_oid { const char *oid, *name; };

static const struct named_oid purposes[] = {
	{"2.5.29.37.0", "Any"},
	{"1.3.6.1.5.5.7.3.1", "Server Auth"}, {"1.3.6.1.5.5.7.3.2", "Client Auth"},
	{"1.3.6.1.5.5.7.3.3", "Code Signing"}, {"1.3.6.1.5.5.7.3.4", "Email Protection"},
	{"1.3.6.1.5.5.7.3.5", "IPSEC End System"}, {"1.3.6.1.5.5.7.3.6", "IPSEC Tunnel"},
	{"1.3.6.1.5.5.7.3.7", "IPSEC User"}, {"1.3.6.1.5.5.7.3.8", "Time Stamping"},
	{"1.3.6.1.5.5.7.3.9", "OCSP Signing"},
};

static const struct named_oid algorithms[] = {
	{"1.2.840.10045.4.3.2", "ECDSA-SHA256"}, {"1.2.840.10045.4.3.3", "ECDSA-SHA384"},
	{"1.2.840.10045.4.3.4", "ECDSA-SHA512"}, {"1.2.840.113549.1.1.11", "SHA256-RSA"},
	{"1.2.840.113549.1.1.12", "SHA384-RSA"}, {"1.2.840.113549.1.1.13", "SHA512-RSA"},
	{"1.2.840.113549.1.1.10", "RSAPSS"}, {"1.3.101.112", "Ed25519"},
};

#define FULCIO_ARC "1.3.6.1.4.1.57264.1."

/* As upstream words them; those before 8 hold bare text. */
static const char *const fulcio_labels[] = {NULL, "OIDC Issuer", "GitHub Workflow Trigger",
	"GitHub Workflow SHA", "GitHub Workflow Name", "GitHub Workflow Repository", "GitHub Workflow Ref",
	"OtherName SAN", "Issuer (V2)", "Build Signer URI", "Build Signer Digest", "Runner Environment",
	"Source Repository URI", "Source Repository Digest", "Source Repository Ref",
	"Source Repository Identifier", "Source Repository Owner URI", "Source Repository Owner Identifier",
	"Build Config URI", "Build Config Digest", "Build Trigger", "Run Invocation URI",
	"Source Repository Visibility At Signing", "Deployment Environment", "Token Subject"};

static const char *
name_of(const struct named_oid *list, size_t count, const char *oid)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].oid, oid) == 0)
			return list[i].name;
	return NULL;
}

void
certview_decimal(struct buf *out, struct span digits)
{
	char text[3 * 64 + 1];
	size_t n = sizeof(text);
	unsigned char left[64];

	if (digits.len > sizeof(left)) {
		buf_add_str(out, "0x");
		hex_encode(out, digits);
		return;
	}
	if (digits.len)
		memcpy(left, digits.ptr, digits.len);
	for (bool more = true; more;) {
		unsigned carry = 0;

		more = false;
		for (size_t i = 0; i < digits.len; i++) {
			unsigned v = carry * 256 + left[i];

			left[i] = (unsigned char)(v / 10);
			carry = v % 10;
			more = more || left[i];
		}
		text[--n] = (char)('0' + carry);
	}
	buf_add(out, text + n, sizeof(text) - n);
}

/* Algorithm and length of the signature below a certificate. */
static size_t
signature_of(const struct cert *c, char oid[OID_TEXT_MAX])
{
	struct span rest = buf_span(&c->der), in, part, alg, sig = SPAN_NONE;

	oid[0] = '\0';
	if (der_get(&rest, DER_SEQUENCE, &in) && der_get_whole(&in, DER_SEQUENCE, &part) &&
	    der_get(&in, DER_SEQUENCE, &part) && der_get(&part, DER_OID, &alg)) {
		oid_format(alg, oid);
		(void)der_get_bits(&in, &sig);
	}
	return sig.len;
}

/* --- who is meant by an id --- */

static const struct trust_log *
log_of(const struct trust_logs *logs, struct span id)
{
	return trust_find(logs, id, NULL);
}

static struct span
ca_of(const struct trust *t, struct span key_id)
{
	for (size_t i = 0; t && i < t->cas.count; i++) {
		const struct shape_strs *certs = &t->cas.items[i].certs;

		for (size_t k = 0; k < certs->count; k++) {
			AUTO(cert) struct cert c = CERT_INIT;
			const struct cert_extension *x;
			struct span rest, id;

			if (cert_parse_der(&c, certs->items[k], NULL) || !(x = cert_find_text(&c, "2.5.29.14")))
				continue;
			rest = x->value;
			if (der_get(&rest, DER_OCTETS, &id) && span_eq(id, key_id))
				return t->cas.items[i].uri;
		}
	}
	return SPAN_NONE;
}

/* --- text --- */

static void
show_subject(struct outline *o, const struct cert *c)
{
	static const struct { const char *label; struct span oid; bool last; } parts[] = {
		{"Common Name", {"\x55\x04\x03", 3}, true},
		{"Organization", {"\x55\x04\x0a", 3}, false},
		{"Country", {"\x55\x04\x06", 3}, false},
	};
	AUTO(buf) struct buf subject = BUF_INIT(4 * CERT_MAX);
	bool begun = false;

	dn_format(c->subject, &subject);
	if (subject.len)
		outline_span(o, "Subject", buf_span(&subject));
	for (size_t i = 0; i < countof(parts); i++) {
		struct span value = dn_get(c->issuer, parts[i].oid, parts[i].last);

		if (value.len == 0)
			continue;
		if (!begun)
			outline_label(o, "Issuer");
		begun = true;
		o->depth++;
		outline_span(o, parts[i].label, value);
		o->depth--;
	}
}

static void
show_point(struct outline *o, struct span bytes)
{
	char front[2 * SHORT_HEX + 1], back[2 * SHORT_HEX + 1];

	if (bytes.len < SHORT_HEX)
		return;
	hex_format(front, bytes.ptr, SHORT_HEX / 2);
	hex_format(back, bytes.ptr + bytes.len - SHORT_HEX / 2, SHORT_HEX / 2);
	outline_line(o, "Public Key", "%s...%s (%zu bytes)", front, back, bytes.len);
}

static void
show_key(struct outline *o, struct cert *c)
{
	static const char *const curves[] = {[KEY_P256] = "P-256", [KEY_P384] = "P-384", [KEY_P521] = "P-521"};
	struct pubkey *k = cert_key(c, NULL);
	struct span rest = c->spki, in, part, bits = SPAN_NONE;

	if (der_get(&rest, DER_SEQUENCE, &in) && der_get(&in, DER_SEQUENCE, &part))
		(void)der_get_bits(&in, &bits);
	outline_label(o, "Subject Public Key Info");
	o->depth++;
	if (!k) {
		outline_line(o, "Algorithm", "Unknown");
	} else if (k->type == KEY_RSA) {
		outline_line(o, "Algorithm", "RSA");
		outline_line(o, "Key Size", "%u bits", k->bits);
	} else if (k->type == KEY_ED25519) {
		outline_line(o, "Algorithm", "Ed25519");
		show_point(o, bits);
	} else {
		outline_line(o, "Algorithm", "ECDSA");
		outline_line(o, "Curve", "%s", curves[k->type]);
		show_point(o, bits);
	}
	o->depth--;
}

static void
show_names(struct outline *o, const struct cert *c)
{
	static const struct { enum san_kind kind; const char *label; } kinds[] = {
		{SAN_EMAIL, "Email"}, {SAN_URI, "URI"}, {SAN_OTHERNAME, "Other Name"}, {SAN_DNS, "DNS"},
		{SAN_IP, "IP Address"},
	};
	AUTO(san_list) struct san_list l = SAN_LIST_INIT;
	struct span cn = dn_get(c->subject, DN_COMMON_NAME, true);
	struct err e = ERR_INIT;
	bool bad = san_list_get(&l, c, &e) != 0;

	if (!bad && cn.len == 0 && l.count == 0)
		return;
	outline_label(o, "Identity (Subject Alternative Name)");
	o->depth++;
	if (cn.len)
		outline_span(o, "Common Name", cn);
	for (size_t k = 0; !bad && k < countof(kinds); k++)
		for (size_t i = 0; i < l.count; i++)
			if (l.items[i].kind == kinds[k].kind)
				outline_span(o, kinds[k].label, l.items[i].text);
	if (bad) {
		char text[ERR_TEXT];

		outline_line(o, "[!] WARNING", "%s", err_text(&e, text, sizeof(text)));
	}
	o->depth--;
}

static void
add_word(struct buf *words, const char *word)
{
	if (words->len)
		buf_add_str(words, ", ");
	buf_add_str(words, word);
}

static void
show_usage(struct outline *o, const struct cert *c)
{
	AUTO(buf) struct buf known = BUF_INIT(TEXT);
	AUTO(buf) struct buf unknown = BUF_INIT(CERT_MAX * 4);
	AUTO(buf) struct buf bits = BUF_INIT(TEXT);
	struct span rest = c->usages, id;

	for (size_t i = 0; i < countof(usage_names); i++)
		if (c->key_usage & 1U << i)
			add_word(&bits, usage_names[i]);
	while (rest.len && der_get(&rest, DER_OID, &id)) {
		char text[OID_TEXT_MAX];
		const char *name = name_of(purposes, countof(purposes), oid_format(id, text));

		add_word(name ? &known : &unknown, name ? name : text);
	}
	if (bits.len)
		outline_span(o, "Key Usage", buf_span(&bits));
	if (known.len)
		outline_span(o, "Extended Key Usage", buf_span(&known));
	if (unknown.len)
		outline_span(o, "Unknown Extended Key Usage", buf_span(&unknown));
}

static void
show_key_ids(struct outline *o, const struct cert *c, const struct trust *t)
{
	const struct cert_extension *own = cert_find_text(c, "2.5.29.14");
	const struct cert_extension *of_issuer = cert_find_text(c, "2.5.29.35");
	struct span rest, in, id;

	rest = own ? own->value : SPAN_NONE;
	if (own && der_get(&rest, DER_OCTETS, &id))
		outline_hex(o, "Subject Key ID", id);
	rest = of_issuer ? of_issuer->value : SPAN_NONE;
	if (of_issuer && der_get(&rest, DER_SEQUENCE, &in) && der_get(&in, DER_PRIMITIVE_0, &id)) {
		struct span uri = ca_of(t, id);

		if (uri.len)
			outline_span(o, "Authority URL", uri);
		else
			outline_hex(o, "Authority Key ID", id);
	}
}

static void
show_sct(struct outline *o, const struct sct *sct, const struct trust *t)
{
	struct span id = span_of(sct->id, SCT_ID);
	const struct trust_log *log = t ? log_of(&t->ctlogs, id) : NULL;
	char text[DATE_TEXT];

	outline_line(o, "Version", "v%u", sct->version + 1);
	if (log && log->base_url.len)
		outline_span(o, "Log URL", log->base_url);
	else
		outline_hex(o, "Log ID", id);
	outline_line(o, "Timestamp", "%s", date_format((int64_t)(sct->time / 1000), text));
	if (sct->extensions.len)
		outline_line(o, "Extensions", "%zu bytes", sct->extensions.len);
	else
		outline_line(o, "Extensions", "none");
	outline_line(o, "Signature", "Present (%zu bytes)", sct->signature.len > SCT_SIGNATURE_HEAD ?
	    sct->signature.len - SCT_SIGNATURE_HEAD : 0);
}

static bool
show_scts(struct outline *o, const struct cert *c, const struct trust *t)
{
	struct sct_list l;

	if (sct_list_get(&l, c, NULL))
		return false;
	outline_line(o, "Signed Certificate Timestamps", "%zu", l.count);
	o->depth++;
	for (size_t i = 0; i < l.count; i++) {
		char label[64];

		snprintf(label, sizeof(label), "Signed Certificate Timestamp [%zu]", i);
		outline_label(o, label);
		o->depth++;
		show_sct(o, &l.items[i], t);
		o->depth--;
	}
	o->depth--;
	return true;
}

/* Number of a Fulcio extension; 0 for others. */
static unsigned
fulcio_number(const char *oid)
{
	uint64_t n;

	if (!span_starts(span_str(oid), FULCIO_ARC) ||
	    !span_decimal(span_str(oid + sizeof(FULCIO_ARC) - 1), FULCIO_LAST, &n))
		return 0;
	return (unsigned)n;
}

static void
show_extension(struct outline *o, const struct cert *c, const struct cert_extension *x)
{
	char oid[OID_TEXT_MAX], label[OID_TEXT_MAX + 8];
	unsigned number = fulcio_number(oid_format(x->oid, oid));
	struct span text;

	if (number && fulcio_text(c, x->oid, &text, NULL) == 0) {
		outline_span(o, fulcio_labels[number], text);
		return;
	}
	snprintf(label, sizeof(label), "OID: %s", oid);
	outline_line(o, label, "(Critical: %s) [%zu bytes]", x->critical ? "true" : "false", x->value.len);
}

static void
show_extensions(struct outline *o, const struct cert *c, const struct trust *t)
{
	/* Those that were shown already. */
	static const char *const done[] = {"2.5.29.15", "2.5.29.37", "2.5.29.14", "2.5.29.35", "2.5.29.17"};

	outline_label(o, "Extensions");
	o->depth++;
	show_names(o, c);
	show_usage(o, c);
	show_key_ids(o, c, t);
	for (size_t i = 0; i < c->extensions; i++) {
		const struct cert_extension *x = &c->extension[i];
		char oid[OID_TEXT_MAX];
		bool seen = false;

		oid_format(x->oid, oid);
		for (size_t k = 0; k < countof(done); k++)
			seen = seen || strcmp(done[k], oid) == 0;
		if (!seen && (strcmp(oid, "1.3.6.1.4.1.11129.2.4.2") != 0 || !show_scts(o, c, t)))
			show_extension(o, c, x);
	}
	o->depth--;
}

void
certview_outline(struct outline *o, struct span der, const struct trust *t)
{
	AUTO(cert) struct cert c = CERT_INIT;
	struct err e = ERR_INIT;
	char text[ERR_TEXT], oid[OID_TEXT_MAX], date[DATE_TEXT];
	const char *name;
	size_t sig;

	if (cert_parse_der(&c, der, &e)) {
		outline_line(o, "Error", "parsing certificate: %s", err_text(&e, text, sizeof(text)));
		return;
	}
	sig = signature_of(&c, oid);
	name = name_of(algorithms, countof(algorithms), oid);
	outline_line(o, "Signature Algorithm", "%s", name ? name : oid);
	show_subject(o, &c);
	outline_label(o, "Validity");
	o->depth++;
	outline_line(o, "Not Before", "%s", date_format(c.not_before, date));
	outline_line(o, "Not After", "%s", date_format(c.not_after, date));
	o->depth--;
	show_key(o, &c);
	show_extensions(o, &c, t);
	outline_line(o, "Signature", "Present (%zu bytes)", sig);
}

/* --- JSON --- */

static void
emit_khex(struct emit *j, const char *name, struct span bytes)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX);

	hex_encode(&text, bytes);
	emit_kspan(j, name, buf_span(&text));
}

static void
emit_kname(struct emit *j, const char *key, struct span name)
{
	AUTO(buf) struct buf text = BUF_INIT(4 * CERT_MAX);

	dn_format(name, &text);
	emit_kspan(j, key, buf_span(&text));
}

static void
emit_names(struct emit *j, const struct cert *c)
{
	AUTO(san_list) struct san_list l = SAN_LIST_INIT;

	emit_key(j, "names");
	emit_array(j);
	if (san_list_get(&l, c, NULL) == 0)
		for (size_t i = 0; i < l.count; i++) {
			emit_object(j);
			emit_kstr(j, "kind", san_kind_name(l.items[i].kind));
			emit_kspan(j, "name", l.items[i].text);
			emit_object_end(j);
		}
	emit_array_end(j);
}

/* By number and in that order, whatever the certificate's is. */
static void
emit_fulcio(struct emit *j, const struct cert *c)
{
	emit_key(j, "extensions");
	emit_object(j);
	for (unsigned n = 1; n <= FULCIO_LAST; n++) {
		struct span text = SPAN_NONE;

		if (fulcio_name(n) && fulcio_get(c, n, &text, NULL) == 0 && text.ptr)
			emit_kspan(j, fulcio_name(n), text);
	}
	emit_object_end(j);
}

static void
emit_scts(struct emit *j, const struct cert *c, const struct trust *t)
{
	struct sct_list l;
	char text[DATE_TEXT];

	if (!sct_is_embedded(c) || sct_list_get(&l, c, NULL))
		return;
	emit_key(j, "scts");
	emit_array(j);
	for (size_t i = 0; i < l.count; i++) {
		struct span id = span_of(l.items[i].id, SCT_ID);
		const struct trust_log *log = t ? log_of(&t->ctlogs, id) : NULL;

		emit_object(j);
		emit_khex(j, "logId", id);
		if (log && log->base_url.len)
			emit_kspan(j, "log", log->base_url);
		emit_kstr(j, "time", date_format((int64_t)(l.items[i].time / 1000), text));
		emit_object_end(j);
	}
	emit_array_end(j);
}

static void
emit_readable(struct emit *j, struct cert *c, const struct trust *t)
{
	struct pubkey *k = cert_key(c, NULL);
	char oid[OID_TEXT_MAX], date[DATE_TEXT], key[32], digest[DIGEST_TEXT_MAX];
	const char *name;

	(void)signature_of(c, oid);
	name = name_of(algorithms, countof(algorithms), oid);
	emit_kstr(j, "digest", digest_text_of(buf_span(&c->der), digest));
	emit_kname(j, "subject", c->subject);
	emit_kname(j, "issuer", c->issuer);
	emit_khex(j, "serial", c->serial);
	emit_kstr(j, "notBefore", date_format(c->not_before, date));
	emit_kstr(j, "notAfter", date_format(c->not_after, date));
	emit_kstr(j, "signatureAlgorithm", name ? name : oid);
	emit_kstr(j, "key", k ? pubkey_describe(k, key) : NULL);
	emit_names(j, c);
	emit_fulcio(j, c);
	emit_scts(j, c, t);
}

void
certview_emit(struct emit *j, struct span der, const struct trust *t)
{
	AUTO(cert) struct cert c = CERT_INIT;
	struct err e = ERR_INIT;
	char text[ERR_TEXT];

	emit_object(j);
	if (cert_parse_der(&c, der, &e))
		emit_kstr(j, "error", err_text(&e, text, sizeof(text)));
	else
		emit_readable(j, &c, t);
	emit_object_end(j);
}
