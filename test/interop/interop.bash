# SPDX-License-Identifier: Apache-2.0
# What the interop tests share. INTEROP_TOOLS has the real cosign, crane and
# oras, GGCR_REGISTRY is go-containerregistry's registry (scripts/run-interop).
load ../lib/helpers

real() {
	TUF_ROOT=$BATS_FILE_TMPDIR/tuf "$INTEROP_TOOLS/cosign" "$@"
}

ours() {
	cosign "$@"
}

crane() {
	"$INTEROP_TOOLS/crane" "$@"
}

oras() {
	"$INTEROP_TOOLS/oras" "$@"
}

# Both registries: $REG (docker-registry, no referrers) and $GGCR (with them).
start_both() {
	start_registry
	start_server ggcr 's/^\(127\.0\.0\.1:[0-9]*\)$/\1/p' "$GGCR_REGISTRY"
	export GGCR=$SERVER
}

# Encrypted keys of every type, made or imported by the real program, which
# reads no other; plain ones beside them. KEYS is their folder.
make_real_keys() {
	export KEYS=$BATS_FILE_TMPDIR/keys alg
	mkdir -p "$KEYS"
	(
		cd "$KEYS"
		real generate-key-pair 2>/dev/null
		real generate-key-pair --output-key-prefix other 2>/dev/null
		for alg in p384 p521 rsa; do
			make_keys "plain-$alg" "$alg"
			real import-key-pair --key "plain-$alg.key" --output-key-prefix "$alg" 2>/dev/null
		done
	)
}

# Extra flags of signing for a storage form.
form_flags() { # bundle|legacy
	[ "$1" = bundle ] || echo --new-bundle-format=false
}

# JSON lines with sorted members, and arrays in a stable order; other lines as
# they are; no empty ones.
canonical() {
	local line
	while IFS= read -r line; do
		[ -n "$line" ] || continue
		jq -cS 'if type == "array" then sort else . end' <<<"$line" 2>/dev/null || printf '%s\n' "$line"
	done
}

# Runs both programs: same exit status, same stdout after canonical. Leaves the
# status and output of ours.
same() { # ARGUMENT...
	local status1 output1
	run --separate-stderr real "$@"
	status1=$status output1=$(canonical <<<"$output")
	run --separate-stderr ours "$@"
	[ "$status" = "$status1" ] && [ "$(canonical <<<"$output")" = "$output1" ] && return
	printf '%s\n' "differs: $*" "real ($status1): $output1" "ours ($status): $output" "$stderr" >&2
	return 1
}

# A difference that is meant. REAL and OURS are exit statuses.
differs() { # WHY REAL OURS ARGUMENT...
	local why=$1 theirs=$2 mine=$3
	shift 3
	run --separate-stderr real "$@"
	[ "$status" = "$theirs" ] || { echo "real: $status, expected $theirs: $* ($why): $stderr" >&2; return 1; }
	expect_status "$mine" ours "$@"
}
