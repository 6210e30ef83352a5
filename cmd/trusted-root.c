/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/sandbox.h"
#include "cli/command.h"
#include "cli/trustflags.h"
#include "client/trustget.h"
#include "sig/trustwrite.h"

struct create {
	struct trustflags flags;
	bool with_default_services;
	bool no_default_fulcio, no_default_ctfe, no_default_rekor, no_default_tsa;
	const char *out;
};

#define USE_FULCIO "use --fulcio instead"
#define USE_CTFE "use --ctfe instead"
#define USE_REKOR "use --rekor instead"
#define USE_TSA "use --tsa instead"

static const struct opt create_opts[] = {
	OPT_LIST(struct create, 0, "fulcio", "SPEC", flags.fulcio.specs,
	    .help = "a certificate authority: url=URL,certificate-chain=FILE[,start-time=TIME][,end-time=TIME]"),
	OPT_LIST(struct create, 0, "rekor", "SPEC", flags.rekor.specs,
	    .help = "a transparency log: url=URL,public-key=FILE,start-time=TIME[,end-time=TIME][,origin=NAME]"),
	OPT_LIST(struct create, 0, "ctfe", "SPEC", flags.ctfe.specs,
	    .help = "a log of certificates: url=URL,public-key=FILE,start-time=TIME[,end-time=TIME][,origin=NAME]"),
	OPT_LIST(struct create, 0, "tsa", "SPEC", flags.tsa.specs,
	    .help = "a timestamp authority: url=URL,certificate-chain=FILE[,start-time=TIME][,end-time=TIME]"),
	OPT_STR(struct create, 0, "out", "FILE", out, .help = "write there, not to standard output",
	    .complete = OPT_COMPLETE_FILE),
	OPT_FLAG(struct create, 0, "with-default-services", with_default_services,
	    .help = "start from the trusted root of the TUF repository"),
	OPT_FLAG(struct create, 0, "no-default-fulcio", no_default_fulcio,
	    .help = "without its certificate authorities"),
	OPT_FLAG(struct create, 0, "no-default-ctfe", no_default_ctfe,
	    .help = "without its logs of certificates"),
	OPT_FLAG(struct create, 0, "no-default-rekor", no_default_rekor,
	    .help = "without its transparency logs"),
	OPT_FLAG(struct create, 0, "no-default-tsa", no_default_tsa,
	    .help = "without its timestamp authorities"),
	OPT_LIST(struct create, 0, "certificate-chain", "FILE", flags.fulcio.chains,
	    .help = "chain of a certificate authority", .complete = OPT_COMPLETE_FILE, .gone = USE_FULCIO),
	OPT_LIST(struct create, 0, "fulcio-uri", "URL", flags.fulcio.urls,
	    .help = "its URL", .gone = USE_FULCIO),
	OPT_LIST(struct create, 0, "ctfe-key", "FILE", flags.ctfe.keys,
	    .help = "key of a log of certificates", .complete = OPT_COMPLETE_FILE, .gone = USE_CTFE),
	OPT_LIST(struct create, 0, "ctfe-url", "URL", flags.ctfe.urls,
	    .help = "its URL", .gone = USE_CTFE),
	OPT_LIST(struct create, 0, "ctfe-start-time", "TIME", flags.ctfe.starts,
	    .help = "when it began, else 1970", .gone = USE_CTFE),
	OPT_LIST(struct create, 0, "ctfe-end-time", "TIME", flags.ctfe.ends,
	    .help = "when it ended", .gone = USE_CTFE),
	OPT_LIST(struct create, 0, "rekor-key", "FILE[,ORIGIN]", flags.rekor.keys,
	    .help = "key of a transparency log", .complete = OPT_COMPLETE_FILE, .gone = USE_REKOR),
	OPT_LIST(struct create, 0, "rekor-url", "URL", flags.rekor.urls,
	    .help = "its URL", .gone = USE_REKOR),
	OPT_LIST(struct create, 0, "rekor-start-time", "TIME", flags.rekor.starts,
	    .help = "when it began, else 1970", .gone = USE_REKOR),
	OPT_LIST(struct create, 0, "rekor-end-time", "TIME", flags.rekor.ends,
	    .help = "when it ended", .gone = USE_REKOR),
	OPT_LIST(struct create, 0, "timestamp-certificate-chain", "FILE", flags.tsa.chains,
	    .help = "chain of a timestamp authority", .complete = OPT_COMPLETE_FILE, .gone = USE_TSA),
	OPT_LIST(struct create, 0, "timestamp-uri", "URL", flags.tsa.urls,
	    .help = "its URL", .gone = USE_TSA),
	OPT_END
};

