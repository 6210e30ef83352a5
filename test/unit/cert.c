/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/fulcio.h"
#include "crypto/certlist.h"
#include "crypto/san.h"
#include "codec/hex.h"
#include "mint.h"
#include "tap.h"

#define FULCIO "1.3.6.1.4.1.57264.1."

static int
parse(struct cert *c, struct span bytes, struct err *e)
{
	return span_starts(bytes, "-----") ? cert_parse_pem(c, bytes, NULL, e) : cert_parse_der(c, bytes, e);
}

static void
bad_cert(const char *path, struct span bytes, enum reason want, void *arg UNUSED)
{
	AUTO(cert) struct cert c = CERT_INIT;
	AUTO(certlist) struct certlist l = CERTLIST_INIT;
	struct err e = ERR_INIT;

	fails_with(parse(&c, bytes, &e), &e, want, "%s", path);
	if (span_starts(bytes, "-----"))
		fails_with(certlist_add_pem(&l, bytes, &e), &e, want, "nor in a list");
	is_int((int64_t)(l.count + c.der.len), 0, "nothing is kept");
}

static void
bad_names(const char *path, struct span bytes, enum reason want, void *arg UNUSED)
{
	AUTO(cert) struct cert c = CERT_INIT;
	AUTO(san_list) struct san_list l = SAN_LIST_INIT;
	struct err e = ERR_INIT;

	succeeds(cert_parse_der(&c, bytes, &e), &e, "%s is a certificate", path);
	fails_with(san_list_get(&l, &c, &e), &e, want, "with bad names");
	ok(san_primary(&l) == NULL, "none of them is kept");
}

static void
bad_extensions(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(cert) struct cert c = CERT_INIT;
	struct err e = ERR_INIT;
	struct span text;

	(void)arg;
	succeeds(cert_parse_der(&c, bytes, &e), &e, "%s is a certificate", path);
	/* A raw value that happens to be DER is text with a control character. */
	fails_with(fulcio_issuer(&c, &text, &e), &e, want, "whose issuer cannot be told");
}

static void
names(void)
{
	struct mint m = {
		.name = "names",
		.constraints = "critical,CA:TRUE,pathlen:3",
		.usage = "critical,digitalSignature,keyCertSign,decipherOnly",
		.extended = "codeSigning,timeStamping",
		.san = "DNS:example.com,otherName:" FULCIO "7;UTF8:alice!example.com,IP:127.0.0.1,IP:::1,"
		       "otherName:1.2.3;UTF8:x,email:a@b.c,RID:1.2.3,URI:https://example.com/x",
	};
	static const struct san want[] = {
		{SAN_DNS, {"example.com", 11}}, {SAN_OTHERNAME, {"alice!example.com", 17}}, {SAN_IP, {"127.0.0.1", 9}},
		{SAN_IP, {"::1", 3}}, {SAN_EMAIL, {"a@b.c", 5}}, {SAN_URI, {"https://example.com/x", 21}},
	};
	struct minted *made = mint(&m);
	struct cert *c = &made->cert;
	AUTO(san_list) struct san_list l = SAN_LIST_INIT;
	struct err e = ERR_INIT;
	char text[CERT_NAME_MAX];

	succeeds(san_list_get(&l, c, &e), &e, "names");
	is_int((int64_t)l.count, countof(want), "those that mean something");
	for (size_t i = 0; i < l.count && i < countof(want); i++)
		ok(l.items[i].kind == want[i].kind && span_eq(l.items[i].text, want[i].text), "%s",
		    san_kind_name(want[i].kind));
	ok(san_primary(&l)->kind == SAN_URI, "the URI is the first");
	is_str(cert_describe(c, text), "names", "its own name");
	ok(c->is_ca && c->path_len == 3, "an authority");
	is_int(c->key_usage, CERT_DIGITAL_SIGNATURE | CERT_CERT_SIGN | 1 << 8, "key usage");
	ok(cert_has_usage(c, CERT_TIME_STAMPING) && cert_has_usage(c, CERT_CODE_SIGNING), "purposes");
	ok(!cert_has_usage(c, SPAN("\x2b\x06\x01\x05\x05\x07\x03\x01")), "but not every one");
	is_int(c->not_after, MINT_TO, "its end");
	ok(cert_key(c, &e) && cert_key(c, &e)->type == KEY_P256, "its key");
	mint_free(made);
}

