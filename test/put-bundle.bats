#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
	make_layout image example.com/app:1
	make_keys cosign
	for form in true false; do
		cosign resolve oci:image | cosign make-payload --new-bundle-format=$form |
			cosign sign-payload --key cosign.key | cosign pack-bundle >$form.ndjson
	done
}

@test "stored, and listed as oras lists it" {
	cosign put-bundle <true.ndjson >out
	digest=$(jq -r .digest out)
	[ "$(jq -r --arg d "$digest" '.manifests[] | select(.digest == $d).artifactType' image/index.json)" = application/vnd.dev.sigstore.bundle.v0.3+json ]
	cosign put-bundle <false.ndjson >out
	[ "$(jq -r .tag out)" = "$(jq -r '.manifests[] | select(.digest == "'"$(jq -r .digest out)"'").annotations."org.opencontainers.image.ref.name"' image/index.json)" ]
	expect_status 0 cosign verify --key cosign.pub $VERIFY_KEY -o text oci:image
	[ "${#lines[@]}" -eq 2 ]
}

@test "an equal legacy signature is not added again" {
	cosign put-bundle <false.ndjson >out
	cosign put-bundle <false.ndjson >out
	expect_status 0 cosign verify --key cosign.pub $VERIFY_KEY -o text oci:image
	[ "${#lines[@]}" -eq 1 ]
}

@test "a directory that is gone is refused" {
	rm -r image
	run cosign put-bundle <true.ndjson
	[ "$status" -ne 0 ]
}
