#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup_file() {
	# One image is signed, and files of one name are made, by several.
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	start_registry
	start_fake_registry
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign
	make_keys other
	DIGEST=$(make_layout image example.com/app:1)
	sign -a env=prod oci:image
	sign --key other.key --new-bundle-format=false oci:image
	export DIGEST
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_FILE_TMPDIR"; }

sign() {
	local key=(--key cosign.key)
	[ "$1" != --key ] || key=()
	cosign sign $SIGN_KEY "${key[@]}" "$@" 2>sign.log
}

verify() { cosign verify --key cosign.pub $VERIFY_KEY "$@"; }

@test "an accepted signature is printed as upstream prints it" {
	expect_status 0 verify oci:image
	[ "${lines[0]}" = '[{"critical":{"identity":{"docker-reference":"oci:image"},"image":{"docker-manifest-digest":"'"$DIGEST"'"},"type":"https://sigstore.dev/cosign/sign/v1"},"optional":{"env":"prod"}}]' ]
	expect_status 0 verify --key other.pub --new-bundle-format=false oci:image
	has '"docker-reference":"example.com/app"'
	has '"optional":null'
}

@test "stdout begins with an empty line and the summary goes to stderr" {
	verify oci:image >out 2>err
	[ "$(head -n 1 out)" = "" ]
	has "Verification for oci:image --" "$(cat err)"
	has "The cosign claims were validated" "$(cat err)"
	has "verified against the specified public key" "$(cat err)"
	! grep -q "transparency log was verified" err
}

@test "text output is a line per signature" {
	expect_status 0 verify -o text oci:image
	[ "${#lines[@]}" -eq 1 ]
	[ "$(jq -r .critical.image.'"docker-manifest-digest"' <<<"$output")" = "$DIGEST" ]
	expect_status 0 verify -o=text oci:image
	[ "${#lines[@]}" -eq 1 ]
}

