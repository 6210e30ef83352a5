# SPDX-License-Identifier: Apache-2.0
load lib/helpers

MANIFEST=application/vnd.oci.image.manifest.v1+json
BUNDLE=application/vnd.dev.sigstore.bundle.v0.3+json
EMPTY=sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
}

teardown() {
	stop_servers
}

teardown_file() {
	stop_servers
}

# candidates STATUS COMMAND...: as expect_status, without the subject records.
candidates() {
	expect_status "$@" || return
	output=$(jq -c 'select(.type == "cosign.candidate/1")' <<<"$output")
	mapfile -t lines < <(printf '%s' "${output:+$output$'\n'}")
}

# bundle_manifest FILE SUBJECT-DIGEST LAYER-TYPE LAYER-FILE
bundle_manifest() {
	printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.empty.v1+json","size":2,"digest":"%s"},"layers":[{"mediaType":"%s","size":%s,"digest":"%s"}],"subject":{"mediaType":"%s","size":1,"digest":"%s"},"artifactType":"%s"}' \
		"$MANIFEST" "$EMPTY" "$3" "$(stat -c %s "$4")" "$(digest_of "$4")" "$MANIFEST" "$2" "$BUNDLE" >"$1"
}

# push_bundle HOST/REPO SUBJECT-DIGEST TEXT [LAYER-TYPE]: prints its descriptor.
push_bundle() {
	local dir
	dir=$(mktemp -d "$BATS_TEST_TMPDIR/b.XXXXXX")
	printf '{}' >"$dir/config"
	printf '%s' "$3" >"$dir/layer"
	bundle_manifest "$dir/manifest" "$2" "${4:-$BUNDLE}" "$dir/layer"
	push_blob "$1" "$dir/config" && push_blob "$1" "$dir/layer" &&
		push_manifest "$1" "$(digest_of "$dir/manifest")" "$dir/manifest" || return
	printf '{"mediaType":"%s","size":%s,"digest":"%s","artifactType":"%s"}' "$MANIFEST" \
		"$(stat -c %s "$dir/manifest")" "$(digest_of "$dir/manifest")" "$BUNDLE"
}

# push_list HOST/REPO TAG DESCRIPTOR...
push_list() {
	local where=$1 tag=$2 IFS=,
	shift 2
	printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s]}' \
		"$*" >"$BATS_TEST_TMPDIR/list"
	push_manifest "$where" "$tag" "$BATS_TEST_TMPDIR/list"
}

# push_legacy HOST/REPO TAG SIGNATURE...: all over the payload "{}".
push_legacy() {
	local where=$1 tag=$2 s layers=
	shift 2
	printf '{}' >"$BATS_TEST_TMPDIR/payload"
	push_blob "$where" "$BATS_TEST_TMPDIR/payload" || return
	for s; do
		layers=$layers${layers:+,}'{"mediaType":"application/vnd.dev.cosign.simplesigning.v1+json","size":2,"digest":"'$EMPTY'","annotations":{"dev.cosignproject.cosign/signature":"'$s'"}}'
	done
	printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":2,"digest":"%s"},"layers":[%s]}' \
		"$MANIFEST" "$EMPTY" "$layers" >"$BATS_TEST_TMPDIR/legacy"
	push_manifest "$where" "$tag" "$BATS_TEST_TMPDIR/legacy"
}

@test "ls-signatures finds both forms, in 3 + 2N requests" {
	start_fake_registry
	image=$FAKE/ls/both
	digest=$(push_image "$image:v1")
	for n in 1 2 3; do push_bundle "$image" "$digest" '{"n":'$n'}' >/dev/null; done
	push_legacy "$image" "sha256-${digest#sha256:}.sig" AAAA BBBB
	requests_reset
	candidates 0 cosign ls-signatures "$image@$digest"
	[ "$(requests | wc -l)" -eq 10 ]
	[ "$(jq -r .form <<<"$output" | tr '\n' ' ')" = "bundle bundle bundle legacy legacy " ]
	[ "$(jq -c 'select(.form == "bundle") | .bundle.n' <<<"$output" | sort | tr -d '\n')" = 123 ]
	[ "$(jq -r 'select(.form == "legacy") | "\(.index)\(.annotations[])\(.payload)"' <<<"$output")" = '0AAAAe30=
1BBBBe30=' ]
	jq -e -s --arg i "$image@$digest" --arg d "$digest" 'all(.[]; .type == "cosign.candidate/1" and .image == $i
		and .subject.digest == $d and (.manifest.digest | startswith("sha256:")) and (has("error") | not))' <<<"$output"
}

