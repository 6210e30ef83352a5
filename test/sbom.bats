#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# SBOMs as generators write them, on the ways they take through a build: attached,
# signed, attested, fetched, verified, asked with jq; bytes are never changed.
load lib/helpers

SBOMS=$TOP/test/vectors/good/sbom

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
}

# The same image in each place: a directory and both kinds of registry.
places() { # NAME
	make_layout image example.com/app:1 "$1" >digest
	printf 'oci:image %s/%s@%s %s/%s@%s' "$REG" "$1" "$(push_image "$REG/$1" "$1")" "$FAKE" "$1" "$(push_image "$FAKE/$1" "$1")"
}

verified() { cosign verify-attestation --key cosign.pub $VERIFY_KEY "$@" 2>/dev/null; }

@test "attached: every format comes back as it was" {
	for image in $(places attached); do
		for args in 'syft.spdx.json spdx text/spdx+json' 'syft.spdx spdx text/spdx' \
			'syft.cdx.json cyclonedx application/vnd.cyclonedx+json' \
			'syft.cdx.xml cyclonedx application/vnd.cyclonedx+xml' 'syft.json syft application/vnd.syft+json'; do
			read -r file type media <<<"$args"
			cosign attach sbom --type "$type" --sbom "$SBOMS/$file" "$image" 2>/dev/null
			cosign download sbom "$image" >back 2>said
			cmp back "$SBOMS/$file"
			has "$media" "$(cat said)"
		done
		cosign sign --key cosign.key $SIGN_KEY --attachment sbom "$image" 2>/dev/null
		cosign verify --key cosign.pub $VERIFY_KEY --attachment sbom "$image" >/dev/null 2>&1
		expect_status 0 cosign download sbom "$image"
		[ "$(jq -r '.artifacts[].purl' <<<"$output" | cut -d@ -f1)" = pkg:apk/alpine/busybox ]
	done
}

@test "attested: both forms, every format, all in one call" {
	for form in true false; do
		for image in $(places "attested-$form"); do
			cosign attest --key cosign.key $SIGN_KEY --new-bundle-format=$form \
				--type spdxjson --predicate "$SBOMS/syft.spdx.json" --type cyclonedx --predicate "$SBOMS/syft.cdx.json" \
				--type spdx --predicate "$SBOMS/syft.spdx" --type https://syft.example/bom --predicate "$SBOMS/syft.json" \
				"$image" 2>/dev/null
			# Two attestations have the type of SPDX: one is an object, one a string.
			verified --type spdxjson --output predicate "$image" |
				jq -r 'if type == "object" then .packages[].name else split("\n")[0] end' | sort |
				diff - <(printf '%s\n' 'SPDXVersion: SPDX-2.3' busybox example.com/app musl)
			verified --type cyclonedx --output predicate "$image" | jq -e '.components[0].licenses[0].license.id == "GPL-2.0-only"'
			verified --type https://syft.example/bom --output predicate "$image" | cmp - "$SBOMS/syft.json"
			# As the scripts of before do it.
			verified --type cyclonedx "$image" | jq -r '.payload | @base64d | fromjson | .predicate.components[].name' |
				diff - <(printf '%s\n' busybox alpine)
			cosign download attestation --predicate-type cyclonedx "$image" | jq -r '.payload // .dsseEnvelope.payload' |
				base64 -d | jq -e '.predicate.bomFormat == "CycloneDX"'
			rm -rf image
		done
	done
}

@test "from the generator's output, without a file" {
	for image in $(places piped); do
		cat "$SBOMS/syft.spdx.json" | cosign attest --key cosign.key $SIGN_KEY --type spdxjson --predicate - "$image" 2>/dev/null
		cat "$SBOMS/syft.cdx.json" | cosign attach sbom --type cyclonedx --input-format json --sbom - "$image" 2>/dev/null
		verified --type spdxjson --output predicate "$image" | cmp - "$SBOMS/syft.spdx.json"
		cosign download sbom "$image" 2>/dev/null | cmp - "$SBOMS/syft.cdx.json"
	done
}

@test "made in one job, attached in another" {
	for form in true false; do
		for image in $(places "jobs-$form"); do
			if [ $form = true ]; then
				cosign attest --key cosign.key $SIGN_KEY --no-upload --bundle bom --type cyclonedx \
					--predicate "$SBOMS/syft.cdx.json" "$image" 2>/dev/null
			else
				cosign attest --key cosign.key $SIGN_KEY --new-bundle-format=false --no-upload --type cyclonedx \
					--predicate "$SBOMS/syft.cdx.json" "$image" 2>/dev/null >bom
			fi
			expect_status 1 verified --type cyclonedx "$image" || [ "$status" -eq 10 ]
			cosign attach attestation --attestation bom "$image" 2>/dev/null
			verified --type cyclonedx --output predicate "$image" | jq -S . | diff - <(jq -S . "$SBOMS/syft.cdx.json")
			rm -rf image
		done
	done
}

@test "a policy over packages decides" {
	for image in $(places policy); do
		cosign attest --key cosign.key $SIGN_KEY --type spdxjson --predicate "$SBOMS/syft.spdx.json" "$image" 2>/dev/null
		verified --type spdxjson --policy-jq '[.predicate.packages[].licenseDeclared] | index("AGPL-3.0-only") | not' "$image" >/dev/null
		expect_status 12 verified --type spdxjson --policy-jq '[.predicate.packages[].name] | index("busybox") | not' "$image"
	done
}
