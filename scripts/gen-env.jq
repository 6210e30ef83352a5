# SPDX-License-Identifier: Apache-2.0
# `cosign env --json` -> the list of cosign-environment(7).
def ending: (.[0:1] | ascii_upcase) + .[1:] | sub("\\.*$"; ".") | gsub("\\\\"; "\\e");
.[] | select(.known) |
".It Ev \(.name)",
(.about | ending),
"Expects \(.expects)." + (if .secret then "" else "" end),
(if .secret then ".Nm cosign env\ndoes not show its value." else empty end)
