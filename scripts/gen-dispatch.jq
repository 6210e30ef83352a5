# SPDX-License-Identifier: Apache-2.0
# cmd/spec.ndjson -> lib/cli/commands.def
def flag: if . then "true" else "false" end;
"/* SPDX-License-Identifier: Apache-2.0 */",
"/* The dispatcher's list, made from cmd/spec.ndjson by `make generate`. */",
(.[] | select(.name != "cosign" and (.hidden | not)) |
	"COMMAND(\(.name | tojson), \(.plumbing | flag), \(.gone != null | flag), \(.brief | tojson))")
