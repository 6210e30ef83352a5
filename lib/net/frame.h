/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_FRAME_H
#define NET_FRAME_H
/*
 * The protocol of cosign-remote-http, both ends: a frame is one line of JSON
 * (an object), then as many raw bytes as its member "length" says. Requests go
 * in, answers come out, each with the id of its request, many in flight.
 * cosign-remote-http(1) is its reference. Members that are not known are
 * ignored; everything else that is not as described is REASON_PROTOCOL, and the
 * stream cannot be read any further.
 */
#include "base/buf.h"
#include "json/shape.h"

enum {
	FRAME_LINE_MAX = 512 << 10,
	FRAME_CHUNK_MAX = 64 << 10,	/* bytes behind one answer */
	FRAME_BODY_MAX = 256 << 20,	/* bytes behind one request */
	FRAME_HEADERS_MAX = 256,
	FRAME_FILES_MAX = 64,
	FRAME_HEADER_BYTES_MAX = 64 << 10,	/* all headers of one message */
	FRAME_REQUESTS_MAX = 8192,	/* in flight */
};

/* Collects what comes in until frames are whole. */
struct frame_reader {
	struct buf in;
	size_t at;		/* in->ptr up to here was given out */
	size_t max_body;
	/* A large one is collected apart from lines, which may hold secrets. */
	struct buf body;
	size_t wanted;		/* its length, until it is whole */
};

struct frame {
	struct node root;	/* an object; valid until more is read */
	struct span body;	/* the same */
};

void	frame_reader_init(struct frame_reader *r, size_t max_body);
void	frame_reader_release(struct frame_reader *r);
/* One read(2): 1 something came, 0 the end, -1 REASON_IO or REASON_PROTOCOL.
 * Nothing there on a descriptor that does not block is 1. */
int	frame_read(struct frame_reader *r, int fd, struct err *e) MUST_CHECK;
/* For bytes that are there already. */
void	frame_feed(struct frame_reader *r, struct span bytes);
/* 1 and the next frame, 0 when more bytes are needed, -1 and REASON_PROTOCOL. */
int	frame_next(struct frame_reader *r, struct frame *f, struct err *e) MUST_CHECK;
/* The body of the frame that frame_next has just given; a large one is moved. */
void	frame_take_body(struct frame_reader *r, const struct frame *f, struct buf *out);
/* Bytes of an unfinished frame are waiting. */
bool	frame_is_partial(const struct frame_reader *r);

/* What is asked. Spans with ptr NULL were not there. */
struct frame_request {
	int64_t id;			/* above 0, unique among those in flight */
	bool cancel;			/* forget the request of this id instead */
	struct span method, url;
	struct shape_strs headers;	/* "Name: value" */
	struct span secret;		/* one more, kept from other origins and dumps */
	struct span cacert, client_cert, client_key, server_name, user_agent;
	struct span socket;		/* path of one of Unix: HTTP/2 is spoken there, without TLS */
	struct shape_strs files;	/* of later requests; counts in the first one */
	bool plain, insecure, repeatable, fresh, stream, verbose;
	int64_t max;			/* bytes of the answer's body */
	int64_t deadline, retry_time;	/* ms from now */
	int64_t retries;
	int64_t length;
};

/* Strings go to the pool. */
int	frame_request_parse(struct frame_request *q, struct node root, struct pool *pool, struct err *e) MUST_CHECK;
void	frame_request_emit(const struct frame_request *q, struct buf *out);

enum frame_kind { FRAME_HEAD, FRAME_BODY, FRAME_END };

/* What is answered. */
struct frame_answer {
	enum frame_kind kind;
	int64_t id;
	int64_t status;			/* head */
	struct shape_strs headers;	/* head: "name: value", names in lower case; end: trailers */
	struct span url;		/* head: after redirects, scheme as used */
	struct span reason, message, hint;	/* end: a slug of reason.def when it failed */
	int64_t length;			/* body */
};

int	frame_answer_parse(struct frame_answer *a, struct node root, struct pool *pool, struct err *e) MUST_CHECK;
void	frame_answer_emit(const struct frame_answer *a, struct buf *out);

/* "Name: value": a token, a colon, printable text. Gives the two parts. */
bool	frame_header_split(struct span line, struct span *name, struct span *value);
#endif
