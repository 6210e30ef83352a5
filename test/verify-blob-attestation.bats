#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/attestations

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign
	make_keys other
	printf 'what it is about\n' >file
	printf 'something else\n' >file2
	DIGEST=$(digest_of file)
	statement "$DIGEST" >custom
	statement "$DIGEST" https://spdx.dev/Document '"SPDXVersion: SPDX-2.3\n"' >spdx
	for name in custom spdx; do
		bundle $name cosign.key >$name.bundle
		envelope $name cosign.key >$name.envelope
	done
	bundle custom other.key >other.bundle
	export DIGEST HEX=${DIGEST#*:}
}

setup() { cd "$BATS_FILE_TMPDIR"; }

verify() { cosign verify-blob-attestation --key cosign.pub $VERIFY_KEY "$@"; }

@test "a good attestation, as a bundle and as an envelope" {
	expect_status 0 verify --bundle custom.bundle file
	[ -z "$output" ]
	has 'Verified OK' "$stderr"
	expect_status 0 verify --signature custom.envelope file
	expect_status 0 verify --new-bundle-format=false --signature custom.envelope file
	cp custom.envelope "$BATS_TEST_TMPDIR/file.envelope"
	cp file "$BATS_TEST_TMPDIR"
	expect_status 0 verify --signature '{}.envelope' "$BATS_TEST_TMPDIR/file"
	expect_status 0 verify --bundle custom.bundle - <file
	expect_status 0 verify --bundle - file <custom.bundle
	expect_status 0 verify --type spdx --bundle spdx.bundle file
	expect_status 0 verify --type "$CUSTOM" --bundle custom.bundle file
}

@test "the old bundle of an attestation has the envelope for a signature" {
	printf '{"base64Signature":"%s","cert":"%s"}' "$(base64 -w 0 custom.envelope)" "$(base64 -w 0 cosign.pub)" >old
	expect_status 0 verify --bundle old file
	expect_status 0 verify --bundle old --signature custom.envelope file
	refuses bad-signature 12 verify --bundle old --signature spdx.envelope file
	expect_status 12 verify --bundle old file2
}

@test "what does not fit is refused, each for its reason" {
	refuses wrong-subject 12 verify --bundle custom.bundle file2
	refuses wrong-subject 12 verify --signature custom.envelope file2
	refuses wrong-type 12 verify --type spdx --bundle custom.bundle file
	refuses wrong-type 12 verify --type some-text --bundle custom.bundle file
	refuses bad-signature 12 verify --bundle other.bundle file
	cosign sign-blob $SIGN_KEY --key cosign.key --bundle signature.bundle file 2>/dev/null
	refuses wrong-type 12 verify --bundle signature.bundle file
	jq -c '.signatures += .signatures' custom.envelope >two
	refuses bad-bundle 12 verify --signature two file
	jq -c '.dsseEnvelope.signatures += .dsseEnvelope.signatures' custom.bundle >two
	refuses bad-bundle 12 verify --bundle two file
	echo '{}' >empty
	refuses bad-bundle 12 verify --signature empty file
	jq -c 'del(.subject)' custom >bad
	bundle bad cosign.key >bad.bundle
	refuses bad-payload 12 verify --bundle bad.bundle file
	bundle custom cosign.key text/plain >bad.bundle
	refuses wrong-type 12 verify --bundle bad.bundle file
	refuses not-found 1 verify --bundle nowhere file
	refuses not-found 1 verify --bundle custom.bundle nowhere
}

@test "--check-claims=false needs no file and looks at none" {
	expect_status 0 verify --check-claims=false --bundle custom.bundle file2
	expect_status 0 verify --check-claims=false --bundle custom.bundle
	expect_status 0 verify --check-claims=false --signature custom.envelope
	refuses wrong-type 12 verify --check-claims=false --type vuln --bundle custom.bundle
}

