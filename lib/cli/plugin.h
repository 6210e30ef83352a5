/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PLUGIN_H
#define CLI_PLUGIN_H
/*
 * A judge for other programs (cosign-plugin(7)): questions on standard input, a
 * verdict record for each on standard output, as they come, for as long as the
 * input lasts. What was fetched is in the question; nothing is asked of anybody.
 * A line that is no question has its answer too, and ends nothing.
 *
 *	{"digest":"sha256:…","bundle":{…}}
 *	{"image":"…","digest":"sha256:…","candidates":[{"bundle":{…}},
 *	 {"payload":"base64","annotations":{…}}],"uid":"…"}
 *
 * or a cosign.candidate/1 record. Other members come back in the answer.
 */
#include "step/judge.h"

struct plugin {
	struct judge judge;		/* of which policy is: */
	struct policy *policy;		/* its clock goes on, unless */
	bool fixed_clock;
	bool files;			/* a bundle may be the name of a file */
	size_t jobs;
	int (*enter)(void *ctx, struct err *e);	/* the sandbox, in each process that judges */
	void *ctx;
};

/* 0 when every answer was good; no question at all is REASON_BAD_RECORD. Otherwise
 * the error is the first refusal's. */
int	plugin_run(const struct plugin *p, struct err *e) MUST_CHECK;
#endif
