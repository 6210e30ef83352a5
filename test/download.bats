#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/attestations

setup_file() {
	start_registry
	start_fake_registry
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign
	DIGEST=$(make_layout attested example.com/app:1)
	statement "$DIGEST" >custom
	statement "$DIGEST" "$SLSA1" '{"z":12345678901234567890,"a":1.50,  "buildDefinition":{"buildType":"make"}}' >slsa
	statement "$DIGEST" https://spdx.dev/Document '"SPDXVersion: <SPDX-2.3>\n"' >spdx
	for name in custom slsa spdx; do
		bundle $name cosign.key >$name.bundle
		attach_bundle attested "$DIGEST" $name.bundle
	done
	make_layout legacy example.com/app:1 >legacy.digest
	for name in custom slsa spdx; do envelope $name cosign.key >$name.envelope; done
	attach_legacy legacy "$DIGEST" custom.envelope slsa.envelope spdx.envelope
	export DIGEST
	for form in true false; do
		make_layout signed-$form example.com/app:1 >/dev/null
		cosign sign --key cosign.key $SIGN_KEY --new-bundle-format=$form oci:signed-$form 2>/dev/null
	done
	cp -r signed-true signed
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_FILE_TMPDIR"; }

# sbom DIR TEXT [SUBJECT-DIGEST [LAYERS]]: attached as `attach sbom` does.
attach_sbom() {
	local blobs=$1/blobs/sha256 layer empty manifest one
	layer=$(put_blob "$blobs" "$2")
	empty=$(put_blob "$blobs" '{}')
	one='{"mediaType":"text/spdx+json","digest":"'"${layer% *}"'","size":'"${layer#* }"'}'
	manifest=$(put_blob "$blobs" '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"'"${empty% *}"'","size":2},"layers":['"$one${4:+,$one}"']}')
	list_manifest "$1" "$manifest" "${3/:/-}.sbom"
}

# served LAYOUT REPO: everything of a layout in both registries.
served() {
	local host manifest name
	for host in "$REG" "$FAKE"; do
		jq -r '.manifests[] | .digest + " " + (.annotations["org.opencontainers.image.ref.name"] // "")' "$1/index.json" |
			while read -r manifest name; do
				case $name in sha256-*) ;; *) name= ;; esac
				push_tree "$1" "$manifest" "$host/$2" $name
			done
	done
}

@test "bundles come as they are stored, blanks taken out" {
	expect_status 0 cosign download signature oci:attested
	[ "$output" = "$(cat custom.bundle && echo && cat slsa.bundle && echo && cat spdx.bundle)" ]
	[ -z "$stderr" ]
	make_layout "$BATS_TEST_TMPDIR/pretty" example.com/app:1
	jq . custom.bundle >"$BATS_TEST_TMPDIR/bundle"
	attach_bundle "$BATS_TEST_TMPDIR/pretty" "$DIGEST" "$BATS_TEST_TMPDIR/bundle"
	expect_status 0 cosign download signature "oci:$BATS_TEST_TMPDIR/pretty"
	[ "$output" = "$(jq -c . custom.bundle)" ]
}

@test "signatures of the old form come only where there is no bundle" {
	expect_status 0 cosign download signature oci:signed-false
	[ "${#lines[@]}" -eq 1 ]
	[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$output")" = "Base64Signature Payload Cert Chain Bundle RFC3161Timestamp" ]
	jq -r .Payload <<<"$output" | base64 -d >"$BATS_TEST_TMPDIR/payload"
	openssl dgst -sha256 -verify cosign.pub -signature <(jq -r .Base64Signature <<<"$output" | base64 -d) "$BATS_TEST_TMPDIR/payload"
	cp -r signed-false "$BATS_TEST_TMPDIR/both"
	cosign sign --key cosign.key $SIGN_KEY "oci:$BATS_TEST_TMPDIR/both"
	expect_status 0 cosign download signature "oci:$BATS_TEST_TMPDIR/both"
	[ "$(jq -r .mediaType <<<"$output")" = application/vnd.dev.sigstore.bundle.v0.3+json ]
}

@test "no signature is a failure, no attestation is none" {
	make_layout "$BATS_TEST_TMPDIR/bare" example.com/app:1
	refuses no-signature 10 cosign download signature "oci:$BATS_TEST_TMPDIR/bare"
	has 'no signatures associated' "$stderr"
	expect_status 0 cosign download attestation "oci:$BATS_TEST_TMPDIR/bare"
	[ -z "$output" ]
	refuses no-signature 10 cosign download attestation --predicate-type custom "oci:$BATS_TEST_TMPDIR/bare"
	refuses no-signature 10 cosign download sbom "oci:$BATS_TEST_TMPDIR/bare"
	for verb in signature attestation sbom; do
		refuses no-such-image 11 cosign download $verb "oci:$BATS_TEST_TMPDIR/none"
	done
}