@test "a digest in place of the file" {
	expect_status 0 verify --bundle custom.bundle --digest "$HEX" --digestAlg sha256
	expect_status 0 verify --signature custom.envelope --digest "$HEX" --digestAlg sha256
	refuses wrong-subject 12 verify --bundle custom.bundle --digest "${HEX//[0-9]/0}" --digestAlg sha256
	refuses bad-digest 1 verify --bundle custom.bundle --digest 12 --digestAlg sha256
	refuses usage 2 verify --bundle custom.bundle --digest "$HEX"
	refuses usage 2 verify --bundle custom.bundle --digest "$HEX" --digestAlg md5
	refuses usage 2 verify --bundle custom.bundle --digest "$HEX" --digestAlg sha256 file
	local long
	long=$(sha512sum file | cut -c 1-128)
	statement "sha512:$long" >long
	bundle long cosign.key >long.bundle
	expect_status 0 verify --bundle long.bundle file
	expect_status 0 verify --bundle long.bundle --digestAlg sha512 file
	expect_status 0 verify --bundle long.bundle --digestAlg sha512 --digest "$long"
	refuses wrong-subject 12 verify --bundle long.bundle --digestAlg sha256 file
}

@test "what was signed is printed, once it is verified" {
	verify --bundle custom.bundle --output statement file >out
	cmp <(cat custom; echo) out
	verify --bundle spdx.bundle --type spdx --output predicate file >out
	[ "$(jq -r . out)" = 'SPDXVersion: SPDX-2.3' ]
	expect_status 0 verify --signature custom.envelope --output envelope file
	[ "$(jq -r .payload <<<"$output" | base64 -d)" = "$(cat custom)" ]
	expect_status 0 verify --bundle custom.bundle --output statement --jq .predicate.Data file
	[ "$output" = '"tested\n"' ]
	expect_status 12 verify --bundle other.bundle --output statement file
	[ -z "$output" ]
	expect_status 0 verify --json --bundle custom.bundle file
	[ "$(jq -r '"\(.type) \(.ok) \(.file) \(.digest)"' <<<"$output")" = "cosign.verdict/1 true file $DIGEST" ]
	refuses usage 2 verify --bundle custom.bundle --output statement file
}

@test "a timestamp of the legacy form may be over the signature or the envelope" {
	make_tsa
	jq -r '.signatures[0].sig' custom.envelope | base64 -d >signature
	for over in signature custom.envelope; do
		stamp $over >stamp.json
		expect_status 0 verify --timestamp-certificate-chain tsa.pem --rfc3161-timestamp stamp.json --signature custom.envelope file
		expect_status 0 verify --max-age 1h --use-signed-timestamps --timestamp-certificate-chain tsa.pem \
			--rfc3161-timestamp stamp.json --signature custom.envelope file
	done
	stamp custom >stamp.json
	refuses bad-timestamp 12 verify --timestamp-certificate-chain tsa.pem --rfc3161-timestamp stamp.json --signature custom.envelope file
	refuses usage 2 verify --rfc3161-timestamp stamp.json --signature custom.envelope file
	refuses usage 2 verify --timestamp-certificate-chain tsa.pem --signature custom.envelope file
}

@test "several bundles, several signers" {
	expect_status 0 verify --key other.pub --threshold 2 --bundle custom.bundle --bundle other.bundle file
	refuses too-few-signers 12 verify --key other.pub --threshold 2 --bundle custom.bundle --bundle custom.bundle file
	expect_status 0 verify --bundle other.bundle --bundle custom.bundle file
	has 'other.bundle' "$stderr"
}

@test "policies" {
	expect_status 0 verify --bundle custom.bundle --policy-jq '.predicate.Data == "tested\n"' file
	refuses policy-refused 12 verify --bundle custom.bundle --policy-jq '.predicate.Data == "x"' file
	refuses policy-refused 12 verify --signature custom.envelope --policy-jq '.predicate.x' file
	expect_status 0 verify --bundle custom.bundle --policy-exec true file
	refuses policy-refused 12 verify --bundle custom.bundle --policy-exec false file
}

@test "what does not go together" {
	refuses usage 2 verify file
	refuses usage 2 verify --bundle custom.bundle
	refuses usage 2 verify --bundle - -
	refuses usage 2 verify --bundle custom.bundle --signature custom.envelope file
	refuses usage 2 verify --bundle custom.bundle --rfc3161-timestamp custom file
	refuses usage 2 verify --bundle custom.bundle --bundle other.bundle --signature custom.envelope file
	refuses usage 2 verify --policy-timeout 0s --bundle custom.bundle file
	expect_status 0 verify --experimental-oci11 --max-workers 3 --bundle custom.bundle file
}

