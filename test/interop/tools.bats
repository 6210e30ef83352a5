# crane and oras read what we write, and we read what they write.
load interop

setup_file() {
	start_both
	make_real_keys
}

teardown_file() {
	stop_servers
}

bundle=application/vnd.dev.sigstore.bundle.v0.3+json

@test "oras discovers our bundles in both kinds of registry" {
	for host in "$REG" "$GGCR"; do
		digest=$(push_image "$host/discover" 'the same everywhere')
		expect_status 0 cosign sign --key "$KEYS/cosign.key" $SIGN_KEY "$host/discover@$digest"
		run -0 --separate-stderr oras discover --plain-http --format json "$host/discover@$digest"
		[ "$(jq '(.manifests // .referrers) | length' <<<"$output")" = 1 ]
	done
	# With the API the registry makes the list; without, we do, and in full.
	run -0 --separate-stderr oras discover --plain-http --format json "$REG/discover@$digest"
	[ "$(jq -r '(.manifests // .referrers)[0] | .artifactType + " " + .annotations."dev.sigstore.bundle.predicateType"' <<<"$output")" = \
		"$bundle https://sigstore.dev/cosign/sign/v1" ]
}

@test "oras discovers them in a layout" {
	cd "$BATS_TEST_TMPDIR"
	make_layout image v1
	expect_status 0 cosign sign --key "$KEYS/cosign.key" $SIGN_KEY oci:image:v1
	run -0 --separate-stderr oras discover --oci-layout --format json image:v1
	[ "$(jq -r '(.manifests // .referrers)[].artifactType' <<<"$output")" = $bundle ]
}

@test "a signed layout copied to a registry by oras verifies there, by both programs" {
	cd "$BATS_TEST_TMPDIR"
	make_layout image v1
	expect_status 0 cosign sign --key "$KEYS/cosign.key" $SIGN_KEY oci:image:v1
	for host in "$REG" "$GGCR"; do
		oras cp -r --from-oci-layout image:v1 --to-plain-http "$host/copied:v1"
		for program in real ours; do
			expect_status 0 "$program" verify --key "$KEYS/cosign.pub" $VERIFY_KEY "$host/copied:v1"
		done
	done
}

@test "a signed image copied by oras to a layout verifies there" {
	cd "$BATS_TEST_TMPDIR"
	for program in real ours; do
		digest=$(push_image "$GGCR/out-$program:v1")
		expect_status 0 "$program" sign --key "$KEYS/cosign.key" $SIGN_KEY "$GGCR/out-$program@$digest"
		oras cp -r --from-plain-http "$GGCR/out-$program:v1" --to-oci-layout "$program:v1"
		expect_status 0 cosign verify --key "$KEYS/cosign.pub" $VERIFY_KEY "oci:$program:v1"
	done
}

@test "layouts that crane writes can be signed" {
	cd "$BATS_TEST_TMPDIR"
	push_index "$REG/pulled:v1"
	crane pull --format oci "$REG/pulled:v1" layout
	expect_status 0 cosign sign --key "$KEYS/cosign.key" $SIGN_KEY oci:layout
	expect_status 0 cosign verify --key "$KEYS/cosign.pub" $VERIFY_KEY oci:layout
}

@test "crane reads the images our signatures are" {
	digest=$(push_image "$REG/read")
	for form in bundle legacy; do
		expect_status 0 cosign sign --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags $form) "$REG/read@$digest"
	done
	tag=sha256-${digest#sha256:}
	[ "$(crane ls "$REG/read" | sort | xargs)" = "latest $tag $tag.sig" ]
	crane manifest "$REG/read:$tag.sig" | jq -e '.layers | length == 1'
	crane config "$REG/read:$tag.sig" | jq -e '.rootfs.diff_ids | length == 1'
	crane manifest "$REG/read:$tag" | jq -e '.manifests | length == 1'
}

@test "what cosign save wrote is verified and signed" {
	cd "$BATS_TEST_TMPDIR"
	for form in bundle legacy; do
		digest=$(push_image "$REG/save-$form:v1")
		expect_status 0 real sign --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags $form) "$REG/save-$form@$digest"
		real save --dir "$form" "$REG/save-$form:v1"
		expect_status 0 cosign verify --key "$KEYS/cosign.pub" $VERIFY_KEY --local-image "$form"
		expect_status 0 cosign verify --key "$KEYS/cosign.pub" $VERIFY_KEY "oci:$form"
		expect_status 0 real verify --key "$KEYS/cosign.pub" $VERIFY_KEY --local-image "$form"
	done
}
