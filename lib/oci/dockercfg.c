/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/dockercfg.h"

#include "base/env.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/b64.h"
#include "json/emit.h"
#include "oci/dockercfg_file.h"
#include "oci/dockercfg_helper.h"

#define HUB "index.docker.io"
#define HUB_KEY "https://index.docker.io/v1/"

/* The parts of a checked config.json. */
struct config {
	struct node auths, helpers, store;
};

/* One key to look for. parent: a namespace above the repository, or another
 * name of Docker Hub, for which no helper is asked but one named for it. */
struct key {
	const char *text;
	bool parent, host;
};

void
dockercfg_auth_release(struct dockercfg_auth *a)
{
	free(a->username);
	free(a->source);
	secret_release(&a->password);
	secret_release(&a->identity_token);
	secret_release(&a->registry_token);
	*a = (struct dockercfg_auth)DOCKERCFG_AUTH_INIT;
}

bool
dockercfg_auth_is_empty(const struct dockercfg_auth *a)
{
	return !(a->username && *a->username) && a->password.len == 0 && a->identity_token.len == 0 &&
	    a->registry_token.len == 0;
}

static bool
is_empty_text(struct node n)
{
	return n.kind == JSON_NULL || (n.kind == JSON_STRING && n.raw.len == 2);
}

/* USER:PASSWORD; zero bytes behind the password are padding. */
static int
split_auth(struct span plain, struct dockercfg_auth *out, struct err *e)
{
	ptrdiff_t colon = span_find(plain, ':');
	struct span password;

	if (colon <= 0 || memchr(plain.ptr, 0, (size_t)colon))
		return err_set(e, REASON_CONFIG, "auth is not USER:PASSWORD in base64");
	password = span_from(plain, (size_t)colon + 1);
	while (password.len && password.ptr[password.len - 1] == '\0')
		password.len--;
	free(out->username);
	out->username = xspandup(span_first(plain, (size_t)colon));
	secret_release(&out->password);
	secret_copy(&out->password, password);
	return 0;
}

static int
take_auth(struct node n, struct dockercfg_auth *out, struct err *e)
{
	AUTO(secret) struct secret text = SECRET_INIT;
	struct buf plain;
	int rc;

	if (!dockercfg_helper_secret(n, &text))
		return err_set(e, REASON_CONFIG, "auth is %s", json_kind_name(n.kind));
	buf_init(&plain, b64_decoded_max(text.len));
	(void)buf_room(&plain, plain.max);
	rc = b64_decode(&plain, secret_span(&text), B64_STD, e);
	if (rc == 0)
		rc = split_auth(buf_span(&plain), out, e);
	if (plain.ptr)
		mem_wipe(plain.ptr, plain.room);
	buf_release(&plain);
	return rc;
}

static int
take_text(struct node entry, const char *name, struct secret *out, struct err *e)
{
	struct node n;

	if (!node_member(entry, name, &n) || is_empty_text(n))
		return 0;
	if (!dockercfg_helper_secret(n, out))
		return err_set(e, REASON_CONFIG, "%s is %s", name, json_kind_name(n.kind));
	return 0;
}

/* One entry of auths. */
static int
take_entry(struct node entry, struct dockercfg_auth *out, struct err *e)
{
	AUTO(secret) struct secret user = SECRET_INIT;
	struct node auth;

	if (entry.kind == JSON_NULL)
		return 0;
	if (entry.kind != JSON_OBJECT)
		return err_set(e, REASON_CONFIG, "credentials that are no object but %s", json_kind_name(entry.kind));
	if (take_text(entry, "username", &user, e) || take_text(entry, "password", &out->password, e) ||
	    take_text(entry, "identitytoken", &out->identity_token, e) ||
	    take_text(entry, "registrytoken", &out->registry_token, e))
		return -1;
	if (user.len)
		out->username = xspandup(secret_span(&user));
	if (node_member(entry, "auth", &auth) && !is_empty_text(auth))
		return take_auth(auth, out, e);
	return 0;
}

