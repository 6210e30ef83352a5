/* SPDX-License-Identifier: Apache-2.0 */
#include "client/evidence.h"

#include "base/env.h"

const struct desc *
evidence_bundle_layer(const struct manifest *m)
{
	if (m->is_index || m->count != 1 || !span_starts(m->layers[0].media_type, MEDIA_BUNDLE_PREFIX))
		return NULL;
	return &m->layers[0];
}

bool
evidence_is_fatal(enum reason r)
{
	static const enum reason about_this_one[] = {REASON_NOT_FOUND, REASON_DIGEST_MISMATCH, REASON_BAD_MANIFEST,
		REASON_BAD_DIGEST, REASON_BAD_JSON, REASON_BAD_SHAPE, REASON_BAD_ENCODING, REASON_TOO_LARGE};

	for (size_t i = 0; i < countof(about_this_one); i++)
		if (r == about_this_one[i])
			return false;
	return true;
}

int
evidence_check_layers(const struct desc *layers, size_t count, struct err *e)
{
	int64_t total = 0;

	if (count > MANIFEST_LAYERS_MAX)
		return err_set(e, REASON_TOO_LARGE, "%zu signatures in one manifest, more than %d", count,
		    MANIFEST_LAYERS_MAX);
	for (size_t i = 0; i < count; i++) {
		bool seen = i > 0 && span_eq(layers[i].digest, layers[i - 1].digest);

		if (layers[i].size > EVIDENCE_TOTAL_MAX || (total += seen ? 0 : layers[i].size) > EVIDENCE_TOTAL_MAX)
			return err_set(e, REASON_TOO_LARGE, "payloads of more than %d bytes in one manifest", EVIDENCE_TOTAL_MAX);
	}
	return 0;
}

int
evidence_check_legacy(const struct manifest *m, struct err *e)
{
	if (m->is_index)
		return err_set(e, REASON_BAD_MANIFEST, "the signatures' manifest is an index");
	return evidence_check_layers(m->layers, m->count, e);
}

int
evidence_mode(const struct registry_options *o, bool *oci11, struct err *e)
{
	*oci11 = o->oci11 || (o->referrers_mode && strcmp(o->referrers_mode, "oci-1-1") == 0);
	if (!*oci11 || o->oci11 || env_get_bool("COSIGN_EXPERIMENTAL"))
		return 0;
	err_set(e, REASON_USAGE, "--registry-referrers-mode=oci-1-1 is experimental");
	return err_hint(e, "set COSIGN_EXPERIMENTAL=1 to use it");
}

/* "64MiB", "100MB", "1024": binary and decimal units, as upstream reads them. */
static bool
parse_size(struct span text, uint64_t *size)
{
	static const struct { const char *name; uint64_t factor; } units[] = {
		{"", 1}, {"B", 1}, {"K", 1000}, {"KB", 1000}, {"M", 1000000}, {"MB", 1000000}, {"G", 1000000000},
		{"GB", 1000000000}, {"Ki", 1 << 10}, {"KiB", 1 << 10}, {"Mi", 1 << 20}, {"MiB", 1 << 20}, {"Gi", 1 << 30},
		{"GiB", 1 << 30},
	};
	size_t digits = 0;
	uint64_t n;

	text = span_trim(text);
	while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
		digits++;
	if (!span_decimal(span_first(text, digits), (uint64_t)1 << 32, &n))
		return false;
	text = span_trim(span_from(text, digits));
	for (size_t i = 0; i < countof(units); i++)
		if (span_eq_nocase(text, span_str(units[i].name))) {
			*size = n * units[i].factor;
			return true;
		}
	return false;
}

int
evidence_max_size(size_t *max, struct err *e)
{
	const char *text = env_get_nonempty("COSIGN_MAX_ATTACHMENT_SIZE");
	uint64_t size = ATTACHMENT_SIZE_MAX;

	if (text && (!parse_size(span_str(text), &size) || size == 0)) {
		err_set(e, REASON_CONFIG, "COSIGN_MAX_ATTACHMENT_SIZE");
		err_expected(e, "a size, as 64MiB");
		return err_found(e, "'%s'", text);
	}
	*max = size < BUF_BIG_MAX ? (size_t)size : BUF_BIG_MAX;
	return 0;
}
