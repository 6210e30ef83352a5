/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rulesopt.h"

#include "sig/predicate.h"

const struct opt rulesopt_opts[] = {
	OPT_STR(struct rulesopt, 0, "type", "TYPE", type, .def = "custom", .hints = PREDICATE_NAMES,
	    .help = "which attestations are meant: a short name, or the URI of a predicate type"),
	OPT_STR(struct rulesopt, 'o', "output", "FORM", output, .hints = "envelope|statement|predicate",
	    .help = "what to print of each good one: its DSSE envelope on a line, or what was signed, decoded"),
	OPT_LIST(struct rulesopt, 0, "policy-jq", "EXPR|FILE.jq", jq, .complete = OPT_COMPLETE_FILE,
	    .help = "refuse unless this jq expression over the statement gives true (repeatable)"),
	OPT_CSV(struct rulesopt, 0, "policy", "FILE", files, .complete = OPT_COMPLETE_FILE,
	    .help = "refuse unless this CUE or Rego policy consents; asks the program cue or opa (repeatable)"),
	OPT_LIST(struct rulesopt, 0, "policy-exec", "PROGRAM", programs, .complete = OPT_COMPLETE_FILE,
	    .help = "refuse unless this program, given the statement, ends with status 0 (repeatable)"),
	OPT_DURATION(struct rulesopt, 0, "policy-timeout", timeout, .def = "30s",
	    .help = "how long one policy may take for one statement"),
	OPT_END};

void
rulesopt_rules_release(struct rulesopt_rules *r)
{
	pool_release(&r->pool);
}

static int
add_rules(struct rulesopt_rules *r, struct policyrule *rules, enum policyrule_kind kind, const struct opt_list *list,
    struct err *e)
{
	for (size_t i = 0; i < list->count; i++)
		if (policyrule_init(&rules[r->run.count++], kind, list->items[i], &r->pool, e))
			return -1;
	return 0;
}

int
rulesopt_make(const struct rulesopt *o, bool any, struct rulesopt_rules *r, struct policy *p, struct err *e)
{
	struct policyrule *rules = pool_array(&r->pool, o->jq.count + o->files.count + o->programs.count + 1,
	    sizeof(*rules));
	struct predicate_type type;

	r->run.rules = rules;
	r->run.ms = o->timeout;
	if (o->timeout <= 0)
		return err_set(e, REASON_USAGE, "--policy-timeout: expected a duration of more than nothing");
	if (predicate_type(&type, o->type, any, e) || attested_output(o->output ? o->output : "envelope", &r->output, e))
		return -1;
	p->predicate_type = type.uri;
	p->text_predicates = true;
	return add_rules(r, rules, POLICYRULE_JQ, &o->jq, e) || add_rules(r, rules, POLICYRULE_FILE, &o->files, e) ||
	    add_rules(r, rules, POLICYRULE_EXEC, &o->programs, e) ? -1 : 0;
}