/* Every entry is read, so that a broken one is told whoever is asked for. */
static int
check_auths(struct node auths, struct err *e)
{
	for (struct node_iter it = node_iter(auths); node_next(&it);) {
		AUTO(dockercfg_auth) struct dockercfg_auth a = DOCKERCFG_AUTH_INIT;

		if (take_entry(it.value, &a, e))
			return err_wrap(e, "auths[%.*s]", SPAN_FMT(span_first(it.key, 200)));
	}
	return 0;
}

static int
take_member(struct node root, const char *name, enum json_kind want, struct node *out, struct err *e)
{
	*out = (struct node){.kind = JSON_NULL};
	if (!node_member(root, name, out) || out->kind == JSON_NULL || out->kind == want)
		return 0;
	return err_set(e, REASON_CONFIG, "%s is %s", name, json_kind_name(out->kind));
}

static int
check_helpers(struct node helpers, struct err *e)
{
	for (struct node_iter it = node_iter(helpers); node_next(&it);)
		if (it.value.kind != JSON_STRING)
			return err_set(e, REASON_CONFIG, "credHelpers[%.*s] is %s",
			    SPAN_FMT(span_first(it.key, 200)), json_kind_name(it.value.kind));
	return 0;
}

/* An empty file is an empty configuration. */
static int
parse_config(struct config *c, struct span json, struct err *e)
{
	struct node root;

	*c = (struct config){.auths.kind = JSON_NULL, .helpers.kind = JSON_NULL, .store.kind = JSON_NULL};
	if (span_trim(json).len == 0)
		return 0;
	if (scan_document(json, &root, e))
		return -1;
	if (root.kind != JSON_OBJECT)
		return err_set(e, REASON_CONFIG, "a configuration that is no object but %s", json_kind_name(root.kind));
	if (take_member(root, "auths", JSON_OBJECT, &c->auths, e) ||
	    take_member(root, "credHelpers", JSON_OBJECT, &c->helpers, e) ||
	    take_member(root, "credsStore", JSON_STRING, &c->store, e))
		return -1;
	return check_helpers(c->helpers, e) || check_auths(c->auths, e) ? -1 : 0;
}

static bool
member(struct node object, struct span name, struct pool *pool, struct node *out)
{
	return object.kind == JSON_OBJECT && node_member(object, pool_str(pool, name), out);
}

/* The host of a key written as a URL, or with the path of the old API behind
 * it. A path without scheme is a namespace, which has its own key. */
static struct span
host_of(struct span key)
{
	static const char *const paths[] = {"", "v1", "v1/", "v2", "v2/"};
	struct span rest = key, host;
	bool url = span_starts(key, "https://") || span_starts(key, "http://");

	if (url)
		rest = span_from(key, (size_t)span_find(key, '/') + 2);
	host = span_cut(&rest, '/');
	for (size_t i = 0; i < countof(paths); i++)
		if (url || !rest.ptr || span_is(rest, paths[i]))
			return host;
	return SPAN_NONE;
}

/* The key itself, else one that means the same host. */
static bool
find_entry(struct node auths, const struct key *key, struct pool *pool, struct node *out)
{
	if (member(auths, span_str(key->text), pool, out))
		return true;
	if (!key->host || auths.kind != JSON_OBJECT)
		return false;
	for (struct node_iter it = node_iter(auths); node_next(&it);) {
		if (!span_is(host_of(node_key(it.key, pool)), key->text))
			continue;
		*out = it.value;
		return true;
	}
	return false;
}