/* Nothing is written that this suite would not read. */
static int
write_root(const struct trust *t, struct buf *out, struct err *e)
{
	AUTO(trust) struct trust back = TRUST_INIT;

	trustwrite_emit(t, out);
	if (buf_check(out, "the trusted root", e) || trust_parse(&back, buf_span(out), e))
		return err_wrap(e, "what would be written");
	buf_add_char(out, '\n');
	return 0;
}

static void
drop_logs(struct trust_logs *logs, bool drop)
{
	for (size_t i = 0; drop && i < logs->count; i++)
		pubkey_release(&logs->items[i].key);
	logs->count = drop ? 0 : logs->count;
}

/* What the TUF repository says, less what is not wanted. */
static int
read_default(const struct create *c, const struct buf *json, struct trust *base, struct err *e)
{
	if (!c->with_default_services)
		return 0;
	if (trust_parse(base, buf_span(json), e))
		return err_wrap(e, "of the TUF repository");
	drop_logs(&base->ctlogs, c->no_default_ctfe);
	drop_logs(&base->tlogs, c->no_default_rekor);
	base->cas.count = c->no_default_fulcio ? 0 : base->cas.count;
	base->tsas.count = c->no_default_tsa ? 0 : base->tsas.count;
	return 0;
}

static int
run_create(void *args, struct err *e)
{
	const struct create *c = args;
	AUTO(trust) struct trust base = TRUST_INIT, t = TRUST_INIT;
	AUTO(buf) struct buf json = BUF_INIT(TRUST_MAX), out = BUF_INIT(TRUST_MAX + 1);

	if (c->with_default_services && trustget_fetch(TRUSTGET_ROOT, &json, e))
		return -1;
	(void)sandbox_enter(SANDBOX_READ | SANDBOX_WRITE, NULL, 0);
	if (read_default(c, &json, &base, e) || trustflags_build(&c->flags, &base, &t, e) || write_root(&t, &out, e))
		return -1;
	if (c->out && *c->out && strcmp(c->out, "-") != 0)
		return file_write(c->out, buf_span(&out), 0600, FILE_REPLACE, e);
	fwrite(out.ptr, 1, out.len, stdout);
	return 0;
}

static const char examples[] =
	"# the public services, and one of one's own\n"
	"$ cosign trusted-root create --with-default-services"
	" --fulcio url=https://fulcio.example.com,certificate-chain=fulcio.pem --out both.json\n"
	"# a trusted root for services of one's own\n"
	"$ cosign trusted-root create"
	" --fulcio url=https://fulcio.example.com,certificate-chain=fulcio.pem"
	" --rekor url=https://rekor.example.com,public-key=rekor.pub,start-time=2026-01-01T00:00:00Z,origin=rekor.example.com"
	" --ctfe url=https://ct.example.com,public-key=ct.pub,start-time=2026-01-01T00:00:00Z"
	" --tsa url=https://tsa.example.com,certificate-chain=tsa.pem"
	" --out trusted_root.json\n";

static const struct command create = {
	.name = "create",
	.brief = "Make a trusted root of keys and certificates",
	.about = "Each service is a flag of its own, which can be repeated: pairs KEY=VALUE with commas between "
	    "them and none inside. TIME is RFC 3339; without a start, an authority counts from its root's or "
	    "timestamp certificate's beginning. A FILE can be - for standard input.",
	.examples = examples,
	.opts = create_opts,
	.size = sizeof(struct create),
	.run = run_create,
	.no_env = true,
};

static const struct opt opts[] = {OPT_END};
static const struct command *const verbs[] = {&create, NULL};

static const struct command trusted_root = {
	.name = "trusted-root",
	.brief = "Make trusted roots",
	.about = "A trusted root says whose logs, certificates and timestamps count when signatures are verified.",
	.opts = opts,
	.verbs = verbs,
	.no_env = true,
};
COMMAND_MAIN(trusted_root)
