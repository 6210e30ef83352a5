/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_SIGSTORE_H
#define FAKE_SIGSTORE_H
/*
 * The services of a private Sigstore for tests, one port each: who they are and
 * what they share. They speak the real protocols with real keys, and misbehave
 * when they are told to (see sigstore.c for what they can be told).
 * One lock is held around each request; nothing is ever freed but what belongs
 * to a request.
 */
#include "base/mem.h"
#include "exchange.h"
#include "seal.h"
#include "tree.h"

struct service;

enum wire {
	WIRE_NOT,
	WIRE_OLD,	/* HTTP/1.0, ended by the connection */
	WIRE_CHUNK,	/* the last chunk is cut off */
};

/* A request, and what is to go wrong with it. */
struct ask {
	struct exchange x;
	struct service *service;
	unsigned long number;		/* of its service, from 1 */
	enum wire wire;			/* the answer is to be written by hand, */
	struct span by_hand;		/* and is this */
	struct pool pool;
};

/* What was answered the last time at a path. */
struct replied { char *path; struct buf body; };

struct service {
	const char *name;
	void (*serve)(struct ask *a);
	unsigned variant;		/* 0, or 1 for the second of its kind */
	unsigned port;
	unsigned long count;		/* requests so far */
	struct MHD_Daemon *daemon;	/* NULL: refuses connections */
	int fd;				/* that listens */
	VEC(struct replied) replied;
	struct rekor *rekor;
	struct tsa *tsa;
};
extern struct service sigstore_services[];
extern const size_t sigstore_service_count;
struct service	*sigstore_find(const char *name);
/* "http://127.0.0.1:PORT"; allocated. */
char	*sigstore_url(const char *name);

/* --- what goes wrong (deed.c) --- */

/* "SERVICE N DEED [ARGUMENT]" with N a number counted from now on, FROM-TO,
 * FROM-, * or a /PART of the path and query. False when it makes no sense. */
bool	deed_add(struct span line);
void	deed_forget(void);
/* The argument ("" when it has none), NULL unless the request is told so. */
const char	*deed_of(const struct ask *a, const char *what);
long	deed_number(const struct ask *a, const char *what, long otherwise);
/* Whether the service's next connection is to be refused. */
bool	deed_refuses(const struct service *s);
/* When this request is to be refused, so are all after it. */
void	deed_shut(const struct ask *a);
/* Deeds that need no answer of the service: true when one took place. Called
 * without the lock, since some last. */
bool	deed_instead(struct ask *a, bool *hang_up);
/* Those that spoil the answer as it stands in a->x. */
void	deed_spoil(struct ask *a, struct buf *body);

/* --- answers that no library would send (wire.c) --- */

int	wire_socket(struct ask *a);
/* Sends a->by_hand; then hang up. */
void	wire_answer(struct ask *a);
/* A byte of a head now and then, and headers without end, until nobody listens. */
void	wire_drip(struct ask *a);
void	wire_headers(struct ask *a);
/* A file in gzip: little, and much when it is unpacked. */
void	wire_bomb(struct ask *a, const char *file);

/* --- listening (door.c) --- */

void	door_handlers(void *(*begin)(void *, const char *, struct MHD_Connection *),
	    MHD_AccessHandlerCallback handle, MHD_RequestCompletedCallback end);
/* Opens or shuts the service's port, as its deeds want it. */
void	door_update(struct service *s);

/* --- answers --- */

void	reply(struct ask *a, unsigned status, const char *type, const struct buf *body);
void	reply_json(struct ask *a, unsigned status, const struct buf *body);
/* Errors of gRPC gateways and of Rekor v1. */
void	reply_error(struct ask *a, unsigned status, int code, const char *fmt, ...) PRINTF(4, 5);

/* Where that is kept. */
struct buf	*reply_before(const struct ask *a);

/* --- the services --- */

extern struct ca {
	struct seal_cert root, middle;
} fulcio_ca;
extern EVP_PKEY *ctlog_key;

void	fulcio_start(void);
void	fulcio_serve(struct ask *a);
void	ctlog_start(void);
void	ctlog_serve(struct ask *a);
/* A TLS-encoded SCT over a certificate without its list, by key; issuer NULL:
 * over the finished certificate. */
void	ctlog_sct(EVP_PKEY *key, X509 *leaf, const struct seal_cert *issuer, struct buf *out);
/* What add-chain answers for it. */
void	ctlog_json(struct span sct, struct buf *out);

struct rekor {
	EVP_PKEY *key, *other;
	struct tree tree;
	VEC(struct rekor_entry *) entries;
	int64_t first;		/* global index of the first entry: those before are of another shard */
	uint64_t tree_id;
};
struct rekor_entry {
	struct buf body;
	int64_t time;
	char *hash;		/* "sha256:HEX" of what was signed, for the index */
};
void	rekor_start(struct service *s, const char *curve);
/* The number of the entry with this body, or -1. */
int64_t	rekor_find(const struct rekor *r, const struct buf *body);
/* Moves body into the log. */
int64_t	rekor_add(struct rekor *r, struct buf *body, const char *hash);
/* An entry that nobody asked for, in the log all the same. */
int64_t	rekor_add_foreign(struct rekor *r, const char *version);
/* A signed note about the tree's first size leaves. */
void	rekor_checkpoint(const struct ask *a, EVP_PKEY *key, const char *origin, int64_t size, struct buf *out);
void	rekor_key_id(EVP_PKEY *key, unsigned char id[32]);
void	rekor1_serve(struct ask *a);
void	rekor2_serve(struct ask *a);
/* The entry of Rekor v1 that a request asks for: false with an answer set. */
bool	rekorbody_make(struct ask *a, struct node proposed, struct buf *body, char **hash);

struct tsa {
	struct seal_cert root, leaf, other_root, other_leaf;
};
void	tsa_start(struct service *s);
void	tsa_serve(struct ask *a);

/* --- identity tokens (token.c) --- */

struct claims {
	struct span issuer, subject, email, audience;
	struct node all;
};
extern EVP_PKEY *token_key;
extern const char *token_jwks;	/* keys of other issuers, JSON text; or NULL: they are taken at their word */
void	token_start(void);
void	token_serve(struct ask *a);
/* The whole issuer (issuer.c); what it does not know, token_serve answers. */
void	issuer_serve(struct ask *a);
/* NULL, or what is wrong with it. */
const char	*token_read(struct span token, struct claims *c, struct pool *pool);
/* The token maker: its own command line. */
int	token_main(char **argv);

/* trusted_root.json, signing_config*.json, PEM files and env into dir. */
void	trustfile_write(const char *dir);
#endif