@test "memory does not grow with the file" {
	case $BIN in *build-*) skip 'sanitizers take more' ;; esac
	[ -x /usr/bin/time ] || skip 'needs time(1)'
	truncate -s 200M big
	statement "$(digest_of big)" >big.statement
	bundle big.statement cosign.key >big.bundle
	/usr/bin/time -f %M -o rss "$BIN/cosign-verify-blob-attestation" --key cosign.pub --private-infrastructure --bundle big.bundle big
	[ "$(tail -n 1 rss)" -lt 16384 ]
	rm big
}

@test "many files in one call, each with its own bundle" {
	cp file "$BATS_TEST_TMPDIR/a"
	cp file2 "$BATS_TEST_TMPDIR/b"
	cp custom.bundle spdx.bundle cosign.pub cosign.key "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	cosign attest-blob --key cosign.key $SIGN_KEY --predicate a --bundle '{}.att' a b 2>/dev/null
	expect_status 0 verify --bundle '{}.att' a b
	has 'a: Verified OK' "$stderr"
	has 'b: Verified OK' "$stderr"
	expect_status 0 verify --bundle '{}.att' --output predicate --jq .Data a b
	[ "$output" = "$(printf '"what it is about\\n"\n%.0s' 1 2)" ]
	expect_status 0 verify --bundle '{}.att' --json a b
	[ "$(jq -r '"\(.file) \(.ok)"' <<<"$output")" = $'a true\nb true' ]
	mv a.att b.att
	cp b.att a.att
	refuses wrong-subject 12 verify --bundle '{}.att' a b
	[ "$(jq -r '"\(.file) \(.ok)"' <<<"$output")" = $'a true\nb false' ]
	has '1 of 2 files failed' "$stderr"
	refuses usage 2 verify --bundle custom.bundle a b
	refuses usage 2 verify --signature custom.bundle a b
	refuses usage 2 verify --digestAlg sha256 --digest "$HEX" --bundle '{}.att' a b
	refuses not-found 1 verify --bundle '{}.att' a nowhere
}

@test "lines of JSON, a verdict for each" {
	cp file "$BATS_TEST_TMPDIR/a"
	cp file2 "$BATS_TEST_TMPDIR/b"
	cp custom.bundle cosign.pub cosign.key "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	cosign attest-blob --key cosign.key $SIGN_KEY --predicate a --json a b 2>/dev/null >lines
	expect_status 0 verify - <lines
	[ "$(jq -r '"\(.type) \(.file) \(.ok) \(.signatures[0].predicateType)"' <<<"$output")" = \
		"cosign.verdict/1 a true $CUSTOM"$'\n'"cosign.verdict/1 b true $CUSTOM" ]
	jq -c 'del(.bundle)' lines >named
	cp custom.bundle a.att
	cp custom.bundle b.att
	refuses wrong-subject 12 verify --ndjson --bundle '{}.att' - <named
	[ "$(jq -r .ok <<<"$output")" = $'true\nfalse' ]
	jq -c 'del(.file)' lines >digests
	expect_status 0 verify --ndjson - <digests
	refuses wrong-type 12 verify --type spdx --ndjson - <lines
	expect_status 0 verify --policy-jq '.predicate.Data | startswith("what")' --ndjson - <lines
	refuses policy-refused 12 verify --policy-jq .x --ndjson - <lines
	refuses bad-record 1 verify --ndjson - </dev/null
	refuses usage 2 verify --ndjson a <lines
	refuses usage 2 verify --ndjson --bundle custom.bundle - <lines
	refuses usage 2 verify --ndjson --output statement - <lines
	refuses usage 2 verify --ndjson --check-claims=false - <lines
}

@test "examples" {
	cp custom.bundle file.att.json
	cp file file.att.json cosign.pub "$BATS_TEST_TMPDIR"
	run_examples verify-blob-attestation
}
