/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/resource.h>
#include <unistd.h>
#include "cli/command.h"
#include "net/curl.h"

struct remote_http { char unused; };

static const struct opt opts[] = {OPT_END};

static int
run(void *args UNUSED, struct err *e)
{
	/* Credentials pass through here. */
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	return curl_serve(STDIN_FILENO, STDOUT_FILENO, e);
}

static const struct command remote_http = {
	.name = "remote-http",
	.brief = "Speak HTTP for the other programs",
	.about = "Reads requests from standard input and writes answers to standard output, both framed as "
	    "cosign-remote-http(1) describes. The other programs start it when they need a registry or a service.",
	.examples = "$ printf '{\"id\":1,\"method\":\"GET\",\"url\":\"http://%s/v2/\"}\\n' $REGISTRY |"
	    " cosign remote-http",
	.opts = opts,
	.size = sizeof(struct remote_http),
	.run = run,
	.no_env = true,
	.plumbing = true,
};
COMMAND_MAIN(remote_http)
