/* SPDX-License-Identifier: Apache-2.0 */
/* A record made from a record, with all its unknown members, is a record. */
#include "base/mem.h"
#include "json/record.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const known[] = {"image", NULL};
	struct span text = span_of(data, size);

	while (text.ptr) {
		AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
		struct span line = span_cut(&text, '\n');
		struct record rec, made;
		struct emit j;
		struct node image;

		if (record_parse(line, &rec, NULL) != 0)
			continue;
		emit_init(&j, &b);
		record_begin(&j, rec.type);
		record_copy_unknown(&j, rec.root, known);
		record_end(&j);
		if (record_parse(buf_span(&b), &made, NULL) != 0)
			BUG("the copy is no record");
		if (strcmp(made.type, rec.type) != 0 || made.version != rec.version ||
		    node_count(made.root) != node_count(rec.root) - node_member(rec.root, "image",
		    &image))
			BUG("the copy is another record");
	}
	return 0;
}