@test "ls-signatures takes one form alone" {
	start_fake_registry
	image=$FAKE/ls/form
	digest=$(push_image "$image:v1")
	push_bundle "$image" "$digest" '{"n":1}' >/dev/null
	push_legacy "$image" "sha256-${digest#sha256:}.sig" AAAA
	requests_reset
	candidates 0 cosign ls-signatures --new-bundle-format=false "$image@$digest"
	[ "$(jq -r .form <<<"$output")" = legacy ]
	[ "$(requests | wc -l)" -eq 2 ]
	candidates 0 cosign ls-signatures --form bundle "$image@$digest"
	[ "$(jq -r .form <<<"$output")" = bundle ]
}

@test "ls-signatures --attestations looks under .att, and at bundles" {
	start_fake_registry
	image=$FAKE/ls/att
	digest=$(push_image "$image:v1")
	push_bundle "$image" "$digest" '{"n":1}' >/dev/null
	push_legacy "$image" "sha256-${digest#sha256:}.sig" AAAA
	push_legacy "$image" "sha256-${digest#sha256:}.att" BBBB
	candidates 0 cosign ls-signatures --attestations "$image@$digest"
	[ "$(jq -r '.bundle.n // .annotations[]' <<<"$output" | tr '\n' ' ')" = "1 BBBB " ]
	candidates 0 cosign ls-signatures --attestations --form legacy "$image@$digest"
	[ "${#lines[@]}" -eq 1 ]
}

@test "ls-signatures merges the list of the registry with the one under the tag" {
	start_fake_registry --page 2
	image=$FAKE/ls/merge
	digest=$(push_image "$image:v1")
	foreign=sha256:$(printf 'f%.0s' {1..64})
	for n in 1 2 3 4 5; do listed=$(push_bundle "$image" "$digest" '{"n":'$n'}'); done
	unlisted=$(push_bundle "$image" "$foreign" '{"n":6}')
	push_list "$image" "sha256-${digest#sha256:}" "$listed" "$unlisted"
	candidates 0 cosign ls-signatures "$image@$digest"
	[ "$(jq -c .bundle.n <<<"$output" | sort | tr -d '\n')" = 123456 ]
	[ "$(jq -c .bundle.n <<<"${lines[5]}")" = 6 ]
}

@test "ls-signatures uses the tag where there is no referrers API" {
	start_registry
	image=$REG/ls/tag
	digest=$(push_image "$image:v1")
	one=$(push_bundle "$image" "$digest" '{"n":1}')
	two=$(push_bundle "$image" "$digest" '{"n":2}')
	push_list "$image" "sha256-${digest#sha256:}" "$two" "$one"
	candidates 0 cosign ls-signatures "$image:v1"
	[ "$(jq -c .bundle.n <<<"$output" | tr -d '\n')" = 21 ]
	candidates 0 cosign ls-signatures "$(cosign resolve "$image:v1" | jq -r .image)"
}

