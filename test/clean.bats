#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/attestations

setup_file() {
	start_registry
	start_fake_registry
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign
}

teardown_file() { stop_servers; }

setup() {
	set -o pipefail
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/cosign.* .
	DIGEST=$(make_layout image example.com/app:1)
	echo text >file
	echo '{}' >s.json
}

clean() { cosign clean "$@"; }

# One of everything.
fill() { # IMAGE [FLAG...]
	for form in true false; do
		cosign sign --key cosign.key $SIGN_KEY --new-bundle-format=$form "${@:2}" "$1"
		cosign attest --key cosign.key $SIGN_KEY --new-bundle-format=$form --predicate file "${@:2}" "$1"
	done
	cosign attach sbom --sbom s.json "${@:2}" "$1"
	COSIGN_EXPERIMENTAL=1 cosign attach sbom --registry-referrers-mode oci-1-1 --sbom s.json "${@:2}" "$1"
} 2>/dev/null

# What is attached, a word each.
attached() { # IMAGE [FLAG...]
	cosign tree --json "$@" | jq -r '.attached[] | .predicateType // .artifactType // .kind' |
		sed 's|.*cosign/sign/v1$|bundle-sig|; s|.*/attestation/v1$|bundle-att|; s|.*artifact.sbom.*|ref-sbom|
			s|^signatures$|sig|; s|^attestations$|att|' | sort | paste -sd ' '
}

ALL='att bundle-att bundle-sig ref-sbom sbom sig'

each_type() { # IMAGE
	fill "$1"
	[ "$(attached "$1")" = "$ALL" ]
	expect_status 0 clean -f --type signature "$1"
	[ "$(attached "$1")" = 'att bundle-att ref-sbom sbom' ]
	expect_status 0 clean -f --type sbom "$1"
	[ "$(attached "$1")" = 'att bundle-att' ]
	expect_status 0 clean -f --type referrer "$1"
	[ "$(attached "$1")" = att ]
	expect_status 0 clean -f --type attestation "$1"
	[ -z "$(attached "$1")" ]
	# Nothing is there, and nothing is done.
	expect_status 0 clean -f "$1"
	[ -z "$output$stderr" ]
	fill "$1"
	expect_status 0 clean --force "$1"
	[ -z "$output" ]
	[ "$(grep -c "^Removed .* from $1\$" <<<"$stderr")" = 6 ]
	[ -z "$(attached "$1")" ]
	cosign resolve "$1"
}

