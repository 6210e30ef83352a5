/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "json/canon.h"
#include "json/scan.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(buf) struct buf once = BUF_INIT(BUF_BIG_MAX), twice = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;
	struct node root;

	if (scan_document(span_of(data, size), &root, &e) || canon_emit(root, &once, &e))
		return 0;
	if (scan_document(buf_span(&once), &root, &e) || canon_emit(root, &twice, &e))
		BUG("the canonical form is not read again");
	if (!span_eq(buf_span(&once), buf_span(&twice)))
		BUG("the canonical form is not its own");
	return 0;
}
