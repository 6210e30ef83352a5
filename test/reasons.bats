# Reasons that no command's own tests come by: see scripts/check-reasons.
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
	make_keys
}

teardown() {
	stop_servers
}

@test "a write that is confirmed and gone is not taken for done" {
	start_fake_registry --no-referrers --fail 'PUT /v2/a/b/manifests/sha256-' 201 1000
	digest=$(push_image "$FAKE/a/b")
	refuses lost-write 1 cosign sign --key cosign.key $SIGN_KEY "$FAKE/a/b@$digest"
	refuses lost-write 1 cosign sign --key cosign.key $SIGN_KEY --new-bundle-format=false "$FAKE/a/b@$digest"
}

@test "one lost write is written again" {
	start_fake_registry --no-referrers --fail 'PUT /v2/a/b/manifests/sha256-' 201 1
	digest=$(push_image "$FAKE/a/b")
	expect_status 0 cosign sign --key cosign.key $SIGN_KEY "$FAKE/a/b@$digest"
	expect_status 0 cosign verify --key cosign.pub $VERIFY_KEY "$FAKE/a/b@$digest"
}

@test "a tag that is being written reads as 500 and is read again" {
	start_fake_registry --no-referrers
	digest=$(push_image "$FAKE/a/b")
	expect_status 0 cosign sign --key cosign.key $SIGN_KEY --new-bundle-format=false "$FAKE/a/b@$digest"
	stop_servers
	for prefix in sha256- latest; do
		start_fake_registry --no-referrers --fail "GET /v2/a/b/manifests/$prefix" 500 2
		digest=$(push_image "$FAKE/a/b")
		expect_status 0 cosign sign --key cosign.key $SIGN_KEY --new-bundle-format=false "$FAKE/a/b:latest"
		expect_status 0 cosign verify --key cosign.pub $VERIFY_KEY "$FAKE/a/b:latest"
	done
}
