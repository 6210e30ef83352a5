# SPDX-License-Identifier: Apache-2.0
load lib/helpers

HEX=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

setup_file() {
	start_fake_registry
}

teardown_file() {
	stop_servers
}

@test "triangulate is arithmetic for a digest" {
	export COSIGN_REMOTE_HTTP=/bin/false
	expect_status 0 cosign triangulate "r.example/app@sha256:$HEX"
	[ "$output" = "r.example/app:sha256-$HEX.sig" ]
	expect_status 0 cosign triangulate --type attestation "alpine@sha256:$HEX"
	[ "$output" = "index.docker.io/library/alpine:sha256-$HEX.att" ]
	expect_status 0 cosign triangulate --type sbom "r.example/app:v1@sha256:$HEX"
	[ "$output" = "r.example/app:sha256-$HEX.sbom" ]
	expect_status 0 cosign triangulate --type digest "r.example/app:v1@sha256:$HEX"
	[ "$output" = "r.example/app@sha256:$HEX" ]
	has deprecated "$stderr"
}

@test "triangulate knows the prefix and the other repository" {
	expect_status 0 cosign triangulate --attachment-tag-prefix x- "r.example/app@sha256:$HEX"
	[ "$output" = "r.example/app:x-sha256-$HEX.sig" ]
	export COSIGN_REPOSITORY=other.example/sigs
	expect_status 0 cosign triangulate "r.example/app@sha256:$HEX"
	[ "$output" = "other.example/sigs:sha256-$HEX.sig" ]
	expect_status 0 cosign triangulate --type digest "r.example/app@sha256:$HEX"
	[ "$output" = "r.example/app@sha256:$HEX" ]
	COSIGN_REPOSITORY=x/Y refuses bad-reference 2 cosign triangulate "r.example/app@sha256:$HEX"
}

@test "triangulate looks a tag up" {
	digest=$(push_image "$FAKE/tri/one:v1")
	expect_status 0 cosign triangulate "$FAKE/tri/one:v1"
	[ "$output" = "$FAKE/tri/one:sha256-${digest#sha256:}.sig" ]
	COSIGN_RECURSIVE=true COSIGN_PLATFORM=a/b expect_status 0 cosign triangulate --type digest "$FAKE/tri/one:v1"
	[ "$output" = "$FAKE/tri/one@$digest" ]
	refuses no-such-image 11 cosign triangulate "$FAKE/tri/one:missing"
}

@test "triangulate names entries of a layout" {
	digest=$(make_layout "$BATS_TEST_TMPDIR/layout")
	expect_status 0 cosign triangulate "oci:$BATS_TEST_TMPDIR/layout"
	[ "$output" = "oci:$BATS_TEST_TMPDIR/layout:sha256-${digest#sha256:}.sig" ]
	expect_status 0 cosign triangulate "oci:$BATS_TEST_TMPDIR/layout@$digest"
	[ "$output" = "oci:$BATS_TEST_TMPDIR/layout:sha256-${digest#sha256:}.sig" ]
	refuses no-such-image 11 cosign triangulate "oci:$BATS_TEST_TMPDIR/none"
}

@test "triangulate refuses what it cannot use" {
	refuses usage 2 cosign triangulate
	refuses usage 2 cosign triangulate a b
	refuses usage 2 cosign triangulate --type other a
	refuses bad-reference 2 cosign triangulate 'UPPER CASE'
}

@test "triangulate links libc alone" {
	[ -n "${SANITIZE-}" ] && skip "sanitizers link more"
	[ "$(readelf -d "$BIN/cosign-triangulate" | grep -c NEEDED)" -eq 1 ]
}

@test "the examples of triangulate run" {
	run_examples triangulate
}
