#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/attestations

setup() {
	cd "$BATS_TEST_TMPDIR"
	make_layout image example.com/app:1
	make_keys cosign
	cosign sign --key cosign.key $SIGN_KEY oci:image
	cosign resolve oci:image | cosign ls-signatures >candidates
}

check() { cosign check-bundle --key cosign.pub $VERIFY_KEY "$@"; }

@test "a verdict for each subject" {
	expect_status 0 check <candidates
	[ "$(jq -r '.type, .ok, .good' <<<"$output" | paste -sd ' ')" = "cosign.verdict/1 true 1" ]
	make_keys other
	expect_status 12 cosign check-bundle --key other.pub $VERIFY_KEY <candidates
	[ "$(jq -r .reason <<<"$output")" = no-matching-signature ]
}

@test "a subject without candidates has no signature" {
	head -n 1 candidates >alone
	refuses no-signature 10 check <alone
}

@test "candidates of another subject are refused" {
	refuses bad-record 1 check <<<"$(tail -n 1 candidates)"
	make_layout second example.com/second:1 other
	{ cosign resolve oci:second; tail -n 1 candidates; } >mixed
	refuses bad-record 1 check <mixed
}

@test "what needs a trusted root is refused without one, and somebody must be named" {
	refuses not-found 1 cosign check-bundle --key cosign.pub <candidates
	refuses usage 2 cosign check-bundle $VERIFY_KEY <candidates
}

@test "a signature changed in the pipe is not accepted" {
	jq -c 'if .bundle then .bundle.dsseEnvelope.payload |= (@base64d | sub("\"predicate\":{}"; "\"predicate\":{ }") | @base64) else . end' candidates >changed
	! cmp -s candidates changed
	expect_status 12 check <changed
}

# --- attestations ---

attest_both() {
	for form in true false; do
		cosign attest --key cosign.key $SIGN_KEY --new-bundle-format=$form --type slsaprovenance1 --predicate <(
			echo '{"buildDefinition":{"buildType":"make","externalParameters":{}},"runDetails":{"builder":{"id":"https://b.example"}}}'
		) oci:image
	done 2>/dev/null
	cosign resolve oci:image | cosign ls-signatures --attestations >attested
}

@test "attestations of one type, of both forms" {
	attest_both
	expect_status 0 check --attestations --type slsaprovenance1 <attested
	[ "$(jq -r '.good, ([.signatures[] | select(.signature) | .form] | join(","))' <<<"$output" | paste -sd ' ')" = "2 bundle,legacy" ]
	expect_status 12 check --attestations --type vuln <attested
	[ "$(jq -r .reason <<<"$output")" = no-matching-signature ]
	expect_status 0 check --attestations --type slsaprovenance1 --output predicate <attested
	[ "$(jq -r .buildDefinition.buildType <<<"$output" | paste -sd ' ')" = "make make" ]
	refuses no-matching-signature 12 check --attestations --output statement <attested
	[ -z "$output" ]
	# Signatures, all the same
	expect_status 0 check <attested
}

@test "policies have their say" {
	attest_both
	for jobs in 1 2; do
		expect_status 0 check --attestations --type slsaprovenance1 --jobs $jobs \
			--policy-jq '.predicate.runDetails.builder.id == "https://b.example"' <attested
		expect_status 12 check --attestations --type slsaprovenance1 --jobs $jobs --policy-jq '.predicate.no' <attested
		[ "$(jq -r .reason <<<"$output")" = policy-refused ]
	done
}

@test "what does not go together" {
	refuses usage 2 check --type vuln <candidates
	refuses usage 2 check --policy-jq . <candidates
	refuses usage 2 check --output envelope <candidates
	refuses usage 2 check --attestations -a x=y <candidates
	refuses usage 2 check --files <candidates
	refuses usage 2 check --stream --attestations --output envelope <candidates
}

# --- questions ---

question() { jq -c --arg digest "$(cosign resolve oci:image | jq -r .digest)" --argjson n "${1:-0}" 'select(.bundle) | {$digest, bundle, n: $n}' candidates; }

@test "stream: a verdict for each line, whatever it is" {
	{
		question 1
		jq -c 'select(.bundle)' candidates
		echo 'no JSON'
		echo '[]'
		echo '{}'
		echo '{"digest":"sha256:1","n":5}'
		question 6 | jq -c '.bundle.dsseEnvelope.payload |= "bm8="'
		question 7 | jq -c '.digest = "sha256:" + "0" * 64'
		question 8 | jq -c '{digest, n, image: "example.com/app:1", candidates: []}'
		question 9 | jq -c '{digest, n, candidates: [{bundle: {}}, {bundle}]}'
		question 10 | jq -c '{digest, n, candidates: [1, {bundle}]}'
		question 11 | jq -c '{digest, n, bundle: "/etc/passwd"}'
		printf '\377\376\n'
		question 12 | jq -c '.candidates = 7'
		echo '{"digest":7}'
		printf '%s' "$(question 13)"
	} >questions
	[ "$(wc -l <questions)" -eq 15 ]
	for jobs in 1 3; do
		expect_status 1 check --stream --jobs $jobs <questions
		[ "$(jq -r '.ok, .reason // "-"' <<<"$output" | paste -d ' ' - -)" = "$(printf '%s\n' 'true -' 'true -' 'false bad-json' \
			'false bad-record' 'false bad-record' 'false bad-digest' 'false no-matching-signature' 'false no-matching-signature' \
			'false no-signature' 'true -' 'false bad-record' 'false bad-record' 'false bad-json' 'false bad-record' \
			'false bad-record' 'true -')" ]
		[ "$(jq -c '.n // empty' <<<"$output" | paste -sd ' ')" = '1 5 6 7 8 9 10 11 12 13' ]
		[ "$(jq -r 'select(.n == 8) | .image' <<<"$output")" = example.com/app:1 ]
		jq -e -s 'all(.[]; .type == "cosign.verdict/1" and (has("bundle") or has("candidates") | not))' <<<"$output"
	done
	refuses bad-record 1 check --stream </dev/null
}

