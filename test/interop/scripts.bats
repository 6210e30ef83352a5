# Lines as scripts have them, run by both programs: same exit status, same
# stdout after sorting JSON. What differs is listed with its reason.
load interop

setup_file() {
	start_both
	make_real_keys
}

teardown_file() {
	stop_servers
}

# Two signed images, one a form: $B and $L, by digest.
signed_pair() {
	local name=$BATS_TEST_NUMBER
	B=$REG/b$name@$(push_image "$REG/b$name:v1")
	L=$REG/l$name@$(push_image "$REG/l$name:v1")
	real sign --key "$KEYS/cosign.key" $SIGN_KEY -a env=prod "$B"
	real sign --key "$KEYS/cosign.key" $SIGN_KEY -a env=prod --new-bundle-format=false "$L"
}

# Signs an image of its own with each program: same status and stdout, and
# the other one verifies it.
signs_alike() { # ARGUMENT... (IMAGE stands for the reference)
	local program other ref args statuses=
	for program in real ours; do
		ref=$REG/alike-$program-$BATS_TEST_NUMBER
		ref=$ref@$(push_image "$ref")
		args=("${@//IMAGE/$ref}")
		run --separate-stderr "$program" "${args[@]}"
		statuses="$statuses $status[$output]"
		[ "$status" -eq 0 ] || { echo "$program: $stderr" >&2; return 1; }
		[ $program = real ] && other=ours || other=real
		expect_status 0 "$other" verify --key "$KEYS/cosign.pub" $VERIFY_KEY "$ref" || return
	done
	[ "$statuses" = ' 0[] 0[]' ]
}

@test "sign --yes --key FILE, as v3 writes it" {
	signs_alike sign --yes --key "$KEYS/cosign.key" --use-signing-config=false --tlog-upload=false IMAGE
}

@test "sign with the key in a variable, annotations, flags after the image" {
	export COSIGN_PRIVATE_KEY
	COSIGN_PRIVATE_KEY=$(cat "$KEYS/cosign.key")
	signs_alike sign --yes --key env://COSIGN_PRIVATE_KEY --use-signing-config=false -a k=v IMAGE --tlog-upload=false -a x=y,z=w
}

@test "sign with a signing config that names no service" {
	cat >"$BATS_TEST_TMPDIR/config.json" <<-'END'
		{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{},"tsaConfig":{}}
	END
	signs_alike sign --yes --key "$KEYS/cosign.key" --signing-config "$BATS_TEST_TMPDIR/config.json" IMAGE
}

@test "flags by environment" {
	export COSIGN_YES=true COSIGN_KEY=$KEYS/cosign.key COSIGN_TLOG_UPLOAD=false COSIGN_USE_SIGNING_CONFIG=false
	signs_alike sign IMAGE
	signed_pair
	unset COSIGN_KEY
	COSIGN_KEY=$KEYS/cosign.pub COSIGN_INSECURE_IGNORE_TLOG=true same verify "$B"
	COSIGN_KEY=$KEYS/cosign.pub COSIGN_INSECURE_IGNORE_TLOG=true COSIGN_OUTPUT=text same verify "$L"
}

@test "tags through xargs" {
	digest=$(push_image "$REG/xargs:one")
	push_image "$REG/xargs:two" "$REG/xargs:one"
	for program in "$INTEROP_TOOLS/cosign" "$BIN/cosign"; do
		printf '%s\n' "$REG/xargs:one" "$REG/xargs:two" |
			xargs -I {} "$program" sign --yes --key "$KEYS/cosign.key" --use-signing-config=false --tlog-upload=false "{}@$digest"
	done
	same verify --key "$KEYS/cosign.pub" $VERIFY_KEY "$REG/xargs@$digest"
	[ "$(jq length <<<"$output")" = 4 ]
}

