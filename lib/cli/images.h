/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_IMAGES_H
#define CLI_IMAGES_H
/*
 * What the image commands make of their flags.
 */
#include "cli/opt.h"
#include "json/shape.h"

/* -a/--annotations values: KEY=VALUE each, split at the first '='. Sorted. */
int	images_annotations(const struct opt_list *values, struct pool *pool, struct shape_map *out,
	    struct err *e) MUST_CHECK;
#endif