@test "one type alone; the error tells those there are" {
	for image in oci:attested oci:legacy; do
		expect_status 0 cosign download attestation --predicate-type slsaprovenance1 $image
		[ "${#lines[@]}" -eq 1 ]
		[ "$(jq -r '.payload // .dsseEnvelope.payload' <<<"$output" | base64 -d)" = "$(cat slsa)" ]
		expect_status 0 cosign download attestation --predicate-type "$SLSA1" $image
		refuses no-matching-signature 12 cosign download attestation --predicate-type vuln $image
		[ "$(jq -r .found <<<"$error")" = "$CUSTOM, $SLSA1, https://spdx.dev/Document" ]
		[ -z "$output" ]
	done
	refuses usage 2 cosign download attestation --predicate-type nonsense oci:attested
}

@test "--output makes one of both forms, to the byte" {
	for image in oci:attested oci:legacy; do
		expect_status 0 cosign download attestation --output envelope $image
		[ "$(jq -r .payload <<<"${lines[1]}" | base64 -d)" = "$(cat slsa)" ]
		expect_status 0 cosign download attestation --output statement $image
		[ "$output" = "$(cat custom && echo && cat slsa && echo && cat spdx)" ]
		expect_status 0 cosign download attestation --output predicate --predicate-type slsaprovenance1 $image
		[ "$output" = '{"z":12345678901234567890,"a":1.50,  "buildDefinition":{"buildType":"make"}}' ]
	done
	expect_status 0 cosign download attestation oci:legacy
	[ "$output" = "$(cat custom.envelope && echo && cat slsa.envelope && echo && cat spdx.envelope)" ]
	refuses usage 2 cosign download attestation --output json oci:attested
}

@test "registries, with referrers and without" {
	served attested down/attested
	served legacy down/legacy
	for host in "$REG" "$FAKE"; do
		expect_status 0 cosign download attestation --output statement "$host/down/legacy@$DIGEST"
		[ "$output" = "$(cat custom && echo && cat slsa && echo && cat spdx)" ]
	done
	expect_status 0 cosign download attestation --output statement "$FAKE/down/attested@$DIGEST"
	[ "$(sort <<<"$output")" = "$(sort <(cat custom && echo && cat slsa && echo && cat spdx))" ]
	export COSIGN_REPOSITORY=$FAKE/down/legacy
	expect_status 0 cosign download attestation "$FAKE/down/elsewhere@$DIGEST"
	[ "${#lines[@]}" -eq 3 ]
}

@test "what is broken is left out with a warning, or fails in the old form" {
	for name in broken broken-legacy; do make_layout "$BATS_TEST_TMPDIR/$name" example.com/app:1; done
	echo garbage >"$BATS_TEST_TMPDIR/garbage"
	attach_bundle "$BATS_TEST_TMPDIR/broken" "$DIGEST" "$BATS_TEST_TMPDIR/garbage"
	attach_bundle "$BATS_TEST_TMPDIR/broken" "$DIGEST" custom.bundle
	expect_status 0 cosign download attestation "oci:$BATS_TEST_TMPDIR/broken"
	[ "${#lines[@]}" -eq 1 ]
	has 'is left out' "$stderr"
	attach_legacy "$BATS_TEST_TMPDIR/broken-legacy" "$DIGEST" "$BATS_TEST_TMPDIR/garbage" custom.envelope
	refuses bad-bundle 12 cosign download attestation "oci:$BATS_TEST_TMPDIR/broken-legacy"
	[ "$output" = "$(cat custom.envelope)" ]
}

@test "--platform takes an image of an index, and the error tells of them" {
	local index child
	index=$(make_index_layout "$BATS_TEST_TMPDIR/index" example.com/app:1)
	child=$(children "$BATS_TEST_TMPDIR/index" "$index" | tail -n 1)
	statement "$child" >"$BATS_TEST_TMPDIR/custom"
	bundle "$BATS_TEST_TMPDIR/custom" cosign.key >"$BATS_TEST_TMPDIR/bundle"
	envelope "$BATS_TEST_TMPDIR/custom" cosign.key >"$BATS_TEST_TMPDIR/envelope"
	attach_bundle "$BATS_TEST_TMPDIR/index" "$child" "$BATS_TEST_TMPDIR/bundle"
	attach_legacy "$BATS_TEST_TMPDIR/index" "$child" "$BATS_TEST_TMPDIR/envelope"
	attach_sbom "$BATS_TEST_TMPDIR/index" '{"sbom":1}' "$child"
	image=oci:$BATS_TEST_TMPDIR/index@$index
	expect_status 0 cosign download attestation --platform linux/arm64 "$image"
	[ "${#lines[@]}" -eq 2 ]
	expect_status 0 cosign download attestation "$image"
	has '--platform names one of its images: linux/amd64, linux/arm64' "$stderr"
	refuses no-signature 10 cosign download attestation --predicate-type custom "$image"
	has 'linux/amd64, linux/arm64' "$(jq -r .hint <<<"$error")"
	expect_status 0 cosign download signature --platform linux/arm64 "$image"
	expect_status 0 cosign download sbom --platform linux/arm64 "$image"
	[ "$output" = '{"sbom":1}' ]
	refuses not-found 1 cosign download attestation --platform linux/riscv64 "$image"
	refuses not-found 1 cosign download sbom --platform linux/arm64 oci:attested
}

