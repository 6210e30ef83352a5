#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/attestations

setup_file() {
	start_registry
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign
	make_keys other
	DIGEST=$(make_layout attested example.com/app:1)
	statement "$DIGEST" >custom
	statement "$DIGEST" "$SLSA1" '{"z":12345678901234567890,"a":1.50,  "buildDefinition":{"buildType":"make"},"runDetails":{"builder":{"id":"https://builder.example/1"}}}' >slsa
	statement "$DIGEST" https://spdx.dev/Document '"SPDXVersion: SPDX-2.3\nName: <app>\n"' >spdx
	for name in custom slsa spdx; do
		bundle $name cosign.key >$name.bundle
		attach_bundle attested "$DIGEST" $name.bundle
	done
	make_layout legacy example.com/app:1 >legacy.digest
	for name in custom slsa spdx; do envelope $name cosign.key >$name.envelope; done
	attach_legacy legacy "$DIGEST" custom.envelope slsa.envelope spdx.envelope
	export DIGEST
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_FILE_TMPDIR"; }

by() { # KEY ARGUMENT...
	local key=$1
	shift
	cosign verify-attestation --key $key $VERIFY_KEY "$@"
}

verify() { cosign verify-attestation --key cosign.pub $VERIFY_KEY "$@"; }

# one DIR STATEMENT-FILE [KEY [PAYLOAD-TYPE]]: an image with this attestation, as
# a bundle, and DIR-legacy with it in the other form.
one() {
	make_layout "$1" example.com/app:1
	make_layout "$1-legacy" example.com/app:1
	bundle "$2" "${3:-cosign.key}" ${4+"$4"} >"$1.bundle"
	envelope "$2" "${3:-cosign.key}" ${4+"$4"} >"$1.envelope"
	attach_bundle "$1" "$DIGEST" "$1.bundle"
	attach_legacy "$1-legacy" "$DIGEST" "$1.envelope"
} >/dev/null

@test "the envelope of an attestation is printed on a line" {
	for image in oci:attested oci:legacy; do
		expect_status 0 verify $image
		[ "${#lines[@]}" -eq 1 ]
		[ "$(jq -r .payload <<<"$output" | base64 -d)" = "$(cat custom)" ]
		[ "$(jq -r .payloadType <<<"$output")" = application/vnd.in-toto+json ]
		has "Verification for $image --" "$stderr"
		has 'claims were validated' "$stderr"
	done
	[ "$output" = "$(cat custom.envelope)" ]
}

@test "--type takes short names and URIs" {
	for image in oci:attested oci:legacy; do
		expect_status 0 verify --type slsaprovenance1 --output predicate $image
		has '"z":12345678901234567890,"a":1.50,  "build'
		expect_status 0 verify --type "$SLSA1" $image
		expect_status 0 verify --type spdxjson $image
		refuses no-matching-signature 12 verify --type vuln $image
		has "expected https://cosign.sigstore.dev/attestation/vuln/v1" "$stderr"
		has "found $CUSTOM, $SLSA1, https://spdx.dev/Document" "$stderr"
	done
	refuses usage 2 verify --type provenance oci:attested
}

@test "predicates that are text are verified and printed" {
	for image in oci:attested oci:legacy; do
		expect_status 0 verify --type spdx --output predicate $image
		[ "$(jq -r . <<<"$output")" = $'SPDXVersion: SPDX-2.3\nName: <app>' ]
		[ "$output" = '"SPDXVersion: SPDX-2.3\nName: <app>\n"' ]
	done
}

@test "statements and predicates are printed as they were signed" {
	statement "$DIGEST" "$CUSTOM" $'{ "b" : 1,\n\t"a":\r\n 2 }' >pretty.statement
	one pretty pretty.statement
	for image in oci:pretty oci:pretty-legacy; do
		verify --output statement $image >out 2>/dev/null
		cmp <(cat pretty.statement; echo) out
		verify --output predicate $image >out 2>/dev/null
		cmp <(printf '{ "b" : 1,\n\t"a":\r\n 2 }\n') out
		expect_status 0 verify --output predicate --jq .a $image
		[ "$output" = 2 ]
		expect_status 0 verify --jq '.payload | @base64d | fromjson.predicate.b' $image
		[ "$output" = 1 ]
	done
	refuses usage 2 verify --output yaml oci:pretty
	expect_status 0 verify -o json oci:pretty
}

@test "both forms are read, bundles first" {
	cp -r attested both
	statement "$DIGEST" "$CUSTOM" '{"n":2}' >second
	envelope second cosign.key >second.envelope
	attach_legacy both "$DIGEST" second.envelope
	expect_status 0 verify --output predicate oci:both
	[ "${#lines[@]}" -eq 2 ]
	[ "${lines[1]}" = '{"n":2}' ]
	expect_status 0 verify --new-bundle-format=false --output predicate oci:both
	[ "$output" = '{"n":2}' ]
	refuses no-signature 10 verify --new-bundle-format=false oci:attested
}

@test "a signature is no attestation, and an attestation no signature" {
	make_layout signed example.com/app:1 >/dev/null
	cosign sign $SIGN_KEY --key cosign.key oci:signed 2>/dev/null
	refuses no-signature 10 verify oci:signed
	refuses no-signature 10 cosign verify --key cosign.pub $VERIFY_KEY oci:attested
	expect_status 0 verify --type https://sigstore.dev/cosign/sign/v1 oci:signed
}

@test "nothing there, no image, another key, another image" {
	make_layout bare example.com/app:1 >/dev/null
	refuses no-signature 10 verify oci:bare
	refuses no-such-image 11 verify oci:bare:nope
	refuses no-matching-signature 12 by other.pub oci:attested
	refuses no-matching-signature 12 by other.pub oci:legacy
	statement "sha256:$(printf '00%.0s' {1..32})" >foreign.statement
	one foreign foreign.statement
	refuses no-matching-signature 12 verify oci:foreign
	refuses no-matching-signature 12 verify oci:foreign-legacy
	has "about another image" "$stderr"
	expect_status 0 verify --check-claims=false oci:foreign-legacy
	! grep -q 'claims were validated' <<<"$stderr"
	expect_status 12 verify --check-claims=false oci:foreign
}

@test "of an index without attestations the platforms are told" {
	INDEX=$(make_index_layout index example.com/app:1)
	CHILD=$(children index "$INDEX" | head -n 1)
	refuses no-signature 10 verify oci:index
	expect_status 10 verify oci:index
	has 'linux/amd64, linux/arm64' "$stderr"
	statement "$CHILD" >child
	bundle child cosign.key >child.bundle
	attach_bundle index "$CHILD" child.bundle
	expect_status 0 verify --platform linux/amd64 oci:index
	expect_status 10 verify --platform linux/arm64 oci:index
}

@test "--recursive: an index and each of its images" {
	INDEX=$(make_index_layout tree example.com/app:1)
	local digest
	for digest in $INDEX $(children tree "$INDEX"); do
		refuses no-signature 10 verify -r oci:tree
		statement "$digest" >tree.statement
		bundle tree.statement cosign.key >tree.bundle
		attach_bundle tree "$digest" tree.bundle
	done
	expect_status 0 verify -r oci:tree
	[ "${#lines[@]}" -eq 3 ]
	expect_status 0 verify --recursive --json oci:tree
	[ "$(jq -c .ok <<<"$output" | tr '\n' ' ')" = 'true true true ' ]
	expect_status 0 verify --recursive oci:attested
	refuses usage 2 verify -r --platform linux/amd64 oci:tree
	refuses policy-refused 12 verify -r --policy-jq '.subject[0].digest.sha256 != "'"${digest#*:}"'"' oci:tree
	expect_status 12 verify -r --policy-jq '.subject[0].digest.sha256 != "'"${digest#*:}"'"' oci:tree
	[ -z "$output" ]
}

# --- bad statements, in both forms ---

# bad REASON CHECK: what is in file bad is refused so.
bad() {
	rm -rf b.bad b.bad-legacy
	one b.bad bad cosign.key ${3+"$3"}
	for image in oci:b.bad oci:b.bad-legacy; do
		refuses no-matching-signature 12 verify $image
		[ "$(jq -r '.signatures[0].checks[] | select(.status == "failed") | .reason + " " + .check' <<<"$output")" = "$1 $2" ] || {
			echo "$image: $output"
			return 1
		}
	done
}

@test "bad statements are refused, each for its reason" {
	local zeros
	zeros=$(printf '00%.0s' {1..32})
	jq -c 'del(.subject)' custom >bad
	bad bad-payload type
	jq -c '.subject = []' custom >bad
	bad bad-payload type
	jq -c '.subject = null' custom >bad
	bad bad-payload type
	jq -c '.subject = [null]' custom >bad
	bad bad-payload type
	jq -c --arg z "$zeros" '.subject = [range(1025) | {name: "a", digest: {sha256: $z}}]' custom >bad
	bad too-large type
	jq -c '.predicate = [1]' custom >bad
	bad bad-payload type
	jq -c '.predicate = 7' custom >bad
	bad bad-payload type
	jq -c '.more = 1' custom >bad
	bad bad-payload type
	sed 's/"predicateType"/"predicateType":"x","predicateType"/' custom >bad
	bad bad-payload type
	head -c 100 custom >bad
	bad bad-payload type
	cp custom bad
	bad wrong-type type application/json
}

@test "1,024 subjects are looked through" {
	jq -c --arg z "$(printf '00%.0s' {1..32})" '.subject = [range(1023) | {name: "a", digest: {sha256: $z}}] + .subject' custom >many.statement
	one many many.statement
	expect_status 0 verify oci:many
	expect_status 0 verify oci:many-legacy
}

@test "an envelope has just one good signature" {
	make_layout two example.com/app:1 >/dev/null
	jq -c '.signatures += .signatures' custom.envelope >two.envelope
	attach_legacy two "$DIGEST" two.envelope
	refuses no-matching-signature 12 verify oci:two
	has "exactly one signature" "$stderr"
	make_layout none example.com/app:1 >/dev/null
	jq -c '.signatures = []' custom.envelope >none.envelope
	attach_legacy none "$DIGEST" none.envelope
	refuses no-matching-signature 12 verify oci:none
	make_layout changed example.com/app:1 >/dev/null
	jq -c --arg p "$(statement "$DIGEST" "$CUSTOM" '{"evil":1}' | base64 -w 0)" '.payload = $p' custom.envelope >changed.envelope
	attach_legacy changed "$DIGEST" changed.envelope
	refuses no-matching-signature 12 verify oci:changed
	make_layout junk example.com/app:1 >/dev/null
	echo '{"payload":' >junk.envelope
	attach_legacy junk "$DIGEST" junk.envelope
	refuses no-matching-signature 12 verify oci:junk
	# beside a good one none does harm
	attach_legacy junk "$DIGEST" junk.envelope two.envelope custom.envelope
	expect_status 0 verify oci:junk
}

@test "byte flips of an envelope are refused, or change nothing that is signed" {
	local size at
	size=$(stat -c %s custom.envelope)
	make_layout flip example.com/app:1 >/dev/null
	cp flip/index.json flip.index
	for ((at = 3; at < size; at += size / 24)); do
		cp flip.index flip/index.json
		python3 -c 'import sys; b = bytearray(open("custom.envelope", "rb").read()); b[int(sys.argv[1])] ^= 2; open("flip.envelope", "wb").write(b)' $at
		attach_legacy flip "$DIGEST" flip.envelope
		run --separate-stderr verify --output statement oci:flip
		[ "$status" -eq 12 ] || { [ "$status" -eq 0 ] && [ "$output" = "$(cat custom)" ]; }
	done
}

# --- policies ---

jqp() { verify --policy-jq "$@" oci:attested; }

@test "a jq policy consents with any result but false and null" {
	expect_status 0 jqp '.predicate.Data == "tested\n"'
	has 'policies consent (1)' "$stderr"
	expect_status 0 jqp '.subject[].name'
	expect_status 0 jqp '# a comment
		.predicateType | startswith("https://cosign.") # another'
	expect_status 0 jqp 'def ok: true; ok'
	printf '.predicate.Data\n| length > 3 # many\n' >policy.jq
	expect_status 0 jqp policy.jq
	expect_status 0 verify --policy-jq true --policy-jq 1 oci:legacy
}

@test "a jq policy refuses in every other way" {
	refuses policy-refused 12 jqp '.predicate.Data == "x"'
	has "--policy-jq '.predicate.Data == \\\"x\\\"' refuses" "$stderr"
	has 'found false' "$stderr"
	[ -z "$(jq -r 'select(.ok)' <<<"$output")" ]
	[ "$(jq -r '.signatures[] | select(.predicateType == env.CUSTOM).checks[] | select(.check == "policy") | .status + " " + .reason' <<<"$output")" = 'failed policy-refused' ]
	refuses policy-refused 12 jqp '.predicate.nothing'
	has 'found null' "$stderr"
	refuses policy-refused 12 jqp 'empty'
	has 'found \"no result\"' "$stderr"
	refuses policy-refused 12 jqp 'true, false, true'
	refuses policy-refused 12 jqp 'error("why not")'
	has 'why not' "$stderr"
	refuses policy-refused 12 jqp '.predicate.Data.x'
	refuses policy-refused 12 jqp 'range(5000)'
	refuses policy-refused 12 jqp 'halt'
	refuses policy-refused 12 jqp '"x" | halt_error'
	refuses policy-refused 12 verify --policy-timeout 1s --policy-jq 'def f: f; f' oci:attested
	refuses policy-refused 12 verify --policy-timeout 1s --policy-jq '[range(1e9)] | length' oci:attested
	expect_status 12 jqp false
	[ -z "$output" ]
}

@test "what is no jq policy is a mistake, before anything is verified" {
	refuses usage 2 verify --policy-jq '.a |' oci:nowhere
	refuses usage 2 verify --policy-jq '1), (2' oci:nowhere
	refuses usage 2 verify --policy-jq 'import "x" as x; true' oci:nowhere
	refuses not-found 1 verify --policy-jq nowhere.jq oci:nowhere
	refuses usage 2 verify --policy-timeout 0s oci:nowhere
}

@test "a jq policy sees no environment and no file" {
	refuses policy-refused 12 jqp '$ENV.PATH'
	refuses policy-refused 12 jqp 'env | length > 0'
	refuses policy-refused 12 jqp 'input'
}

@test "policies are asked about attestations of the type alone, and every one counts" {
	expect_status 0 jqp '.predicateType == env.NOTHING or .predicate.Data == "tested\n"'
	cp -r attested twice
	statement "$DIGEST" "$CUSTOM" '{"ok":false}' >no
	bundle no cosign.key >no.bundle
	attach_bundle twice "$DIGEST" no.bundle
	expect_status 0 verify oci:twice
	refuses policy-refused 12 verify --policy-jq '.predicate.ok != false' oci:twice
	has '1 of 2 attestations refused' "$stderr"
	# what is not good is not asked about
	cp -r attested mixed
	bundle no other.key >no.bundle
	attach_bundle mixed "$DIGEST" no.bundle
	expect_status 0 verify --policy-jq '.predicate.ok != false' oci:mixed
}

program() { # NAME TEXT
	printf '#!/bin/sh\n%s\n' "$2" >"$1"
	chmod +x "$1"
}

@test "a program consents by its exit status" {
	cd "$BATS_TEST_TMPDIR"
	cp -r "$BATS_FILE_TMPDIR/attested" "$BATS_FILE_TMPDIR/cosign.pub" .
	program yes 'cat >seen; echo "$COSIGN_POLICY_VERSION ${COSIGN_PASSWORD-unset}" >told'
	COSIGN_PASSWORD=secret expect_status 0 verify --policy-exec ./yes oci:attested
	cmp seen "$BATS_FILE_TMPDIR/custom"
	[ "$(cat told)" = '1 unset' ]
	program no 'cat >/dev/null; echo too old; echo more; exit 3'
	refuses policy-refused 12 verify --policy-exec ./no oci:attested
	has 'status 3' "$stderr"
	has 'too old' "$stderr"
	program deaf 'exit 0'
	expect_status 0 verify --policy-exec ./deaf oci:attested
	program loud 'yes'
	refuses policy-refused 12 verify --policy-exec ./loud oci:attested
	program slow 'exec sleep 60'
	refuses policy-refused 12 verify --policy-timeout 300ms --policy-exec ./slow oci:attested
	program dies 'kill -9 $$'
	refuses policy-refused 12 verify --policy-exec ./dies oci:attested
	refuses helper 1 verify --policy-exec ./nowhere oci:attested
	refuses helper 1 verify --policy-exec no-such-program oci:attested
}

@test "CUE and Rego are for the programs cue and opa" {
	cd "$BATS_TEST_TMPDIR"
	cp -r "$BATS_FILE_TMPDIR/attested" "$BATS_FILE_TMPDIR/cosign.pub" .
	echo 'package signature' >policy.rego
	echo 'predicateType: string' >policy.cue
	mkdir empty path
	for name in cosign cosign-verify-attestation; do ln -s "$BIN/$name" empty/; done
	PATH=empty:/usr/bin:/bin refuses helper 1 verify --policy policy.rego oci:attested
	has 'needs the program opa' "$stderr"
	PATH=empty:/usr/bin:/bin refuses helper 1 verify --policy policy.cue oci:attested
	refuses usage 2 verify --policy policy.txt oci:attested
	refuses not-found 1 verify --policy nowhere.rego oci:attested
	export PATH=$PWD/path:$PATH
	program path/opa 'echo "$@" >args
while [ "$1" != -i ]; do shift; done
cp "$2" seen
cat answer'
	echo '{"result":[{"expressions":[{"value":true,"text":"data.signature.allow"}]}]}' >answer
	expect_status 0 verify --policy policy.rego oci:attested
	has 'eval --v0-compatible -d policy.rego -i ' "$(cat args)"
	cmp seen "$BATS_FILE_TMPDIR/custom"
	for answer in '{}' '{"result":[]}' '{"result":[{"expressions":[{"value":false}]}]}' '{"result":[{"expressions":[{"value":"true"}]}]}' \
		'{"result":[{"expressions":[{"value":true},{"value":true}]}]}' '' 'true'; do
		echo "$answer" >answer
		refuses policy-refused 12 verify --policy policy.rego oci:attested
	done
	program path/cue 'echo "$@" >args
for last; do :; done
cp "$last" seen
exit $(cat answer)'
	echo 0 >answer
	expect_status 0 verify --policy policy.cue oci:attested
	has 'vet -c policy.cue ' "$(cat args)"
	cmp seen "$BATS_FILE_TMPDIR/custom"
	echo 1 >answer
	refuses policy-refused 12 verify --policy policy.cue oci:attested
	! ls -d "${TMPDIR:-/tmp}"/cosign-policy-*/statement.json 2>/dev/null
}

# --- many images ---

@test "records tell every attestation" {
	expect_status 0 verify --json oci:attested
	[ "$(jq -r '.type + " \(.ok) \(.good) " + .digest' <<<"$output")" = "cosign.verdict/1 true 1 $DIGEST" ]
	[ "$(jq -c '[.signatures[] | .signature]' <<<"$output")" = '[true,false,false]' ]
	expect_status 12 by other.pub --json oci:attested
	[ "$(jq -r .reason <<<"$output")" = no-matching-signature ]
}

@test "images on standard input, and shared among processes" {
	printf '%s\n' oci:attested oci:legacy oci:nowhere '{"image":"oci:attested","more":1}' >images
	expect_status 11 verify --json - <images
	[ "$(jq -c '[.ok, .more]' <<<"$output" | tr -d '\n')" = '[true,null][true,null][false,null][true,1]' ]
	expect_status 11 verify --json --jobs 2 --policy-jq '.predicate.Data' - <images
	[ "$(jq -c .ok <<<"$output" | tr '\n' ' ')" = 'true true false true ' ]
	expect_status 0 verify --output predicate oci:attested oci:legacy
	[ "${#lines[@]}" -eq 2 ]
	refuses usage 2 verify - oci:attested
	refuses usage 2 verify --max-workers 0 oci:attested
}

@test "attestations in a registry, of both forms" {
	local repo=$REG/attested blobs=attested/blobs/sha256 digest
	push_tree attested "$DIGEST" "$repo" v1
	# as registries without the referrers API list them
	for digest in $(jq -r '.manifests[1:][].digest' attested/index.json); do
		push_tree attested "$digest" "$repo"
	done
	jq -c '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: .manifests[1:]}' attested/index.json >list
	push_manifest "$repo" "${DIGEST/:/-}" list
	push_tree legacy "$(jq -r '.manifests[1].digest' legacy/index.json)" "$repo" "${DIGEST/:/-}.att"
	expect_status 0 verify "$repo:v1"
	[ "${#lines[@]}" -eq 2 ]
	expect_status 0 verify --new-bundle-format=false --type slsaprovenance1 "$repo@$DIGEST"
	[ "${#lines[@]}" -eq 1 ]
	refuses no-matching-signature 12 verify --type vuln "$repo:v1"
	refuses no-such-image 11 verify "$repo:v2"
}

@test "a saved image" {
	expect_status 0 verify --local-image attested
	expect_status 0 verify --local-image legacy
}

@test "flags whose work comes later, and those without effect" {
	expect_status 0 verify --experimental-oci11 --offline oci:attested
	refuses unsupported 2 verify --sk oci:attested
	refuses not-found 1 cosign verify-attestation --key cosign.pub oci:attested
	refuses usage 2 cosign verify-attestation oci:attested
	refuses usage 2 verify
}

@test "examples" {
	cd "$BATS_TEST_TMPDIR"
	cp -r "$BATS_FILE_TMPDIR/attested" "$BATS_FILE_TMPDIR/cosign.pub" .
	program policy 'grep -q tested'
	run_examples verify-attestation
}
