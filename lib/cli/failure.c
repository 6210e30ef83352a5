/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/failure.h"

#include "json/errline.h"

void
failure_print(const struct err *e)
{
	char text[2 * ERR_TEXT];

	fprintf(stderr, "Error: %s\n", err_text(e, text, sizeof(text)));
	if (err_get_hint(e))
		fprintf(stderr, "hint: %s\n", err_get_hint(e));
}

void
failure_print_json(const struct err *e)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	errline_emit(e, &b);
	fprintf(stderr, "%s\n", buf_str(&b));
}

int
failure_report(const struct err *e)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);

	errline_emit(e, &b);
	printf("%s\n", buf_str(&b));
	return reason_exit(e->reason);
}
