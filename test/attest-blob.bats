#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/sigstore

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	for kind in p256 p384 p521 rsa ed25519; do make_keys $kind $kind; done
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/*.key "$BATS_FILE_TMPDIR"/*.pub .
	ln -s p256.key cosign.key
	printf 'what it is about\n' >file
	printf 'something else' >other
	HASH=$(sha256sum <file | cut -d ' ' -f 1)
	printf '{"n": 12345678901234567890,"b":1.50}' >sbom.spdx.json
	HEAD='{"_type":"https://in-toto.io/Statement/v0.1","subject":[{"name":"file","digest":{"sha256":"'$HASH'"}}],"predicateType":'
	SPDX=$HEAD'"https://spdx.dev/Document","predicate":{"n": 12345678901234567890,"b":1.50}}'
}

attest() { cosign attest-blob --key cosign.key --tlog-upload=false --type spdxjson --predicate sbom.spdx.json "$@"; }
# With neither type nor predicate.
bare() { cosign attest-blob --key cosign.key --tlog-upload=false "$@"; }
unwrap() { cosign dsse unwrap "$@" 2>/dev/null; }

agrees() { # HASH PUBLIC-KEY ENVELOPE-FILE
	jq -r '.signatures[0].sig' "$3" | base64 -d >sig
	unwrap "$3" | cosign dsse pae | openssl dgst -"$1" -verify "$2" -signature sig
}

@test "a bundle with a statement about the file" {
	expect_status 0 attest --bundle b file
	[ -z "$output" ]
	[ "$stderr" = "Using payload from: sbom.spdx.json
Signing artifact...
Wrote bundle to file b" ]
	[ "$(stat -c %a b)" = 600 ]
	[ "$(unwrap b)" = "$SPDX" ]
	jq .dsseEnvelope b >envelope
	agrees sha256 p256.pub envelope
	[ "$(jq -r .verificationMaterial.publicKey.hint b)" = "$(openssl pkey -pubin -in p256.pub -outform DER | openssl dgst -sha256 -binary | base64)" ]
}

@test "every kind of key" {
	for kind in p256:sha256 p384:sha384 p521:sha512 rsa:sha256; do
		attest --key ${kind%:*}.key --bundle b file
		jq .dsseEnvelope b >envelope
		agrees ${kind#*:} ${kind%:*}.pub envelope
	done
	attest --key ed25519.key --bundle b file
	unwrap b | cosign dsse pae >pae
	jq -r '.dsseEnvelope.signatures[0].sig' b | base64 -d >sig
	openssl pkeyutl -verify -pubin -inkey ed25519.pub -rawin -in pae -sigfile sig
}

@test "the subject is called by the file's base name" {
	mkdir dir
	cp file dir/'a "b"'
	attest --bundle b dir/'a "b"'
	[ "$(unwrap b | jq -r '.subject[0].name')" = 'a "b"' ]
	attest --bundle b - <file
	[ "$(unwrap b | jq -r '.subject[0] | .name + .digest.sha256')" = "-$HASH" ]
}

@test "--hash: the file is not read" {
	expect_status 0 attest --hash "$HASH" --bundle b nowhere/file
	[ "$(unwrap b)" = "$SPDX" ]
	attest --hash "${HASH^^}" --bundle b
	[ "$(unwrap b | jq -r '.subject[0] | .name + .digest.sha256')" = ".$HASH" ]
	refuses bad-digest 1 attest --hash 12 --bundle b file
	refuses bad-digest 1 attest --hash "zz${HASH:2}" --bundle b file
	refuses usage 2 attest --hash "$HASH" --bundle '{}' file other
}

@test "--statement: signed as it is" {
	printf ' {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x","digest":{"sha512":"%s"}}],"predicateType":"urn:x" ,"predicate":{"n":1e400}}\n' \
		"$(sha512sum <file | cut -d ' ' -f 1)" >statement
	expect_status 0 bare --statement statement --bundle b
	[ "$stderr" = "Using statement from: statement
Signing artifact...
Wrote bundle to file b" ]
	unwrap b | cmp - statement
	bare --statement statement --bundle b file
	bare --statement - --bundle b file <statement
	unwrap b | cmp - statement
	printf '{"_type":"https://in-toto.io/Statement/v0.1","subject":[{"name":"x","digest":{"sha256":"%s"}}],"predicateType":"urn:x","predicate":1}' "$HASH" >short
	bare --statement short --hash "$HASH" --bundle b
	bare --statement short --type urn:x --bundle b file
	refuses wrong-subject 12 bare --statement statement --bundle c other
	refuses wrong-subject 12 bare --statement short --bundle c --hash "${HASH:2}00"
	refuses wrong-type 12 bare --statement short --type vuln --bundle c file
	printf '{"_type":"https://in-toto.io/Statement/v1","subject":null,"predicateType":"urn:x","predicate":{}}' >null
	refuses bad-payload 12 bare --statement null --bundle c
	printf '{}' >nothing
	refuses bad-payload 12 bare --statement nothing --bundle c
	refuses usage 2 attest --statement short --bundle c file
	[ ! -e c ]
}

@test "the forms of before" {
	expect_status 0 attest --new-bundle-format=false file
	[ "$(jq -c keys_unsorted <<<"$output")" = '["payload","payloadType","signatures"]' ]
	echo "$output" >envelope
	agrees sha256 p256.pub envelope
	[ "$(unwrap envelope)" = "$SPDX" ]
	expect_status 0 attest --new-bundle-format=false --output-signature s --output-attestation a --output-certificate c --bundle b file
	[ -z "$output" ]
	[ "$(stat -c %a%a%a%a s a c b | tr -d '\n')" = 600600600600600600600600600600600600600600600600 ]
	[ "$(tail -c 1 s | wc -l)" -eq 0 ]
	agrees sha256 p256.pub s
	[ "$(cat a)" = "$SPDX" ]
	cmp c p256.pub
	jq -r .base64Signature b | base64 -d | cmp - s
	jq -r .cert b | base64 -d | cmp - p256.pub
	# beside a bundle, of the same signature
	expect_status 0 attest --bundle b --output-signature s --output-attestation a file
	[ "$(jq -c .signatures s)" = "$(jq -c .dsseEnvelope.signatures b)" ]
	[ "$(cat a)" = "$SPDX" ]
	# without one
	expect_status 0 attest --output-signature s file
	[ -z "$output" ]
	agrees sha256 p256.pub s
}

@test "many files, one opening of the key" {
	printf geheim >pw
	COSIGN_PASSWORD=geheim cosign import-key-pair --key p256.key --output-key-prefix enc
	attest --key enc.key --password-file pw --bundle '{}.b' --output-attestation '{}.a' file other
	for f in file other; do
		[ "$(unwrap $f.b | jq -r '.subject[0].digest.sha256')" = "$(sha256sum <$f | cut -d ' ' -f 1)" ]
		[ "$(cat $f.a)" = "$(unwrap $f.b)" ]
	done
	refuses usage 2 attest --bundle b file other
	refuses usage 2 attest --bundle b --output-signature b file
	refuses usage 2 attest --bundle file file
	refuses not-found 1 attest --bundle '{}.c' file missing other
	has 'signing missing: ' "$(jq -r .message <<<"$error")"
	[ -e file.c ]
	[ ! -e other.c ]
}

@test "records" {
	expect_status 0 attest --json file other
	[ "$(jq -r '[.type, .file, .form, .predicateType, .algorithm] | join(" ")' <<<"$output")" = "cosign.blob-attestation/1 file bundle https://spdx.dev/Document ecdsa-sha2-256-nistp256
cosign.blob-attestation/1 other bundle https://spdx.dev/Document ecdsa-sha2-256-nistp256" ]
	[ "$(head -n 1 <<<"$output" | jq -r .digest)" = "sha256:$HASH" ]
	head -n 1 <<<"$output" | jq -c .bundle >b
	[ "$(unwrap b)" = "$SPDX" ]
	expect_status 0 attest --json --new-bundle-format=false file
	jq -c .envelope <<<"$output" >envelope
	agrees sha256 p256.pub envelope
}

@test "any text is a type here" {
	attest --type something --bundle b file
	[ "$(unwrap b | jq -r .predicateType)" = something ]
	refuses usage 2 attest --type '' --bundle b file
}

@test "what is refused" {
	expect_status 2 attest file
	has 'must specify --bundle' "$stderr"
	refuses usage 2 attest --bundle b
	refuses usage 2 bare --bundle b file
	refuses usage 2 attest --predicate other --bundle b file
	refuses usage 2 bare --predicate - --bundle b - <file
	refuses bad-json 1 bare --predicate file --type cyclonedx --bundle b file
	refuses not-found 1 bare --predicate missing --bundle b file
	refuses usage 2 cosign attest-blob --tlog-upload=false --predicate sbom.spdx.json --bundle b file
	refuses usage 2 attest --rekor-entry-type x --bundle b file
	COSIGN_MAX_ATTACHMENT_SIZE=8KiB refuses too-large 1 attest --bundle b file
	refuses io 1 attest --bundle b .
	refuses io 1 attest --bundle nowhere/b file
	[ ! -e b ]
}

@test "a large file costs no memory" {
	truncate -s 300M big
	(ulimit -v 200000 && attest --bundle b big) || [ -n "${SANITIZE-}" ]
	[ -n "${SANITIZE-}" ] || [ "$(unwrap b | jq -r '.subject[0].digest.sha256')" = "$(sha256sum big | cut -d ' ' -f 1)" ]
}

@test "the examples of the page run" {
	printf '{}' >payload.json
	start_sigstore
	cp "$SIGDIR/signing_config.json" "$SIGDIR/trusted_root.json" .
	id_token >token
	run_examples attest-blob
	stop_servers
}