@test "ls-signatures passes over what is no bundle, and shows what cannot be read" {
	start_fake_registry --fail 'GET /v2/ls/gone/blobs' 404 1
	image=$FAKE/ls/broken
	digest=$(push_image "$image:v1")
	push_bundle "$image" "$digest" '{"n":1}' application/spdx+json >/dev/null
	push_bundle "$image" "$digest" 'two
lines' >/dev/null
	candidates 0 cosign ls-signatures "$image@$digest"
	[ "${#lines[@]}" -eq 1 ]
	[ "$(jq -r '.bytes | @base64d' <<<"$output")" = 'two
lines' ]
	digest=$(push_image "$FAKE/ls/gone:v1")
	push_bundle "$FAKE/ls/gone" "$digest" '{"n":1}' >/dev/null
	candidates 0 cosign ls-signatures "$FAKE/ls/gone@$digest"
	jq -e '.error.reason == "not-found" and .form == "bundle" and .layer.size == 7 and (has("bundle") | not)' <<<"$output"
}

@test "ls-signatures ends when the registry cannot be read" {
	start_fake_registry --fail 'GET /v2/ls/down/referrers' 503 100
	digest=$(push_image "$FAKE/ls/down:v1")
	refuses http 1 cosign ls-signatures --retry 0 "$FAKE/ls/down@$digest"
	start_fake_registry --fail 'GET /v2/ls/down/blobs' 403 100
	digest=$(push_image "$FAKE/ls/down:v1")
	push_bundle "$FAKE/ls/down" "$digest" '{"n":1}' >/dev/null
	refuses denied 1 cosign ls-signatures "$FAKE/ls/down@$digest"
}

@test "ls-signatures follows blobs to another server without credentials" {
	start_fake_registry --redirect-blobs
	digest=$(push_image "$FAKE/ls/redirect:v1")
	push_bundle "$FAKE/ls/redirect" "$digest" '{"n":1}' >/dev/null
	candidates 0 cosign ls-signatures --registry-username me --registry-password pw "$FAKE/ls/redirect@$digest"
	[ "$(jq .bundle.n <<<"$output")" = 1 ]
}

@test "ls-signatures looks where COSIGN_REPOSITORY and the prefix say" {
	start_fake_registry
	digest=$(push_image "$FAKE/ls/app:v1")
	push_legacy "$FAKE/ls/sigs" "x-sha256-${digest#sha256:}.sig" AAAA
	push_bundle "$FAKE/ls/sigs" "$digest" '{"n":1}' >/dev/null
	export COSIGN_REPOSITORY=$FAKE/ls/sigs
	candidates 0 cosign ls-signatures --attachment-tag-prefix x- "$FAKE/ls/app:v1"
	[ "$(jq -r .form <<<"$output" | tr '\n' ' ')" = "bundle legacy " ]
	COSIGN_REPOSITORY='x y' refuses bad-reference 2 cosign ls-signatures "$FAKE/ls/app:v1"
}

@test "ls-signatures reads a size limit from the environment" {
	start_fake_registry
	digest=$(push_image "$FAKE/ls/big:v1")
	push_bundle "$FAKE/ls/big" "$digest" '{"n":1,"long":"0123456789"}' >/dev/null
	COSIGN_MAX_ATTACHMENT_SIZE=10B candidates 0 cosign ls-signatures "$FAKE/ls/big@$digest"
	[ "$(jq -r .error.reason <<<"$output")" = too-large ]
	COSIGN_MAX_ATTACHMENT_SIZE=1KiB candidates 0 cosign ls-signatures "$FAKE/ls/big@$digest"
	[ "$(jq .bundle.n <<<"$output")" = 1 ]
	COSIGN_MAX_ATTACHMENT_SIZE=much refuses bad-config 1 cosign ls-signatures "$FAKE/ls/big@$digest"
}

@test "ls-signatures reads layouts, listed and under the fallback name" {
	dir=$BATS_TEST_TMPDIR/layout
	digest=$(make_layout "$dir" v1)
	printf '{}' >"$BATS_TEST_TMPDIR/config"
	printf '{"n":1}' >"$BATS_TEST_TMPDIR/layer"
	bundle_manifest "$BATS_TEST_TMPDIR/manifest" "$digest" "$BUNDLE" "$BATS_TEST_TMPDIR/layer"
	for file in config layer manifest; do
		cp "$BATS_TEST_TMPDIR/$file" "$dir/blobs/sha256/$(sha256sum <"$BATS_TEST_TMPDIR/$file" | cut -c1-64)"
	done
	jq -c --arg d "$(digest_of "$BATS_TEST_TMPDIR/manifest")" --argjson s "$(stat -c %s "$BATS_TEST_TMPDIR/manifest")" \
		--arg t "$MANIFEST" '.manifests += [{mediaType: $t, digest: $d, size: $s}]' "$dir/index.json" >"$dir/new"
	mv "$dir/new" "$dir/index.json"
	export COSIGN_REMOTE_HTTP=/bin/false
	candidates 0 cosign ls-signatures "oci:$dir"
	[ "$(jq .bundle.n <<<"$output")" = 1 ]
	run bash -c 'cosign resolve "oci:$1" | cosign ls-signatures' - "$dir"
	[ "$(jq "select(.bundle).bundle.n" <<<"$output")" = 1 ]
}

@test "ls-signatures hands on what it does not know" {
	dir=$BATS_TEST_TMPDIR/layout
	make_layout "$dir" v1 >/dev/null
	run bash -c 'printf "%s\n" "{\"type\":\"other/1\",\"x\":1}" | cosign ls-signatures'
	[ "$output" = '{"type":"other/1","x":1}' ]
	printf '{"type":"cosign.subject/2"}\n' >"$BATS_TEST_TMPDIR/in"
	refuses bad-record 1 cosign ls-signatures <"$BATS_TEST_TMPDIR/in"
	printf '{"type":"cosign.subject/1","image":"r.example/aa"}\n' >"$BATS_TEST_TMPDIR/in"
	refuses bad-shape 1 cosign ls-signatures <"$BATS_TEST_TMPDIR/in"
	printf '{"type":"cosign.subject/1","image":"r.example/aa","digest":"sha256:0"}\n' >"$BATS_TEST_TMPDIR/in"
	refuses bad-digest 1 cosign ls-signatures <"$BATS_TEST_TMPDIR/in"
	refuses bad-record 1 cosign ls-signatures </dev/null
	refuses usage 2 cosign ls-signatures --max-workers 0 r.example/aa
	refuses usage 2 cosign ls-signatures --registry-referrers-mode oci-1-1 "oci:$dir"
}

@test "the examples of ls-signatures run" {
	cd "$BATS_TEST_TMPDIR"
	make_keys cosign
	for name in layout attested; do make_layout $name example.com/app:1; done
	cosign attest --key cosign.key $SIGN_KEY --predicate <(echo x) oci:attested
	run_examples ls-signatures
}
