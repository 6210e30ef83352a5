#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
	DIGEST=$(make_layout image example.com/app:1)
}

@test "a statement, or a simple signing payload" {
	cosign resolve oci:image | cosign make-payload -a k=v >out
	[ "$(jq -r '.type, .form, .payloadType, .predicateType' out | paste -sd ' ')" = \
		"cosign.payload/1 bundle application/vnd.in-toto+json https://sigstore.dev/cosign/sign/v1" ]
	[ "$(jq -r .payload out | base64 -d)" = '{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"'"${DIGEST#sha256:}"'"},"annotations":{"k":"v"}}],"predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}}' ]
	cosign resolve oci:image | cosign make-payload --new-bundle-format=false --sign-container-identity x.example/y >out
	[ "$(jq -r .payload out | base64 -d)" = '{"critical":{"identity":{"docker-reference":"x.example/y"},"image":{"docker-manifest-digest":"'"$DIGEST"'"},"type":"cosign container image signature"},"optional":null}' ]
}

@test "a subject without a digest is refused" {
	refuses bad-shape 1 cosign make-payload <<<'{"type":"cosign.subject/1","image":"example.com/app:1"}'
	refuses usage 2 cosign make-payload -a nothing </dev/null
}
