# SPDX-License-Identifier: Apache-2.0
load lib/helpers

GOOD=$TOP/test/vectors/good/tlog
ROOT=$GOOD/trusted_root.json

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export COSIGN_REMOTE_HTTP=/bin/false
}

verify() {
	expect_status 0 cosign log verify --trusted-root "$ROOT" "$@"
}

@test "log verify shows the way of each entry" {
	for name in kl-rekor1 kl-rekor2 att-kl1 att-kl2; do
		verify --bundle "$GOOD/$name.json"
		has 'result: good'
		[ "$(sed -n 's/^root: //p' <<<"$output")" = "$(sed -n 's/^checkpoint-root: //p' <<<"$output")" ]
		[ "$(sed -n 's/^root: //p' <<<"$output")" = "$(sed -n 's/^step: .* //p' <<<"$output" | tail -n 1)" ]
		[ "$(sed -n 's/^tree-size: //p' <<<"$output")" = "$(sed -n 's/^checkpoint-size: //p' <<<"$output")" ]
		has 'signed-by: rekor'
		[ -z "$stderr" ]
	done
	verify --bundle - <"$GOOD/kl-rekor1.json"
	has 'promise: good 2026-11-22T15:32:26Z'
	leaf=$(jq -r .verificationMaterial.tlogEntries[0].canonicalizedBody "$GOOD/kl-rekor1.json" |
		{ printf '\0'; base64 -d; } | sha256sum | cut -c1-64)
	has "leaf: $leaf"
	verify --bundle "$GOOD/kl-rekor2.json"
	has 'promise: none'
}

@test "log verify takes the key of bundles without certificate" {
	for name in key-rekor1 key-rekor2; do
		verify --bundle "$GOOD/$name.json" --key "$GOOD/cosign.pub"
		refuses wrong-key 12 cosign log verify --bundle "$GOOD/$name.json" --trusted-root "$ROOT"
	done
	refuses wrong-key 12 cosign log verify --bundle "$GOOD/kl-rekor1.json" --trusted-root "$ROOT" --key "$GOOD/cosign.pub"
	make_keys other
	refuses bad-log-entry 12 cosign log verify --bundle "$GOOD/key-rekor1.json" --trusted-root "$ROOT" --key other.pub
	refuses bad-log-proof 12 cosign log verify --bundle "$GOOD/key-rekor2.json" --trusted-root "$ROOT" --key other.pub
}

@test "log verify --json prints a record for each entry" {
	verify --json --bundle "$GOOD/att-kl1.json"
	jq -e '.type == "cosign.log/1" and .entry == 0 and .ok and .kind == "dsse" and .index == 6 and .treeSize == 7 and
		(.steps | length) == 2 and .steps[-1].node == .root and .root == .checkpoint.root and
		.checkpoint.signer == "rekor1.lab.example" and .promise.ok and .steps[0].side == "left"' <<<"$output"
	verify --jq '[.ok, .promise]' --bundle "$GOOD/kl-rekor2.json"
	[ "$output" = '[true,null]' ]
}

