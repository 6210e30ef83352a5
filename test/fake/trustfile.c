/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files by which clients know the services: trusted-root.md 10.
 */
#include "sigstore.h"
#include "base/date.h"
#include "json/emit.h"

#include <errno.h>
#include <openssl/pem.h>

static void
save(const char *dir, const char *name, const struct buf *b)
{
	AUTO(charp) char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "we");

	if (!f || fwrite(buf_str(b), 1, b->len, f) != b->len || fclose(f)) {
		fprintf(stderr, "sigstore: %s: %s\n", path, strerror(errno));
		exit(1);
	}
}

/* --- trusted root -------------------------------------------------------- */

static void
emit_start(struct emit *j)
{
	char text[DATE_TEXT];

	emit_key(j, "validFor");
	emit_object(j);
	emit_kstr(j, "start", date_format(time(NULL) - 3600, text));
	emit_object_end(j);
}

static void
emit_log(struct emit *j, const char *service, EVP_PKEY *key)
{
	AUTO(buf) struct buf spki = BUF_INIT(BUF_TEXT_MAX);
	AUTO(charp) char *url = sigstore_url(service);
	unsigned char id[32];

	seal_spki(key, &spki);
	rekor_key_id(key, id);
	emit_object(j);
	emit_kstr(j, "baseUrl", url);
	emit_kstr(j, "hashAlgorithm", "SHA2_256");
	emit_key(j, "publicKey");
	emit_object(j);
	emit_key(j, "rawBytes");
	emit_base64(j, buf_span(&spki));
	emit_kstr(j, "keyDetails", EVP_PKEY_is_a(key, "ED25519") ? "PKIX_ED25519" : "PKIX_ECDSA_P256_SHA_256");
	emit_start(j);
	emit_object_end(j);
	emit_key(j, "logId");
	emit_object(j);
	emit_key(j, "keyId");
	emit_base64(j, span_of(id, sizeof(id)));
	emit_object_end(j);
	emit_object_end(j);
}

static void
emit_cert(struct emit *j, X509 *x)
{
	AUTO(buf) struct buf der = BUF_INIT(BUF_TEXT_MAX);

	seal_der(x, &der);
	emit_object(j);
	emit_key(j, "rawBytes");
	emit_base64(j, buf_span(&der));
	emit_object_end(j);
}

static void
emit_authority(struct emit *j, const char *service, const char *path, X509 *first, X509 *root)
{
	AUTO(charp) char *base = sigstore_url(service), *url = xasprintf("%s%s", base, path);

	emit_object(j);
	emit_key(j, "subject");
	emit_object(j);
	emit_kstr(j, "organization", "tests");
	emit_kstr(j, "commonName", service);
	emit_object_end(j);
	emit_kstr(j, "uri", url);
	emit_key(j, "certChain");
	emit_object(j);
	emit_key(j, "certificates");
	emit_array(j);
	emit_cert(j, first);
	emit_cert(j, root);
	emit_array_end(j);
	emit_object_end(j);
	emit_start(j);
	emit_object_end(j);
}

#define TSA_PATH "/api/v1/timestamp"

static void
emit_root(struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_kstr(&j, "mediaType", "application/vnd.dev.sigstore.trustedroot+json;version=0.1");
	emit_key(&j, "tlogs");
	emit_array(&j);
	for (size_t i = 0; i < sigstore_service_count; i++)
		if (sigstore_services[i].rekor)
			emit_log(&j, sigstore_services[i].name, sigstore_services[i].rekor->key);
	emit_array_end(&j);
	emit_key(&j, "certificateAuthorities");
	emit_array(&j);
	emit_authority(&j, "fulcio", "", fulcio_ca.middle.x509, fulcio_ca.root.x509);
	emit_array_end(&j);
	emit_key(&j, "ctlogs");
	emit_array(&j);
	emit_log(&j, "ctlog", ctlog_key);
	emit_array_end(&j);
	emit_key(&j, "timestampAuthorities");
	emit_array(&j);
	for (size_t i = 0; i < sigstore_service_count; i++)
		if (sigstore_services[i].tsa)
			emit_authority(&j, sigstore_services[i].name, TSA_PATH,
			    sigstore_services[i].tsa->leaf.x509, sigstore_services[i].tsa->root.x509);
	emit_array_end(&j);
	emit_object_end(&j);
}

/* --- signing configs ----------------------------------------------------- */

