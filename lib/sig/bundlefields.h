/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_BUNDLEFIELDS_H
#define SIG_BUNDLEFIELDS_H
/*
 * The members of a bundle (bundle.md 4.1), for those who read one: by all rules
 * ("sig/bundle.h") or to show what is there ("sig/bundleloose.h"). Nodes are
 * members whose presence decides.
 */
#include "json/shape.h"

struct bundlefields_bundle {
	struct span media_type;
	struct node material, message, dsse;
};
struct bundlefields_material {
	struct node hint, cert, chain, stamps;
	struct node entries;
};
struct bundlefields_hint { struct span hint; };
struct bundlefields_cert { struct span der; };
struct bundlefields_chain { struct shape_objs certs; };
struct bundlefields_stamp { struct span der; };
struct bundlefields_stamps { struct shape_objs stamps; };
struct bundlefields_digest { struct node alg; struct span digest; };
struct bundlefields_message { struct bundlefields_digest digest; bool has_digest; struct span sig; };
struct bundlefields_signature { struct span sig, keyid; };
struct bundlefields_dsse { struct span payload, type; struct shape_objs signatures; };

extern const struct field bundlefields_of_bundle[];
extern const struct field bundlefields_of_material[];
extern const struct field bundlefields_of_hint[];
extern const struct field bundlefields_of_cert[];
extern const struct field bundlefields_of_chain[];
extern const struct field bundlefields_of_stamps[];
extern const struct field bundlefields_of_message[];
extern const struct field bundlefields_of_dsse[];

/* shape_decode of a member that was kept as a node; name is for the error. */
int	bundlefields_decode(void *out, const struct field *fields, struct node v, const char *name,
    enum shape_mode mode, struct pool *pool, struct err *e) MUST_CHECK;
/* The hash algorithm, an enum of protobuf by name or number; unspecified leaves
 * *out alone. False if it is none of the known. */
bool	bundlefields_algorithm(struct node v, struct pool *pool, struct span *out);
#endif
