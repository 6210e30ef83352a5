#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	for kind in p256 p384 ed25519; do make_keys $kind $kind; done
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/*.key "$BATS_FILE_TMPDIR"/*.pub .
	ln -s p256.key cosign.key
	printf 'any \0 bytes\377' >file
}

@test "pae: the specification's example, from a file, a pipe and the rest of a file" {
	printf 'hello world' >hello
	for how in "hello" "-" ""; do
		[ "$(cosign dsse pae --type http://example.com/HelloWorld $how <hello)" = 'DSSEv1 29 http://example.com/HelloWorld 11 hello world' ]
	done
	[ "$(cat hello | cosign dsse pae --type t)" = 'DSSEv1 1 t 11 hello world' ]
	[ "$({ head -c 6 >/dev/null; cosign dsse pae --type t; } < <(dd bs=6 if=hello status=none))" = 'DSSEv1 1 t 5 world' ]
	[ "$(cosign dsse pae </dev/null)" = 'DSSEv1 28 application/vnd.in-toto+json 0 ' ]
	[ "$(cosign dsse pae --type é <hello)" = 'DSSEv1 2 é 11 hello world' ]
	printf 'DSSEv1 1 t 12 ' >want
	cat file >>want
	cosign dsse pae --type t file | cmp - want
}

@test "pae: of any size" {
	truncate -s 300M big
	run bash -c "ulimit -v 150000; cosign dsse pae --type t big | sha256sum"
	[ "$output" = "$({ printf 'DSSEv1 1 t 314572800 '; cat big; } | sha256sum)" ] || [ -n "${SANITIZE-}" ]
}

@test "wrap: an envelope that verifies" {
	for kind in p256:sha256 p384:sha384; do
		expect_status 0 cosign dsse wrap --type text/x --key ${kind%:*}.key file
		[ "$(jq -c '[keys_unsorted, .payloadType]' <<<"$output")" = '[["payload","payloadType","signatures"],"text/x"]' ]
		jq -r '.signatures[0].sig' <<<"$output" | base64 -d >sig
		jq -r .payload <<<"$output" | base64 -d | cmp - file
		cosign dsse pae --type text/x file | openssl dgst -${kind#*:} -verify ${kind%:*}.pub -signature sig
	done
	cosign dsse wrap --type text/x --key ed25519.key <file >envelope
	jq -r '.signatures[0].sig' envelope | base64 -d >sig
	cosign dsse pae --type text/x file >pae
	openssl pkeyutl -verify -pubin -inkey ed25519.pub -rawin -in pae -sigfile sig
}

@test "unwrap: the payload as it was, and a warning" {
	cosign dsse wrap --type text/x --key cosign.key file >envelope
	cosign dsse unwrap envelope | cmp - file
	expect_status 0 cosign dsse unwrap <envelope
	has 'nothing of this is verified' "$stderr"
	printf x >p
	cosign attest-blob --key cosign.key --tlog-upload=false --predicate p --bundle b file
	[ "$(cosign dsse unwrap b | jq -r .predicate.Data)" = x ]
	printf hello >hello
	cosign dsse wrap --key cosign.key hello >one
	[ "$(cat one one | cosign dsse unwrap)" = $'hello\nhello' ]
}

@test "unwrap: what is refused" {
	printf x >p
	refuses bad-json 1 cosign dsse unwrap p
	refuses bad-json 1 cosign dsse unwrap /dev/null
	refuses not-found 1 cosign dsse unwrap nothing
	refuses bad-bundle 12 cosign dsse unwrap <<<'{}'
	refuses bad-bundle 12 cosign dsse unwrap <<<'{"payload":"!","payloadType":"t","signatures":[{"sig":"AA=="}]}'
	refuses bad-bundle 12 cosign dsse unwrap <<<'{"payload":"","payloadType":"t","signatures":[]}'
	cosign sign-blob --key cosign.key --tlog-upload=false --bundle b file
	refuses bad-bundle 12 cosign dsse unwrap b
}

@test "what is refused" {
	refuses usage 2 cosign dsse wrap file
	refuses usage 2 cosign dsse wrap --key cosign.key --type '' file
	refuses usage 2 cosign dsse pae --type $'\xff' file
	refuses usage 2 cosign dsse pae file file
	refuses usage 2 cosign dsse sign
	refuses not-found 1 cosign dsse pae nothing
	refuses not-found 1 cosign dsse wrap --key cosign.key nothing
	refuses not-found 1 cosign dsse wrap --key nothing file
	refuses io 1 cosign dsse pae .
	COSIGN_PASSWORD=geheim cosign import-key-pair --key cosign.key --output-key-prefix enc
	unset COSIGN_PASSWORD
	refuses no-terminal 1 cosign dsse wrap --key enc.key - <file
}

@test "the examples of the page run" {
	cosign dsse wrap --key cosign.key file >app.sigstore.json
	run_examples dsse
}
