# SPDX-License-Identifier: Apache-2.0
# What attach stores and clean removes, here and there: the same bytes, and each
# program reads, verifies and removes what the other stored.
load interop
load ../lib/attestations

setup_file() {
	start_both
	make_real_keys
	cd "$BATS_FILE_TMPDIR"
	make_keys plain
	make_tsa
	sed '/END/q' tsa.pem >leaf.pem
	printf '{"base64Signature":"c2ln","rekorBundle":{"SignedEntryTimestamp":"MEUC","Payload":{"body":"%s","integratedTime":12,"logIndex":3,"logID":"%064d"}}}' \
		"$(printf '{"kind":"x","apiVersion":"1"}' | base64 -w 0)" 7 >rekor.json
}

teardown_file() { stop_servers; }

setup() {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/{plain.*,tsa.*,leaf.pem,rekor.json} .
	SBOMS=$TOP/test/vectors/good/sbom
}

manifest() { # HOST/REPO TAG
	curl -sf -H 'Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json' \
		"http://${1%%/*}/v2/${1#*/}/manifests/$2"
}

# attach with both programs, each in its repository: the same manifest.
same_attached() { # HOST/REPO SUFFIX ARGUMENT...
	local repo=$1 suffix=$2 program
	shift 2
	for program in real ours; do
		expect_status 0 $program attach "$@" "$repo-$program@$digest"
		[ -z "$output" ]
		manifest "$repo-$program" "sha256-${digest#sha256:}$suffix" >$program
	done
	cmp real ours
}

both_images() { # HOST/REPO TEXT
	push_image "$1-real" "$2" >/dev/null
	push_image "$1-ours" "$2"
}

signatures() { # HOST
	digest=$(both_images "$1/sig" "$1")
	ours generate "$1/sig-ours@$digest" >payload 2>/dev/null
	openssl dgst -sha256 -sign plain.key payload | base64 -w 0 >sig
	stamp payload >stamp.json
	same_attached "$1/sig" .sig signature --signature sig --payload payload
	same_attached "$1/sig" .sig signature --signature sig --payload payload --certificate leaf.pem
	same_attached "$1/sig" .sig signature --signature sig --payload payload --certificate leaf.pem \
		--certificate-chain tsa.pem --tsr tsa.reply --rekor-response rekor.json
	expect_status 0 real verify --key plain.pub $VERIFY_KEY --new-bundle-format=false "$1/sig-ours@$digest"
	expect_status 0 ours verify --key plain.pub $VERIFY_KEY --new-bundle-format=false "$1/sig-real@$digest"
}

@test "signatures: docker-registry" { signatures "$REG"; }
@test "signatures: referrers" { signatures "$GGCR"; }

attestations() { # HOST
	digest=$(both_images "$1/att" "$1")
	statement "$digest" >st
	envelope st plain.key >env
	statement "$digest" https://example.com/type '{"a":"<&>"}' >st2
	{ envelope st2 plain.key; echo; } >env2
	bundle st2 plain.key >bundle
	same_attached "$1/att" .att attestation --attestation env
	same_attached "$1/att" .att attestation --attestation env2
	# The real program writes the bundle anew, with blanks where it likes.
	for program in real ours; do
		expect_status 0 $program attach attestation --attestation bundle "$1/att-$program@$digest"
		expect_status 0 $program attach signature --bundle bundle "$1/att-$program@$digest"
	done
	for program in real ours; do
		for reader in real ours; do
			expect_status 0 $reader verify-attestation --key plain.pub $VERIFY_KEY --new-bundle-format=false "$1/att-$program@$digest"
			expect_status 0 $reader verify-attestation --key plain.pub $VERIFY_KEY --type https://example.com/type "$1/att-$program@$digest"
		done
	done
	same download attestation --predicate-type https://example.com/type "$1/att-real@$digest"
}

@test "attestations: docker-registry" { attestations "$REG"; }
@test "attestations: referrers" { attestations "$GGCR"; }

@test "SBOMs: every type, both modes" {
	for host in "$REG" "$GGCR"; do
		digest=$(both_images "$host/sbom" "$host")
		same_attached "$host/sbom" .sbom sbom --sbom "$SBOMS/syft.spdx.json"
		same_attached "$host/sbom" .sbom sbom --sbom "$SBOMS/syft.spdx"
		same_attached "$host/sbom" .sbom sbom --sbom "$SBOMS/syft.cdx.json" --type cyclonedx
		same_attached "$host/sbom" .sbom sbom --sbom "$SBOMS/syft.cdx.xml" --type cyclonedx
		same_attached "$host/sbom" .sbom sbom --sbom "$SBOMS/syft.json" --type syft
		same download sbom "$host/sbom-ours@$digest"
		same download sbom "$host/sbom-real@$digest"
		for form in bundle legacy; do
			expect_status 0 ours sign --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags $form) --attachment sbom "$host/sbom-ours@$digest"
		done
		expect_status 0 real sign --key "$KEYS/cosign.key" $SIGN_KEY --new-bundle-format=false --attachment sbom "$host/sbom-real@$digest"
		expect_status 0 real verify --key "$KEYS/cosign.pub" $VERIFY_KEY --new-bundle-format=false --attachment sbom "$host/sbom-ours@$digest"
		expect_status 0 ours verify --key "$KEYS/cosign.pub" $VERIFY_KEY --attachment sbom "$host/sbom-real@$digest"
		export COSIGN_EXPERIMENTAL=1
		[ "$host" != "$REG" ] || same_attached "$host/sbom" '' sbom --registry-referrers-mode oci-1-1 --sbom "$SBOMS/syft.spdx.json"
		unset COSIGN_EXPERIMENTAL
	done
}

@test "what one refuses the other refuses" {
	digest=$(push_image "$REG/refused")
	: >empty
	echo x >sig
	for args in 'signature --signature empty' 'signature --signature nowhere' 'attestation --attestation nowhere' \
		'sbom --sbom nowhere' 'sbom --sbom sig --type other' 'sbom --sbom sig --type cyclonedx --input-format text'; do
		run ! real attach $args "$REG/refused@$digest"
		run ! ours attach $args "$REG/refused@$digest"
	done
}

fill() { # PROGRAM IMAGE
	for form in bundle legacy; do
		"$1" sign --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags $form) "$2"
		"$1" attest --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags $form) --type spdxjson --predicate "$SBOMS/syft.spdx.json" "$2"
	done
	"$1" attach sbom --sbom "$SBOMS/syft.json" --type syft "$2"
} 2>/dev/null

@test "clean: what either stored either removes" {
	for host in "$REG" "$GGCR"; do
		for writer in real ours; do
			for cleaner in real ours; do
				digest=$(push_image "$host/clean-$writer-$cleaner" "$host $writer $cleaner")
				image=$host/clean-$writer-$cleaner@$digest
				fill $writer "$image"
				expect_status 0 $cleaner clean -f "$image"
				[ -z "$output" ]
				has "Removed ${image%@*}:sha256-${digest#sha256:}.sig from $image" "$stderr"
				expect_status 0 ours tree --json "$image"
				[ "$(jq '.attached | length' <<<"$output")" = 0 ]
				expect_status 0 $cleaner clean -f "$image"
			done
		done
	done
}

@test "clean: types that differ in nothing" {
	digest=$(push_image "$REG/cleantype")
	image=$REG/cleantype@$digest
	for type in sbom referrer; do
		for cleaner in real ours; do
			fill ours "$image"
			$cleaner clean -f --type $type "$image"
			ours tree --json "$image" | jq -c '[.attached[] | .kind] | unique' >$cleaner
		done
		diff real ours
	done
}
