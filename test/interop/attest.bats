# SPDX-License-Identifier: Apache-2.0
# What attest and attest-blob make, the real program verifies: every type, both
# storage forms, both kinds of registry; and the statements are those it makes.
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

attest_with() { # PROGRAM FORM ARGUMENT...
	local program=$1 form=$2
	shift 2
	expect_status 0 "$program" attest --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags "$form") "$@"
	[ -z "$output" ]
}

statement() { jq -r .payload <<<"$1" | base64 -d; }

# The real program verifies no predicate that is text.
every_type() { # FORM HOST
	local type digest want
	for type in $TYPES; do
		digest=$(push_image "$2/type-$1" "$1 $2 $type")
		attest_with ours "$1" --type "$type" --predicate "$(predicate "$type")" "$2/type-$1@$digest"
		want=0
		[ "$type" != spdx ] || want=1
		expect_status $want real verify-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY --type "$type" "$2/type-$1@$digest"
		[ $want = 0 ] || continue
		[ "$(statement "$output" | jq -r '.subject[0].digest.sha256')" = "${digest#sha256:}" ]
		case $type in
		custom) [ "$(statement "$output" | jq -j .predicate.Data; echo .)" = "$(cat "$DIR/custom"; echo .)" ] ;;
		*) has "\"predicate\":$(cat "$(predicate "$type")")" "$(statement "$output")" ;;
		esac
	done
}

@test "every type: bundles, docker-registry" { every_type bundle "$REG"; }
@test "every type: bundles, referrers" { every_type bundle "$GGCR"; }
@test "every type: legacy, docker-registry" { every_type legacy "$REG"; }
@test "every type: legacy, referrers" { every_type legacy "$GGCR"; }

@test "statements are those of the real program" {
	printf 'content' >file
	for type in $TYPES; do
		for program in ours real; do
			"$program" attest-blob --key "$KEYS/cosign.key" $SIGN_KEY --type "$type" \
				--predicate "$(predicate "$type")" --bundle $program.json file 2>/dev/null
			jq -r .dsseEnvelope.payload $program.json | base64 -d |
				jq -S 'del(.predicate.Timestamp?)' >$program
		done
		diff ours real
	done
}

@test "many attestations of an image, from both programs" {
	for form in bundle legacy; do
		digest=$(push_image "$REG/many-$form" "many $form")
		image=$REG/many-$form@$digest
		attest_with ours $form --type spdxjson --predicate "$DIR/spdxjson" --type vuln --predicate "$DIR/vuln" "$image"
		attest_with real $form --type cyclonedx --predicate "$DIR/cyclonedx" "$image"
		attest_with ours $form --type openvex --predicate "$DIR/openvex" "$image"
		for type in spdxjson vuln cyclonedx openvex; do
			expect_status 0 real verify-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY --type $type "$image"
			[ "${#lines[@]}" -eq 1 ]
		done
	done
}

@test "replace: the real program sees one" {
	for form in bundle legacy; do
		digest=$(push_image "$REG/replace-$form" "replace $form")
		image=$REG/replace-$form@$digest
		attest_with real $form --type spdxjson --predicate "$DIR/spdxjson" "$image"
		attest_with ours $form --type vuln --predicate "$DIR/vuln" "$image"
		attest_with ours $form --replace --type spdxjson --predicate "$DIR/other" "$image"
		expect_status 0 real verify-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY --type spdxjson "$image"
		[ "${#lines[@]}" -eq 1 ]
		has '"a":[1,true,null,"x"]' "$(statement "$output")"
		expect_status 0 real verify-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY --type vuln "$image"
	done
}

@test "files: bundles and legacy envelopes" {
	printf 'content' >file
	for type in $TYPES; do
		[ "$type" != spdx ] || continue
		ours attest-blob --key "$KEYS/cosign.key" $SIGN_KEY --type "$type" --predicate "$(predicate "$type")" --bundle b file
		real verify-blob-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY --type "$type" --bundle b file
		ours attest-blob --key "$KEYS/cosign.key" $SIGN_KEY --new-bundle-format=false --type "$type" \
			--predicate "$(predicate "$type")" --output-signature s file
		real verify-blob-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY --type "$type" --signature s file
	done
}

@test "every kind of key" {
	for alg in cosign p384 p521 rsa; do
		digest=$(push_image "$REG/key-$alg" "$alg")
		for form in bundle legacy; do
			expect_status 0 ours attest --key "$KEYS/$alg.key" $SIGN_KEY $(form_flags $form) --type vuln \
				--predicate "$DIR/vuln" "$REG/key-$alg@$digest"
			case $alg in p384) hash=sha384 ;; p521) hash=sha512 ;; *) hash=sha256 ;; esac
			real verify-attestation --key "$KEYS/$alg.pub" $VERIFY_KEY --type vuln \
				--signature-digest-algorithm $hash "$REG/key-$alg@$digest" >/dev/null
		done
	done
}