@test "log verify fails with the first entry that is not good, and shows all" {
	change() { # SLUG FILTER
		jq -c "$2" "$GOOD/kl-rekor1.json" >bad.json
		refuses "$1" 12 cosign log verify --bundle bad.json --trusted-root "$ROOT"
		[ -z "$output" ] || jq -e -s --arg slug "$1" 'any(.ok == false and .reason == $slug)' <<<"$output"
	}
	E='.verificationMaterial.tlogEntries[0]'
	change bad-log-proof "$E.inclusionProof.hashes[0] |= (.[1:2] + .[0:1] + .[2:])"
	change bad-log-proof "$E.inclusionProof.logIndex = \"1\""
	change bad-log-proof "$E.inclusionProof.treeSize = \"4\""
	change bad-log-proof "del($E.inclusionProof.hashes)"
	change bad-log-entry "$E.integratedTime = \"1795364308\""
	change untrusted-log "$E.logId.keyId = \"$(head -c 32 /dev/zero | base64)\""
	change bad-log-entry '.messageSignature.signature = "MEUCIQ=="'
	change bad-log-entry '.messageSignature.messageDigest.digest = "'"$(head -c 32 /dev/zero | base64)"'"'
	change bad-checkpoint "$E.inclusionProof.checkpoint.envelope |= sub(\"\\n3\\n\"; \"\\n2\\n\")"
	change bad-checkpoint "$E.inclusionProof.checkpoint.envelope |= \"x\""
	change not-logged 'del(.verificationMaterial.tlogEntries)'
	change bad-certificate '.verificationMaterial.certificate.rawBytes = "MAA="'
	jq -c '.verificationMaterial.tlogEntries |= . + .' "$GOOD/kl-rekor1.json" >twice.json
	refuses bad-log-entry 12 cosign log verify --bundle twice.json --trusted-root "$ROOT"
	jq -c "$E.inclusionProof.treeSize = \"4\" | .verificationMaterial.tlogEntries |= [.[0], (.[0] | .logIndex = \"9\")]" \
		"$GOOD/kl-rekor1.json" >two.json
	refuses bad-log-proof 12 cosign log verify --bundle two.json --trusted-root "$ROOT"
	[ "$(jq -c -s 'map(.entry)' <<<"$output")" = '[0,1]' ]
	expect_status 12 cosign log verify --bundle two.json --trusted-root "$ROOT"
	has 'result: not good'
	has 'reason: bad-log-proof'
	has 'entry: 1'
}

@test "log verify knows logs by the trusted root alone" {
	refuses untrusted-log 12 cosign log verify --bundle "$GOOD/kl-rekor1.json" --trusted-root "$GOOD/root-ended.json"
	jq 'del(.tlogs)' "$ROOT" >none.json
	refuses untrusted-log 12 cosign log verify --bundle "$GOOD/kl-rekor1.json" --trusted-root none.json
	refuses bad-trusted-root 1 cosign log verify --bundle "$GOOD/kl-rekor1.json" --trusted-root "$GOOD/kl-rekor1.json"
	refuses bad-bundle 12 cosign log verify --bundle "$ROOT" --trusted-root "$ROOT"
	refuses not-found 1 cosign log verify --bundle missing --trusted-root "$ROOT"
}

