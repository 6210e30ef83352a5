# Cases and vectors made elsewhere, where they are at hand ($SHARED).
load lib/helpers

# A copy: some cases write beside themselves.
setup_file() {
	[ -e "$SHARED/fixtures" ] || return 0
	cp -r "$SHARED/fixtures" "$BATS_FILE_TMPDIR/fixtures"
	chmod -R u+w "$BATS_FILE_TMPDIR/fixtures"
}

setup() {
	[ -e "$SHARED/tools/checkfx.py" ] || skip "no $SHARED"
	cd "$BATS_TEST_TMPDIR"
}

# In parts, so that they run side by side and a failure is near its name.
fixtures() { # REGEXP
	expect_status 0 python3 "$SHARED/tools/checkfx.py" "$BATS_FILE_TMPDIR/fixtures" --tool "$BIN/cosign" --stdout --match "^($1)\$"
	echo "$output" | tail -n 1
	[[ $(tail -n 1 <<<"$output") =~ ^[1-9][0-9]*\ passed,\ 0\ failed ]]
}

@test "fixtures: keys, help, env, version, unknown words" {
	fixtures 'key-.*|help|env-list|version-json|unknown-.*|verify-noargs'
}

@test "fixtures: saved images and attached signatures" {
	fixtures '(reg28|zot)-(attached|save-(bundle|legacy)(-other)?|unsigned|unsigned-legacy|no-.*)'
}

@test "fixtures: legacy signatures" {
	fixtures '(reg28|zot)-(legacy|legacy-(tag|default|text|other.*|ann.*|triangulate.*|two-[abn].*|p256|p384.*|p521.*|rsa.*|ed25519|index|index-child|index-norec.*))'
}

@test "fixtures: bundles" {
	fixtures '(reg28|zot)-(bundle|bundle-(tag|text|other.*|as-legacy|ann.*|two-.*|p256|p384.*|p521.*|rsa.*|ed25519|index|index-child|att-as-sig))'
}

@test "fixtures: both forms, many images, generate, sign" {
	fixtures '(reg28|zot)-(both-(bundle|sig.*)|many.*|mixed.*|generate.*|sign-.*)'
}

@test "fixtures: tampered signatures" {
	fixtures '(reg28|zot)-(t-legacy-foreign-noclaims|t-(legacy|bundle)-(copy|sig.*|payload.*|garbage|layertype|noann|artifacttype|first-bad))'
}

@test "fixtures: keyless images" {
	fixtures '(reg28|zot)-(legacy-keyless(-wrong-id|-root|-default)?|bundle-keyless1?(-wrong-id|-no-id|-claims|-claims-bad)?|bundle-(tlog|key-rekor2)|t-lkl-.*|t-bundle-kl-.*)'
}

@test "fixtures: attestations of images" {
	fixtures '(reg28|zot)-(unsigned-att|(legacy|bundle)-att-(custom|slsa.*|spdx.*|vuln|none|other-key|keyless.*|as-sig)|bundle-sig-as-att|save-(legacy-)?att)'
}

@test "fixtures: download and tree" {
	fixtures '(reg28|zot)-.*-(download|download-type|tree)'
}

@test "fixtures: attestations of files" {
	fixtures 'attblob-.*|t-att-.*|att-as-sig|sig-as-att'
}

@test "fixtures: trusted roots and signing configs" {
	fixtures '(trusted-root|signing-config)-.*'
}

# What ours answers otherwise, and why: test/differences.txt.
different() { # KIND
	awk -F '\t' -v kind="$1" '$1 == kind { print $2 }' "$TOP/test/differences.txt"
}

@test "fixtures: files" {
	but=$(different fixture | paste -sd '|')
	fixtures "(?!($but)\$)(blob|root|att-as|sign-blob)-.*"
	fixtures "(?!($but)\$)t-[^l].*"
	for name in ${but//|/ }; do
		run python3 "$SHARED/tools/checkfx.py" "$BATS_FILE_TMPDIR/fixtures" --tool "$BIN/cosign" --match "^$name\$"
		has '0 passed, 1 failed' || { echo "$name is no difference any more"; return 1; }
	done
}

judges() { # NAME EXPECT [VARIABLE=VALUE...] COMMAND...
	local name=$1 expect=$2 got=pass
	shift 2
	run timeout 60 env "$@"
	[ "$status" -lt 124 ] || got=neither
	[ "$status" -eq 0 ] || got=${got/pass/fail}
	if different vector | grep -qxF "$name"; then
		[ "$got" != "$expect" ] || { echo "$name is no difference any more" >&2; return 1; }
	elif [ "$got" != "$expect" ]; then
		printf '%s\n' "$name: $got, expected $expect: $*" "$output" >&2
		return 1
	fi
}

@test "conformance: files, and their digests" {
	seen=0
	for dir in "$SHARED"/conformance/*/; do
		cd "$dir"
		mapfile -t args <args
		name=conformance/$(basename "$dir")
		for what in artifact "$(digest_of artifact)"; do
			judges "$name" "$(cat expect)" cosign verify-blob "${args[@]}" "$what"
		done
		seen=$((seen + 1))
	done
	[ "$seen" -gt 40 ]
}

@test "vectors: files" {
	seen=0
	while IFS= read -r case; do
		cd "$(dirname "$case")"
		while IFS= read -r one; do
			mapfile -t words < <(jq -r '(.env // {} | to_entries[] | "\(.key)=\(.value)"), "cosign", .args[]' <<<"$one")
			judges "$(jq -r .name <<<"$one")" "$(jq -r .expect <<<"$one")" "${words[@]}"
			seen=$((seen + 1))
		done < <(jq -c --arg name "$(basename "$(dirname "$PWD")")/$(basename "$PWD")" \
			'.runs // [] | .[] | select(.args[0] | startswith("verify-blob")) | . + {name: $name}' case.json)
	done < <(ls "$SHARED"/vectors/*/*/case.json)
	[ "$seen" -gt 100 ]
}

@test "vectors: keys" {
	expect_status 0 env COSIGN="$BIN/cosign" bats --filter '^key/' "$SHARED/vectors/vectors.bats"
}