@test "of a saved image's bundles text is the envelope, as upstream has it" {
	expect_status 0 verify --local-image -o text image
	[ "$(jq -r '.payload | @base64d | fromjson | .subject[0].digest.sha256' <<<"$output")" = "${DIGEST#sha256:}" ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "both forms are read, each key finds its own" {
	expect_status 0 verify --key other.pub oci:image
	expect_status 12 verify --new-bundle-format=false oci:image
	has "no matching signature" "$stderr"
}

@test "annotations must be there and equal" {
	expect_status 0 verify -a env=prod oci:image
	has "annotations were verified" "$stderr"
	refuses no-matching-signature 12 verify -a env=test oci:image
	refuses no-matching-signature 12 verify -a other=1 oci:image
	refuses usage 2 verify -a env oci:image
	expect_status 0 verify -a env=test --check-claims=false oci:image
	! grep -q "claims were validated" <<<"$stderr"
}

@test "an unsigned image has no signature, an unknown tag is no image" {
	make_layout unsigned "" "nobody signed this"
	refuses no-signature 10 verify oci:unsigned
	refuses no-such-image 11 verify oci:unsigned:nope
	refuses no-signature 10 verify "oci:unsigned@sha256:$(printf 'ab%.0s' {1..32})"
	push_image "$REG/unsigned:1" "nor this"
	refuses no-signature 10 verify "$REG/unsigned:1"
	refuses no-such-image 11 verify "$REG/unsigned:2"
	refuses no-such-image 11 verify "$REG/nowhere:1"
	refuses no-signature 10 verify "$REG/unsigned@sha256:$(printf 'ab%.0s' {1..32})"
}

@test "a verdict record has every check, on failure too" {
	expect_status 0 verify --json oci:image
	[ "$(jq -r '.type, .ok, .good, .digest' <<<"$output" | paste -sd ' ')" = "cosign.verdict/1 true 1 $DIGEST" ]
	[ "$(jq -r '.signatures[0].checks[] | select(.check == "signature").status' <<<"$output")" = passed ]
	[ "$(jq -r '.signatures[1].ok' <<<"$output")" = false ]
	make_keys third
	expect_status 12 cosign verify --key third.pub $VERIFY_KEY --json oci:image
	[ "$(jq -r '.ok, .reason, .exit' <<<"$output" | paste -sd ' ')" = "false no-matching-signature 12" ]
	[ "$(jq '[.signatures[].checks[] | select(.status == "failed")] | length' <<<"$output")" -ge 2 ]
}

@test "of several images those before the failing one are printed" {
	make_layout bare "" "bare"
	run --separate-stderr verify oci:image oci:bare oci:image
	[ "$status" -eq 10 ]
	[ "$(grep -c critical <<<"$output")" -eq 1 ]
	has "oci:bare" "$stderr"
	expect_status 10 verify --json oci:image oci:bare oci:image
	[ "$(jq -r .ok <<<"$output" | paste -sd ' ')" = "true false true" ]
}

@test "what needs a trusted root is refused without one" {
	refuses not-found 1 cosign verify --key cosign.pub oci:image
	has "insecure-ignore-tlog" "$(jq -r .hint <<<"$error")"
	refuses not-found 1 verify --use-signed-timestamps oci:image
	refuses not-found 1 verify --max-age 1h oci:image
	refuses not-found 1 cosign verify --certificate-identity me --certificate-oidc-issuer https://idp oci:image
	refuses not-found 1 cosign verify --key cosign.pub --offline oci:image
}

@test "somebody must be named, and in full" {
	refuses usage 2 cosign verify $VERIFY_KEY oci:image
	has "--key" "$(jq -r .hint <<<"$error")"
	refuses usage 2 verify --certificate-identity me --certificate-oidc-issuer https://idp oci:image
	refuses usage 2 cosign verify $VERIFY_KEY --certificate-identity me oci:image
	refuses usage 2 cosign verify $VERIFY_KEY --certificate-oidc-issuer https://idp oci:image
	refuses usage 2 cosign verify $VERIFY_KEY --certificate-identity a --certificate-identity b \
		--certificate-identity c --certificate-oidc-issuer x --certificate-oidc-issuer y oci:image
	refuses usage 2 cosign verify $VERIFY_KEY --certificate-identity-regexp '(' --certificate-oidc-issuer x oci:image
	refuses usage 2 cosign verify $VERIFY_KEY --certificate-identity a --certificate-oidc-issuer x \
		--certificate-extension 1.2.3 oci:image
}

@test "several keys, and how many of them must have signed" {
	make_keys second
	make_keys third
	expect_status 0 cosign verify --key third.pub --key cosign.pub $VERIFY_KEY oci:image
	refuses too-few-signers 12 cosign verify --key third.pub --key cosign.pub --threshold 2 $VERIFY_KEY oci:image
	cosign sign --key third.key $SIGN_KEY oci:image
	cosign sign --key cosign.key $SIGN_KEY oci:image
	expect_status 0 cosign verify --key third.pub --key cosign.pub --threshold 2 $VERIFY_KEY oci:image
	refuses too-few-signers 12 cosign verify --key third.pub --key cosign.pub --key second.pub --threshold 3 \
		$VERIFY_KEY oci:image
	refuses usage 2 verify --threshold 2 oci:image
	refuses usage 2 verify --threshold 0 oci:image
}

@test "one key under two names, and two signatures of it, are one signer" {
	cp cosign.pub copy.pub
	cosign sign --key cosign.key $SIGN_KEY -a again=1 oci:image
	cosign sign --key cosign.key $SIGN_KEY --new-bundle-format=false oci:image
	expect_status 0 cosign verify --key copy.pub --key cosign.pub $VERIFY_KEY oci:image
	refuses too-few-signers 12 cosign verify --key copy.pub --key cosign.pub --threshold 2 $VERIFY_KEY oci:image
}

@test "an identity file names keys too" {
	make_keys third
	jq -Rsc '{key: .}' third.pub >who
	refuses no-matching-signature 12 cosign verify --identity-file who $VERIFY_KEY oci:image
	{ echo '# signers'; echo; jq -Rsc '{key: .}' cosign.pub; } >>who
	expect_status 0 cosign verify --identity-file who $VERIFY_KEY oci:image
	for line in '' '# nobody' '{"key":"x"}' '{"subject":"me"}' '{"issuer":"https://idp"}' '{"nokey":1}' '[]' \
		'{"key":"x","subject":"me"}'; do
		echo "$line" >who
		expect_status 1 cosign verify --identity-file who $VERIFY_KEY oci:image
	done
	refuses not-found 1 cosign verify --identity-file nowhere $VERIFY_KEY oci:image
}

@test "usage" {
	refuses usage 2 cosign verify --key cosign.pub $VERIFY_KEY
	refuses usage 2 verify --no-such-flag oci:image
	refuses usage 2 verify --max-workers 0 oci:image
	refuses bad-reference 2 verify UPPER/case:1
	refuses usage 2 verify --signature-digest-algorithm md5 oci:image
}

@test "an image of an index by platform" {
	index=$(make_index_layout multi)
	sign --recursive oci:multi
	expect_status 0 verify --platform linux/arm64 oci:multi
	has "$(children multi "$index" | tail -n 1)"
	expect_status 0 verify oci:multi
	has "$index"
	run verify --platform windows/arm64 oci:multi
	[ "$status" -ne 0 ]
}

@test "in registries, with and without the referrers API" {
	for host in "$REG" "$FAKE"; do
		digest=$(push_image "$host/team/app:1")
		sign -a n=1 "$host/team/app@$digest"
		expect_status 0 verify -a n=1 "$host/team/app:1"
		[ "$(jq -r '.[0].critical.identity."docker-reference"' <<<"$output")" = "$host/team/app:1" ]
		refuses no-signature 10 verify --new-bundle-format=false "$host/team/app:1"
		sign --key other.key --new-bundle-format=false "$host/team/app@$digest"
		expect_status 0 cosign verify --key other.pub $VERIFY_KEY "$host/team/app@$digest"
		[ "$(jq -r '.[0].critical.identity."docker-reference"' <<<"$output")" = "$host/team/app" ]
	done
}

@test "no process that judges opens a socket" {
	command -v strace >/dev/null || skip "needs strace"
	# The leak check wants to trace, too.
	ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=socket cosign-verify --key cosign.pub $VERIFY_KEY oci:image >out 2>err
	! grep -q 'socket(' trace
}

@test "a signature that is given in place of the stored ones" {
	digest=$(push_image "$REG/det/app:1")
	image=$REG/det/app@$digest
	cosign generate "$image" >payload
	openssl dgst -sha256 -sign cosign.key payload >raw
	base64 -w0 raw >sig
	for given in sig raw "$(cat sig)"; do
		expect_status 0 verify --signature "$given" --payload payload "$image"
	done
	expect_status 0 verify --signature sig "$image"
	has "--payload" "$stderr"
	[ "$(jq -r '.[0].critical.image."docker-manifest-digest"' <<<"$output")" = "$digest" ]
	other=$(push_image "$REG/det/app:2" other)
	refuses no-matching-signature 12 verify --signature sig --payload payload "$REG/det/app@$other"
	refuses no-matching-signature 12 verify --signature sig --payload sig "$image"
	refuses no-signature 10 verify "$image"
	refuses usage 2 verify --payload payload "$image"
	refuses not-found 1 verify --signature nowhere "$image"
}

@test "an attachment in place of the image" {
	digest=$(push_image "$REG/att/app:1")
	sbom=$(push_image "$REG/att/app:sha256-${digest#sha256:}.sbom" sbom)
	refuses no-signature 10 verify --attachment sbom "$REG/att/app@$digest"
	sign "$REG/att/app@$sbom"
	expect_status 0 verify --attachment sbom "$REG/att/app@$digest"
	has "$sbom"
	refuses no-such-image 11 verify --attachment sbom "$REG/att/app@$sbom"
	refuses no-such-image 11 verify --attachment sbom oci:image
	refuses usage 2 verify --attachment other oci:image
}
