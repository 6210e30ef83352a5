/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fence.h"

#include "base/mem.h"
#include "base/sandbox.h"

/* libc loads modules to look up names when it needs them, and OpenSSL its
 * providers: directories of libraries are open. Links are followed now, so
 * /etc/resolv.conf stands for what it points to. */
static const char *const places[] = {
	"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services",
	"/etc/protocols", "/etc/mdns.allow", "/run/systemd/resolve",
	"/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/crypto-policies", "/usr/share/ca-certificates",
	"/usr/local/share/ca-certificates", "/usr/share/pki", "/var/lib/ca-certificates",
	"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/nix/store", "/gnu/store",
	"/dev/urandom", "/dev/null",
};

/* Files, and directories separated by colons. */
static const char *const variables[] = {"SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_CONF", "OPENSSL_MODULES",
	"RES_HOSTCONF"};

enum { PATHS_MAX = 256 };

struct paths { const char *items[PATHS_MAX]; size_t count; struct pool pool; };

static void
add(struct paths *p, struct span path)
{
	if (path.len && p->count < PATHS_MAX)
		p->items[p->count++] = pool_str(&p->pool, path);
}

void
fence_enter(const struct frame_request *first)
{
	static bool entered;
	struct paths p = {.pool = POOL_INIT};

	if (entered)
		return;
	entered = true;
	add(&p, first->cacert);
	add(&p, first->client_cert);
	add(&p, first->client_key);
	for (size_t i = 0; i < first->files.count; i++)
		add(&p, first->files.items[i]);
	for (size_t i = 0; i < countof(places); i++)
		add(&p, span_str(places[i]));
	for (size_t i = 0; i < countof(variables); i++) {
		struct span list = span_str(getenv(variables[i]));

		add(&p, list);
		while (list.ptr)
			add(&p, span_cut(&list, ':'));
	}
	(void)sandbox_enter(SANDBOX_NET, p.items, p.count);
	pool_release(&p.pool);
}