/* HOST/NS/REPO, HOST/NS, HOST; for Docker Hub its own key and two more names. */
static size_t
list_keys(struct key *keys, size_t room, const char *registry, const char *repository, struct pool *pool)
{
	bool hub = strcmp(registry, HUB) == 0 || strcmp(registry, "docker.io") == 0;
	struct span path = span_str(repository);
	size_t n = 0;

	if (hub)
		registry = HUB;
	for (bool parent = false; path.len && n + 3 < room; parent = true) {
		ptrdiff_t slash = span_rfind(path, '/');

		keys[n++] = (struct key){pool_printf(pool, "%s/%.*s", registry, SPAN_FMT(path)), parent, false};
		path.len = slash < 0 ? 0 : (size_t)slash;
	}
	if (hub)
		keys[n++] = (struct key){HUB_KEY, false, false};
	keys[n++] = (struct key){registry, hub, true};
	if (hub)
		keys[n++] = (struct key){"docker.io", true, true};
	return n;
}

/* The helper that is in charge of a key, or NULL. An empty name switches the
 * store off for that key. */
static const char *
helper_of(const struct config *c, const struct key *key, struct pool *pool)
{
	struct node n = {.kind = JSON_NULL};
	struct span name;

	if (!member(c->helpers, span_str(key->text), pool, &n) && !key->parent)
		n = c->store;
	if (!node_string(n, pool, &name) || name.len == 0)
		return NULL;
	return name.ptr;
}

struct search {
	struct config file, variable;
	dockercfg_ask *ask;
	void *ctx;
	struct pool pool;
};

static int
take_from(struct node auths, const struct key *key, const char *source, struct search *s, struct dockercfg_auth *out,
    struct err *e)
{
	struct node entry;

	if (!find_entry(auths, key, &s->pool, &entry))
		return 0;
	if (take_entry(entry, out, e))
		return -1;
	if (!dockercfg_auth_is_empty(out) && !out->source && source)
		out->source = xstrdup(source);
	return 0;
}

static int
try_key(struct search *s, const struct key *key, struct dockercfg_auth *out, struct err *e)
{
	const char *helper;
	struct node entry;

	if (take_from(s->variable.auths, key, "DOCKER_AUTH_CONFIG", s, out, e))
		return -1;
	if (!dockercfg_auth_is_empty(out))
		return 0;
	helper = helper_of(&s->file, key, &s->pool);
	if (!helper)
		return take_from(s->file.auths, key, NULL, s, out, e);
	if (s->ask && s->ask(s->ctx, helper, key->text, out, e))
		return -1;
	if (dockercfg_auth_is_empty(out) && find_entry(s->file.auths, key, &s->pool, &entry))
		return take_text(entry, "registrytoken", &out->registry_token, e);
	return 0;
}

static int
search(struct search *s, const char *registry, const char *repository, struct dockercfg_auth *out, struct err *e)
{
	struct key keys[64];
	size_t count = list_keys(keys, countof(keys), registry, repository, &s->pool);

	for (size_t i = 0; i < count; i++) {
		dockercfg_auth_release(out);
		if (try_key(s, &keys[i], out, e))
			return -1;
		if (!dockercfg_auth_is_empty(out))
			return 0;
	}
	dockercfg_auth_release(out);
	return 0;
}

int
dockercfg_find_in(struct span json, struct span variable, const char *registry, const char *repository,
    dockercfg_ask *ask, void *ctx, struct dockercfg_auth *out, struct err *e)
{
	struct search s = {.ask = ask, .ctx = ctx, .pool = POOL_INIT};
	int rc;

	*out = (struct dockercfg_auth)DOCKERCFG_AUTH_INIT;
	rc = parse_config(&s.file, json, e);
	if (rc == 0 && parse_config(&s.variable, variable, e))
		rc = err_wrap(e, "DOCKER_AUTH_CONFIG");
	if (rc == 0)
		rc = search(&s, registry, repository, out, e);
	pool_release(&s.pool);
	if (rc)
		dockercfg_auth_release(out);
	return rc;
}

static int
read_config(const char *path, struct secret *text, struct err *e)
{
	if (!dockercfg_file_is(path))
		return 0;
	return secret_read_file(text, path, DOCKERCFG_FILE_MAX, e);
}

