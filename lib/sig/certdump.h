/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_CERTDUMP_H
#define SIG_CERTDUMP_H
/*
 * A certificate as upstream's `download signature` prints it: member by member
 * the struct that Go's encoding/json makes of its own x509.Certificate. For
 * scripts that read .Cert.Raw or .Cert.Extensions; nothing is judged. Name
 * constraints and policies, which signers' certificates do not have, are null.
 */
#include "crypto/cert.h"
#include "json/emit.h"

void	certdump_emit(struct cert *c, struct emit *j);
#endif