@test "stream: the answer comes before the next question" {
	python3 - "$(question)" >log <<-'EOF'
		import json, os, subprocess, sys
		flags = ["--key", "cosign.pub", *os.environ["VERIFY_KEY"].split()]
		for more in [], ["--jobs", "2"], ["--jq", "."]:
		    p = subprocess.Popen(["cosign", "check-bundle", "--stream", *flags, *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		    for i in range(20):
		        p.stdin.write((sys.argv[1] if i % 2 else "{").encode() + b"\n")
		        p.stdin.flush()
		        assert json.loads(p.stdout.readline())["ok"] == bool(i % 2)
		    p.stdin.close()
		    assert p.wait() == 1
	EOF
}

@test "stream: the old form, and attestations" {
	attest_both
	cosign sign --key cosign.key $SIGN_KEY --new-bundle-format=false oci:image 2>/dev/null
	cosign resolve oci:image | cosign ls-signatures --form legacy | jq -c 'select(.form) | {digest: .subject.digest,
		candidates: [{payload, annotations}]}' >old
	expect_status 0 check --stream <old
	expect_status 12 check --stream --attestations <old
	jq -c 'select(.form) | {digest: .subject.digest, candidates: [if .bundle then {bundle} else {payload, annotations} end]}' attested >asked
	expect_status 10 check --stream --attestations --type slsaprovenance1 --policy-jq '.predicate.buildDefinition.buildType == "make"' <asked
	[ "$(jq -c .ok <<<"$output" | paste -sd ' ')" = "false true true" ]
}

@test "stream: files only where they are asked for" {
	question | jq -c .bundle >bundle.json
	question | jq -c '.bundle = "bundle.json"' >asked
	expect_status 0 check --stream --files <asked
	expect_status 1 check --stream <asked
	for name in none - '' ; do
		jq -c --arg name "$name" '.bundle = $name' asked >bad
		expect_status 1 check --stream --files <bad
		[ "$(jq -c .ok <<<"$output")" = false ]
	done
}

@test "stream: time goes on, unless it is said" {
	expect_status 0 check --stream --at-time 2020-01-01T00:00:00Z <<<"$(question)"
}

# example FILE: the program of that name in cosign-plugin(7).
example() {
	mandoc -Tman "$TOP/man/cosign-plugin.7" >/dev/null
	awk -v name="$1" '/^\.Bd/ { text = ""; on = 1; next }
		/^\.Ed/ { on = 0; if (text ~ "# " name ":") printf "%s", text; next }
		on { text = text $0 "\n" }' "$TOP/man/cosign-plugin.7" | sed 's/\\e/\\/g; s/\\(dq/"/g' >"$1"
	chmod +x "$1"
	[ -s "$1" ]
}

# review IMAGE...: what an API server asks.
review() {
	printf '%s\n' "$@" | jq -c -R -n '{apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: {uid: "u-1",
		object: {kind: "Pod", spec: {containers: [inputs | {name: "c", image: .}]}}}}'
}

@test "the admission check of cosign-plugin(7) runs" {
	example admission.sh
	signed=oci:image@$(cosign resolve oci:image | jq -r .digest)
	bare=oci:bare@$(make_layout bare example.com/bare:1 bare)
	allowed() { jq -r '.response.allowed' <<<"$output"; }
	expect_status 0 ./admission.sh < <(review "$signed" "$signed")
	jq -e '.kind == "AdmissionReview" and .response.uid == "u-1"' <<<"$output"
	[ "$(allowed)" = true ]
	expect_status 0 ./admission.sh < <(review "$signed" "$bare")
	[ "$(allowed)" = false ]
	[[ $(jq -r .response.status.message <<<"$output") == "$bare: no signatures found"* ]]
	expect_status 0 ./admission.sh < <(review "$signed" oci:image)
	has 'oci:image: not named by digest' "$(jq -r .response.status.message <<<"$output")"
	expect_status 0 ./admission.sh < <(review "$signed" 'NO NAME')
	[ "$(allowed)" = false ]
	expect_status 0 ./admission.sh < <(review | jq -c '.request.object.spec.containers = []')
	[ "$(allowed)" = false ]
	review "$bare" | jq -c --arg image "$signed" '.request.object.spec |= {containers: [{$image}], initContainers: .containers}' >init
	expect_status 0 ./admission.sh <init
	[ "$(allowed)" = false ]
}

@test "the judge of cosign-plugin(7) runs" {
	example judge.py
	question | jq -c .bundle >bundle.json
	jq -c '.dsseEnvelope.payload = "bm8="' bundle.json >bad.json
	digest=$(question | jq -r .digest)
	expect_status 0 ./judge.py --key cosign.pub $VERIFY_KEY < <(printf '%s\n' "$digest bundle.json" "$digest bad.json" "$digest bundle.json")
	[ "$(paste -sd ' ' <<<"$output")" = "yes no yes" ]
}

@test "the examples of check-bundle run" {
	make_layout image example.com/app:1 >digest
	cosign sign --key cosign.key $SIGN_KEY oci:image
	run_examples check-bundle
}
