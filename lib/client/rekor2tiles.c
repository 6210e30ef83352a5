/* SPDX-License-Identifier: Apache-2.0 */
#include "client/rekor2tiles.h"

#include <inttypes.h>
#include "base/date.h"
#include "net/task.h"
#include "sig/merkle.h"
#include "sig/note.h"

enum {
	LEVEL_BITS = 8,
	TILES_MAX = 32,
	TILE_BYTES = REKOR2TILES_WIDTH * MERKLE_HASH,
	PATIENCE_MS = 6000,	/* logs make a checkpoint every two seconds or so */
	NAP_MS = 250,
};

struct tile {
	unsigned level;
	uint64_t number;
	struct span hashes;	/* in the pool */
};

/* A log that is read, at the size of one checkpoint. */
struct reading {
	const struct service *service;
	uint64_t size;
	struct tile tiles[TILES_MAX];
	size_t count;
	struct pool *pool;
	struct err *e;
};

const char *
rekor2tiles_path(char text[REKOR2TILES_PATH_MAX], unsigned level, uint64_t number, unsigned width)
{
	unsigned groups[8], count = 0;
	size_t at;

	do {
		groups[count++] = (unsigned)(number % 1000);
		number /= 1000;
	} while (number);
	at = (size_t)snprintf(text, REKOR2TILES_PATH_MAX, "/api/v2/tile/%u", level);
	while (count--)
		at += (size_t)snprintf(text + at, REKOR2TILES_PATH_MAX - at, "/%s%03u", count ? "x" : "", groups[count]);
	if (width < REKOR2TILES_WIDTH)
		snprintf(text + at, REKOR2TILES_PATH_MAX - at, ".p/%u", width);
	return text;
}

static int
get(const struct service *s, const char *path, size_t max, struct http_response *r, struct err *e)
{
	struct service_call c = {.method = "GET", .path = path, .max_body = max, .timeout = 30000, .repeatable = true};

	if (service_do(s, &c, r, e))
		return -1;
	return r->status == 200 ? 0 : service_refused(s, r, e);
}

/* --- tiles --- */

static int
fetch_tile(struct reading *g, struct tile *t)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	uint64_t all = g->size >> (LEVEL_BITS * t->level), before = t->number * REKOR2TILES_WIDTH;
	unsigned width = all - before < REKOR2TILES_WIDTH ? (unsigned)(all - before) : REKOR2TILES_WIDTH;
	char path[REKOR2TILES_PATH_MAX];

	if (get(g->service, rekor2tiles_path(path, t->level, t->number, width), TILE_BYTES, &r, g->e))
		return -1;
	if (r.body.len != (size_t)width * MERKLE_HASH) {
		err_set(g->e, REASON_PROTOCOL, "%s has %zu bytes", path, r.body.len);
		err_expected(g->e, "%u hashes", width);
		return service_wrap(g->service, g->e);
	}
	t->hashes = pool_span(g->pool, buf_span(&r.body));
	return 0;
}

static const struct tile *
find_tile(struct reading *g, unsigned level, uint64_t number)
{
	struct tile *t = &g->tiles[g->count];

	for (size_t i = 0; i < g->count; i++)
		if (g->tiles[i].level == level && g->tiles[i].number == number)
			return &g->tiles[i];
	if (g->count == TILES_MAX) {
		err_set(g->e, REASON_TOO_LARGE, "a proof needs more than %d tiles", TILES_MAX);
		return NULL;
	}
	*t = (struct tile){.level = level, .number = number};
	if (fetch_tile(g, t))
		return NULL;
	g->count++;
	return t;
}

/* --- hashes --- */

/* Of 2^height leaves from lo on, which is a multiple of that. */
static int
whole(struct reading *g, uint64_t lo, unsigned height, unsigned char out[MERKLE_HASH])
{
	unsigned level = height / LEVEL_BITS, above = height % LEVEL_BITS, count = 1u << above;
	uint64_t first = lo >> (level * LEVEL_BITS);
	unsigned char row[REKOR2TILES_WIDTH / 2][MERKLE_HASH];
	const struct tile *t = find_tile(g, level, first / REKOR2TILES_WIDTH);
	size_t at = (size_t)(first % REKOR2TILES_WIDTH) * MERKLE_HASH;

	if (!t)
		return -1;
	if (at + (size_t)count * MERKLE_HASH > t->hashes.len)
		return err_set(g->e, REASON_PROTOCOL, "a tile is too short");
	memcpy(row, t->hashes.ptr + at, (size_t)count * MERKLE_HASH);
	for (; count > 1; count /= 2)
		for (unsigned i = 0; i < count / 2; i++)
			merkle_node(row[2 * i], row[2 * i + 1], row[i]);
	memcpy(out, row[0], MERKLE_HASH);
	return 0;
}

