# SPDX-License-Identifier: Apache-2.0
# CUE and Rego policies, in the words of the original's documentation: the real
# program has both built in, ours asks cue and opa. Same verdicts.
load interop

setup_file() {
	start_both
	make_real_keys
	export DIR=$BATS_FILE_TMPDIR/policies
	mkdir "$DIR"
	cd "$DIR"
	printf 'foobar' >custom
	printf '{"builder":{"id":"https://b"},"buildType":"https://t","materials":[{"uri":"git+x","digest":{"sha1":"00"}}]}' >slsaprovenance
	printf '{"invocation":{"parameters":null,"uri":"u","event_id":"1","builder.id":"b"},"scanner":{"uri":"s","version":"1","db":{"uri":"d","version":"2"},"result":{"n":3,"high":0}},"metadata":{"scanStartedOn":"2026-01-02T03:04:05Z","scanFinishedOn":"2026-01-02T03:05:05Z"}}' >vuln
	export IMAGE=$REG/policies@$(push_image "$REG/policies")
	for type in custom slsaprovenance vuln; do
		real attest --key "$KEYS/cosign.key" $SIGN_KEY --type $type --predicate $type "$IMAGE" 2>/dev/null
	done
	printf 'content' >file
	real attest-blob --key "$KEYS/cosign.key" $SIGN_KEY --type custom --predicate custom --bundle b file 2>/dev/null
}

teardown_file() { stop_servers; }

setup() {
	cd "$BATS_TEST_TMPDIR"
	export PATH=$PATH:$INTEROP_TOOLS
}

# Same exit status but for 1 and 12, the same lines.
verdict() { # consents|refuses TYPE POLICY
	local flags=(verify-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY --type "$2" --policy "$3" "$IMAGE")
	if [ "$1" = consents ]; then
		same "${flags[@]}"
		[ "$status" -eq 0 ]
	else
		differs 'an exit status of its own' 1 12 "${flags[@]}"
	fi
}

# INTEROP_TOOLS may be a directory of somebody who has it not.
needs() {
	[ -x "$INTEROP_TOOLS/$1" ] || skip "$1 is not there"
}

@test "CUE" {
	needs cue
	printf 'predicateType: "https://cosign.sigstore.dev/attestation/v1"\npredicate: Data: "foobar"\n' >good.cue
	printf 'import "time"\nbefore: time.Parse(time.RFC3339, "2050-10-09T17:10:27Z")\npredicate: {\n\tData: string\n\tTimestamp: <before\n}\n' >time.cue
	printf 'predicate: Data: "other"\n' >bad.cue
	printf 'predicate: {\n\tbuildType: =~"^https://"\n\tbuilder: id: "https://b"\n}\n' >slsa.cue
	printf 'predicate: scanner: result: high: 0\n' >vuln.cue
	printf 'predicate: scanner: result: n: <3\n' >many.cue
	printf 'predicate: {\n' >broken.cue
	verdict consents custom good.cue
	verdict consents custom time.cue
	verdict refuses custom bad.cue
	verdict consents slsaprovenance slsa.cue
	differs 'what the policy names must be there' 0 12 verify-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY \
		--type custom --policy slsa.cue "$IMAGE"
	verdict consents vuln vuln.cue
	verdict refuses vuln many.cue
	verdict refuses custom broken.cue
}

@test "Rego" {
	needs opa
	printf 'package signature\n\nallow {\n\tinput.predicateType == "https://cosign.sigstore.dev/attestation/v1"\n\tinput.predicate.Data == "foobar"\n}\n' >good.rego
	printf 'package signature\n\ndefault allow = false\n\nallow {\n\tinput.predicate.Data == "other"\n}\n' >bad.rego
	printf 'package signature\n\nallow {\n\tinput.predicate.Data == "other"\n}\n' >undefined.rego
	printf 'package signature\n\nallow {\n\tbefore = time.parse_rfc3339_ns("2050-10-09T17:10:27Z")\n\ttime.parse_rfc3339_ns(input.predicate.Timestamp) < before\n}\n' >time.rego
	printf 'package other\n\nallow = true\n' >package.rego
	printf 'package signature\n\nallow = "yes"\n' >text.rego
	printf 'package signature\n\nallow {\n\tinput.predicate.builder.id == "https://b"\n\tcount(input.predicate.materials) == 1\n}\n' >slsa.rego
	printf 'package signature\n\nallow {\n' >broken.rego
	verdict consents custom good.rego
	verdict refuses custom bad.rego
	verdict refuses custom undefined.rego
	verdict consents custom time.rego
	verdict refuses custom package.rego
	verdict refuses custom text.rego
	verdict consents slsaprovenance slsa.rego
	verdict refuses vuln slsa.rego
	verdict refuses custom broken.rego
}

@test "of files" {
	needs cue
	cp "$DIR/file" "$DIR/b" .
	printf 'predicate: Data: "foobar"\n' >good.cue
	printf 'predicate: Data: "x"\n' >bad.cue
	expect_status 0 ours verify-blob-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY --policy good.cue --bundle b file
	refuses policy-refused 12 ours verify-blob-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY --policy bad.cue --bundle b file
}