/* The bytes that Fulcio writes for a user name. */
static void
username(void)
{
	static const char hex[] = "3023a021060a2b0601040183bf300107a0130c11616c696365216578616d706c652e636f6d";
	unsigned char der[(sizeof(hex) - 1) / 2];
	struct mint m = {.more = {{"2.5.29.17", true, {(const char *)der, sizeof(der)}}}};
	AUTO(san_list) struct san_list l = SAN_LIST_INIT;
	struct minted *made;
	struct err e = ERR_INIT;
	char text[CERT_NAME_MAX];

	ok(hex_decode(der, sizeof(der), SPAN(hex)), "its bytes");
	made = mint(&m);
	succeeds(san_list_get(&l, &made->cert, &e), &e, "a user name");
	is_span(san_primary(&l)->text, SPAN("alice!example.com"), "as it is compared");
	ok(span_starts(span_str(cert_describe(&made->cert, text)), "serial "), "without a subject: %s", text);
	mint_free(made);
}

static void
extensions(void)
{
	static const char long_form[] = "\x0c\x81\x82"
		"https://example.com/a-name-that-takes-more-than-one-hundred-and-twenty-seven-bytes/"
		"so-that-its-length-is-written-in-the-long-form.";
	struct mint m = {
		.name = "fulcio",
		.more = {
			{FULCIO "1", false, {"https://issuer", 14}},
			{FULCIO "8", false, {"\x0c\x0ehttps://issuer", 16}},
			{FULCIO "9", false, {long_form, sizeof(long_form) - 1}},
			{FULCIO "99", false, {"\x0c\x01x", 3}},
		},
	};
	struct minted *made = mint(&m);
	struct err e = ERR_INIT;
	struct span text;

	succeeds(fulcio_issuer(&made->cert, &text, &e), &e, "issuer");
	is_span(text, SPAN("https://issuer"), "both say the same");
	succeeds(fulcio_get(&made->cert, 9, &text, &e), &e, "a long one");
	is_int((int64_t)text.len, 130, "all of it");
	succeeds(fulcio_get(&made->cert, 99, &text, &e), &e, "one without a name");
	is_span(text, SPAN("x"), "is readable");
	succeeds(fulcio_get(&made->cert, 10, &text, &e), &e, "one that is not there");
	ok(!text.ptr, "is nothing");
	is_str(fulcio_name(24), "tokenSubject", "number 24");
	is_str(fulcio_name(25), NULL, "number 25");
	is_str(fulcio_name(7), NULL, "number 7 is no extension");
	ok(cert_find_text(&made->cert, FULCIO "1") && !cert_find_text(&made->cert, FULCIO "2"), "found by text");
	mint_free(made);
}

static void
lists(void)
{
	struct mint m = {.name = "one"};
	struct minted *made = mint(&m);
	AUTO(certlist) struct certlist l = CERTLIST_INIT;
	AUTO(buf) struct buf pem = BUF_INIT(1 << 16);
	struct err e = ERR_INIT;

	buf_add_str(&pem, "text before\n");
	cert_emit_pem(&made->cert, &pem);
	cert_emit_pem(&made->cert, &pem);
	buf_add_str(&pem, "text behind\n");
	succeeds(certlist_add_pem(&l, buf_span(&pem), &e), &e, "two");
	is_int((int64_t)l.count, 2, "of them");
	ok(cert_eq(l.items[0], l.items[1]) && cert_eq(l.items[0], &made->cert), "the same");
	buf_add_str(&pem, "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
	fails_with(certlist_add_pem(&l, buf_span(&pem), &e), &e, REASON_BAD_CERTIFICATE, "a bad third");
	is_int((int64_t)l.count, 2, "and none was added");
	fails_with(certlist_add_pem(&l, SPAN("nothing"), &e), &e, REASON_BAD_ENCODING, "no block");
	fails_with(certlist_add_pem(&l, SPAN(""), &e), &e, REASON_BAD_ENCODING, "nothing");
	mint_free(made);
}

static void
weak_key(void)
{
	struct mint m = {.name = "weak", .rsa = "1024"};
	struct minted *made = mint(&m);
	struct err e = ERR_INIT;

	fails_with(cert_key(&made->cert, &e) ? 0 : -1, &e, REASON_BAD_CERTIFICATE, "a key of 1024 bits");
	mint_free(made);
}

static void
too_large(void)
{
	AUTO(cert) struct cert c = CERT_INIT;
	AUTO(buf) struct buf der = BUF_INIT(CERT_MAX + 1);
	struct err e = ERR_INIT;

	memset(buf_room(&der, CERT_MAX + 1), 0x30, CERT_MAX + 1);
	der.len = CERT_MAX + 1;
	fails_with(cert_parse_der(&c, buf_span(&der), &e), &e, REASON_TOO_LARGE, "more than a certificate may have");
}

int
main(void)
{
	names();
	username();
	extensions();
	lists();
	weak_key();
	too_large();
	tap_samples("test/vectors/bad/cert", bad_cert, NULL);
	tap_samples("test/vectors/bad/san", bad_names, NULL);
	tap_samples("test/vectors/bad/fulcio", bad_extensions, NULL);
	return tap_done();
}
