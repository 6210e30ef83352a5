# SPDX-License-Identifier: Apache-2.0
load lib/helpers

GOOD=$TOP/test/vectors/good/tlog
SEEDS=$TOP/test/fuzz/seeds

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export COSIGN_REMOTE_HTTP=/bin/false
}

teardown() {
	stop_servers
}

lacks() {
	[[ $output != *"$1"* ]] || { echo "not expected to see: $1 in: $output" >&2; return 1; }
}

# Members in one order, and nothing else changed.
canonical() {
	jq -S -c . "$1"
}

@test "bundle inspect prints what the original prints" {
	for want in "$TOP"/test/vectors/good/inspect/*.txt; do
		name=$(basename "$want" .txt)
		expect_status 0 cosign bundle inspect "$GOOD/$name.json"
		diff -u "$want" <(printf '%s\n' "$output")
		has 'WARNING: This command only inspects' "$stderr"
	done
}

@test "bundle inspect reads standard input" {
	expect_status 0 cosign bundle inspect - <"$GOOD/key-rekor1.json"
	diff -u "$TOP/test/vectors/good/inspect/key-rekor1.txt" <(printf '%s\n' "$output")
}

@test "bundle inspect names logs and authorities by a trusted root" {
	expect_status 0 cosign bundle inspect --trusted-root "$GOOD/trusted_root.json" "$GOOD/kl-rekor1.json"
	log=$(jq -r '.verificationMaterial.tlogEntries[0].logId.keyId as $id | $id' "$GOOD/kl-rekor1.json")
	has "- Log URL: $(jq -r --arg id "$log" '.tlogs[] | select(.logId.keyId == $id).baseUrl' "$GOOD/trusted_root.json")"
	has '- Authority URL: '
	refuses bad-trusted-root 1 cosign bundle inspect --trusted-root "$GOOD/kl-rekor1.json" "$GOOD/kl-rekor1.json"
}

@test "bundle inspect --json prints a record" {
	expect_status 0 cosign bundle inspect --json --trusted-root "$GOOD/trusted_root.json" "$GOOD/kl-rekor1.json"
	[ -z "$stderr" ]
	jq -e '.type == "cosign.bundle-info/1" and .version == "0.3" and .credential == "certificate" and
		.certificates[0].names == [{kind: "email", name: "dev@example.com"}] and
		.certificates[0].key == "ECDSA P-256" and .certificates[0].extensions.tokenSubject == "sub-dev@example.com" and
		(.certificates[0].scts | length) == 1 and .logEntries[0].promise and
		.logEntries[0].proof.checkpoint.treeSize == .logEntries[0].proof.treeSize and
		.timestamps[0].hash == "sha256" and .content == "message" and .algorithm == "SHA2_256"' <<<"$output"
	expect_status 0 cosign bundle inspect --json "$GOOD/att-kl1.json"
	jq -e '.content == "dsse" and .predicateType == "https://slsa.dev/provenance/v1" and
		.subjects[0].name == "blob.txt" and (.subjects[0].digest.sha256 | length) == 64' <<<"$output"
	expect_status 0 cosign bundle inspect --jq .logEntries[].version "$GOOD/kl-rekor2.json"
	[ "$output" = '"0.0.2"' ]
	refuses usage 2 cosign bundle inspect --jq '(' "$GOOD/kl-rekor2.json"
}

@test "bundle inspect shows parts that are no good, and no control characters" {
	expect_status 0 cosign bundle inspect "$SEEDS/bundle/cert-full.json"
	has '- Error: parsing certificate: '
	lacks '[!] WARNING'
	expect_status 0 cosign bundle inspect --json "$SEEDS/bundle/cert-full.json"
	jq -e '(.certificates[0] | keys) == ["error"] and (.timestamps[0] | keys) == ["error"]' <<<"$output"
	jq -c '.verificationMaterial.publicKey.hint = "a\u001b[31m\u202eb"' "$GOOD/key-rekor1.json" >esc.json
	expect_status 0 cosign bundle inspect esc.json
	has '- Hint: a?[31m?b'
	expect_status 0 cosign bundle inspect "$SEEDS/bundle/v0.2-chain.json"
	has '- Content: X.509 Certificate'
}

# What the original prints of samples that break rules, but for what it says
# against certificates.
@test "bundle inspect shows bundles that break the format as the original does" {
	local shown=0
	for bad in "$TOP"/test/vectors/bad/bundle/bad-bundle/*; do
		want=$(awk -v name="== ${bad##*/}" '/^== / {on = $0 == name; next} on' "$TOP/test/vectors/good/inspect-broken.txt")
		if [ -z "$want" ]; then
			refuses bad-bundle 12 cosign bundle inspect "$bad"
			continue
		fi
		expect_status 0 cosign bundle inspect "$bad"
		diff -u <(echo "$want") <(sed 's/parsing certificate: .*/parsing certificate: .../' <<<"$output") ||
			{ echo "$bad"; exit 1; }
		has 'WARNING: this breaks the rules of the format: bundle: ' "$stderr"
		shown=$((shown + 1))
	done
	[ "$shown" = "$(grep -c '^== ' "$TOP/test/vectors/good/inspect-broken.txt")" ]
	for bad in "$TOP"/test/vectors/bad/bundle/too-large/*; do
		refuses too-large 1 cosign bundle inspect "$bad"
	done
}

# CHANGE LINE...: a good bundle so changed is shown with these lines.
shows() {
	local line
	jq -c "$1" "$GOOD/${FROM-kl-rekor1}.json" >x.json
	expect_status 0 cosign bundle inspect x.json
	for line in "${@:2}"; do
		grep -qxF -- "$line" <<<"$output" || { echo "$1: no '$line' in: $output"; return 1; }
	done
}

@test "bundle inspect warns of what is missing or does not fit" {
	shows '{}' '- Bundle Media Type:' '- [!] WARNING: Missing Bundle Media Type' \
		'- [!] WARNING: Missing Verification Material' '- [!] WARNING: Missing Content'
	shows '.mediaType = "a\u001bb"' '- Bundle Media Type: a?b' '- [!] WARNING: Unrecognized Media Type'
	shows '.mediaType |= "application/vnd.dev.sigstore.bundle.v0.1+json"' '- [!] WARNING: Unrecognized Media Type'
	shows '.verificationMaterial = {}' \
		'  - [!] WARNING: Missing Verification Material Content (must be certificate, chain, or public key)'
	shows '.verificationMaterial.certificate = {}' '    - [!] WARNING: Certificate raw_bytes is empty'
	shows '.verificationMaterial = {publicKey: {}}' '    - [!] WARNING: Public key hint is empty'
	shows '.verificationMaterial = {x509CertificateChain: {}}' '    - [!] WARNING: Certificate chain is empty' \
		'    - [!] WARNING: v0.3 bundle should use single certificate, not chain'
	shows '.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1" |
		del(.verificationMaterial.tlogEntries[0].inclusionPromise)' \
		'    - [!] WARNING: v0.1/v0.2 bundle should use certificate chain, not single certificate' \
		'      - [!] WARNING: v0.1 bundle tlog entry MUST contain an inclusion promise'
	shows 'del(.verificationMaterial.tlogEntries[0].inclusionProof)' \
		'      - [!] WARNING: v0.3 bundle tlog entry MUST contain an inclusion proof'
	shows '.verificationMaterial.tlogEntries = [{logId: {}, inclusionPromise: {}, inclusionProof: {}, logIndex: -5}]' \
		'      - Log Index: -5' '      - Log ID:' '        - Signed Entry Timestamp: Present (0 bytes)' '        - Hashes: 0'
	lacks 'Kind'
	lacks 'Checkpoint'
	lacks 'Canonicalized'
	shows 'del(.messageSignature.messageDigest)' '  - Type: Message Signature'
	lacks 'Message Digest'
	shows '.messageSignature.messageDigest = {algorithm: 9}' '    - Algorithm: 9' '    - Digest: Present (0 bytes)'
	FROM=att-kl1 shows '.dsseEnvelope.signatures = [] ' '  - Signatures: 0' \
		'  - [!] WARNING: DSSE envelope MUST contain only one signature'
	FROM=att-kl1 shows '.dsseEnvelope.signatures += [{keyid: "abc"}] |
		.verificationMaterial = {publicKey: {hint: "eHg="}}' '  - Signatures: 2' '      - Key Hint: abc' \
		'      - [!] WARNING: Key hint mismatch with Verification Material'
}

@test "bundle inspect --json lists what is wrong" {
	expect_status 0 cosign bundle inspect --json "$GOOD/kl-rekor1.json"
	jq -e '.problems == [] and .refusal == null' <<<"$output"
	jq -c '.dsseEnvelope.signatures += [{keyid: "abc"}] | .verificationMaterial.publicKey = {hint: "eHg="} |
		del(.verificationMaterial.certificate, .verificationMaterial.tlogEntries[0].inclusionProof)' "$GOOD/att-kl1.json" >x.json
	expect_status 0 cosign bundle inspect --json x.json
	[ -z "$stderr" ]
	jq -e '[.problems[].member] == ["verificationMaterial.tlogEntries[0]", "dsseEnvelope.signatures",
		"dsseEnvelope.signatures[1]"] and .problems[1].text == "DSSE envelope MUST contain only one signature" and
		(.refusal | startswith("bundle: ")) and .credential == "public-key" and .logEntries[0].proof == null' <<<"$output"
	echo '{}' >x.json
	expect_status 0 cosign bundle inspect --json x.json
	jq -e '.version == null and .credential == null and .content == null and .logEntries == [] and
		[.problems[].member] == ["mediaType", "verificationMaterial", ""]' <<<"$output"
}

@test "bundle verbs refuse what is no bundle" {
	for verb in inspect upgrade 'explode --dir d'; do
		for bad in "$TOP"/test/vectors/bad/bundle/bad-bundle/*; do
			[ "$verb" = inspect ] || refuses bad-bundle 12 cosign bundle $verb "$bad"
		done
		refuses bad-bundle 12 cosign bundle $verb "$SEEDS/oldbundle/key.json"
		refuses not-found 1 cosign bundle $verb missing.json
		refuses usage 2 cosign bundle $verb
		refuses usage 2 cosign bundle $verb a b
	done
	[ ! -e d ]
	refuses usage 2 cosign bundle nothing
}

@test "bundle upgrade keeps version 0.3 as it is" {
	expect_status 0 cosign bundle upgrade "$GOOD/kl-rekor1.json"
	[ "$output" = "$(cat "$GOOD/kl-rekor1.json")" ]
	has 'already at v0.3' "$stderr"
}

@test "bundle upgrade makes 0.3 of what has its proofs" {
	jq -c '.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.2" | .verificationMaterial |=
		((.x509CertificateChain = {certificates: [.certificate]}) | del(.certificate))' "$GOOD/kl-rekor1.json" >old.json
	expect_status 0 cosign bundle upgrade --out new.json old.json
	[ -z "$output" ]
	has 'Successfully upgraded bundle written to new.json' "$stderr"
	[ "$(stat -c %a new.json)" = 600 ]
	[ "$(canonical new.json)" = "$(canonical "$GOOD/kl-rekor1.json")" ]
	expect_status 0 cosign bundle upgrade --rekor-url http://x.invalid - <old.json
	[ "$output" = "$(cat new.json)" ]
}

@test "bundle upgrade fetches a proof, which takes a log" {
	jq -c '.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1" |
		del(.verificationMaterial.tlogEntries[0].inclusionProof)' "$GOOD/key-rekor1.json" >old.json
	unset COSIGN_REMOTE_HTTP
	refuses network 1 cosign bundle upgrade --retry 0 --rekor-url http://127.0.0.1:1 old.json
	has 'transparency log http://127.0.0.1:1' "$error"
}

@test "bundle explode and implode give the same bundle" {
	for json in "$GOOD"/k*.json "$GOOD"/att*.json "$SEEDS"/bundle/{cert-full,key-dsse,key-message,v0.1-chain,v0.2-chain,v0.3-param}.json; do
		name=$(basename "$json" .json)
		expect_status 0 cosign bundle explode --dir "$name" "$json"
		expect_status 0 cosign bundle implode --dir "$name" --out "$name.json"
		[ "$(stat -c %a "$name.json")" = 600 ]
		expect_status 0 cosign bundle implode --dir "$name"
		[ "$output" = "$(cat "$name.json")" ]
		[ "$(canonical "$name.json")" = "$(canonical "$json")" ] || { echo "$json"; exit 1; }
	done
}

@test "bundle explode names its files itself" {
	expect_status 0 cosign bundle explode --dir d - <"$GOOD/kl-rekor1.json"
	[ "$(echo $(LC_ALL=C ls d))" = 'certificate.pem digest log-0.body.json log-0.checkpoint log-0.json mediatype signature timestamp-0.tsr' ]
	[ "$(cat d/signature)" = "$(jq -r .messageSignature.signature "$GOOD/kl-rekor1.json")" ]
	[ "$(jq -r .kind d/log-0.body.json)" = hashedrekord ]
	has "rekor1.lab.example" "$(cat d/log-0.checkpoint)"
	refuses exists 1 cosign bundle explode --dir d "$GOOD/kl-rekor1.json"
	mkdir empty
	expect_status 0 cosign bundle explode --dir empty "$GOOD/att-kl1.json"
	[ "$(jq -r ._type empty/payload)" = https://in-toto.io/Statement/v0.1 ] || has Statement "$(cat empty/payload)"
	[ "$(cat empty/payloadtype)" = application/vnd.in-toto+json ]
	refuses usage 2 cosign bundle explode "$GOOD/kl-rekor1.json"
	refuses io 1 cosign bundle explode --dir empty/payload "$GOOD/kl-rekor1.json"
}

@test "bundle implode refuses what it would have to guess" {
	cosign bundle explode --dir d "$GOOD/kl-rekor1.json"
	change() { # COMMAND: spoils a copy
		rm -rf x && cp -r d x && (cd x && eval "$1")
		refuses "${2-bad-bundle}" "${3-12}" cosign bundle implode --dir x
	}
	change 'touch other'
	change 'mv timestamp-0.tsr timestamp-1.tsr'
	change 'cp log-0.json log-00.json'
	change 'mv log-0.json log-1.json; rm log-0.*'
	change 'echo >>log-0.checkpoint'
	change 'echo >>log-0.body.json'
	change 'rm certificate.pem'
	change 'echo -n x >hint'
	change 'rm digest'
	change 'touch payload'
	change 'touch keyid'
	change 'echo SHA2_256:xyz >digest'
	change 'echo MD5:00 >digest'
	change 'cat certificate.pem >>certificate.pem.2; cat certificate.pem.2 certificate.pem.2 >certificate.pem; rm certificate.pem.2'
	change 'cat certificate.pem >chain.pem'
	change 'echo text/plain >mediatype'
	change 'echo "*" >signature' bad-encoding 1
	change 'echo x >certificate.pem' bad-encoding 1
	change 'echo {} >log-0.json' bad-shape 1
	change 'rm signature' not-found 1
	refuses not-found 1 cosign bundle implode --dir none
	refuses usage 2 cosign bundle implode
	refuses usage 2 cosign bundle implode --dir d more
}

@test "bundle create makes a bundle of a signature and a key" {
	jq -r .messageSignature.signature "$GOOD/key-rekor1.json" >sig
	echo hello >blob
	expect_status 0 cosign bundle create --artifact blob --signature sig --key "$GOOD/cosign.pub" --ignore-tlog
	jq -e --arg sig "$(cat sig)" --arg hint "$(jq -r .verificationMaterial.publicKey.hint "$GOOD/key-rekor1.json")" \
		--arg digest "$(sha256sum blob | cut -c1-64)" '
		.mediaType == "application/vnd.dev.sigstore.bundle+json;version=0.3" and
		.messageSignature.signature == $sig and .verificationMaterial == {publicKey: {hint: $hint}} and
		.messageSignature.messageDigest.algorithm == "SHA2_256"' <<<"$output"
	jq -r .messageSignature.messageDigest.digest <<<"$output" | base64 -d | od -An -tx1 | tr -d ' \n' >hex
	[ "$(cat hex)" = "$(sha256sum blob | cut -c1-64)" ]
	one=$output
	expect_status 0 cosign bundle create --artifact - --signature sig --key "$GOOD/cosign.pub" --ignore-tlog --out b.json <blob
	[ -z "$output" ]
	[ "$(cat b.json)" = "$one" ]
	[ "$(stat -c %a b.json)" = 600 ]
}

@test "bundle create takes certificates, timestamps, envelopes" {
	cosign bundle explode --dir d "$GOOD/att-kl1.json"
	cosign bundle explode --dir m "$GOOD/kl-rekor1.json"
	base64 -w0 <d/certificate.pem >b64.pem
	jq -c .dsseEnvelope "$GOOD/att-kl1.json" >envelope.json
	jq -c '{SignedRFC3161Timestamp: .verificationMaterial.timestampVerificationData.rfc3161Timestamps[0].signedTimestamp}' \
		"$GOOD/att-kl1.json" >stamp.json
	echo x >blob
	for cert in d/certificate.pem b64.pem; do
		expect_status 0 cosign bundle create --artifact blob --attestation envelope.json --certificate "$cert" \
			--rfc3161-timestamp stamp.json --ignore-tlog
		[ "$(jq -S -c 'del(.mediaType)' <<<"$output")" = \
			"$(jq -S -c 'del(.mediaType, .verificationMaterial.tlogEntries)' "$GOOD/att-kl1.json")" ]
	done
	expect_status 0 cosign bundle create --artifact blob --signature m/signature --certificate m/certificate.pem --ignore-tlog
	echo "{}" >bad.json
	refuses bad-timestamp 12 cosign bundle create --artifact blob --signature m/signature --certificate b64.pem \
		--rfc3161-timestamp bad.json --ignore-tlog
	refuses bad-bundle 12 cosign bundle create --artifact blob --attestation bad.json --certificate b64.pem --ignore-tlog
}

@test "bundle create takes bundles of before" {
	echo x >blob
	jq -c 'del(.rekorBundle)' "$SEEDS/oldbundle/cert.json" >cert.json
	jq -c 'del(.rekorBundle)' "$SEEDS/oldbundle/key.json" >key.json
	for old in cert.json "$SEEDS/oldbundle/der.json"; do
		expect_status 0 cosign bundle create --artifact blob --bundle "$old" --ignore-tlog
		jq -e '.verificationMaterial.certificate.rawBytes | startswith("MII")' <<<"$output"
	done
	expect_status 0 cosign bundle create --artifact blob --bundle key.json --ignore-tlog
	jq -e '.verificationMaterial.publicKey.hint | length == 44' <<<"$output"
	jq -c '{base64Signature: (.dsseEnvelope | tojson | @base64)}' "$GOOD/att-kl1.json" >att.json
	expect_status 0 cosign bundle create --artifact blob --bundle att.json --key "$GOOD/cosign.pub" --ignore-tlog
	[ "$(jq -S -c .dsseEnvelope <<<"$output")" = "$(jq -S -c .dsseEnvelope "$GOOD/att-kl1.json")" ]
}

@test "bundle create refuses what it cannot do" {
	echo x >blob
	echo YQ== >sig
	: >empty
	refuses usage 2 cosign bundle create --artifact blob --bundle "$SEEDS/oldbundle/cert.json" --ignore-tlog
	has promise "$error"
	refuses usage 2 cosign bundle create --signature sig --ignore-tlog
	refuses usage 2 cosign bundle create --artifact blob --ignore-tlog
	refuses usage 2 cosign bundle create --artifact blob --signature sig --ignore-tlog
	has 'who signed' "$error"
	refuses usage 2 cosign bundle create --artifact blob --signature empty --key "$GOOD/cosign.pub" --ignore-tlog
	refuses usage 2 cosign bundle create --artifact blob --bundle sig --signature sig --ignore-tlog
	refuses usage 2 cosign bundle create --artifact blob --bundle sig --certificate sig --ignore-tlog
	refuses not-found 1 cosign bundle create --artifact missing --signature sig --key "$GOOD/cosign.pub" --ignore-tlog
	refuses bad-bundle 12 cosign bundle create --artifact blob --bundle sig --ignore-tlog
	refuses unsupported 2 cosign bundle create --artifact blob --signature sig --sk --ignore-tlog
	refuses unsupported 2 cosign bundle create --artifact blob --signature sig --slot other --ignore-tlog
	echo '*' >bad
	refuses bad-encoding 1 cosign bundle create --artifact blob --signature bad --key "$GOOD/cosign.pub" --ignore-tlog
}

@test "bundle create fetches an artifact" {
	unset COSIGN_REMOTE_HTTP
	mkdir www && echo hello >www/blob
	echo YQ== >sig
	start_server web 's/.*port \([0-9]*\).*/\1/p' python3 -u -m http.server --bind 127.0.0.1 --directory www 0
	WWW=http://127.0.0.1:$SERVER
	expect_status 0 cosign bundle create --artifact "$WWW/blob" --signature sig --key "$GOOD/cosign.pub" --ignore-tlog
	[ "$(jq -r .messageSignature.messageDigest.digest <<<"$output" | base64 -d | od -An -tx1 | tr -d ' \n')" = \
		"$(sha256sum www/blob | cut -c1-64)" ]
	refuses http 1 cosign bundle create --artifact "$WWW/none" --signature sig --key "$GOOD/cosign.pub" --ignore-tlog
}

@test "bundle examples work" {
	cp "$GOOD/kl-rekor1.json" app.sigstore.json
	run_examples bundle
}