@test "verify: json, text, jq, several images, flags anywhere" {
	signed_pair
	for ref in "$B" "$L" "${B%@*}:v1" "${L%@*}:v1"; do
		same verify --key "$KEYS/cosign.pub" --insecure-ignore-tlog=true "$ref"
		[ "$(jq -r '.[0].critical.image."docker-manifest-digest"' <<<"$output")" != null ]
		same verify "$ref" --key "$KEYS/cosign.pub" --insecure-ignore-tlog
		same verify --output json --key "$KEYS/cosign.pub" --insecure-ignore-tlog "$ref"
		same verify -o text --key "$KEYS/cosign.pub" --insecure-ignore-tlog "$ref"
		same verify -a env=prod --key "$KEYS/cosign.pub" --insecure-ignore-tlog "$ref"
		same verify --check-claims=false --key "$KEYS/cosign.pub" --insecure-ignore-tlog "$ref"
		COSIGN_EXPERIMENTAL=1 same verify --output text --key "$KEYS/cosign.pub" --insecure-ignore-tlog "$ref"
	done
	same verify --key "$KEYS/cosign.pub" --insecure-ignore-tlog "$B" "$B"
	same verify --key "$KEYS/cosign.pub" --insecure-ignore-tlog "$L" "$L"
	same verify --key "$KEYS/cosign.pub" --insecure-ignore-tlog --new-bundle-format=false "$L"
}

@test "verify: no signature, no image, other key" {
	signed_pair
	none=$REG/none@$(push_image "$REG/none:v1")
	same verify --key "$KEYS/cosign.pub" $VERIFY_KEY "$none"
	[ "$status" -eq 10 ]
	same verify --key "$KEYS/cosign.pub" $VERIFY_KEY "$REG/none:v2"
	[ "$status" -eq 11 ]
	same verify --key "$KEYS/other.pub" $VERIFY_KEY "$L"
	[ "$status" -eq 12 ]
	same verify --key "$KEYS/cosign.pub" $VERIFY_KEY -a env=test "$L"
	[ "$status" -eq 12 ]
}

@test "verify with the key in a variable" {
	signed_pair
	PUB=$(cat "$KEYS/cosign.pub") same verify --key env://PUB $VERIFY_KEY "$B"
}

@test "meant differences" {
	signed_pair
	differs 'one exit status table for both forms: signatures, none acceptable' 1 12 \
		verify --key "$KEYS/other.pub" $VERIFY_KEY "$B"
	differs 'images are judged each in its own form' 1 0 verify --key "$KEYS/cosign.pub" $VERIFY_KEY "$B" "$L"
	differs 'an unknown flag is a usage error' 1 2 verify --no-such-flag "$B"
	differs 'no argument is a usage error' 1 2 verify
	differs '-o=text works' 1 0 verify --key "$KEYS/cosign.pub" $VERIFY_KEY -o=text "$L"
	differs 'Go refuses --tlog-upload=false beside its default signing config; v2 scripts have this line' 1 0 \
		sign --yes --key "$KEYS/cosign.key" --tlog-upload=false "$B"
}