@test "sbom: the bytes that are stored, or nothing" {
	cp -r attested "$BATS_TEST_TMPDIR/sbom"
	cd "$BATS_TEST_TMPDIR"
	text=$'{ "spdxVersion":\n"SPDX-2.3" }'
	attach_sbom sbom "$text" "$DIGEST"
	served sbom down/sbom
	for image in oci:sbom@$DIGEST "$REG/down/sbom@$DIGEST" "$FAKE/down/sbom@$DIGEST"; do
		cosign download sbom "$image" >out 2>err
		[ "$(cat out)" = "$text" ]
		has 'Found SBOM of media type: text/spdx+json' "$(cat err)"
		has 'SBOM attachments are deprecated' "$(cat err)"
	done
	jq . out
	sed -i 's/2.3/2.4/' "sbom/blobs/sha256/$(sha256sum <out | cut -c1-64)"
	refuses digest-mismatch 1 cosign download sbom "oci:sbom@$DIGEST"
	[ -z "$output" ]
	cp -r "$BATS_FILE_TMPDIR/attested" two
	attach_sbom two one "$DIGEST" twice
	refuses bad-manifest 1 cosign download sbom "oci:two@$DIGEST"
	COSIGN_MAX_ATTACHMENT_SIZE=10 refuses too-large 1 cosign download sbom "$REG/down/sbom@$DIGEST"
}

@test "an sbom that is longer or shorter than its descriptor says is not printed" {
	cd "$BATS_TEST_TMPDIR"
	printf 'the real one' >layer
	printf '{}' >config
	for size in 11 12 13; do
		digest=$(digest_of layer)
		image=$FAKE/down/size-$size
		subject=$(push_image "$image:1" "$size")
		push_blob "$image" layer
		push_blob "$image" config
		jq -n -c --arg digest "$digest" --argjson size "$size" --arg config "$(digest_of config)" '{schemaVersion: 2,
			mediaType: "application/vnd.oci.image.manifest.v1+json",
			config: {mediaType: "application/vnd.oci.image.config.v1+json", digest: $config, size: 2},
			layers: [{mediaType: "text/spdx", $digest, $size}]}' >manifest
		push_manifest "$image" "${subject/:/-}.sbom" manifest
		if [ $size = 12 ]; then
			expect_status 0 cosign download sbom "$image@$subject"
			continue
		fi
		refuses digest-mismatch 1 cosign download sbom "$image@$subject"
		[ -z "$output" ]
	done
}

@test "a large sbom streams" {
	[ -z "${SANITIZE-}" ] || skip "sanitizers need more memory"
	cp -r attested "$BATS_TEST_TMPDIR/sbom"
	cd "$BATS_TEST_TMPDIR"
	head -c 48000000 /dev/zero >large
	layer="$(digest_of large) 48000000"
	cp large "sbom/blobs/sha256/$(sha256sum <large | cut -c1-64)"
	manifest=$(put_blob sbom/blobs/sha256 '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[{"mediaType":"text/spdx","digest":"'"${layer% *}"'","size":48000000}]}')
	list_manifest sbom "$manifest" "${DIGEST/:/-}.sbom"
	served sbom down/large
	for image in "oci:sbom@$DIGEST" "$FAKE/down/large@$DIGEST"; do
		python3 - "$image" >out <<-'EOF'
			import resource, subprocess, sys
			subprocess.run(["cosign", "download", "sbom", sys.argv[1]], check=True)
			most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
			assert most < 30000, most
		EOF
		cmp out large
	done
}

@test "--jq puts lines through a filter; --output-file takes them" {
	expect_status 0 cosign download attestation --jq '.dsseEnvelope.payload | @base64d | fromjson | .predicateType' oci:attested
	[ "$output" = "$(printf '"%s"\n' "$CUSTOM" "$SLSA1" https://spdx.dev/Document)" ]
	cosign download signature --output-file "$BATS_TEST_TMPDIR/out" oci:attested
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 3 ]
}

@test "download alone shows its verbs; what does not fit is refused" {
	help=$(cosign download)
	for verb in signature attestation sbom; do
		has "$verb" "$help"
		refuses usage 2 cosign download $verb
		refuses usage 2 cosign download $verb a b
		refuses bad-reference 2 cosign download $verb 'UPPER CASE'
	done
	refuses usage 2 cosign download nothing
	refuses unsupported 2 cosign download signature --k8s-keychain oci:signed
}

@test "the examples of download run" {
	cp -r signed attested "$BATS_TEST_TMPDIR"
	run_examples download
}
