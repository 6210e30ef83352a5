/* SPDX-License-Identifier: Apache-2.0 */
#include "net/sites.h"

#include "base/date.h"
#include "net/outcome.h"

enum {
	PROBE_MS = 300,		/* TLS has had its chance; ask http meanwhile */
	PROBE_LOOPBACK_MS = 50,	/* the same, where no network is in between */
};

struct site *
sites_find(struct sites *s, const struct origin *o, unsigned limit)
{
	AUTO(buf) struct buf name = BUF_INIT(1024);
	struct site *site = s->first;

	origin_authority(o, &name);
	while (site && strcmp(site->authority, buf_str(&name)) != 0)
		site = site->next;
	if (site)
		return site;
	site = xcalloc(1, sizeof(*site));
	site->authority = xstrdup(buf_str(&name));
	site->limit = limit;
	site->patience = origin_is_loopback(o) ? PROBE_LOOPBACK_MS : PROBE_MS;
	site->next = s->first;
	return s->first = site;
}

static void
stop_probe(struct sites *s, struct site *site)
{
	site->probe_at = 0;
	if (site->probe)
		handles_put(s->handles, site->probe);
	site->probe = NULL;
}

void
sites_release(struct sites *s)
{
	while (s->first) {
		struct site *site = s->first;

		stop_probe(s, site);
		if (site->scheme == SITES_SNIFFING)
			sniff_end(&site->sniff);
		s->first = site->next;
		free(site->authority);
		free(site);
	}
}

static void
settle(struct site *site, enum sites_scheme scheme)
{
	site->scheme = scheme;
	site->pilot = NULL;
}

/* --- a request ---------------------------------------------------------- */

/* Whether the scheme of this request is to be found out, and not named by a
 * redirect or the request itself. */
static bool
may_be_plain(const struct transfer *x)
{
	return x->q.plain && x->hops == 0 && span_starts(buf_span(&x->target), "https");
}

static bool
start_sniff(struct site *site, const struct origin *o)
{
	if (site->sniffed)
		return false;
	site->sniffed = true;
	if (!sniff_start(&site->sniff, o))
		return false;
	site->scheme = SITES_SNIFFING;
	site->sniff_until = date_monotonic_ms() + site->patience;
	return true;
}

bool
sites_admit(struct transfer *x, int64_t now)
{
	struct site *site = x->site;
	struct origin o;

	if (!may_be_plain(x) || site->scheme == SITES_TLS || site->scheme == SITES_PLAIN || site->pilot == x)
		return true;
	if (site->pilot || site->scheme == SITES_SNIFFING ||
	    (origin_parse(&o, buf_span(&x->target), NULL) == 0 && start_sniff(site, &o)))
		return false;
	site->pilot = x;
	site->scheme = SITES_TRYING_TLS;
	site->probe_at = now + site->patience;
	return true;
}

bool
sites_goes_plain(const struct transfer *x)
{
	return may_be_plain(x) && (x->site->scheme == SITES_PLAIN || x->site->scheme == SITES_TRYING_PLAIN);
}

bool
sites_falls_back(struct sites *s, struct transfer *x, CURLcode code)
{
	struct site *site = x->site;

	if (site->pilot != x || site->scheme != SITES_TRYING_TLS || x->connected || !outcome_may_be_plain(code))
		return false;
	stop_probe(s, site);
	free(x->tls_text);
	x->tls_text = xstrdup(x->text[0] ? x->text : curl_easy_strerror(code));
	site->scheme = SITES_TRYING_PLAIN;
	return true;
}

void
sites_retry(const struct transfer *x)
{
	struct site *site = x->site;

	if (site->pilot == x && site->scheme == SITES_TRYING_PLAIN && !x->has_head) {
		site->scheme = SITES_TRYING_TLS;
		site->probe_at = x->wake + site->patience;
	} else if (site->pilot == x && x->has_head) {
		settle(site, SITES_PLAIN);
	}
}

void
sites_leave(struct sites *s, const struct transfer *x)
{
	if (!x->site || x->site->pilot != x)
		return;
	settle(x->site, SITES_UNKNOWN);
	stop_probe(s, x->site);
}

/* --- what settles a scheme ---------------------------------------------- */

