#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/attestations

setup_file() {
	start_registry
	start_fake_registry
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign
	make_tsa
	sed '/END/q' tsa.pem >leaf.pem
	# Made once; what is stored is looked at byte for byte.
	printf '{"base64Signature":"c2ln","cert":"","rekorBundle":{"SignedEntryTimestamp":"MEUC","Payload":{"body":"%s","integratedTime":12,"logIndex":3,"logID":"%064d"}}}' \
		"$(printf '{"kind":"x","apiVersion":"1"}' | base64 -w 0)" 7 >rekor.json
}

teardown_file() { stop_servers; }

setup() {
	set -o pipefail
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/{cosign.key,cosign.pub,tsa.*,leaf.pem,rekor.json} .
	DIGEST=$(make_layout image example.com/app:1)
	digest=$DIGEST
}

attach() { cosign attach "$@"; }
verify() { cosign verify --key cosign.pub $VERIFY_KEY -o text "$@"; }

manifest() { # HOST/REPO TAG
	curl -sf -H 'Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json' \
		"http://${1%%/*}/v2/${1#*/}/manifests/$2"
}
blob() { curl -sf "http://${1%%/*}/v2/${1#*/}/blobs/$2"; } # HOST/REPO DIGEST

named() { # SUFFIX: the file of a layout's manifest
	local found
	found=$(jq -r --arg tag "sha256-${DIGEST#sha256:}$1" \
		'.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $tag).digest' image/index.json)
	echo "image/blobs/sha256/${found#sha256:}"
}

# A payload of example.com/app, signed.
sign_payload() {
	cosign generate "example.com/app@$digest" >payload 2>/dev/null
	openssl dgst -sha256 -sign cosign.key payload >raw
	base64 -w 0 raw >sig
}

@test "signature: in a layout, and again: once" {
	sign_payload
	expect_status 0 attach signature --signature sig --payload payload oci:image
	[ -z "$output" ]
	expect_status 0 verify oci:image
	jq -c '.layers[].annotations' "$(named .sig)" | diff - <(printf '{"dev.cosignproject.cosign/signature":"%s"}\n' "$(cat sig)")
	# The payload that generate prints, a raw signature, and one with a line's end.
	expect_status 0 attach signature --signature raw oci:image
	has "cosign generate" "$stderr"
	fold -w 60 sig >folded
	expect_status 0 attach signature --signature - --payload payload oci:image <folded
	expect_status 0 verify oci:image
	[ "${#lines[@]}" -eq 1 ]
}

