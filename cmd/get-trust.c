/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"
#include "base/env.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "cli/command.h"
#include "client/trustget.h"
#include "client/tuffetch.h"
#include "client/tufhome.h"
#include "client/tuflegacy.h"
#include "json/errline.h"
#include "net/http.h"

struct get {
	struct opt_list targets;
	bool report;
};

static const struct opt opts[] = {
	OPT_LIST(struct get, 0, "target", "NAME", targets, .help = "the target to print (repeatable)", .def = TRUSTGET_ROOT,
	    .hints = TRUSTGET_ROOT "|" TRUSTGET_CONFIG "|" TRUSTGET_CONFIG_REKOR2),
	OPT_FLAG(struct get, 0, "report", report,
	    .help = "print a failure on standard output, as a cosign.error/1 record: for programs that run this one"),
	OPT_END
};

/* The co-process is started before, and reads what it needs for itself. */
static int
lock_in(const struct tufhome *h, struct err *e)
{
	bool remote = strncmp(h->mirror, "file://", 7) != 0;

	return http_confine(remote, SANDBOX_READ | SANDBOX_WRITE, NULL, 0, e);
}

static void
note_time(struct tufhome *h, int64_t now)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf name = BUF_INIT(BUF_TEXT_MAX);
	/* A note for others: we go by what the metadata says. */
	struct tufstore top = {.dir = h->top, .frozen = h->frozen, .quiet = true};

	buf_printf(&name, "%s.json", h->name);
	tufhome_last(&text, now);
	tufstore_put(&top, buf_span(&name), buf_span(&text), false);
}

static int
refuse_place(const struct tufhome *h, struct err *e)
{
	AUTO(charp) char *hint = err_get_hint(e) ? xstrdup(err_get_hint(e)) : xasprintf("the TUF repository is %s", h->mirror);

	err_hint(e, "%s; --trusted-root FILE does without", hint);
	return -1;
}

/* The one that was given, or the one that is kept. */
static int
refuse_root(const struct tufhome *h, struct err *e)
{
	if (h->root.len)
		return refuse_place(h, e);
	err_wrap(e, "%s", h->dir);
	return err_hint(e, "`cosign initialize --mirror %s --root FILE` writes it anew", h->mirror);
}

/* One as it is; several on lines of their own. */
static int
get_targets(struct tuf *t, const struct opt_list *targets, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < targets->count; i++) {
		if (tuflegacy_get(t, targets->items[i], out, e))
			return -1;
		if (targets->count > 1 && !span_ends(buf_span(out), "\n"))
			buf_add_char(out, '\n');
	}
	return buf_check(out, "the targets", e);
}

static int
get(const struct get *g, struct buf *out, struct err *e)
{
	AUTO(tufhome) struct tufhome h = TUFHOME_INIT;
	AUTO(tuf) struct tuf t = {0};
	int64_t now = date_now();

	if (tufhome_find(&h, NULL, e) || tufhome_trust(&h, e) || lock_in(&h, e))
		return -1;
	struct tuf_options o = {.metadata_url = h.mirror, .targets_url = h.targets_url, .dir = h.dir,
	    .target_dir = h.target_dir, .frozen = h.frozen, .stored_ok = true};
	if (tuf_start(&t, &o, buf_span(&h.root), now, e))
		return refuse_root(&h, e);
	if (tuf_refresh(&t, e))
		return refuse_place(&h, e);
	if (!t.stored && h.top && !t.store.told)
		note_time(&h, now);
	return get_targets(&t, &g->targets, out, e) ? refuse_place(&h, e) : 0;
}

static int
run(void *args, struct err *e)
{
	const struct get *g = args;
	AUTO(buf) struct buf out = BUF_INIT(TUF_TARGET_MAX);
	int rc;

	for (size_t i = 0; i < g->targets.count; i++)
		if (!*g->targets.items[i])
			return err_set(e, REASON_USAGE, "--target is empty");
	rc = get(g, &out, e);
	if (rc && g->report) {
		buf_reset(&out);
		errline_emit(e, &out);
		buf_add_char(&out, '\n');
		rc = reason_exit(e->reason) ? reason_exit(e->reason) : 1;
	}
	if (rc >= 0)
		fwrite(out.ptr, 1, out.len, stdout);
	return rc;
}

static const char examples[] =
	"# whom the public instance says to trust\n"
	"$ cosign get-trust > trusted_root.json\n"
	"# which services to sign with\n"
	"$ cosign get-trust --target signing_config.v0.2.json\n"
	"# both, after one look at the repository\n"
	"$ cosign get-trust --target signing_config.v0.2.json --target trusted_root.json | jq -c .mediaType\n";

static const struct command get_trust = {
	.name = "get-trust",
	.brief = "Print what the TUF repository says to trust",
	.about = "Brings what is known of the TUF repository up to date, then prints targets of it, verified: the trusted "
	    "root if no other is named. Commands that need one run this program, unless --trusted-root is given. The "
	    "repository is the one that `cosign initialize` or TUF_MIRROR named, else that of the public instance. What "
	    "it says is kept below TUF_ROOT or ~/.sigstore/root; when it cannot be reached, what is kept serves until "
	    "it expires.",
	.examples = examples,
	.opts = opts,
	.size = sizeof(struct get),
	.run = run,
	.plumbing = true,
	.no_env = true,
};
COMMAND_MAIN(get_trust)
