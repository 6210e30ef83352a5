#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
	make_layout image example.com/app:1
	make_keys cosign
}

@test "a bundle of version 0.3; legacy records pass" {
	cosign resolve oci:image | cosign make-payload | cosign sign-payload --key cosign.key >signed
	cosign pack-bundle <signed >out
	[ "$(jq -r .bundle.mediaType out)" = application/vnd.dev.sigstore.bundle.v0.3+json ]
	[ "$(jq -r .bundle.dsseEnvelope.payload out)" = "$(jq -r .payload signed)" ]
	[ "$(jq -r .bundle.verificationMaterial.publicKey.hint out)" = "$(jq -r .hint signed)" ]
	cosign resolve oci:image | cosign make-payload --new-bundle-format=false | cosign sign-payload --key cosign.key |
		cosign pack-bundle >out
	[ "$(jq -r '.type, .bundle' out | paste -sd ' ')" = "cosign.bundle/1 null" ]
}

@test "a record without its signature is refused" {
	cosign resolve oci:image | cosign make-payload | sed 's/cosign.payload/cosign.signature/' >unsigned
	refuses bad-shape 1 cosign pack-bundle <unsigned
}