/* The greatest power of two below n, as its exponent; n is 2 or more. */
static unsigned
split(uint64_t n)
{
	return 63 - (unsigned)__builtin_clzll(n - 1);
}

/* Of leaves lo up to hi: whole subtrees from left to right, put together from
 * the right. */
static int
range(struct reading *g, uint64_t lo, uint64_t hi, unsigned char out[MERKLE_HASH])
{
	unsigned char parts[64][MERKLE_HASH];
	size_t count = 0;

	while (hi - lo > 1 && (hi - lo) & (hi - lo - 1)) {
		unsigned height = split(hi - lo);

		if (whole(g, lo, height, parts[count++]))
			return -1;
		lo += (uint64_t)1 << height;
	}
	if (whole(g, lo, (unsigned)__builtin_ctzll(hi - lo), out))
		return -1;
	while (count--)
		merkle_node(parts[count], out, out);
	return 0;
}

static int
prove(struct reading *g, uint64_t index, struct shape_strs *out)
{
	uint64_t lo = 0, hi = g->size;
	size_t count = 0;

	out->items = pool_array(g->pool, 64, sizeof(*out->items));
	while (hi - lo > 1) {
		uint64_t middle = lo + ((uint64_t)1 << split(hi - lo));
		bool left = index < middle;
		unsigned char hash[MERKLE_HASH];

		if (range(g, left ? middle : lo, left ? hi : middle, hash))
			return -1;
		out->items[count++] = pool_span(g->pool, span_of(hash, sizeof(hash)));
		*(left ? &hi : &lo) = middle;
	}
	/* Found from the root down, and kept from the leaf up. */
	for (size_t i = 0; i < count / 2; i++) {
		struct span s = out->items[i];

		out->items[i] = out->items[count - 1 - i];
		out->items[count - 1 - i] = s;
	}
	out->count = count;
	return 0;
}

/* --- the entry --- */

/* 1: it does not cover the entry yet. */
static int
read_checkpoint(struct reading *g, int64_t index, struct bundle_entry *out)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(checkpoint) struct checkpoint c = CHECKPOINT_INIT;

	if (get(g->service, "/api/v2/checkpoint", ENTRY_CHECKPOINT_MAX, &r, g->e))
		return -1;
	if (note_parse_checkpoint(&c, buf_span(&r.body), g->e))
		return service_garbage(g->service, g->e);
	if (c.size <= index)
		return 1;
	g->size = (uint64_t)c.size;
	out->checkpoint = pool_span(g->pool, buf_span(&r.body));
	out->root_hash = pool_span(g->pool, span_of(c.root, MERKLE_HASH));
	out->tree_size = c.size;
	return 0;
}

static int
await_checkpoint(struct reading *g, int64_t index, struct bundle_entry *out)
{
	int64_t until = date_monotonic_ms() + PATIENCE_MS;
	int rc;

	while ((rc = read_checkpoint(g, index, out)) > 0 && date_monotonic_ms() < until)
		task_sleep(NAP_MS);
	if (rc <= 0)
		return rc;
	err_set(g->e, REASON_NOT_FOUND, "it has no checkpoint for entry %" PRId64 " yet", index);
	return service_wrap(g->service, g->e);
}

int
rekor2tiles_entry(const struct service *s, const struct logbody_subject *what, int64_t index,
    struct bundle_entry *out, struct pool *pool, struct err *e)
{
	AUTO(buf) struct buf body = BUF_INIT(ENTRY_BODY_MAX);
	struct reading g = {.service = s, .pool = pool, .e = e};

	*out = (struct bundle_entry){.log_index = index, .proof_index = index, .has_proof = true,
	    .kind = SPAN("hashedrekord"), .version = SPAN("0.0.2"), .body_kind = SPAN("hashedrekord"),
	    .body_version = SPAN("0.0.2"), .log_id = SPAN("")};
	if (logbody_rebuild(what, &body, e) || await_checkpoint(&g, index, out) ||
	    prove(&g, (uint64_t)index, &out->hashes))
		return -1;
	out->body = pool_span(pool, buf_span(&body));
	return 0;
}
