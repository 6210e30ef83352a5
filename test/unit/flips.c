/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No byte of a bundle may change: first those of every decoded part, then
 * those of the JSON text. What no signature and no hash covers is named in
 * flip.h.
 */
#include "flip.h"

#define LOGGED "test/vectors/good/tlog/"

static struct lab lab;

static const struct sample { const char *path; bool by_key; } samples[] = {
	{LAB "key-rekor1.json", true}, {LAB "key-rekor2.json", true}, {LAB "kl-rekor1.json", false},
	{LAB "kl-rekor2.json", false}, {LOGGED "att-kl1.json", false}, {LOGGED "att-kl2.json", false},
};

static bool
accepts(struct span json, const struct policy *p)
{
	AUTO(material) struct material m = MATERIAL_INIT;

	return material_from_bundle(&m, json, false, NULL) == 0 && flip_judge(&m, &lab.file, p);
}

/* --- decoded parts, put back into a bundle --- */

static size_t
flip_part(struct material *m, struct part part, const struct policy *p, unsigned round)
{
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);
	char *bytes = (char *)(uintptr_t)part.bytes.ptr;
	size_t accepted = 0;

	for (size_t i = 0; i < part.bytes.len; i++) {
		bytes[i] = (char)(bytes[i] ^ flip_mask(i, round));
		buf_reset(&text);
		bundle_emit_same(&m->bundle, &text);
		if (accepts(buf_span(&text), p)) {
			accepted++;
			if (part.covered)
				diag("%s: byte %zu is not covered", part.name, i);
		}
		bytes[i] = (char)(bytes[i] ^ flip_mask(i, round));
	}
	return accepted;
}

static void
flip_parts(const struct sample *s, struct material *m, const struct policy *p)
{
	struct parts parts;

	if (parts_of(&parts, m))
		BUG("%s", s->path);
	for (size_t i = 0; i < parts.count; i++) {
		struct part part = parts.item[i];
		size_t accepted = 0;

		for (unsigned round = 0; round < flip_rounds(); round++)
			accepted += flip_part(m, part, p, round);
		if (part.covered)
			is_int((int64_t)accepted, 0, "%s: %s: no byte changes", s->path, part.name);
		else
			diag("%s: %s is not covered: %zu changes go unnoticed", s->path, part.name, accepted);
	}
}

/* --- the text --- */

static void
flip_text(const struct sample *s, struct material *m, struct buf *text, const struct policy *p)
{
	struct parts was, is;
	size_t wrong = 0, same = 0;

	if (parts_of(&was, m))
		BUG("%s", s->path);
	for (size_t i = 0; i < text->len; i++) {
		AUTO(material) struct material other = MATERIAL_INIT;
		char byte = text->ptr[i];
		bool equal;

		text->ptr[i] = (char)(byte ^ flip_mask(i, 0));
		if (material_from_bundle(&other, buf_span(text), false, NULL) == 0) {
			equal = parts_of(&is, &other) == 0 && parts_same(&was, &is);
			same += equal;
			if (!equal && flip_judge(&other, &lab.file, p)) {
				wrong++;
				diag("byte %zu: %.*s", i, 20, text->ptr + (i > 10 ? i - 10 : 0));
			}
		}
		text->ptr[i] = byte;
	}
	is_int((int64_t)wrong, 0, "%s: no byte of the text changes what counts", s->path);
	ok(same > 0 && same < text->len / 4, "%s: %zu bytes are of no matter", s->path, same);
}

static void
flip(const struct sample *s)
{
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);
	AUTO(material) struct material m = MATERIAL_INIT;
	struct policy p = lab_policy(&lab, s->by_key);
	struct err e = ERR_INIT;

	lab_read(s->path, &text);
	if (!succeeds(material_from_bundle(&m, buf_span(&text), false, &e), &e, "%s", s->path))
		return;
	p.stamps = m.bundle.timestamps.count > 0;
	ok(flip_judge(&m, &lab.file, &p), "%s is good", s->path);
	flip_parts(s, &m, &p);
	ok(accepts(buf_span(&text), &p), "%s is good again", s->path);
	flip_text(s, &m, &text, &p);
}

int
main(void)
{
	lab_open(&lab);
	for (size_t i = 0; i < countof(samples); i++)
		flip(&samples[i]);
	lab_close(&lab);
	return tap_done();
}