# Checkpoints of one log with 1, 2 and 4 leaves, and what they are apart:
# h0 to h3 are the leaves' hashes.
checkpoints() {
	local size name
	for name in key-rekor2:1 kl-rekor2:2 att-kl2:4; do
		size=${name#*:}
		jq -j .verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope "$GOOD/${name%:*}.json" >"$size.txt"
	done
	h1=$(cosign log verify --bundle "$GOOD/kl-rekor2.json" --trusted-root "$ROOT" --jq .leaf | tr -d '"')
	cosign log verify --bundle "$GOOD/att-kl2.json" --trusted-root "$ROOT" --json >att.json
	h2=$(jq -r .steps[0].hash att.json)
	h23=$(jq -r .steps[0].node att.json)
}

@test "log verify checks that a log only grew" {
	checkpoints
	grown() {
		expect_status 0 cosign log verify --old "$1.txt" --new "$2.txt" --proof proof.json --trusted-root "$ROOT"
		has 'result: good'
		has "old-size: $1"
		has "new-size: $2"
		has 'origin: rekor2.lab.example'
	}
	jq -n '$ARGS.positional' --args "$h1" >proof.json
	grown 1 2
	jq -n '{rootHash: "x", hashes: $ARGS.positional}' --args "$h1" "$h23" >proof.json
	grown 1 4
	jq -n '$ARGS.positional' --args "$(printf "$(sed 's/../\\x&/g' <<<"$h23")" | base64 -w0)" >proof.json
	grown 2 4
	expect_status 0 cosign log verify --json --old 2.txt --new 4.txt --proof proof.json --trusted-root "$ROOT"
	jq -e '.type == "cosign.log-consistency/1" and .ok and .old.size == 2 and .new.size == 4 and .hashes == 1 and
		.log == "https://rekor2.lab.example"' <<<"$output"
	refuses bad-log-proof 12 cosign log verify --old 1.txt --new 4.txt --proof proof.json --trusted-root "$ROOT"
	refuses bad-log-proof 12 cosign log verify --old 4.txt --new 2.txt --proof proof.json --trusted-root "$ROOT"
	refuses bad-log-proof 12 cosign log verify --old 2.txt --new 4.txt --trusted-root "$ROOT"
	expect_status 0 cosign log verify --old 4.txt --new 4.txt --trusted-root "$ROOT"
	jq -n --rawfile note 2.txt '{treeSize: 2, signedTreeHead: $note}' >api.json
	expect_status 0 cosign log verify --old api.json --new 4.txt --proof proof.json --trusted-root "$ROOT"
}

@test "log verify checks who signed both checkpoints" {
	checkpoints
	jq -n '$ARGS.positional' --args "$h23" >proof.json
	jq -r '.tlogs[] | select(.baseUrl == "https://rekor2.lab.example") | .publicKey.rawBytes' "$ROOT" |
		{ echo '-----BEGIN PUBLIC KEY-----'; fold -w 64; echo '-----END PUBLIC KEY-----'; } >log.pub
	expect_status 0 cosign log verify --old 2.txt --new 4.txt --proof proof.json --key log.pub
	make_keys other
	refuses bad-checkpoint 12 cosign log verify --old 2.txt --new 4.txt --proof proof.json --key other.pub
	jq 'del(.tlogs)' "$ROOT" >none.json
	refuses untrusted-log 12 cosign log verify --old 2.txt --new 4.txt --proof proof.json --trusted-root none.json
	sed '2s/2/3/' 2.txt >forged.txt
	refuses bad-checkpoint 12 cosign log verify --old forged.txt --new 4.txt --proof proof.json --trusted-root "$ROOT"
	refuses bad-checkpoint 12 cosign log verify --old 2.txt --new proof.json --proof proof.json --trusted-root "$ROOT"
	jq -j .verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope "$GOOD/att-kl1.json" >7.txt
	refuses bad-checkpoint 12 cosign log verify --old 2.txt --new 7.txt --proof proof.json --trusted-root "$ROOT"
	has 'two logs' "$error"
	for bad in "$TOP"/test/vectors/bad/logproof/bad-log-proof/*; do
		refuses bad-log-proof 12 cosign log verify --old 2.txt --new 4.txt --proof "$bad" --trusted-root "$ROOT"
	done
	for bad in "$TOP"/test/vectors/bad/logproof-note/bad-checkpoint/*; do
		refuses bad-checkpoint 12 cosign log verify --old "$bad" --new 4.txt --proof proof.json --trusted-root "$ROOT"
	done
}

@test "log verify says which flags go together" {
	refuses usage 2 cosign log verify
	refuses usage 2 cosign log verify --bundle "$GOOD/kl-rekor1.json"
	refuses usage 2 cosign log verify --bundle b --old o --trusted-root "$ROOT"
	refuses usage 2 cosign log verify --bundle b --new o --trusted-root "$ROOT"
	refuses usage 2 cosign log verify --bundle b --proof o --trusted-root "$ROOT"
	refuses usage 2 cosign log verify --old o --trusted-root "$ROOT"
	refuses usage 2 cosign log verify --old o --new n
	refuses usage 2 cosign log verify --old o --new n --trusted-root "$ROOT" --key k
	refuses usage 2 cosign log verify --trusted-root "$ROOT" extra
	refuses usage 2 cosign log other
	expect_status 0 cosign log
}

@test "log examples work" {
	cp "$GOOD/kl-rekor1.json" app.sigstore.json
	cp "$ROOT" trusted_root.json
	checkpoints
	cp 2.txt yesterday.txt
	cp 4.txt today.txt
	jq -n '$ARGS.positional' --args "$h23" >proof.json
	jq -r '.tlogs[] | select(.baseUrl == "https://rekor2.lab.example") | .publicKey.rawBytes' "$ROOT" |
		{ echo '-----BEGIN PUBLIC KEY-----'; fold -w 64; echo '-----END PUBLIC KEY-----'; } >log.pub
	run_examples log
}
