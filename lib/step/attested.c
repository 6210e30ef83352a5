/* SPDX-License-Identifier: Apache-2.0 */
#include "step/attested.h"

#include "sig/envelope.h"
#include "sig/statement.h"

enum { TYPES_SHOWN = 700 };

int
attested_output(const char *word, enum attested_output *out, struct err *e)
{
	static const struct { const char *word; enum attested_output output; } words[] = {
		{"envelope", ATTESTED_ENVELOPE}, {"json", ATTESTED_ENVELOPE}, {"text", ATTESTED_ENVELOPE},
		{"statement", ATTESTED_STATEMENT}, {"predicate", ATTESTED_PREDICATE},
	};

	for (size_t i = 0; i < countof(words); i++)
		if (strcmp(word, words[i].word) == 0) {
			*out = words[i].output;
			return 0;
		}
	err_set(e, REASON_USAGE, "--output");
	err_expected(e, "envelope, statement or predicate");
	return err_found(e, "'%s'", word);
}

bool
attested_is_one(const struct material *m, const struct verdict *v, const struct policy *p)
{
	if (m->form == MATERIAL_BUNDLE && (v->status[CHECK_FORMAT] == CHECK_FAILED || m->content != BUNDLE_DSSE))
		return false;
	return !v->predicate_type.ptr || !p->predicate_type || span_is(v->predicate_type, p->predicate_type);
}

/* --- printing --- */

static void
add_line(struct span text, bool one_line, struct buf *out)
{
	size_t from = out->len;

	buf_add_span(out, text);
	for (size_t i = from; one_line && i < out->len; i++)
		if (out->ptr[i] == '\n' || out->ptr[i] == '\r')
			out->ptr[i] = ' ';
	buf_add_char(out, '\n');
}

static void
add_envelope(const struct material *m, struct span stored, struct buf *out)
{
	struct envelope v = {m->bundle.payload, m->bundle.payload_type, m->sig, m->keyid};

	stored = span_trim(stored);
	if (stored.len && span_find(stored, '\n') < 0 && span_find(stored, '\r') < 0)
		buf_add_span(out, stored);
	else
		envelope_emit(&v, out);
	buf_add_char(out, '\n');
}

static void
add_predicate(struct span payload, bool one_line, struct buf *out)
{
	AUTO(statement) struct statement s = STATEMENT_INIT;

	if (statement_parse(&s, payload, NULL) == 0 && s.predicate.raw.ptr)
		add_line(s.predicate.raw, one_line, out);
	else
		buf_add_str(out, "null\n");
}

void
attested_print(enum attested_output how, bool one_line, const struct material *m, struct span stored,
    struct buf *out)
{
	if (how == ATTESTED_ENVELOPE)
		add_envelope(m, stored, out);
	else if (how == ATTESTED_STATEMENT)
		add_line(m->bundle.payload, one_line, out);
	else
		add_predicate(m->bundle.payload, one_line, out);
}

void
attested_note_type(struct buf *types, struct span type)
{
	struct span rest = buf_span(types), part;

	type = type.len ? span_first(type, 200) : SPAN("(none)");
	while (rest.len) {
		part = span_cut(&rest, ',');
		if (span_eq(span_trim(part), type))
			return;
	}
	if (types->len + type.len > TYPES_SHOWN) {
		if (!span_ends(buf_span(types), "..."))
			buf_add_str(types, ", ...");
		return;
	}
	buf_printf(types, "%s%.*s", types->len ? ", " : "", SPAN_FMT(type));
}
