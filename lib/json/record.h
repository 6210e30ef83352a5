/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_RECORD_H
#define JSON_RECORD_H
/*
 * Records: what the stages of a pipeline tell each other. A record is one line
 * with one JSON object, whose first member is "type":"cosign.NAME/VERSION".
 * Stages write type first; on reading it may stand anywhere, because jq may
 * have been at work in between. A stage copies what it does not know: records
 * of other types whole (record_pass), members that are none of its own into the
 * record it makes of this one (record_copy_unknown).
 */
#include "json/emit.h"
#include "json/scan.h"

enum { RECORD_TYPE_MAX = 127 };
/* One line: a payload of the largest kind in base64, and what stands around. */
#define RECORD_LINE_MAX ((size_t)192 << 20)

struct record {
	struct span line;	/* without its end; what the others borrow from */
	struct node root;	/* an object */
	char type[RECORD_TYPE_MAX + 1];	/* "cosign.subject/1" */
	char name[RECORD_TYPE_MAX + 1];	/* "cosign.subject" */
	int64_t version;	/* 1; 0 when the type does not end in /NUMBER */
	size_t number;		/* of the line, from 1 */
};

/* Reads one line's text. REASON_BAD_JSON, REASON_TOO_LARGE, REASON_BAD_RECORD
 * for what is no object or has no type. */
int	record_parse(struct span line, struct record *rec, struct err *e) MUST_CHECK;

/* Whether it is of just this type: "cosign.subject/1". */
bool	record_is(const struct record *rec, const char *type);
/* Whether it is of this type in another version, which must not be passed on
 * as a stranger: the stage refuses it with record_refuse. */
bool	record_is_other_version(const struct record *rec, const char *type);
/* "record N: expected cosign.subject/1, found ...": REASON_BAD_RECORD, -1. */
int	record_refuse(const struct record *rec, const char *expected, struct err *e);

/* Takes records off a descriptor, which stays the caller's. Blank lines are
 * skipped; the last line may lack its end. */
struct record_reader {
	int fd;
	const char *name;	/* for messages */
	struct buf buf;
	size_t at;		/* start of what was not given out yet */
	size_t number;
	bool end;
};
void	record_reader_init(struct record_reader *r, int fd, const char *name);
/* For another limit than RECORD_LINE_MAX, before the first read. */
void	record_reader_limit(struct record_reader *r, size_t max);
void	record_reader_release(struct record_reader *r);
static inline void record_reader_cleanup(struct record_reader *r) { record_reader_release(r); }

/* 1 and *rec, which borrows from r until the next call; 0 at the end; -1 on
 * failure, with the line's number in the message. After a line that is no
 * record the next call goes on behind it; after a failed or too long read there
 * is no more. */
int	record_read(struct record_reader *r, struct record *rec, struct err *e) MUST_CHECK;

/* Starts a record: "{" and its type. */
void	record_begin(struct emit *j, const char *type);
/* "}" and the line's end. */
void	record_end(struct emit *j);
/* The members of root that are neither "type" nor in known (NULL-terminated),
 * byte for byte, in their order. */
void	record_copy_unknown(struct emit *j, struct node root, const char *const known[]);
/* The whole line as it came. */
void	record_pass(struct buf *out, const struct record *rec);
#endif