@test "each type, docker-registry" {
	digest=$(push_image "$REG/types/app:1")
	each_type "$REG/types/app@$digest"
	# No tag is left but the image's.
	[ "$(curl -sf "http://$REG/v2/types/app/tags/list" | jq -c .tags)" = '["1"]' ]
}

@test "each type, a registry that lists referrers" {
	digest=$(push_image "$FAKE/types/app:1")
	each_type "$FAKE/types/app@$digest"
	[ "$(curl -sf "http://$FAKE/v2/types/app/tags/list" | jq -c .tags)" = '["1"]' ]
}

@test "each type, a directory" {
	each_type oci:image
	[ "$(jq '.manifests | length' image/index.json)" = 1 ]
}

@test "records" {
	fill oci:image
	expect_status 0 clean -f --json --type attestation oci:image
	[ "$(jq -r '.type + " " + .kind + " " + .subject' <<<"$output" | uniq -c | tr -s ' ')" = " 2 cosign.removal/1 attestation $DIGEST" ]
	[ -z "$stderr" ]
}

@test "the question" {
	fill oci:image
	refuses no-terminal 1 clean oci:image </dev/null
	has --force "$(jq -r .hint <<<"$error")"
	refuses no-terminal 1 clean oci:image < <(:)
	refuses declined 1 clean oci:image < <(echo n)
	refuses declined 1 clean oci:image < <(echo what)
	has 'this will remove all signatures, SBOMs and attestations from the image' "$stderr"
	[ "$(attached oci:image)" = "$ALL" ]
	expect_status 0 clean --type sbom oci:image < <(echo y)
	has 'this will remove all SBOMs from the image' "$stderr"
	[ "$(attached oci:image)" = 'att bundle-att bundle-sig sig' ]
	COSIGN_FORCE=true expect_status 0 clean oci:image </dev/null
	[ -z "$(attached oci:image)" ]
}

@test "usage" {
	refuses usage 2 clean -f
	refuses usage 2 clean -f oci:image oci:image
	refuses usage 2 clean -f --type other oci:image
	refuses no-such-image 11 clean -f oci:nowhere
	refuses no-such-image 11 clean -f "$REG/nowhere/app:1"
	refuses bad-reference 2 clean -f 'REG/../x'
	expect_status 0 clean -f "$REG/nowhere/app@$DIGEST"
}

@test "a registry that does not delete says what to do, and nothing is changed" {
	start_registry
	sed -i 's/delete: {enabled: true}/delete: {enabled: false}/' "$(servers)/data.yml"
	stop_server registry
	start_server registry 's/.*listening on \(127[^" ]*\).*/\1/p' docker-registry serve "$(servers)/data.yml"
	digest=$(push_image "$SERVER/keep/app:1")
	fill "$SERVER/keep/app@$digest"
	refuses http 1 clean -f "$SERVER/keep/app@$digest"
	has REGISTRY_STORAGE_DELETE_ENABLED "$(jq -r .hint <<<"$error")"
	[ "$(attached "$SERVER/keep/app@$digest")" = "$ALL" ]
	start_server no 's/^\([0-9][0-9]*\)$/\1/p' "$BUILD/fake/registry" --fail DELETE 403 100
	digest=$(push_image "127.0.0.1:$SERVER/keep/app:1")
	fill "127.0.0.1:$SERVER/keep/app@$digest"
	refuses denied 1 clean -f "127.0.0.1:$SERVER/keep/app@$digest"
	stop_servers
}

@test "what cannot be removed is said, and the rest is removed" {
	start_server some 's/^\([0-9][0-9]*\)$/\1/p' "$BUILD/fake/registry" --fail "DELETE /v2/some/app/manifests/sha256-" 500 100
	digest=$(push_image "127.0.0.1:$SERVER/some/app:1")
	image=127.0.0.1:$SERVER/some/app@$digest
	fill "$image"
	expect_status 1 clean -f --retry 0 "$image"
	[ "$(grep -c '^could not delete .*sha256-.* from ' <<<"$stderr")" = 3 ]
	[ "$(grep -c '^Removed ' <<<"$stderr")" = 3 ]
	[ "$(attached "$image")" = 'att sbom sig' ]
	stop_server some
}

# docker-registry deletes by digest alone, and all tags of it.
@test "an equal SBOM of another image stays" {
	one=$(push_image "$REG/equal/app:1" one) two=$(push_image "$REG/equal/app:2" two)
	cosign attach sbom --sbom s.json "$REG/equal/app@$one"
	cosign attach sbom --sbom s.json "$REG/equal/app@$two"
	expect_status 0 clean -f "$REG/equal/app@$one"
	[ "$(attached "$REG/equal/app@$one") $(attached "$REG/equal/app@$two")" = ' sbom' ]
	expect_status 0 cosign download sbom "$REG/equal/app@$two"
	[ "$output" = '{}' ]
	make_layout two example.com/app:2 two >/dev/null
}

# A referrer that is none of ours, listed in index.json or under the fallback tag.
foreign() { # DIR
	local empty manifest
	empty=$(put_blob "$1/blobs/sha256" '{}')
	manifest=$(put_blob "$1/blobs/sha256" '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/x-notes","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"'"${empty% *}"'","size":2},"layers":[{"mediaType":"application/vnd.oci.empty.v1+json","digest":"'"${empty% *}"'","size":2}],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"'"$DIGEST"'","size":'"$(stat -c %s "$1/blobs/sha256/${DIGEST#sha256:}")"'}}')
	list_manifest "$1" "$manifest"
	echo "${manifest% *}"
}

@test "other referrers stay, in a directory and on a fallback list" {
	notes=$(foreign image)
	fill oci:image
	push_tree image "$DIGEST" "$REG/foreign/app" 1
	fill "$REG/foreign/app@$DIGEST"
	push_tree image "$notes" "$REG/foreign/app"
	curl -sf -H 'Accept: application/vnd.oci.image.index.v1+json' "http://$REG/v2/foreign/app/manifests/sha256-${DIGEST#sha256:}" |
		jq -c --arg d "$notes" --argjson s "$(stat -c %s "image/blobs/sha256/${notes#sha256:}")" \
			'.manifests += [{mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $d, size: $s}]' >list
	push_manifest "$REG/foreign/app" "sha256-${DIGEST#sha256:}" list
	for image in oci:image "$REG/foreign/app@$DIGEST"; do
		expect_status 0 clean -f "$image"
		[ "$(attached "$image")" = application/x-notes ]
	done
	[ "$(curl -sf -H 'Accept: application/vnd.oci.image.index.v1+json' \
		"http://$REG/v2/foreign/app/manifests/sha256-${DIGEST#sha256:}" | jq -c '[.manifests[].digest]')" = "[\"$notes\"]" ]
}

@test "bundles whose manifests say nothing are looked into" {
	statement "$DIGEST" >st
	bundle st cosign.key >att
	statement "$DIGEST" https://sigstore.dev/cosign/sign/v1 '{}' >st
	bundle st cosign.key >sig
	echo '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}' >broken
	for bundle in att sig broken; do attach_bundle image "$DIGEST" $bundle; done
	[ "$(jq '.manifests | length' image/index.json)" = 4 ]
	expect_status 0 clean -f --json --type signature oci:image
	[ "$(jq -r .kind <<<"$output")" = signature ]
	expect_status 0 clean -f --json --type attestation oci:image
	[ "$(jq -r .kind <<<"$output")" = attestation ]
	expect_status 0 clean -f --json --type referrer oci:image
	[ "$(jq -r .kind <<<"$output")" = bundle ]
	[ "$(jq '.manifests | length' image/index.json)" = 1 ]
}

@test "what save wrote, listed or not" {
	cp -r image saved
	fill oci:saved
	jq -c '.manifests |= (map(select(.artifactType | not)) | map(.annotations = {kind: ("dev.cosignproject.cosign/" +
		(.annotations["org.opencontainers.image.ref.name"] | if endswith(".sig") then "sigs" elif endswith(".att") then "atts"
		elif endswith(".sbom") then "sboms" else "image" end))}))' saved/index.json >index
	mv index saved/index.json
	cosign verify --key cosign.pub $VERIFY_KEY --new-bundle-format=false oci:saved
	cosign verify --key cosign.pub $VERIFY_KEY oci:saved
	expect_status 0 clean -f oci:saved
	refuses no-signature 10 cosign verify --key cosign.pub $VERIFY_KEY oci:saved
	refuses no-signature 10 cosign verify --key cosign.pub $VERIFY_KEY --new-bundle-format=false oci:saved
}

@test "COSIGN_REPOSITORY and the prefix" {
	digest=$(push_image "$REG/apart/app:1")
	image=$REG/apart/app@$digest
	fill "$image"
	export COSIGN_REPOSITORY=$REG/apart/sigs
	fill "$image" --attachment-tag-prefix p-
	expect_status 0 clean -f --attachment-tag-prefix p- "$image"
	[ -z "$(attached "$image" --attachment-tag-prefix p-)" ]
	unset COSIGN_REPOSITORY
	[ "$(attached "$image")" = "$ALL" ]
}

# Nobody loses what he stores while somebody cleans: it is there, or he is told.
@test "signing and cleaning at the same time" {
	digest=$(push_image "$REG/both/app:1")
	image=$REG/both/app@$digest
	fill "$image"
	for n in {0..5}; do
		cosign attest --key cosign.key $SIGN_KEY --type "urn:$n" --predicate s.json "$image" 2>/dev/null 3>&- &
		pids[n]=$!
	done
	cosign clean -f --type signature "$image" 3>&-
	for n in {0..5}; do
		! wait "${pids[n]}" ||
			expect_status 0 cosign verify-attestation --key cosign.pub $VERIFY_KEY --type "urn:$n" "$image"
	done
	[[ " $(attached "$image") " == *' bundle-att '* ]]
}

@test "examples" {
	fill oci:image
	expect_status 0 run_examples clean
	[ -z "$(attached oci:image)" ]
}
