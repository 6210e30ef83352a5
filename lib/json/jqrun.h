/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_JQRUN_H
#define JSON_JQRUN_H
/*
 * A jq filter at work in a process that does nothing else: the other end of
 * json/query.h, for cosign-run-jq alone, which alone links libjq. It says on a
 * descriptor how it goes: a letter, and a message behind the last four.
 */
#include "base/attr.h"

enum jqrun_word {
	JQRUN_READY = 'k',	/* compiled */
	JQRUN_DONE = 'd',
	JQRUN_SYNTAX = 'c',
	JQRUN_ERROR = 'e',
	JQRUN_OUTPUT = 'o',
	JQRUN_MEMORY = 'm',
};

/* Its descriptors; nothing else is open. */
enum { JQRUN_IN, JQRUN_OUT, JQRUN_ERR, JQRUN_REPORT, JQRUN_FDS };
enum { JQRUN_MESSAGE_MAX = 300 };

/* JSON texts from JQRUN_IN, results to JQRUN_OUT, one a line; then the process
 * ends. */
void NORETURN	jqrun(const char *filter, unsigned cpu_seconds, size_t memory);
#endif
