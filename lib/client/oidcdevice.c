/* SPDX-License-Identifier: Apache-2.0 */
#include "client/oidcdevice.h"

#include <poll.h>
#include "base/date.h"
#include "base/log.h"
#include "client/hush.h"

enum {
	INTERVAL = 5,		/* seconds, where the provider names none */
	SLOWER = 5,		/* more for each slow_down (section 3.5) */
	INTERVAL_MAX = 300,
	LIFE = 1800, LIFE_MAX = 24 * 3600,
};

struct offer {
	struct span device_code, user_code, address, complete;
	int64_t interval, life;
	bool has_interval, has_life;
	struct pool pool;
};

static const struct field offer_fields[] = {
	FIELD_STR(struct offer, device_code, "device_code", FIELD_REQUIRED | FIELD_NONEMPTY, .max = 4096),
	FIELD_STR(struct offer, user_code, "user_code", FIELD_REQUIRED | FIELD_NONEMPTY, .max = 128),
	FIELD_STR(struct offer, address, "verification_uri", FIELD_REQUIRED | FIELD_NONEMPTY, .max = 2048,
	    .alias = "verification_url"),
	FIELD_STR(struct offer, complete, "verification_uri_complete", 0, .max = 2048, .alias = "verification_url_complete"),
	FIELD_INT(struct offer, interval, "interval", 0, FIELD_HAS(struct offer, has_interval)),
	FIELD_INT(struct offer, life, "expires_in", 0, FIELD_HAS(struct offer, has_life)),
	FIELD_END};

static int
read_offer(const struct oidc *o, const struct secret *json, struct offer *f, struct err *e)
{
	if (shape_parse(f, offer_fields, secret_span(json), SHAPE_LENIENT, &f->pool, e)) {
		if (e)
			e->reason = REASON_PROTOCOL;
		return err_wrap(e, "the identity provider %s", o->login->issuer);
	}
	if (!f->has_interval || f->interval < 1)
		f->interval = f->has_interval && f->interval == 0 ? 1 : INTERVAL;
	if (!f->has_life || f->life < 1)
		f->life = LIFE;
	if (f->interval > INTERVAL_MAX)
		f->interval = INTERVAL_MAX;
	if (f->life > LIFE_MAX)
		f->life = LIFE_MAX;
	return 0;
}

static int
get_offer(const struct oidc *o, const struct oidc_proof *p, struct offer *offer, struct err *e)
{
	AUTO(oidc_answer) struct oidc_answer a = {.json = SECRET_INIT};
	AUTO(oidc_form) struct oidc_form f = OIDC_FORM_INIT;

	oidc_form_add(&f, "scope", SPAN("openid email"));
	oidc_form_add(&f, "code_challenge", span_str(p->challenge));
	oidc_form_add(&f, "code_challenge_method", SPAN("S256"));
	if (o->login->redirect_url && *o->login->redirect_url)
		oidc_form_add(&f, "redirect_uri", span_str(o->login->redirect_url));
	if (oidc_post(o, o->device, &f, &a, e))
		return -1;
	return a.error[0] ? oidc_denied(o, &a, e) : read_offer(o, &a.json, offer, e);
}

static int
poll_once(const struct oidc *o, const struct oidc_proof *p, const struct offer *offer, struct oidc_answer *a,
    struct err *e)
{
	AUTO(oidc_form) struct oidc_form f = OIDC_FORM_INIT;

	oidc_form_add(&f, "grant_type", SPAN("urn:ietf:params:oauth:grant-type:device_code"));
	oidc_form_add(&f, "device_code", offer->device_code);
	oidc_form_add(&f, "scope", SPAN("openid email"));
	oidc_form_add(&f, "code_verifier", span_str(p->verifier));
	return oidc_post(o, o->token, &f, a, e);
}

/* Until then, or until the command's own time is up. */
static int
wait_seconds(int64_t seconds, int64_t until, struct err *e)
{
	int64_t end = date_monotonic_ms() + seconds * 1000, limit = http_settings.deadline;

	if (limit && limit < until)
		until = limit;
	if (end > until) {
		err_set(e, REASON_TIMEOUT, "nobody logged in in time");
		return until == limit ? err_hint(e, "--timeout waits longer; 0 waits for ever") : -1;
	}
	for (int64_t left; (left = end - date_monotonic_ms()) > 0;)
		(void)poll(NULL, 0, (int)left);
	return 0;
}

static int
await(const struct oidc *o, const struct oidc_proof *p, const struct offer *offer, struct secret *token, struct err *e)
{
	int64_t until = date_monotonic_ms() + offer->life * 1000, interval = offer->interval;

	for (;;) {
		AUTO(oidc_answer) struct oidc_answer a = {.json = SECRET_INIT};

		if (wait_seconds(interval, until, e) || poll_once(o, p, offer, &a, e))
			return -1;
		if (strcmp(a.error, "slow_down") == 0 && interval < INTERVAL_MAX)
			interval += SLOWER;
		else if (strcmp(a.error, "authorization_pending") != 0)
			return oidc_take_token(o, &a, NULL, token, e);
	}
}

static void
show(const struct offer *f)
{
	struct span address = f->complete.len ? f->complete : f->address;

	log_say("Enter the verification code %.*s in your browser at: %.*s", SPAN_FMT(f->user_code), SPAN_FMT(address));
	log_say("Code will be valid for %lld seconds", (long long)f->life);
}

int
oidcdevice_login(const struct oidc *o, struct secret *token, struct err *e)
{
	struct offer offer = {.pool = POOL_INIT};
	struct oidc_proof proof;
	int rc;

	if (!o->device.len) {
		err_set(e, REASON_UNSUPPORTED, "the identity provider %s has no device flow", o->login->issuer);
		return err_expected(e, "a device_authorization_endpoint");
	}
	if (oidc_proof(o, &proof, e))
		return -1;
	rc = get_offer(o, &proof, &offer, e);
	if (rc == 0) {
		show(&offer);
		rc = await(o, &proof, &offer, token, e);
	}
	pool_release(&offer.pool);
	return rc;
}