int
dockercfg_find(const char *registry, const char *repository, struct dockercfg_auth *out, struct err *e)
{
	AUTO(charp) char *path = dockercfg_file_find();
	AUTO(secret) struct secret text = SECRET_INIT;

	*out = (struct dockercfg_auth)DOCKERCFG_AUTH_INIT;
	if (!path)
		return 0;
	if (read_config(path, &text, e))
		return -1;
	if (dockercfg_find_in(secret_span(&text), span_str(env_get_nonempty("DOCKER_AUTH_CONFIG")), registry, repository,
	    dockercfg_helper_get, NULL, out, e))
		return err_wrap(e, "%s", path);
	if (!dockercfg_auth_is_empty(out) && !out->source)
		out->source = xstrdup(path);
	return 0;
}

/* ---- login ---- */

static void
add_value(struct buf *out, struct span auth)
{
	if (auth.len == 0) {
		buf_add_str(out, "{}");
		return;
	}
	buf_add_str(out, "{\n\t\t\t\"auth\": \"");
	buf_add_span(out, auth);
	buf_add_str(out, "\"\n\t\t}");
}

static void
add_entry(struct buf *out, struct span key, struct span auth)
{
	struct emit j;

	emit_init(&j, out);
	emit_span(&j, key);
	buf_add_str(out, ": ");
	add_value(out, auth);
}

static void
add_auths(struct buf *out, struct span key, struct span auth)
{
	buf_add_str(out, "{\n\t\t");
	add_entry(out, key, auth);
	buf_add_str(out, "\n\t}");
}

/* The last value of an object, or ptr NULL; of `name` if that is given. */
static struct span
last_value(struct node object, const char *name)
{
	struct span last = SPAN_NONE;

	for (struct node_iter it = node_iter(object); node_next(&it);)
		if (!name || node_key_is(it.key, name))
			last = it.value.raw;
	return last;
}

static const char *
copy_until(struct buf *out, const char *at, const char *to)
{
	buf_add(out, at, (size_t)(to - at));
	return to;
}

/* Into an auths object that is there. */
static const char *
splice_auths(struct buf *out, const char *at, struct node auths, struct span key, struct span auth, struct pool *pool)
{
	struct span old = last_value(auths, pool_str(pool, key)), last = last_value(auths, NULL);

	if (old.ptr) {
		at = copy_until(out, at, old.ptr);
		add_value(out, auth);
		return at + old.len;
	}
	if (!last.ptr) {
		at = copy_until(out, at, auths.raw.ptr);
		add_auths(out, key, auth);
		return at + auths.raw.len;
	}
	at = copy_until(out, at, last.ptr + last.len);
	buf_add_str(out, ",\n\t\t");
	add_entry(out, key, auth);
	return at;
}

/* A configuration that has no auths yet. */
static const char *
splice_root(struct buf *out, const char *at, struct node root, struct span key, struct span auth)
{
	struct span last = last_value(root, NULL);

	if (last.ptr) {
		at = copy_until(out, at, last.ptr + last.len);
		buf_add_str(out, ",\n\t\"auths\": ");
		add_auths(out, key, auth);
		return at;
	}
	at = copy_until(out, at, root.raw.ptr);
	buf_add_str(out, "{\n\t\"auths\": ");
	add_auths(out, key, auth);
	buf_add_str(out, "\n}");
	return at + root.raw.len;
}

int
dockercfg_put_in(struct span json, struct span key, struct span auth, struct buf *out, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct node root, auths;
	struct config c;
	const char *at;

	if (span_trim(json).len == 0)
		json = SPAN("{}");
	if (parse_config(&c, json, e) || scan_document(json, &root, e))
		return -1;
	at = json.ptr;
	if (!node_member(root, "auths", &auths)) {
		at = splice_root(out, at, root, key, auth);
	} else if (auths.kind == JSON_NULL) {
		at = copy_until(out, at, auths.raw.ptr);
		add_auths(out, key, auth);
		at += auths.raw.len;
	} else {
		at = splice_auths(out, at, auths, key, auth, &pool);
	}
	copy_until(out, at, json.ptr + json.len);
	return buf_check(out, "the configuration", e);
}

