/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No byte may change of the older forms either: a bundle as `sign-blob --bundle`
 * wrote it, with the timestamp file beside it, and a layer of a legacy
 * signature image. The bytes are those of the texts as they are stored.
 */
#include "codec/b64.h"
#include "flip.h"
#include "json/scan.h"
#include "oci/manifest.h"
#include "sig/oldbundle.h"

#define LAYER "test/vectors/good/layer/"

enum { TEXTS = 5 };

/* What is stored, text by text, and how it becomes material again. */
struct stored {
	const char *name;
	struct buf text[TEXTS];
	const char *what[TEXTS];
	bool ignored[TEXTS];		/* nobody asks for it here */
	int (*read)(struct stored *s, struct material *m);
	const struct target *target;
	struct policy policy;
};

static struct lab lab;

static void
add_text(struct stored *s, size_t i, const char *what, struct span text)
{
	s->what[i] = what;
	buf_init(&s->text[i], BUF_BIG_MAX);
	buf_add_span(&s->text[i], text);
}

static bool
accepts(struct stored *s, const struct parts *was, bool *same)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	struct parts is;

	*same = false;
	if (s->read(s, &m))
		return false;
	*same = was && parts_of(&is, &m) == 0 && parts_same(was, &is);
	return *same || flip_judge(&m, s->target, &s->policy);
}

static void
flip_text(struct stored *s, size_t n, const struct parts *was)
{
	struct buf *text = &s->text[n];
	size_t wrong = 0, equal = 0;

	for (size_t i = 0; i < text->len; i++) {
		char byte = text->ptr[i];
		bool same;

		text->ptr[i] = (char)(byte ^ flip_mask(i, 0));
		if (accepts(s, was, &same) && !same && !s->ignored[n]) {
			wrong++;
			diag("byte %zu: %.*s", i, 20, text->ptr + (i > 10 ? i - 10 : 0));
		}
		equal += same;
		text->ptr[i] = byte;
	}
	is_int((int64_t)wrong, 0, "%s: %s: no byte changes what counts", s->name, s->what[n]);
	diag("%s: %s: %zu of %zu changes are of no matter", s->name, s->what[n], equal, text->len);
}

static void
flip(struct stored *s)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	struct parts was;
	bool same;

	ok(accepts(s, NULL, &same), "%s is good", s->name);
	if (s->read(s, &m) || parts_of(&was, &m))
		BUG("%s", s->name);
	for (size_t i = 0; i < TEXTS && s->what[i]; i++)
		if (s->text[i].len)
			flip_text(s, i, &was);
	ok(accepts(s, NULL, &same), "%s is good again", s->name);
	for (size_t i = 0; i < TEXTS; i++)
		buf_release(&s->text[i]);
}

/* --- the old bundle --- */

enum { OLD_BUNDLE, OLD_STAMP };

static int
read_old(struct stored *s, struct material *m)
{
	if (material_from_old_bundle(m, buf_span(&s->text[OLD_BUNDLE]), NULL))
		return -1;
	m->stamp = buf_span(&s->text[OLD_STAMP]);
	return 0;
}

/* What an older version would have written of the same signature. */
static void
make_old(struct stored *s, const char *path)
{
	AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX), log = BUF_INIT(BUF_BIG_MAX), pem = BUF_INIT(BUF_TEXT_MAX),
	    old = BUF_INIT(BUNDLE_MAX), stamp = BUF_INIT(BUF_TEXT_MAX);
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	AUTO(cert) struct cert leaf = CERT_INIT;
	struct oldbundle out = OLDBUNDLE_INIT;
	struct err e = ERR_INIT;

	lab_read(path, &json);
	succeeds(bundle_parse(&b, buf_span(&json), &e), &e, "%s", path);
	if (b.certs.count && succeeds(cert_parse_der(&leaf, b.certs.items[0], &e), &e, "its certificate"))
		cert_emit_pem(&leaf, &pem);
	logset_emit(&b.entries[0], &log);
	out.sig = b.sig;
	out.cert_pem = buf_span(&pem);
	out.log = buf_span(&log);
	oldbundle_emit(&out, &old);
	stampfile_emit(b.timestamps.items[0], &stamp);
	add_text(s, OLD_BUNDLE, "bundle", buf_span(&old));
	add_text(s, OLD_STAMP, "timestamp", buf_span(&stamp));
}

static void
test_old(const char *path, bool by_key)
{
	struct stored s = {.name = by_key ? "old bundle by a key" : "old bundle by a certificate",
	    .read = read_old, .target = &lab.file, .policy = lab_policy(&lab, by_key)};

	s.policy.stamps = true;
	make_old(&s, path);
	flip(&s);
}

/* --- the layer --- */

enum { LAYER_PAYLOAD, LAYER_SIGNATURE, LAYER_CERTIFICATE, LAYER_CHAIN, LAYER_LOG };

static int
read_layer(struct stored *s, struct material *m)
{
	/* A copy: the text will change below what was read of it before. */
	struct material_layer l = {.payload = pool_span(&m->pool, buf_span(&s->text[LAYER_PAYLOAD])),
	    .signature = buf_span(&s->text[LAYER_SIGNATURE]), .certificate = buf_span(&s->text[LAYER_CERTIFICATE]),
	    .chain = buf_span(&s->text[LAYER_CHAIN]), .log = buf_span(&s->text[LAYER_LOG])};

	return material_from_layer(m, &l, NULL);
}

static void
add_annotation(struct stored *s, size_t i, const char *what, struct node layer, struct pool *pool, const char *name)
{
	struct node annotations, v;
	struct span text = SPAN_NONE;

	ok(node_member(layer, "annotations", &annotations) && node_member(annotations, name, &v) &&
	    node_string(v, pool, &text), "%s", name);
	add_text(s, i, what, text);
}

static void
test_layer(void)
{
	AUTO(buf) struct buf json = BUF_INIT(BUF_BIG_MAX), payload = BUF_INIT(BUF_BIG_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	struct stored s = {.name = "layer", .read = read_layer, .target = &lab.image, .policy = lab_policy(&lab, false)};
	struct err e = ERR_INIT;
	struct node layer;

	lab_read(LAYER "layer.json", &json);
	lab_read(LAYER "payload", &payload);
	succeeds(scan_document(buf_span(&json), &layer, &e), &e, "a layer");
	add_text(&s, LAYER_PAYLOAD, "payload", buf_span(&payload));
	add_annotation(&s, LAYER_SIGNATURE, "signature", layer, &pool, ANNOTATION_SIGNATURE);
	add_annotation(&s, LAYER_CERTIFICATE, "certificate", layer, &pool, ANNOTATION_CERTIFICATE);
	add_annotation(&s, LAYER_CHAIN, "chain", layer, &pool, ANNOTATION_CHAIN);
	add_annotation(&s, LAYER_LOG, "log", layer, &pool, ANNOTATION_BUNDLE);
	/* It is read when authorities come as files; this trusted root has its own. */
	s.ignored[LAYER_CHAIN] = true;
	flip(&s);
}

int
main(void)
{
	lab_open(&lab);
	test_old(LAB "kl-rekor1.json", false);
	test_old(LAB "key-rekor1.json", true);
	test_layer();
	lab_close(&lab);
	return tap_done();
}