@test "signature: what comes with it, in a registry" {
	push_image "$REG/sig/app:1" >digest
	digest=$(cat digest)
	sign_payload
	stamp payload >stamp.json
	expect_status 0 attach signature --signature sig --payload payload --certificate leaf.pem --certificate-chain tsa.pem \
		--tsr tsa.reply --rekor-response rekor.json "$REG/sig/app@$digest"
	manifest "$REG/sig/app" "sha256-${digest#sha256:}.sig" >m
	jq -r '.layers[0].annotations | keys_unsorted[]' m | diff - <(printf '%s\n' dev.cosignproject.cosign/signature \
		dev.sigstore.cosign/bundle dev.sigstore.cosign/certificate dev.sigstore.cosign/chain dev.sigstore.cosign/rfc3161timestamp)
	jq -j '.layers[0].annotations["dev.sigstore.cosign/certificate"]' m | cmp - leaf.pem
	jq -j '.layers[0].annotations["dev.sigstore.cosign/chain"]' m | cmp - tsa.pem
	jq -j '.layers[0].annotations["dev.sigstore.cosign/rfc3161timestamp"]' m | cmp - stamp.json
	jq -j '.layers[0].annotations["dev.sigstore.cosign/bundle"]' m | cmp - <(jq -cj .rekorBundle rekor.json)
	blob "$REG/sig/app" "$(jq -r '.layers[0].digest' m)" | cmp - payload
	# The same in other wrappings is the same.
	base64 -w 0 leaf.pem >leaf.b64
	jq .rekorBundle rekor.json >log.json
	expect_status 0 attach signature --signature raw --payload payload --certificate leaf.b64 --certificate-chain tsa.pem \
		--tsr stamp.json --rekor-response log.json "$REG/sig/app@$digest"
	manifest "$REG/sig/app" "sha256-${digest#sha256:}.sig" | cmp - m
	# Another signature joins it.
	expect_status 0 attach signature --signature sig --payload payload "$REG/sig/app@$digest"
	[ "$(manifest "$REG/sig/app" "sha256-${digest#sha256:}.sig" | jq '.layers | length')" = 2 ]
}

@test "signature: a bundle is a referrer" {
	cosign sign --key cosign.key $SIGN_KEY --upload=false --bundle b.json oci:image
	expect_status 0 attach signature --bundle b.json --json oci:image
	[ "$(jq -r '.type + .form' <<<"$output")" = cosign.location/1bundle ]
	cosign ls-signatures oci:image | jq -c 'select(.bundle).bundle' | diff - <(jq -c . b.json)
	expect_status 0 attach signature --payload b.json oci:image
	expect_status 0 verify oci:image
}

@test "signature: refused before anything is stored" {
	cp -r image before
	sign_payload
	: >empty
	refuses usage 2 attach signature oci:image
	refuses usage 2 attach signature --signature sig --payload payload
	refuses usage 2 attach signature --signature sig --payload payload oci:image oci:image
	refuses usage 2 attach signature --signature sig --payload payload --bundle b oci:image
	refuses usage 2 attach signature --signature sig --payload payload --certificate-chain tsa.pem oci:image
	refuses not-found 1 attach signature --signature nowhere --payload payload oci:image
	refuses not-found 1 attach signature --signature sig --payload nowhere oci:image
	refuses bad-signature 12 attach signature --signature empty --payload payload oci:image
	refuses bad-encoding 1 attach signature --signature sig --payload payload --certificate sig oci:image
	refuses bad-timestamp 12 attach signature --signature sig --payload payload --tsr sig oci:image
	refuses bad-json 1 attach signature --signature sig --payload payload --rekor-response sig oci:image
	echo '{"base64Signature":"c2ln"}' >nolog
	refuses bad-bundle 12 attach signature --signature sig --payload payload --rekor-response nolog oci:image
	echo '{"SignedEntryTimestamp":1}' >nolog
	refuses bad-log-entry 12 attach signature --signature sig --payload payload --rekor-response nolog oci:image
	head -c 70000 /dev/zero >large
	refuses too-large 1 attach signature --signature large --payload payload oci:image
	has 65536 "$(jq -r .expected <<<"$error")"
	COSIGN_MAX_ATTACHMENT_SIZE=100 refuses too-large 1 attach signature --signature sig --payload payload oci:image
	has 100 "$(jq -r .expected <<<"$error")"
	refuses no-such-image 11 attach signature --signature sig --payload payload oci:nowhere
	refuses no-such-image 11 attach signature --signature sig --payload payload "$REG/nowhere/app:1"
	diff -r before image
	# A layout that names no image has no payload.
	make_layout nameless >/dev/null
	refuses usage 2 attach signature --signature sig oci:nameless
}

@test "signature: a payload about something else is stored with a warning" {
	sign_payload
	sed "s/${digest#sha256:}/$(printf %064d 0)/" payload >other
	expect_status 0 attach signature --signature sig --payload other oci:image
	has "is about sha256:$(printf %064d 0)" "$stderr"
	echo text >text
	expect_status 0 attach signature --signature sig --payload text oci:image
	has "no payload" "$stderr"
	[ "$(jq '.layers | length' "$(named .sig)")" = 2 ]
}

@test "attestation: envelopes and bundles in one file" {
	statement "$digest" >st
	statement "$digest" "$SLSA1" '{"buildDefinition":{},"runDetails":{}}' >slsa
	{
		envelope st cosign.key
		echo
		envelope slsa cosign.key | jq .
		bundle st cosign.key
	} >all
	expect_status 0 attach attestation --attestation all --json oci:image
	[ "$(jq -r '.form + " " + .predicateType' <<<"$output")" = "legacy $CUSTOM
legacy $SLSA1
bundle $CUSTOM" ]
	has 'Using payload from: all' "$stderr"
	for form in true false; do
		expect_status 0 cosign verify-attestation --key cosign.pub $VERIFY_KEY --new-bundle-format=$form oci:image
	done
	expect_status 0 cosign verify-attestation --key cosign.pub $VERIFY_KEY --type slsaprovenance1 oci:image
	jq -c '.layers[].annotations' "$(named .att)" | uniq -c | grep -q ' 2 {"dev.cosignproject.cosign/signature":""}'
	# Again: the envelopes are there; a bundle is stored once more, as ever.
	cp "$(named .att)" att
	expect_status 0 attach attestation --attestation all oci:image
	cmp att "$(named .att)"
}

@test "attestation: several files, several images" {
	a=$(push_image "$REG/att/app:1" one) b=$(push_image "$REG/att/app:2" two)
	statement "$a" | sed "s/\"subject\":\[\(.*\)\],\"predicateType/\"subject\":[\1,{\"name\":\"_\",\"digest\":{\"sha256\":\"${b#sha256:}\"}}],\"predicateType/" >st
	envelope st cosign.key >one
	sed 's/tested/asked/' st >st2
	envelope st2 cosign.key >two
	expect_status 0 attach attestation --attestation one --attestation two "$REG/att/app@$a" "$REG/att/app@$b"
	for image in "$a" "$b"; do
		expect_status 0 cosign verify-attestation --key cosign.pub $VERIFY_KEY "$REG/att/app@$image"
		[ "${#lines[@]}" -eq 2 ]
	done
	# What attest stored is what attach would store, and is not stored again.
	cosign attest --key cosign.key $SIGN_KEY --new-bundle-format=false --no-upload --predicate one "$REG/att/app@$a" >env
	cosign attest --key cosign.key $SIGN_KEY --new-bundle-format=false --replace --predicate one "$REG/att/app@$a"
	manifest "$REG/att/app" "sha256-${a#sha256:}.att" >m
	[ "$(jq '.layers | length' m)" = 1 ]
	expect_status 0 attach attestation --attestation env "$REG/att/app:1"
	has 'uses a tag' "$stderr"
	[ "$(manifest "$REG/att/app" "sha256-${a#sha256:}.att" | jq '.layers | length')" = 2 ]
}

@test "attestation: --replace of attest takes out what was attached" {
	statement "$digest" >st
	envelope st cosign.key >env
	statement "$digest" "$SLSA1" '{}' >other
	envelope other cosign.key >env2
	expect_status 0 attach attestation --attestation env --attestation env2 oci:image
	echo text >file
	expect_status 0 cosign attest --key cosign.key $SIGN_KEY --new-bundle-format=false --replace --predicate file oci:image
	expect_status 0 cosign verify-attestation --key cosign.pub $VERIFY_KEY oci:image
	[ "$(jq -r .payload <<<"$output" | base64 -d | jq -r .predicate.Data)" = text ]
	expect_status 0 cosign verify-attestation --key cosign.pub $VERIFY_KEY --type slsaprovenance1 oci:image
}

@test "attestation: refused before anything is stored" {
	cp -r image before
	statement "$digest" >st
	envelope st cosign.key >good
	refuses usage 2 attach attestation oci:image
	refuses usage 2 attach attestation --attestation good
	refuses not-found 1 attach attestation --attestation good --attestation nowhere oci:image
	: >bad
	refuses bad-bundle 12 attach attestation --attestation good --attestation bad oci:image
	echo text >bad
	refuses bad-json 1 attach attestation --attestation bad oci:image
	{ cat good; echo '{"a":1}'; } >bad
	refuses bad-bundle 12 attach attestation --attestation bad oci:image
	has 'attestation 2' "$(jq -r .message <<<"$error")"
	envelope st cosign.key text/plain >bad
	refuses wrong-type 12 attach attestation --attestation bad oci:image
	bundle st cosign.key text/plain >bad
	refuses wrong-type 12 attach attestation --attestation bad oci:image
	jq '.signatures += .signatures' good >bad
	refuses bad-bundle 12 attach attestation --attestation bad oci:image
	jq '.signatures = []' good >bad
	refuses bad-bundle 12 attach attestation --attestation bad oci:image
	printf '{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"urn:x","predicate":{}}' >st
	envelope st cosign.key >bad
	refuses bad-payload 12 attach attestation --attestation bad oci:image
	echo x >file
	cosign sign-blob --key cosign.key $SIGN_KEY --bundle bad file
	refuses bad-bundle 12 attach attestation --attestation bad oci:image
	COSIGN_MAX_ATTACHMENT_SIZE=100 refuses too-large 1 attach attestation --attestation good oci:image
	has 'COSIGN_MAX_ATTACHMENT_SIZE' "$(jq -r .expected <<<"$error")"
	COSIGN_MAX_ATTACHMENT_SIZE=x refuses bad-config 1 attach attestation --attestation good oci:image
	for ((i = 0; i <= 1000; i++)); do cat good; done >many
	refuses too-large 1 attach attestation --attestation many oci:image
	diff -r before image
}

@test "attestation: about something else, with a warning" {
	statement "sha256:$(printf %064d 0)" >st
	envelope st cosign.key >env
	expect_status 0 attach attestation --attestation env oci:image
	has "about something else than $digest" "$stderr"
}

sbom_type() { # ARGUMENT...
	expect_status 0 attach sbom "$@" oci:image
	jq -r '.layers[].mediaType' "$(named .sbom)"
}

@test "sbom: types and formats" {
	echo '{"a":1}' >s.json
	cp s.json s
	[ "$(sbom_type --sbom s)" = text/spdx ]
	[ "$(sbom_type --sbom s.json)" = text/spdx+json ]
	[ "$(sbom_type --sbom s --input-format json)" = text/spdx+json ]
	[ "$(sbom_type --sbom s.json --input-format text)" = text/spdx ]
	[ "$(sbom_type --sbom s --type cyclonedx)" = application/vnd.cyclonedx+xml ]
	[ "$(sbom_type --sbom s.json --type cyclonedx)" = application/vnd.cyclonedx+json ]
	[ "$(sbom_type --sbom s.json --type cyclonedx --input-format xml)" = application/vnd.cyclonedx+xml ]
	[ "$(sbom_type --sbom s --type syft)" = application/vnd.syft+json ]
	[ "$(jq '[.manifests[] | select(.annotations."org.opencontainers.image.ref.name" | endswith(".sbom"))] | length' image/index.json)" = 1 ]
	refuses usage 2 attach sbom --sbom s --type syft --input-format xml oci:image
	refuses usage 2 attach sbom --sbom s --type cyclonedx --input-format text oci:image
	refuses usage 2 attach sbom --sbom s --type other oci:image
	refuses usage 2 attach sbom oci:image
	refuses usage 2 attach sbom --sbom s
	refuses not-found 1 attach sbom --sbom nowhere oci:image
	refuses io 1 attach sbom --sbom image oci:image
	: >empty
	refuses bad-shape 1 attach sbom --sbom empty oci:image
	COSIGN_MAX_ATTACHMENT_SIZE=5 refuses too-large 1 attach sbom --sbom s oci:image
	has 'at most 5 bytes' "$(jq -r .expected <<<"$error")"
	refuses no-such-image 11 attach sbom --sbom s "$REG/nowhere/app:1"
}

@test "sbom: from standard input, in a registry, in place of the one before" {
	digest=$(push_image "$REG/sbom/app:1")
	tag=sha256-${digest#sha256:}.sbom
	expect_status 0 attach sbom --sbom - --input-format json --json "$REG/sbom/app@$digest" < <(echo '{"a":1}')
	[ "$(jq -r '.type + " " + .tag' <<<"$output")" = "cosign.location/1 $tag" ]
	has 'does not sign' "$stderr"
	echo '{"b":2}' >b.json
	expect_status 0 attach sbom --sbom - --input-format json "$REG/sbom/app@$digest" <b.json
	manifest "$REG/sbom/app" "$tag" >m
	jq -c '[.config.mediaType, (.layers | length)]' m | diff - <(echo '["application/vnd.oci.image.config.v1+json",1]')
	blob "$REG/sbom/app" "$(jq -r '.layers[0].digest' m)" | cmp - b.json
	blob "$REG/sbom/app" "$(jq -r .config.digest m)" | jq -e --arg d "$(digest_of b.json)" '.rootfs.diff_ids == [$d]'
	# COSIGN_REPOSITORY and the prefix hold here too.
	COSIGN_REPOSITORY=$REG/sbom/apart expect_status 0 attach sbom --attachment-tag-prefix p- --sbom b.json "$REG/sbom/app@$digest"
	manifest "$REG/sbom/apart" "p-$tag" | cmp - m
}

@test "sbom: as a referrer" {
	echo '{"a":1}' >s.json
	digest=$(push_image "$FAKE/sbomref/app:1")
	refuses usage 2 attach sbom --sbom s.json --registry-referrers-mode oci-1-1 "$FAKE/sbomref/app@$digest"
	export COSIGN_EXPERIMENTAL=1
	expect_status 0 attach sbom --sbom s.json --registry-referrers-mode oci-1-1 "$FAKE/sbomref/app@$digest"
	expect_status 0 attach sbom --sbom s.json --registry-referrers-mode oci-1-1 "$FAKE/sbomref/app@$digest"
	curl -sf "http://$FAKE/v2/sbomref/app/referrers/$digest" |
		jq -r '.manifests[].artifactType' | diff - <(echo application/vnd.dev.cosign.artifact.sbom.v1+json)
	expect_status 0 attach sbom --sbom s.json --registry-referrers-mode oci-1-1 oci:image
	[ "$(jq -r '.manifests[1].artifactType' image/index.json)" = application/vnd.dev.cosign.artifact.sbom.v1+json ]
}

# Two pieces and a bit: PATCHes in a row, and the whole where the registry wants that.
@test "sbom: a large one goes out in pieces" {
	head -c $(((16 << 20) + 5)) /dev/urandom >big
	for host in "$REG" "$FAKE"; do
		digest=$(push_image "$host/big/app:1")
		expect_status 0 attach sbom --sbom big "$host/big/app@$digest"
		manifest "$host/big/app" "sha256-${digest#sha256:}.sbom" >m
		blob "$host/big/app" "$(jq -r '.layers[0].digest' m)" | cmp - big
	done
	expect_status 0 attach sbom --sbom - oci:image < <(cat big)
	cmp "image/blobs/sha256/$(sha256sum big | cut -c 1-64)" big
}

@test "sbom: memory does not grow with it" {
	case $BIN in *build-*) skip 'sanitizers need more' ;; esac
	truncate -s 150M big
	digest=$(push_image "$REG/rss/app:1")
	/usr/bin/env python3 - "$BIN/cosign-attach" "$REG/rss/app@$digest" <<-'EOF' >rss
		import resource, subprocess, sys
		r = subprocess.run([sys.argv[1], "sbom", "--sbom", "big", sys.argv[2]]).returncode
		print(r, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
	EOF
	read -r rc kib <rss
	[ "$rc" = 0 ]
	[ "$kib" -lt 98304 ]
	expect_status 0 "$BIN/cosign-attach" sbom --sbom big oci:image
	manifest "$REG/rss/app" "sha256-${digest#sha256:}.sbom" | cmp - "$(named .sbom)" || [ "$digest" != "$DIGEST" ]
}

@test "sbom: a registry that takes no second piece gets the whole" {
	start_server nopatch 's/^\([0-9][0-9]*\)$/\1/p' "$BUILD/fake/registry" --fail PATCH 404 1000
	host=127.0.0.1:$SERVER
	digest=$(push_image "$host/whole/app:1")
	head -c $(((8 << 20) + 5)) /dev/urandom >big
	expect_status 0 attach sbom --sbom big "$host/whole/app@$digest"
	manifest "$host/whole/app" "sha256-${digest#sha256:}.sbom" >m
	blob "$host/whole/app" "$(jq -r '.layers[0].digest' m)" | cmp - big
}

@test "sign --attachment sbom signs what was attached" {
	echo '{"a":1}' >s.json
	digest=$(push_image "$REG/signed/app:1")
	refuses no-such-image 11 cosign sign --key cosign.key $SIGN_KEY --attachment sbom "$REG/signed/app@$digest"
	refuses usage 2 cosign sign --key cosign.key $SIGN_KEY --attachment other "$REG/signed/app@$digest"
	for image in "$REG/signed/app@$digest" oci:image; do
		expect_status 0 attach sbom --sbom s.json "$image"
		refuses no-signature 10 verify --attachment sbom "$image"
		for form in true false; do
			expect_status 0 cosign sign --key cosign.key $SIGN_KEY --new-bundle-format=$form --attachment sbom "$image"
		done
		expect_status 0 verify --attachment sbom "$image"
		[ "${#lines[@]}" -eq 2 ]
		expect_status 0 verify --attachment sbom --new-bundle-format=false "$image"
		[ "${#lines[@]}" -eq 1 ]
		refuses no-signature 10 verify "$image"
		# Another SBOM is not signed.
		echo '{"b":1}' >other.json
		expect_status 0 attach sbom --sbom other.json "$image"
		refuses no-signature 10 verify --attachment sbom "$image"
	done
}

@test "examples" {
	export digest
	echo text >file
	echo '{"bomFormat":"CycloneDX"}' >bom.cdx.json
	cp cosign.key plain.key
	expect_status 0 run_examples attach
	expect_status 0 verify oci:image
	expect_status 0 verify --attachment sbom oci:image
	expect_status 0 cosign verify-attestation --key cosign.pub $VERIFY_KEY oci:image
}
