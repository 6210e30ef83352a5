/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/signimages.h"

#include "base/log.h"
#include "cli/command.h"
#include "client/confine.h"
#include "client/keyref.h"

void
signimages_release(struct signimages *s)
{
	serviceplan_release(&s->services);
	signer_release(&s->signer);
	pool_release(&s->pool);
}

bool
signimages_has_key(const struct signimages *s)
{
	return s->key && *s->key;
}

bool
signimages_is_quiet(const struct signimages *s)
{
	return s->stream && command_globals.json;
}

/* --- before the first image --- */

int
signimages_check_bundle(const struct signimages *s, size_t count, struct err *e)
{
	if (!s->bundle || count < 2 || strstr(s->bundle, "{}"))
		return 0;
	err_set(e, REASON_USAGE, "--bundle %s: several %s would overwrite each other", s->bundle, s->things);
	return err_hint(e, "put {} into the name; it becomes the image's digest");
}

int
signimages_open_key(struct signimages *s, struct err *e)
{
	bool has_key = signimages_has_key(s);

	if (s->key_open)
		return 0;
	if (has_key && keyref_signer(s->key, &s->signer, prompt_password, s->prompt, e))
		return -1;
	s->key_open = true;
	return serviceplan_sealer(&s->services, has_key ? &s->signer : NULL, e);
}

int
signimages_set_up(struct signimages *s, const struct serviceplan_args *a, const struct registry_options *o, struct err *e)
{
	struct confine c = {.store = &s->store, .images = s->images->items, .count = s->stream ? 0 : s->images->count,
	    .unknown = s->stream, .writes = true};

	if (store_init(&s->store, o, &s->pool, e) || serviceplan_make(&s->services, a, e))
		return -1;
	s->services.plan.quiet = s->services.keyless.quiet = signimages_is_quiet(s);
	s->prompt->records = a->stdin_is_taken;
	if (confine(&c, e))
		return -1;
	return s->stream ? signimages_open_key(s, e) : 0;
}

/* --- an image --- */

static void
warn_tag(const struct signimages *s, const char *text, const struct ref *ref)
{
	if (ref->digest || ref->place == REF_LAYOUT)
		return;
	log_warn("Image reference %s uses a tag, not a digest, to identify the image to %s.\n"
		 "    A tag can move between looking and signing; name the image by digest\n"
		 "    (example.com/app@sha256:...) to %s what you mean.\n", text, s->verb, s->verb);
}

int
signimages_find(struct signimages *s, struct many_item *it, bool need_desc, struct subject *sub, struct err *e)
{
	if (intake_find(&it->in, &s->store, false, need_desc || s->recursive, sub, e))
		return -1;
	if (!it->in.known)
		warn_tag(s, it->in.image, &sub->ref);
	return 0;
}

struct index { struct signimages *all; const struct store_walk *walk; };

static int
sign_part(void *ctx, size_t part, struct many_item *it, struct err *e)
{
	const struct index *index = ctx;

	return index->all->sign(index->all->ctx, it, &index->walk->items[part], e);
}

static int
sign_found(struct signimages *s, struct many_item *it, const struct subject *sub, struct err *e)
{
	struct store_walk walk = {0};
	struct index index = {s, &walk};
	struct many_parts parts = {.ctx = &index, .work = sign_part};

	if (!s->recursive)
		return s->sign(s->ctx, it, sub, e);
	if (store_walk(&s->store, sub, &it->in.pool, &walk, e) || signimages_check_bundle(s, walk.count, e))
		return -1;
	parts.count = walk.count;
	parts.running = s->several ? MANY_PARTS_RUNNING : 1;
	return many_parts(&parts, it, e);
}

static int
sign_image(void *ctx, struct many_item *it, struct err *e)
{
	struct signimages *s = ctx;
	struct subject sub;
	struct span digest;
	int status;

	if (s->find(s->ctx, it, &sub, e))
		return -1;
	digest = sub.desc.digest;
	gate_enter(&s->gate, digest);
	status = sign_found(s, it, &sub, e);
	gate_leave(&s->gate, digest);
	return status;
}

static void
refuse(void *ctx, struct many_item *it)
{
	if (signimages_is_quiet(ctx))
		intake_emit_refusal(&it->in, &it->result.err, &it->result.out);
}

/* --- all of them --- */

int
signimages_begin(struct signimages *s, struct err *e)
{
	s->many = (struct many){.ctx = s, .images = s->images, .null = s->null, .prefix = "signing ", .done = s->done,
	    .stores = true, .work = sign_image, .refuse = refuse};
	return many_check(&s->many, &s->stream, e);
}

int
signimages_run(struct signimages *s, bool ordered, struct err *e)
{
	bool asks = serviceplan_asks(&s->services);

	/* Where nobody is waited for, the first failure among arguments ends all. */
	s->several = !ordered && (s->stream || asks);
	s->many.running = !s->several ? 1 : asks ? WITNESS_RUNNING : 0;
	return many_run(&s->many, e);
}
