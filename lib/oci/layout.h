/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_LAYOUT_H
#define OCI_LAYOUT_H
/*
 * An OCI image layout (image-layout.md 1.0) as a store: a directory with the
 * file oci-layout, index.json and blobs/sha256/HEX, and nothing but files. An
 * open layout keeps the parsed index, and of every manifest it opened whose
 * referrer it is, so that a directory of a thousand signed images is read once.
 *
 * Only blobs/sha256 and 64 digits ever become a path; blobs, sha256 and the
 * files in them may not be symbolic links (the layout's directory may be one).
 * What is read is checked against digest and size.
 *
 * Descriptors handed out borrow the layout's memory: they are good until the
 * next layout_update, layout_reload or layout_release.
 */
#include "base/sink.h"
#include "oci/layout_edit.h"
#include "oci/layout_find.h"
#include "oci/manifest.h"

enum {
	LAYOUT_INDEX_MAX = 32 << 20,
	LAYOUT_MANIFEST_MAX = 4 << 20,	/* what is opened in search of referrers */
	LAYOUT_SCAN_FILES = 100000,	/* names looked at in blobs/sha256 */
	LAYOUT_SCAN_TOTAL = 1 << 30,	/* bytes read in search of referrers */
	LAYOUT_LOCK_MS = 60000,
};

struct layout {
	char *dir;
	int blobs;			/* open directory blobs/sha256 */
	int64_t blobs_dev, blobs_ino;
	struct buf bytes;		/* of index.json */
	unsigned mode;			/* its file mode */
	struct manifest index;		/* layers and count are its entries */
	struct layout_stamp { int64_t dev, ino, size, written[2], changed[2]; } stamp; /* of index.json as it was read */
	struct layout_cache *cache;	/* manifests opened so far; built when first asked for */
	struct layout_names *names;	/* entries by name; made when first asked for */
	size_t unreadable;		/* listed manifests that could not be opened */
	struct err first_unreadable;	/* why, the first of them */
};

#define LAYOUT_INIT {.dir = NULL, .blobs = -1, .bytes = BUF_INIT(LAYOUT_INDEX_MAX), .index = MANIFEST_INIT}

/* REASON_NO_IMAGE when there is no such directory, REASON_BAD_LAYOUT when it is
 * no layout of version 1.0.x, or what index.json is refused for. */
int	layout_open(struct layout *l, const char *dir, struct err *e) MUST_CHECK;
void	layout_release(struct layout *l);
static inline void layout_cleanup(struct layout *l) { layout_release(l); }
/* The file oci-layout: version 1.0.x. */
int	layout_check_version(struct span json, struct err *e) MUST_CHECK;
/* Reads index.json again. */
int	layout_reload(struct layout *l, struct err *e) MUST_CHECK;
/* Whether the directory still is what it was when index.json was last read or
 * written: the file's identity, size and times are, and blobs is the same. */
bool	layout_is_current(const struct layout *l);
/* Makes an empty layout, directories too; one that is there is left alone. */
int	layout_init(const char *dir, struct err *e) MUST_CHECK;

/* Whether `cosign save` wrote it. */
bool	layout_is_saved(const struct layout *l);

/* A blob, whole, into out (at most its maximum). size -1: unknown.
 * REASON_NOT_FOUND, REASON_DIGEST_MISMATCH, REASON_TOO_LARGE. */
int	layout_read(struct layout *l, struct span digest, int64_t size, struct buf *out, struct err *e) MUST_CHECK;
/* The same in pieces; what came before a failure was not checked yet. */
int	layout_stream(struct layout *l, struct span digest, int64_t size, struct sink *to, struct err *e) MUST_CHECK;
/* Whether a regular file of that digest (and size, if not -1) is there; its
 * bytes are not read. */
bool	layout_has(struct layout *l, struct span digest, int64_t size);
/* Stores bytes under their digest, unless they are there and whole. */
int	layout_write(struct layout *l, struct span bytes, struct err *e) MUST_CHECK;

/* The same of what stands in a file from its start; digest and size are its.
 * REASON_DIGEST_MISMATCH when it changed since. */
int	layout_write_file(struct layout *l, struct span digest, int64_t size, int fd, struct err *e) MUST_CHECK;
/* Takes a blob away, unless it is gone already. */
int	layout_remove(struct layout *l, struct span digest, struct err *e) MUST_CHECK;

/* A list of descriptors, in l's memory. */
struct layout_list { const struct desc *items; size_t count; };

/* The manifests whose subject is digest, each once: those listed in index.json
 * in its order; those of a listed index named sha256-HEX (the fallback tag);
 * in a saved layout then all others in blobs/. */
int	layout_referrers(struct layout *l, struct span digest, struct layout_list *out, struct err *e) MUST_CHECK;
/* Legacy signatures (".sig", ".att", ".sbom"): the entry with ref.name
 * [PREFIX]sha256-HEX.sig; else in a saved layout all entries of that kind. */
int	layout_legacy(struct layout *l, struct span digest, const char *prefix, const char *suffix,
	    struct layout_list *out, struct err *e) MUST_CHECK;

/*
 * Changing index.json. layout_update takes the lock index.json.lock, reads the
 * index again, lets change() edit the list, writes it if it was edited
 * (temporary file, fsync, rename) and reads it back. change() may read and
 * write blobs and look at l's index, which is fresh then. Everything that was
 * not edited stays byte for byte.
 */
int	layout_update(struct layout *l, layout_change *change, void *ctx, struct err *e) MUST_CHECK;
#endif
