#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
	make_layout image example.com/app:1
	make_keys cosign
	cosign resolve oci:image | cosign make-payload --new-bundle-format=false >payload.ndjson
}

@test "the signature verifies with openssl" {
	cosign sign-payload --key cosign.key <payload.ndjson >out
	jq -r .payload out | base64 -d >payload
	jq -r .signature out | base64 -d >sig
	openssl dgst -sha256 -verify cosign.pub -signature sig payload
	[ "$(jq -r .publicKey out)" = "$(cat cosign.pub)" ]
	[ "$(jq -r .hint out)" = "$(openssl pkey -pubin -in cosign.pub -outform DER | openssl dgst -sha256 -binary | base64)" ]
}

@test "the password never comes from the records" {
	COSIGN_PASSWORD=pw cosign generate-key-pair --output-key-prefix enc
	COSIGN_PASSWORD=pw cosign sign-payload --key enc.key <payload.ndjson >out
	printf pw >pw
	env -u COSIGN_PASSWORD cosign sign-payload --key enc.key --password-file pw <payload.ndjson >out
	refuses no-terminal 1 env -u COSIGN_PASSWORD cosign sign-payload --key enc.key <payload.ndjson
	refuses not-found 1 cosign sign-payload --fulcio-url http://127.0.0.1:1 --trusted-root $TOP/test/vectors/good/judgement/trusted_root.json --identity-token a.b.c <payload.ndjson
}
