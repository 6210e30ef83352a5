# SPDX-License-Identifier: Apache-2.0
# lib/base/reason.def (read raw, -R -n) -> the table of cosign-exit-codes(7).
[inputs | capture("^REASON\\([A-Z_]+, \"(?<slug>[^\"]+)\", (?<status>[0-9]+), \"(?<sentence>.*)\"\\)$") |
	.status |= tonumber] |
group_by(.status)[] |
".It \(.[0].status)",
".Bl -tag -width Ds -compact",
(.[] | ".It Cm \(.slug)", (.sentence | gsub("\\\\\""; "\"") | gsub("\\\\"; "\\e"))),
".El"
