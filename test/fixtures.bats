# Cases and vectors made elsewhere, where they are at hand ($SHARED).
load lib/helpers

setup() {
	[ -e "$SHARED/tools/checkfx.py" ] || skip "no $SHARED"
	cd "$BATS_TEST_TMPDIR"
}

# In parts, so that they run side by side and a failure is near its name.
fixtures() { # REGEXP
	expect_status 0 python3 "$SHARED/tools/checkfx.py" "$SHARED/fixtures" --tool "$BIN/cosign" --stdout --match "^($1)\$"
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

@test "fixtures: trusted roots and signing configs" {
	fixtures '(trusted-root|signing-config)-.*'
}

@test "vectors: keys" {
	expect_status 0 env COSIGN="$BIN/cosign" bats --filter '^key/' "$SHARED/vectors/vectors.bats"
}
