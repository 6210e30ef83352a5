#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/attestations

setup_file() {
	start_registry
	start_fake_registry
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign
	make_layout signed example.com/app:1 >digest
	for form in true false; do
		cosign sign --key cosign.key $SIGN_KEY --new-bundle-format=$form oci:signed 2>/dev/null
		cosign attest --key cosign.key $SIGN_KEY --new-bundle-format=$form --type custom --predicate digest oci:signed 2>/dev/null
	done
	DIGEST=$(cat digest)
	export DIGEST
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_FILE_TMPDIR"; }

layer_of() { jq -r '.layers[0].digest' "signed/blobs/sha256/${1#sha256:}"; }

@test "both forms, as upstream shows them" {
	expect_status 0 cosign tree oci:signed
	[ "${lines[0]}" = "📦 Supply Chain Security Related artifacts for an image: oci:signed" ]
	[ "${lines[1]}" = "└── 🔐 Signatures for an image tag: oci:signed:sha256-${DIGEST#sha256:}.sig" ]
	[[ ${lines[2]} =~ ^"   └── 🍒 sha256:"[0-9a-f]{64}$ ]]
	[ "${lines[3]}" = "└── 💾 Attestations for an image tag: oci:signed:sha256-${DIGEST#sha256:}.att" ]
	[[ ${lines[5]} == "└── 🔗 https://sigstore.dev/cosign/sign/v1 artifacts via OCI referrer: oci:signed@sha256:"* ]]
	[ "${lines[6]}" = "   └── 🍒 $(layer_of "${lines[5]#*@}")" ]
	[[ ${lines[7]} == "└── 🔗 $CUSTOM artifacts via OCI referrer: oci:signed@sha256:"* ]]
	[ "${#lines[@]}" -eq 9 ]
	expect_status 0 cosign tree --experimental-oci11=false oci:signed
	[ "${#lines[@]}" -eq 5 ]
}

@test "the record has all of it" {
	expect_status 0 cosign tree --json oci:signed
	jq -e --arg digest "$DIGEST" '.type == "cosign.tree/1" and .digest == $digest and .repository == "oci:signed" and
		([.attached[].kind] == ["signatures", "attestations", "referrer", "referrer"]) and
		all(.attached[]; .layers | length == 1) and .attached[0].tag == "sha256-\($digest[7:]).sig" and
		(.attached[1].layers[0].predicateType == "https://cosign.sigstore.dev/attestation/v1") and
		(.attached[2].predicateType == "https://sigstore.dev/cosign/sign/v1")' <<<"$output"
	expect_status 0 cosign tree --jq '.attached | length' oci:signed
	[ "$output" = 4 ]
}

@test "registries: the same" {
	for host in "$REG" "$FAKE"; do
		image=$host/tree/app
		digest=$(push_image "$image:1")
		for form in true false; do
			cosign sign --key cosign.key $SIGN_KEY --new-bundle-format=$form "$image:1"
		done
		expect_status 0 cosign tree "$image:1"
		[ "${lines[0]}" = "📦 Supply Chain Security Related artifacts for an image: $image:1" ]
		[ "${lines[1]}" = "└── 🔐 Signatures for an image tag: $image:sha256-${digest#sha256:}.sig" ]
		[[ ${lines[3]} == "└── 🔗 https://sigstore.dev/cosign/sign/v1 artifacts via OCI referrer: $image@sha256:"* ]]
		[ "${#lines[@]}" -eq 5 ]
		COSIGN_REPOSITORY=$image expect_status 0 cosign tree --json "$image@$digest"
		[ "$(jq '.attached | length' <<<"$output")" -eq 2 ]
		refuses no-such-image 11 cosign tree "$image:none"
		[ -z "$output" ]
	done
}

@test "nothing there: what upstream says, without a last newline" {
	make_layout "$BATS_TEST_TMPDIR/bare" example.com/app:1
	cosign tree "oci:$BATS_TEST_TMPDIR/bare" >"$BATS_TEST_TMPDIR/out"
	printf '%s\n%s\n%s' "📦 Supply Chain Security Related artifacts for an image: oci:$BATS_TEST_TMPDIR/bare" \
		"No Supply Chain Security Related Artifacts found for image oci:$BATS_TEST_TMPDIR/bare," \
		' start creating one with simply running$ cosign sign <img>' | cmp - "$BATS_TEST_TMPDIR/out"
	expect_status 0 cosign tree --json "oci:$BATS_TEST_TMPDIR/bare"
	[ "$(jq -c .attached <<<"$output")" = '[]' ]
}

@test "an index and its images" {
	index=$(make_index_layout "$BATS_TEST_TMPDIR/index" example.com/app:1)
	cosign sign --key cosign.key $SIGN_KEY --recursive "oci:$BATS_TEST_TMPDIR/index"
	expect_status 0 cosign tree "oci:$BATS_TEST_TMPDIR/index"
	[ "$(grep -c 🔗 <<<"$output")" -eq 1 ]
	expect_status 0 cosign tree --recursive "oci:$BATS_TEST_TMPDIR/index"
	[ "$(grep -c 🔗 <<<"$output")" -eq 3 ]
	expect_status 0 cosign tree --json --recursive "oci:$BATS_TEST_TMPDIR/index"
	[ "$(jq -r '.platform.architecture // "index"' <<<"$output" | paste -sd ' ')" = "index amd64 arm64" ]
	expect_status 0 cosign tree --json --platform linux/arm64 "oci:$BATS_TEST_TMPDIR/index"
	[ "$(jq -r .digest <<<"$output")" = "$(children "$BATS_TEST_TMPDIR/index" "$index" | tail -n 1)" ]
	refuses usage 2 cosign tree --recursive --platform linux/arm64 "oci:$BATS_TEST_TMPDIR/index"
}

@test "what cannot be read is told" {
	cp -r signed "$BATS_TEST_TMPDIR/signed"
	rm "$BATS_TEST_TMPDIR/signed/blobs/sha256/$(cosign tree --jq '.attached[0].digest[7:]' oci:signed | jq -r .)"
	expect_status 0 cosign tree "oci:$BATS_TEST_TMPDIR/signed"
	has 'Error fetching artifact' "$stderr"
	[ "${#lines[@]}" -eq 7 ]
	expect_status 0 cosign tree --json "oci:$BATS_TEST_TMPDIR/signed"
	[ "$(jq -r '.attached[0].error.reason' <<<"$output")" = not-found ]
}

@test "text from elsewhere does not drive a terminal" {
	cp -r signed "$BATS_TEST_TMPDIR/signed"
	cd "$BATS_TEST_TMPDIR/signed"
	manifest=$(put_blob blobs/sha256 '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"text/\u001b[31mred","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[],"annotations":{"dev.sigstore.bundle.predicateType":"\u001b[31mred"},"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"'"$DIGEST"'","size":1}}')
	list_manifest . "$manifest"
	run cosign tree "oci:.@$DIGEST"
	! grep -q $'\e' <<<"$output"
	cosign tree --json "oci:.@$DIGEST" | jq -e .
}

@test "what does not fit is refused" {
	refuses usage 2 cosign tree
	refuses usage 2 cosign tree a b
	refuses bad-reference 2 cosign tree 'UPPER CASE'
	refuses usage 2 cosign tree --jq '(' oci:signed
}

@test "the examples of tree run" {
	cp -r signed "$BATS_TEST_TMPDIR"
	run_examples tree
}