static const struct config {
	const char *file;
	const char *ca, *logs, *tsas;	/* names, separated by blanks */
	const char *selector;
} configs[] = {
	{"signing_config.json", "fulcio", "rekor1 rekor2", "tsa", "ANY"},
	{"signing_config.v1.json", "fulcio", "rekor1", "", "ANY"},
	{"signing_config.v1tsa.json", "fulcio", "rekor1", "tsa", "ANY"},
	{"signing_config.v2.json", "fulcio", "rekor2", "tsa", "ANY"},
	{"signing_config.tsa.json", "fulcio", "", "tsa", "ANY"},
	{"signing_config.ca.json", "fulcio", "", "", "ANY"},
	{"signing_config.v1all.json", "fulcio", "rekor1 rekor1b", "tsa tsab", "ALL"},
	{"signing_config.v2all.json", "fulcio", "rekor2 rekor2b", "tsa tsab", "ALL"},
};

static void
emit_services(struct emit *j, const char *key, const char *names, const char *path)
{
	struct span rest = span_str(names);

	emit_key(j, key);
	emit_array(j);
	while (rest.len) {
		AUTO(charp) char *name = xspandup(span_cut(&rest, ' '));
		AUTO(charp) char *base = sigstore_url(name), *url = xasprintf("%s%s", base, path);

		emit_object(j);
		emit_kstr(j, "url", url);
		emit_kint(j, "majorApiVersion", strncmp(name, "rekor2", 6) == 0 ? 2 : 1);
		emit_start(j);
		emit_kstr(j, "operator", name);
		emit_object_end(j);
	}
	emit_array_end(j);
}

static void
emit_selector(struct emit *j, const char *key, const char *selector)
{
	emit_key(j, key);
	emit_object(j);
	emit_kstr(j, "selector", selector);
	emit_object_end(j);
}

static void
emit_config(const struct config *c, struct buf *out)
{
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_kstr(&j, "mediaType", "application/vnd.dev.sigstore.signingconfig.v0.2+json");
	emit_services(&j, "caUrls", c->ca, "");
	emit_services(&j, "oidcUrls", "oidc", "");
	emit_services(&j, "rekorTlogUrls", c->logs, "");
	emit_selector(&j, "rekorTlogConfig", c->selector);
	emit_services(&j, "tsaUrls", c->tsas, TSA_PATH);
	emit_selector(&j, "tsaConfig", c->selector);
	emit_object_end(&j);
}

/* --- files of older days ------------------------------------------------- */

static void
save_certs(const char *dir, const char *name, X509 *first, X509 *second)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	seal_pem(first, &b);
	seal_pem(second, &b);
	save(dir, name, &b);
}

static void
save_key(const char *dir, const char *name, EVP_PKEY *key)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	seal_pem_key(key, &b);
	save(dir, name, &b);
}

static void
save_issuer(const char *dir)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	AUTO(charp) char *url = sigstore_url("oidc");
	BIO *out = BIO_new(BIO_s_mem());
	char *text;
	long len;

	PEM_write_bio_PrivateKey(out, token_key, NULL, NULL, 0, NULL, NULL);
	len = BIO_get_mem_data(out, &text);
	buf_add(&b, text, (size_t)len);
	buf_printf(&b, "%s\n", url);
	BIO_free(out);
	save(dir, "issuer.key", &b);
}

/* NAME_URL=…, for a shell. */
static void
save_env(const char *dir)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	for (size_t i = 0; i < sigstore_service_count; i++) {
		const struct service *s = &sigstore_services[i];

		for (const char *p = s->name; *p; p++)
			buf_add_char(&b, *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p);
		buf_printf(&b, "_URL=http://127.0.0.1:%u%s\n", s->port, s->tsa ? TSA_PATH : "");
	}
	save(dir, "env", &b);
}

void
trustfile_write(const char *dir)
{
	AUTO(buf) struct buf root = BUF_INIT(BUF_TEXT_MAX);
	const struct tsa *tsa = sigstore_find("tsa")->tsa;

	emit_root(&root);
	save(dir, "trusted_root.json", &root);
	for (size_t i = 0; i < countof(configs); i++) {
		AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

		emit_config(&configs[i], &b);
		save(dir, configs[i].file, &b);
	}
	save_certs(dir, "fulcio.pem", fulcio_ca.middle.x509, fulcio_ca.root.x509);
	save_certs(dir, "tsa.pem", tsa->leaf.x509, tsa->root.x509);
	save_key(dir, "ctfe.pub", ctlog_key);
	save_key(dir, "rekor.pub", sigstore_find("rekor1")->rekor->key);
	save_key(dir, "rekor2.pub", sigstore_find("rekor2")->rekor->key);
	save_issuer(dir);
	save_env(dir);
}
