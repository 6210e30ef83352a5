/* SPDX-License-Identifier: Apache-2.0 */
/* A time that is read and written is the same time; so is a duration. */
#include "base/date.h"
#include "base/mem.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of 15 digits or less a double says each one. */
#define EXACT_MAX 999999999999999

static void
duration(struct span text)
{
	int64_t ms, again;
	char line[40];

	if (date_duration(text, &ms, NULL) || ms < -EXACT_MAX || ms > EXACT_MAX)
		return;
	snprintf(line, sizeof(line), "%lldms", (long long)ms);
	if (date_duration(span_str(line), &again, NULL) || again != ms)
		BUG("%s is another duration", line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	char line[DATE_TEXT];
	int64_t when, again;

	duration(text);
	if (date_parse(text, &when, NULL))
		return 0;
	if (date_parse(span_str(date_format(when, line)), &again, NULL))
		BUG("%s is no time", line);
	/* The first and last hours of the calendar have neighbours outside. */
	if (again != when && when > -62135510400 && when < 253402214400)
		BUG("%s is another time", line);
	return 0;
}