# Makefiles and workflows attest and read back by these lines.
@test "attest as scripts have it, read back through jq as they do" {
	local program image statement alike form
	cd "$BATS_TEST_TMPDIR"
	printf '{"SPDXID":"SPDXRef-DOCUMENT","name":"a","packages":[]}' >sbom.json
	printf '{"builder":{"id":"https://b"},"buildType":"https://t"}' >slsa.json
	for form in true false; do
		for program in real ours; do
			image=$REG/scripts-$program-$form@$(push_image "$REG/scripts-$program-$form")
			attest() { expect_status 0 "$program" attest --yes --key "$KEYS/cosign.key" $SIGN_KEY --new-bundle-format=$form "$@" && [ -z "$output" ]; }
			attest --predicate sbom.json --type spdxjson "$image"
			attest --predicate slsa.json --type slsaprovenance "$image"
			attest --predicate sbom.json --type https://example.com/sbom "$image"
			attest --replace --predicate sbom.json --type spdxjson "$image"
			for type in spdxjson slsaprovenance https://example.com/sbom; do
				same verify-attestation --type $type --key "$KEYS/cosign.pub" $VERIFY_KEY --new-bundle-format=$form "$image"
				[ "$status" -eq 0 ]
				for by in real ours; do
					$by verify-attestation --type $type --key "$KEYS/cosign.pub" $VERIFY_KEY --new-bundle-format=$form "$image" 2>/dev/null >line
					# The real program replaces nothing among bundles.
					[ "$(jq -rs 'map(.payload) | unique | length' line)" -le 2 ]
					jq -rn 'input | .payload | @base64d | fromjson | .predicate' line >first
					jq -rn 'input | .payload' line | base64 -d | jq .predicate >second
					cmp first second
					[ $type = slsaprovenance ] || cmp <(jq -S . sbom.json) <(jq -S . first)
					[ $type != slsaprovenance ] || [ "$(jq -r .builder.id first)" = https://b ]
				done
			done
			differs 'no such image' 1 11 verify-attestation --type vuln --key "$KEYS/other.pub" $VERIFY_KEY "$REG/nothing:here"
		done
	done
}

@test "attest --no-upload stores nothing; ours prints the envelope of the legacy form" {
	cd "$BATS_TEST_TMPDIR"
	image=$REG/no-upload@$(push_image "$REG/no-upload")
	printf '{"a":1}' >predicate.json
	for program in real ours; do
		expect_status 0 "$program" attest --yes --key "$KEYS/cosign.key" $SIGN_KEY --new-bundle-format=false --no-upload \
			--type https://example.com/t --predicate predicate.json "$image"
		[ -z "$output" ] || [ "$(jq -cS '.payload | @base64d | fromjson.predicate' <<<"$output")" = '{"a":1}' ]
		[ $program = ours ] || [ -z "$output" ]
	done
	[ -n "$output" ]
	differs 'no attestation' 1 10 verify-attestation --type https://example.com/t --key "$KEYS/cosign.pub" $VERIFY_KEY "$image"
}

@test "what scripts take from verify by jq" {
	signed_pair
	for ref in "$B" "$L"; do
		for program in real ours; do
			[ "$("$program" verify --output json --key "$KEYS/cosign.pub" $VERIFY_KEY "$ref" 2>/dev/null |
				jq -r '.[0].critical.image."docker-manifest-digest"')" = "${ref#*@}" ]
		done
	done
}

@test "triangulate, generate" {
	signed_pair
	for ref in "$B" "${B%@*}:v1"; do
		same triangulate "$ref"
		same triangulate --type digest "$ref"
		same triangulate --type sbom "$ref"
		same triangulate --type attestation "$ref"
		same generate "$ref"
		same generate -a x=y -a 'b=<&>' "$ref"
	done
	same triangulate "alpine@${B#*@}"
}

@test "generate-key-pair, public-key" {
	cd "$BATS_TEST_TMPDIR"
	for program in real ours; do
		COSIGN_PASSWORD= expect_status 0 "$program" generate-key-pair --output-key-prefix "$program"
		[ -z "$output" ]
		[ "$(stat -c %a "$program.key")" = 600 ]
		[ -s "$program.pub" ]
	done
	same public-key --key real.key
	same public-key --key ours.key
	same public-key --key nothing.key
}

@test "login" {
	start_fake_registry --user me:secret
	for program in real ours; do
		export DOCKER_CONFIG=$BATS_TEST_TMPDIR/$program
		mkdir -p "$DOCKER_CONFIG"
		expect_status 0 "$program" login "$FAKE" -u me -p secret
		[ "$(jq -r '.auths["'"$FAKE"'"].auth' "$DOCKER_CONFIG/config.json")" = "$(printf me:secret | base64)" ]
	done
	cmp <(jq -S .auths "$BATS_TEST_TMPDIR/real/config.json") <(jq -S .auths "$BATS_TEST_TMPDIR/ours/config.json")
	stop_servers
}

@test "version" {
	for program in real ours; do
		expect_status 0 "$program" version
		has GitVersion
		expect_status 0 "$program" version --json
		jq -e .gitVersion <<<"$output"
	done
}

@test "--output-payload, --output-signature, and verify from them" {
	cd "$BATS_TEST_TMPDIR"
	ref=$REG/detached@$(push_image "$REG/detached")
	for program in real ours; do
		expect_status 0 "$program" sign --key "$KEYS/cosign.key" $SIGN_KEY --new-bundle-format=false --upload=false \
			--output-payload "$program.payload" --output-signature "$program.sig" "$ref"
	done
	cmp real.payload ours.payload
	openssl dgst -sha256 -verify "$KEYS/cosign.pub" -signature <(base64 -d ours.sig) ours.payload
	expect_status 10 ours verify --key "$KEYS/cosign.pub" $VERIFY_KEY "$ref"
}

@test "--sign-container-identity" {
	for program in real ours; do
		ref=$REG/identity-$program@$(push_image "$REG/identity-$program")
		expect_status 0 "$program" sign --key "$KEYS/cosign.key" $SIGN_KEY --new-bundle-format=false \
			--sign-container-identity example.com/a --sign-container-identity example.com/b "$ref"
		same verify --key "$KEYS/cosign.pub" $VERIFY_KEY "$ref"
		[ "$(jq -r '.[].critical.identity."docker-reference"' <<<"$output" | sort | xargs)" = 'example.com/a example.com/b' ]
	done
}
