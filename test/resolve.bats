# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	start_fake_registry
	ONE=$(push_image "$FAKE/res/one:v1")
	INDEX=$(push_index "$FAKE/res/index:v1")
	export ONE INDEX
}

teardown_file() {
	stop_servers
}

@test "resolve prints a record an image, in order" {
	expect_status 0 cosign resolve "$FAKE/res/index:v1" "$FAKE/res/one:v1" "$FAKE/res/one@$ONE"
	[ "$(jq -r .digest <<<"$output")" = "$INDEX
$ONE
$ONE" ]
	jq -e -s '.[0].type == "cosign.subject/1" and .[0].mediaType == "application/vnd.oci.image.index.v1+json"
		and .[1].size > 100 and (.[2] | has("size") | not)' <<<"$output"
	[ "$(jq -r .image <<<"${lines[2]}")" = "$FAKE/res/one@$ONE" ]
}

@test "resolve asks once for a tag, and not at all for a digest" {
	requests_reset
	expect_status 0 cosign resolve "$FAKE/res/one:v1"
	[ "$(requests)" = 'GET /v2/res/one/manifests/v1 200' ]
	requests_reset
	expect_status 0 cosign resolve "$FAKE/res/one@$ONE"
	[ -z "$(requests)" ]
	expect_status 0 cosign resolve --describe "$FAKE/res/one@$ONE"
	[ "$(requests)" = "HEAD /v2/res/one/manifests/$ONE 200" ]
	jq -e '.mediaType == "application/vnd.oci.image.manifest.v1+json" and .size > 100' <<<"$output"
}

@test "resolve --recursive walks an index, --platform picks from it" {
	expect_status 0 cosign resolve -r "$FAKE/res/index:v1"
	[ "${#lines[@]}" -eq 3 ]
	[ "$(jq -r .digest <<<"${lines[0]}")" = "$INDEX" ]
	child=$(jq -r .digest <<<"${lines[2]}")
	expect_status 0 cosign resolve --platform linux/arm64 "$FAKE/res/index:v1"
	[ "$(jq -r .digest <<<"$output")" = "$child" ]
	[ "$(jq -r .image <<<"$output")" = "$FAKE/res/index@$child" ]
	refuses not-found 1 cosign resolve --platform linux/riscv64 "$FAKE/res/index:v1"
	refuses not-found 1 cosign resolve --platform linux/amd64 "$FAKE/res/one:v1"
	refuses usage 2 cosign resolve --platform linux/amd64 -r "$FAKE/res/index:v1"
}

@test "resolve reads layouts, and needs no network for it" {
	export COSIGN_REMOTE_HTTP=/bin/false
	dir=$BATS_TEST_TMPDIR/layout
	digest=$(make_layout "$dir" r.example/app:v1)
	expect_status 0 cosign resolve "oci:$dir"
	jq -e --arg d "$digest" '.digest == $d and .reference == "r.example/app:v1"' <<<"$output"
	expect_status 0 cosign resolve "oci:$dir@$digest"
	refuses no-such-image 11 cosign resolve "oci:$dir:other"
	refuses no-such-image 11 cosign resolve "oci:$dir/none"
	index=$(make_index_layout "$BATS_TEST_TMPDIR/index")
	expect_status 0 cosign resolve -r "oci:$BATS_TEST_TMPDIR/index"
	[ "$(jq -r .digest <<<"$output" | tail -n 2)" = "$(children "$BATS_TEST_TMPDIR/index" "$index")" ]
}

@test "resolve tells what is missing, and prints what stands before it" {
	expect_status 11 cosign resolve "$FAKE/res/one:v1" "$FAKE/res/one:v2" "$FAKE/res/one:v1"
	[ "${#lines[@]}" -eq 1 ]
	has MANIFEST_UNKNOWN "$stderr"
	refuses no-such-image 11 cosign resolve "$FAKE/res/none:v1"
	refuses usage 2 cosign resolve
	refuses bad-reference 2 cosign resolve 'a b'
	refuses network 1 cosign resolve --retry 0 127.0.0.1:1/x/y:v1
}

@test "resolve logs in: basic and token, once for all it asks" {
	for flag in --basic --token; do
		case $flag in --basic) start_fake_registry --user me:pw ;; *) start_fake_registry --user me:pw --token ;; esac
		refuses denied 1 cosign resolve "$FAKE/a/b:v1"
		refuses denied 1 cosign resolve --registry-username me --registry-password no "$FAKE/a/b:v1"
		expect_status 11 cosign resolve --registry-username me --registry-password pw "$FAKE/a/b:v1"
		requests_reset
		export COSIGN_REGISTRY_USERNAME=me COSIGN_REGISTRY_PASSWORD=pw
		expect_status 11 cosign resolve "$FAKE/a/b:v1" "$FAKE/a/b:v2" "$FAKE/a/b:v3"
		[ "$(requests | grep -c /token)" -le 1 ]
		unset COSIGN_REGISTRY_USERNAME COSIGN_REGISTRY_PASSWORD
	done
}

@test "resolve refuses certificate files that it cannot read" {
	refuses io 1 cosign resolve --registry-cacert "$BATS_TEST_TMPDIR/none" r.example/aa:b
	refuses usage 2 cosign resolve --registry-client-cert "$BATS_TEST_TMPDIR/none" r.example/aa:b
	touch "$BATS_TEST_TMPDIR/cert"
	refuses io 1 cosign resolve --registry-client-cert "$BATS_TEST_TMPDIR/cert" \
		--registry-client-key "$BATS_TEST_TMPDIR/none" r.example/aa:b
}

@test "the examples of resolve run" {
	make_layout "$BATS_TEST_TMPDIR/layout" v1
	echo oci:layout >"$BATS_TEST_TMPDIR/images.txt"
	run_examples resolve
}
