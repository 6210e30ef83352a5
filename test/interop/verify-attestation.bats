# SPDX-License-Identifier: Apache-2.0
# What the real program attests, verify-attestation and verify-blob-attestation
# verify, and print as it does: every type, both storage forms, both kinds of
# registry; and both refuse the same.
load interop

TYPES='custom slsaprovenance slsaprovenance02 slsaprovenance1 link spdx spdxjson cyclonedx vuln openvex https://example.com/type'

setup_file() {
	export DIR=$BATS_FILE_TMPDIR/predicates
	start_both
	make_real_keys
	mkdir "$DIR"
	cd "$DIR"
	printf 'free text, "quoted"\n' >custom
	printf '{"builder":{"id":"https://b"},"buildType":"https://t","materials":[{"uri":"git+x","digest":{"sha1":"00"}}]}' >slsaprovenance
	cp slsaprovenance slsaprovenance02
	printf '{"buildDefinition":{"buildType":"https://t","externalParameters":{"a":"b"}},"runDetails":{"builder":{"id":"https://b"}}}' >slsaprovenance1
	printf '{"_type":"link","name":"n","materials":{},"products":{"f":{"sha256":"00"}},"byproducts":{},"command":["make"],"environment":{}}' >link
	printf 'SPDXVersion: SPDX-2.3\nPackageName: <x>\n' >spdx
	printf '{"SPDXID":"SPDXRef-DOCUMENT","name":"<x>","packages":[]}' >spdxjson
	printf '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[]}' >cyclonedx
	printf '{"invocation":{"parameters":null,"uri":"u","event_id":"1","builder.id":"b"},"scanner":{"uri":"s","version":"1","db":{"uri":"d","version":"2"},"result":{}},"metadata":{"scanStartedOn":"2026-01-02T03:04:05Z","scanFinishedOn":"2026-01-02T03:05:05Z"}}' >vuln
	printf '{"@context":"https://openvex.dev/ns","statements":[]}' >openvex
	printf '{"a":[1,true,null,"x"]}' >other
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_TEST_TMPDIR"; }

predicate() { # TYPE
	case $1 in https:*) echo "$DIR/other" ;; *) echo "$DIR/$1" ;; esac
}

verify_flags() { echo verify-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY; }

# The real program verifies no predicate that is text; ours does.
every_type() { # FORM HOST
	local type image
	for type in $TYPES; do
		image=$2/their-$1@$(push_image "$2/their-$1" "$1 $2 $type")
		real attest --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags "$1") --type "$type" \
			--predicate "$(predicate "$type")" "$image" 2>/dev/null
		if [ "$type" = spdx ]; then
			differs 'text is a predicate' 1 0 $(verify_flags) $(form_flags "$1") --type spdx "$image"
			[ "$(ours $(verify_flags) --type spdx --output predicate --jq . "$image" 2>/dev/null | jq -j .; echo .)" = \
				"$(cat "$DIR/spdx"; echo .)" ]
		else
			same $(verify_flags) $(form_flags "$1") --type "$type" "$image"
			[ "$status" -eq 0 ]
		fi
	done
}

@test "every type: bundles, docker-registry" { every_type bundle "$REG"; }
@test "every type: bundles, referrers" { every_type bundle "$GGCR"; }
@test "every type: legacy, docker-registry" { every_type legacy "$REG"; }
@test "every type: legacy, referrers" { every_type legacy "$GGCR"; }

@test "both refuse the same" {
	local form image
	for form in bundle legacy; do
		image=$GGCR/refused-$form@$(push_image "$GGCR/refused-$form" "refused $form")
		differs 'no attestation at all' 1 10 $(verify_flags) $(form_flags $form) "$image"
		real attest --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags $form) --type vuln --predicate "$DIR/vuln" "$image" 2>/dev/null
		differs 'another type' 1 12 $(verify_flags) $(form_flags $form) "$image"
		differs 'another key' 1 12 verify-attestation --key "$KEYS/other.pub" $VERIFY_KEY $(form_flags $form) --type vuln "$image"
		same $(verify_flags) $(form_flags $form) --type vuln "$image"
		[ "$status" -eq 0 ]
	done
}

@test "files: bundles and envelopes" {
	local type verify=(verify-blob-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY)
	printf 'content' >file
	printf 'other' >file2
	for type in $TYPES; do
		real attest-blob --key "$KEYS/cosign.key" $SIGN_KEY --type "$type" --predicate "$(predicate "$type")" --bundle b file 2>/dev/null
		if [ "$type" = spdx ]; then
			expect_status 0 ours "${verify[@]}" --type spdx --bundle b file
		else
			same "${verify[@]}" --type "$type" --bundle b file
			[ "$status" -eq 0 ]
		fi
		differs 'another file' 1 12 "${verify[@]}" --type "$type" --bundle b file2
		[ "$type" != spdx ] || continue
		real attest-blob --key "$KEYS/cosign.key" $SIGN_KEY --new-bundle-format=false --type "$type" \
			--predicate "$(predicate "$type")" --output-signature s file 2>/dev/null
		same "${verify[@]}" --new-bundle-format=false --type "$type" --signature s file
		[ "$status" -eq 0 ]
		same "${verify[@]}" --new-bundle-format=false --type "$type" --check-claims=false --signature s file2
		[ "$status" -eq 0 ]
	done
}

@test "every kind of key" {
	local alg image
	for alg in p384 p521 rsa; do
		image=$GGCR/keys-$alg@$(push_image "$GGCR/keys-$alg" "keys $alg")
		for form in bundle legacy; do
			real attest --key "$KEYS/$alg.key" $SIGN_KEY $(form_flags $form) --type vuln --predicate "$DIR/vuln" "$image" 2>/dev/null
			expect_status 0 ours verify-attestation --key "$KEYS/$alg.pub" $VERIFY_KEY $(form_flags $form) --type vuln "$image"
		done
	done
}