/* base64 of USER:PASSWORD. */
static void
make_auth(struct buf *auth, const char *username, const struct secret *password)
{
	AUTO(secret) struct secret plain = SECRET_INIT;
	size_t user = strlen(username);

	secret_new(&plain, user + 1 + password->len);
	memcpy(plain.bytes, username, user);
	plain.bytes[user] = ':';
	if (password->len)
		memcpy(plain.bytes + user + 1, password->bytes, password->len);
	(void)buf_room(auth, plain.len / 3 * 4 + 8);
	b64_encode(auth, secret_span(&plain), B64_STD);
}

/* Writes through a symbolic link, as people keep this file in version control. */
static int
write_config(const char *path, struct span before, struct span key, struct span auth, struct err *e)
{
	AUTO(charp) char *real = realpath(path, NULL);
	struct buf out;
	int rc;

	buf_init(&out, DOCKERCFG_FILE_MAX);
	(void)buf_room(&out, before.len + key.len * 6 + auth.len + 256);
	rc = dockercfg_put_in(before, key, auth, &out, e);
	if (rc == 0)
		rc = file_write(real ? real : path, buf_span(&out), 0600, FILE_REPLACE, e);
	if (out.ptr)
		mem_wipe(out.ptr, out.room);
	buf_release(&out);
	return rc;
}

static const char *
helper_for_login(struct span json, const char *registry, const char *key, struct pool *pool, bool *bad, struct err *e)
{
	struct key names[] = {{registry, true, false}, {key, false, false}};
	const char *helper = NULL;
	struct config c;

	*bad = parse_config(&c, json, e) != 0;
	for (size_t i = 0; i < countof(names) && !*bad && !helper; i++)
		helper = helper_of(&c, &names[i], pool);
	return helper;
}

static int
store_locked(const char *path, const char *registry, const char *username, const struct secret *password,
    struct err *e)
{
	bool hub = strcmp(registry, HUB) == 0 || strcmp(registry, "docker.io") == 0, bad;
	const char *key = hub ? HUB_KEY : registry, *helper;
	AUTO(secret) struct secret text = SECRET_INIT;
	AUTO(pool) struct pool pool = POOL_INIT;
	struct buf auth = BUF_INIT(DOCKERCFG_FILE_MAX);
	int rc;

	if (read_config(path, &text, e))
		return -1;
	helper = helper_for_login(secret_span(&text), registry, key, &pool, &bad, e);
	if (bad)
		return err_wrap(e, "%s", path);
	if (helper && dockercfg_helper_store(helper, key, username, password, e))
		return -1;
	if (!helper)
		make_auth(&auth, username, password);
	rc = write_config(path, secret_span(&text), span_str(key), buf_span(&auth), e);
	if (auth.ptr)
		mem_wipe(auth.ptr, auth.room);
	buf_release(&auth);
	return rc;
}

int
dockercfg_store(const char *registry, const char *username, const struct secret *password, char **path,
    struct err *e)
{
	AUTO(charp) char *file = dockercfg_file_docker(), *dir = NULL, *lock_path = NULL;
	AUTO(fd) int lock = -1;

	if (!file) {
		err_set(e, REASON_CONFIG, "nowhere to store credentials: HOME is not set");
		return err_hint(e, "set HOME or DOCKER_CONFIG");
	}
	if (strchr(username, ':'))
		return err_set(e, REASON_USAGE, "a user name with a colon cannot be stored");
	dir = xspandup(span_of(file, (size_t)(strrchr(file, '/') - file)));
	lock_path = xasprintf("%s.lock", file);
	if (file_mkdirs(dir, 0700, e) || file_lock(lock_path, DOCKERCFG_LOCK_MS, &lock, e) ||
	    store_locked(file, registry, username, password, e))
		return -1;
	*path = take(&file);
	return 0;
}
