#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
	DIGEST=$(make_layout image example.com/app:1)
}

@test "the payload, without a newline" {
	cosign generate oci:image >out 2>err
	[ "$(cat out)" = '{"critical":{"identity":{"docker-reference":"example.com/app"},"image":{"docker-manifest-digest":"'"$DIGEST"'"},"type":"cosign container image signature"},"optional":null}' ]
	[ "$(tail -c 1 out)" = "}" ]
}

@test "a digest in a registry costs no request and no network" {
	COSIGN_REMOTE_HTTP=/bin/false cosign generate "alpine@sha256:$(printf '0%.0s' {1..64})" >out
	[ "$(sha256sum <out | cut -d' ' -f1)" = f9735be15b43d79895997e3edca0327963d2fc3ad02f364dddfcbcf4206ef77a ]
}

@test "annotations are sorted and escaped as Go does" {
	cosign generate -a b=2 -a 'a=<&>' oci:image >out
	has '"optional":{"a":"\u003c\u0026\u003e","b":"2"}' "$(cat out)"
}

@test "usage" {
	refuses usage 2 cosign generate
	refuses usage 2 cosign generate -a nothing oci:image
	refuses no-such-image 11 cosign generate oci:image:nope
}
