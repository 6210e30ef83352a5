/* SPDX-License-Identifier: Apache-2.0 */
#include "client/keyref.h"

#include "base/file.h"

enum kind { KIND_FILE, KIND_ENV, KIND_URL, KIND_FOREIGN };

static const struct {
	const char *prefix;
	enum kind kind;
	const char *what;
} forms[] = {
	{"pkcs11:", KIND_FOREIGN, "a hardware token"},
	{"k8s://", KIND_FOREIGN, "a Kubernetes secret"},
	{"gitlab://", KIND_FOREIGN, "a GitLab variable"},
	{"github://", KIND_FOREIGN, "a GitHub secret"},
	{"awskms://", KIND_FOREIGN, "a key of AWS KMS"},
	{"gcpkms://", KIND_FOREIGN, "a key of Google Cloud KMS"},
	{"azurekms://", KIND_FOREIGN, "a key of Azure Key Vault"},
	{"hashivault://", KIND_FOREIGN, "a key of Vault"},
	{"openbao://", KIND_FOREIGN, "a key of OpenBao"},
	{"env://", KIND_ENV, "a variable"},
	{"http://", KIND_URL, "a URL"},
	{"https://", KIND_URL, "a URL"},
};

static enum kind
kind_of(const char *ref, const char **what)
{
	for (size_t i = 0; i < countof(forms); i++) {
		if (!span_starts(span_str(ref), forms[i].prefix))
			continue;
		*what = forms[i].what;
		return forms[i].kind;
	}
	*what = "a key of a plug-in";
	return strstr(ref, "://") ? KIND_FOREIGN : KIND_FILE;
}

static int
unsupported(struct err *e, const char *what)
{
	err_set(e, REASON_UNSUPPORTED, "%s cannot be used as a key yet", what);
	return err_expected(e, "a PEM file, or env://NAME");
}

static int
classify(const char *ref, enum kind *kind, struct err *e)
{
	const char *what;

	if (!ref || !*ref)
		return err_set(e, REASON_USAGE, "the key reference is empty");
	*kind = kind_of(ref, &what);
	return *kind == KIND_FOREIGN ? unsupported(e, what) : 0;
}

static int
get_variable(const char *ref, struct span *pem, struct err *e)
{
	const char *name = ref + strlen("env://");
	const char *value = getenv(name);

	if (!value)
		return err_set(e, REASON_NOT_FOUND, "the environment has no variable %s", name);
	*pem = span_str(value);
	return 0;
}

static int
fetch(const char *url, const struct http_peer *peer, struct buf *pem, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	struct http_request q = {
		.method = "GET", .url = url, .peer = peer, .max_body = PUBKEY_FILE_MAX, .repeatable = true,
	};

	if (http_do(&q, &r, e))
		return -1;
	if (r.status < 200 || r.status > 299) {
		err_set(e, REASON_HTTP, "the server does not give the key");
		err_expected(e, "a status of 200 to 299");
		return err_found(e, "%d", r.status);
	}
	buf_add_span(pem, buf_span(&r.body));
	return buf_check(pem, "the key", e);
}

static int
load_public(const char *ref, struct pubkey *k, const struct http_peer *peer, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(PUBKEY_FILE_MAX);
	enum kind kind;
	struct span pem;

	if (classify(ref, &kind, e))
		return -1;
	if (kind == KIND_ENV)
		return get_variable(ref, &pem, e) ? -1 : pubkey_parse_pem(k, pem, e);
	if (kind == KIND_URL ? fetch(ref, peer, &bytes, e) : file_read(ref, &bytes, e))
		return -1;
	return pubkey_parse_pem(k, buf_span(&bytes), e);
}

int
keyref_public(const char *ref, struct pubkey *k, const struct http_peer *peer, struct err *e)
{
	return load_public(ref, k, peer, e) ? err_wrap(e, "public key %s", ref ? ref : "") : 0;
}

static int
load_signer(const char *ref, struct signer *s, keyfile_password *ask, void *ctx, struct err *e)
{
	AUTO(secret) struct secret file = SECRET_INIT;
	enum kind kind;
	struct span pem;

	if (classify(ref, &kind, e))
		return -1;
	if (kind == KIND_URL) {
		unsupported(e, "a URL");
		return err_hint(e, "a private key that travels is none; keep it in a file");
	}
	if (kind == KIND_ENV)
		return get_variable(ref, &pem, e) ? -1 : keyfile_open(s, pem, ask, ctx, e);
	if (secret_read_file(&file, ref, KEYFILE_MAX, e))
		return -1;
	return keyfile_open(s, secret_span(&file), ask, ctx, e);
}

int
keyref_signer(const char *ref, struct signer *s, keyfile_password *ask, void *ctx, struct err *e)
{
	return load_signer(ref, s, ask, ctx, e) ? err_wrap(e, "private key %s", ref ? ref : "") : 0;
}