/* The probe is stopped later: libcurl may have called. */
bool
sites_connected(const struct transfer *x)
{
	if (x->site->pilot != x || x->site->scheme != SITES_TRYING_TLS)
		return false;
	settle(x->site, SITES_TLS);
	return true;
}

bool
sites_answered(struct sites *s, int64_t id)
{
	bool any = false;

	for (struct site *site = s->first; site; site = site->next)
		if (site->pilot && site->pilot->q.id == id && site->scheme == SITES_TRYING_PLAIN) {
			settle(site, SITES_PLAIN);
			any = true;
		}
	return any;
}

bool
sites_sniff(struct sites *s)
{
	static const enum sites_scheme means[] = {[SNIFF_WAITING] = SITES_UNKNOWN, [SNIFF_TLS] = SITES_TLS,
	    [SNIFF_PLAIN] = SITES_PLAIN, [SNIFF_UNCLEAR] = SITES_UNKNOWN};
	bool any = false;

	for (struct site *site = s->first; site; site = site->next) {
		enum sniff found;

		if (site->scheme != SITES_SNIFFING)
			continue;
		found = sniff_step(&site->sniff);
		if (found == SNIFF_WAITING && date_monotonic_ms() < site->sniff_until)
			continue;
		site->scheme = means[found];
		sniff_end(&site->sniff);
		any = true;
	}
	return any;
}

/* --- probes ------------------------------------------------------------- */

static size_t
discard(char *ptr UNUSED, size_t size, size_t count, void *arg UNUSED)
{
	return size * count;
}

static void
start_probe(struct sites *s, struct site *site)
{
	AUTO(charp) char *url = xasprintf("http://%s/v2/", site->authority);
	CURL *h = handles_get(s->handles);
	struct origin o;
	struct err e = ERR_INIT;

	site->probe_at = 0;
	if (origin_parse(&o, span_str(url), &e) ||
	    transfer_set_peer(h, &site->pilot->q, &o, TRANSFER_FIRST, &e)) {
		handles_put(s->handles, h);
		return;
	}
	curl_easy_setopt(h, CURLOPT_URL, url);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, discard);
	curl_easy_setopt(h, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)FRAME_CHUNK_MAX);
	curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)TRANSFER_CONNECT_MS);
	site->probe = h;
	curl_multi_add_handle(s->handles->multi, h);
}

static bool
is_due(const struct site *site)
{
	return site->probe_at && site->pilot && site->pilot->running;
}

void
sites_probe(struct sites *s)
{
	int64_t now = date_monotonic_ms();

	for (struct site *site = s->first; site; site = site->next) {
		if (site->scheme != SITES_TRYING_TLS)
			stop_probe(s, site);
		else if (is_due(site) && now >= site->probe_at)
			start_probe(s, site);
	}
}

bool
sites_take_probe(struct sites *s, CURL *handle, CURLcode code, struct transfer **found)
{
	struct site *site = s->first;
	struct transfer *pilot;
	long status = 0;

	*found = NULL;
	while (site && site->probe != handle)
		site = site->next;
	if (!site)
		return false;
	pilot = site->pilot;
	curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
	stop_probe(s, site);
	if (code != CURLE_OK || site->scheme != SITES_TRYING_TLS || !pilot || pilot->connected ||
	    !(status == 200 || status == 401 || status == 403 || status == 404))
		return true;
	settle(site, SITES_PLAIN);
	*found = pilot;
	return true;
}

/* --- waiting ------------------------------------------------------------ */

int64_t
sites_until(const struct sites *s, int64_t until)
{
	for (const struct site *site = s->first; site; site = site->next) {
		if (is_due(site) && site->probe_at < until)
			until = site->probe_at;
		else if (site->scheme == SITES_SNIFFING && site->sniff_until < until)
			until = site->sniff_until;
	}
	return until;
}

unsigned
sites_wait(const struct sites *s, struct curl_waitfd *fds, unsigned room)
{
	unsigned n = 0;

	for (const struct site *site = s->first; site && n < room; site = site->next)
		if (site->scheme == SITES_SNIFFING)
			fds[n++] = (struct curl_waitfd){.fd = site->sniff.fd,
			    .events = site->sniff.sent ? CURL_WAIT_POLLIN : CURL_WAIT_POLLOUT};
	return n;
}
