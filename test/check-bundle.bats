#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
	make_layout image example.com/app:1
	make_keys cosign
	cosign sign --key cosign.key $SIGN_KEY oci:image
	cosign resolve oci:image | cosign ls-signatures >candidates
}

check() { cosign check-bundle --key cosign.pub $VERIFY_KEY "$@"; }

@test "a verdict for each subject" {
	expect_status 0 check <candidates
	[ "$(jq -r '.type, .ok, .good' <<<"$output" | paste -sd ' ')" = "cosign.verdict/1 true 1" ]
	make_keys other
	expect_status 12 cosign check-bundle --key other.pub $VERIFY_KEY <candidates
	[ "$(jq -r .reason <<<"$output")" = no-matching-signature ]
}

@test "a subject without candidates has no signature" {
	head -n 1 candidates >alone
	refuses no-signature 10 check <alone
}

@test "candidates of another subject are refused" {
	refuses bad-record 1 check <<<"$(tail -n 1 candidates)"
	make_layout second example.com/second:1 other
	{ cosign resolve oci:second; tail -n 1 candidates; } >mixed
	refuses bad-record 1 check <mixed
}

@test "what needs a trusted root is refused without one, and somebody must be named" {
	refuses unsupported 2 cosign check-bundle --key cosign.pub <candidates
	refuses usage 2 cosign check-bundle $VERIFY_KEY <candidates
}

@test "a signature changed in the pipe is not accepted" {
	jq -c 'if .bundle then .bundle.dsseEnvelope.payload |= (@base64d | sub("\"predicate\":{}"; "\"predicate\":{ }") | @base64) else . end' candidates >changed
	! cmp -s candidates changed
	expect_status 12 check <changed
}
