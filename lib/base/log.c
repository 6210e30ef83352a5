/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>

static bool verbose;

static void PRINTF(2, 0)
line(const char *prefix, const char *fmt, va_list ap)
{
	char text[4096];
	int len = vsnprintf(text, sizeof(text), fmt, ap);

	if (len < 0)
		return;
	for (char *s = text; *s; s++)
		if (((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t') || *s == 0x7f)
			*s = '?';
	fprintf(stderr, "%s%s\n", prefix, text);
}

#define LINE(prefix)                \
	va_list ap;                 \
	va_start(ap, fmt);          \
	line(prefix, fmt, ap);      \
	va_end(ap)

void
log_warn(const char *fmt, ...)
{
	LINE("WARNING: ");
}

void
log_say(const char *fmt, ...)
{
	LINE("");
}

void
log_debug(const char *fmt, ...)
{
	if (verbose) {
		LINE("debug: ");
	}
}

void
log_set_verbose(bool on)
{
	verbose = on;
}

bool
log_is_verbose(void)
{
	return verbose;
}
