#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/sigstore

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	for kind in p256 p384 p521 rsa ed25519; do make_keys $kind $kind; done
}

# Each test has its own directory.
setup() {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/*.key "$BATS_FILE_TMPDIR"/*.pub .
	ln -s p256.key cosign.key
	printf 'what is signed\n' >file
	printf 'something else' >other
}

teardown() { stop_servers; }

sign() { cosign sign-blob --key cosign.key --tlog-upload=false "$@"; }
hash_of() { case $1 in p384) echo sha384 ;; p521 | ed25519) echo sha512 ;; *) echo sha256 ;; esac; }
digest() { openssl dgst -"$1" -binary "$2" | base64 -w0; }

# Whether openssl agrees; pure Ed25519 only.
agrees() { # KIND SIGNATURE FILE
	case $1 in
	ed25519) openssl pkeyutl -verify -pubin -inkey ed25519.pub -rawin -in "$3" -sigfile "$2" ;;
	*) openssl dgst -"$(hash_of "$1")" -verify "$1.pub" -signature "$2" "$3" ;;
	esac
}

@test "a bundle has all that is needed, and its mode is 0600" {
	expect_status 0 sign --bundle b file
	[ -z "$output" ]
	[ "$stderr" = "Using payload from: file
Wrote bundle to file b" ]
	[ "$(stat -c %a b)" = 600 ]
	[ "$(jq -c 'paths(scalars) | join(".")' b | tr -d '\n"')" = mediaTypeverificationMaterial.publicKey.hintmessageSignature.messageDigest.algorithmmessageSignature.messageDigest.digestmessageSignature.signature ]
	[ "$(jq -r .mediaType b)" = application/vnd.dev.sigstore.bundle.v0.3+json ]
	[ "$(jq -r .messageSignature.messageDigest.algorithm b)" = SHA2_256 ]
	[ "$(jq -r .messageSignature.messageDigest.digest b)" = "$(digest sha256 file)" ]
	[ "$(jq -r .verificationMaterial.publicKey.hint b)" = "$(openssl pkey -pubin -in p256.pub -outform DER | openssl dgst -sha256 -binary | base64)" ]
}

@test "every kind of key signs the hash that is its own" {
	for kind in p256 p384 p521 rsa ed25519; do
		expect_status 0 sign --key $kind.key --bundle b file
		hash=$(hash_of $kind)
		[ "$(jq -r .messageSignature.messageDigest.algorithm b)" = "SHA2_${hash#sha}" ]
		[ "$(jq -r .messageSignature.messageDigest.digest b)" = "$(digest "$hash" file)" ]
		jq -r .messageSignature.signature b | base64 -d >sig
		[ $kind = ed25519 ] || agrees $kind sig file
	done
}

@test "the signature alone: all kinds of keys, in base64 or not" {
	for kind in p256 p384 p521 rsa ed25519; do
		expect_status 0 sign --key $kind.key --output-signature s file
		[ -z "$output" ]
		has 'Wrote signature to file s' "$stderr"
		[ "$(stat -c %a s)" = 600 ]
		[ "$(tail -c 1 s | wc -l)" -eq 0 ]
		base64 -d s >sig
		agrees $kind sig file
		sign --key $kind.key --b64=false --output raw file
		agrees $kind raw file
		sign --key $kind.key --new-bundle-format=false file other >out
		[ "$(wc -l <out)" -eq 2 ]
		head -n 1 out | base64 -d >sig
		agrees $kind sig file
		tail -n 1 out | base64 -d >sig
		agrees $kind sig other
		sign --key $kind.key --b64=false file >raw
		agrees $kind raw file
	done
}

@test "what is asked for is written" {
	# as the scripts of version 2 call it
	sign --yes --output-signature=file.sig --output-certificate=file.pem file
	base64 -d file.sig >sig
	agrees p256 sig file
	base64 -d file.pem | cmp - p256.pub
	rm -f sig
	# with a bundle too: the same signature
	expect_status 0 sign --output-signature s --output-certificate c --b64=false --bundle b file
	[ -z "$output" ]
	cmp c p256.pub
	jq -r .messageSignature.signature b | base64 -d | cmp - s
	expect_status 0 sign --b64 --bundle b file
	[ "$output" = "$(jq -r .messageSignature.signature b)" ]
	expect_status 0 sign --output-certificate c --bundle b file
	[ -z "$output" ]
	# an Ed25519 key signs one way in one call
	sign --key ed25519.key --output-signature s --bundle b file
	[ "$(cat s)" = "$(jq -r .messageSignature.signature b)" ]
}

@test "a bundle as before version 3" {
	expect_status 0 sign --new-bundle-format=false --bundle b file
	[ "$(jq -r '"\(keys)"' b)" = '["base64Signature","cert"]' ]
	[ "$(jq -r .base64Signature b)" = "$output" ]
	base64 -d <<<"$output" >sig
	agrees p256 sig file
	jq -r .cert b | base64 -d | cmp - p256.pub
	expect_status 0 sign --new-bundle-format=false --bundle b --output-signature s file
	[ -z "$output" ]
	[ "$(jq -r .base64Signature b)" = "$(cat s)" ]
}

@test "many files, a bundle each" {
	mkdir dir
	printf three >'dir/a {} file'
	expect_status 0 sign --bundle '{}.b' --output-signature 'x-{}-{}' file other
	for f in file other; do
		[ "$(jq -r .messageSignature.messageDigest.digest $f.b)" = "$(digest sha256 $f)" ]
		base64 -d "x-$f-$f" >sig
		agrees p256 sig $f
	done
	sign --bundle '{}.b' file 'dir/a {} file'
	[ "$(jq -r .messageSignature.messageDigest.digest 'dir/a {} file.b')" = "$(digest sha256 'dir/a {} file')" ]
	for flag in bundle output-signature output output-certificate; do
		refuses usage 2 sign --$flag one file other
		has '{}' "$(jq -r .hint <<<"$error")"
	done
	[ ! -e one ]
}

@test "the first failure ends the run, and names the file" {
	refuses not-found 1 sign --bundle '{}.b' file missing other
	has 'signing missing: ' "$(jq -r .message <<<"$error")"
	[ -e file.b ]
	[ ! -e other.b ]
	refuses io 1 sign --bundle b .
	refuses io 1 sign --bundle nowhere/b file
	[ ! -e b ]
}

@test "the password is asked for once for all files" {
	COSIGN_PASSWORD=geheim cosign import-key-pair --key p256.key --output-key-prefix enc
	COSIGN_PASSWORD=geheim expect_status 0 sign --key enc.key --bundle '{}.b' file other
	COSIGN_PASSWORD=geheim KEY=$(cat enc.key) expect_status 0 sign --key env://KEY --bundle b file
	printf geheim >pw
	unset COSIGN_PASSWORD
	expect_status 0 sign --key enc.key --password-file pw --bundle b file
	printf geheim | sign --key enc.key --bundle '{}.b' file other
	# a piped file is no password
	refuses no-terminal 1 sign --key enc.key --bundle b - <pw
	COSIGN_PASSWORD=falsch refuses bad-password 1 sign --key enc.key --bundle c file
	[ ! -e c ]
}

@test "standard input, once" {
	expect_status 0 sign --bundle b - <file
	! grep -q 'Using payload' <<<"$stderr"
	[ "$(jq -r .messageSignature.messageDigest.digest b)" = "$(digest sha256 file)" ]
	expect_status 0 sign --key ed25519.key --output-signature s - <file
	base64 -d s >sig
	agrees ed25519 sig file
	cat file | sign --bundle '{}.b' other -
	[ "$(jq -r .messageSignature.messageDigest.digest -- -.b)" = "$(digest sha256 file)" ]
	refuses usage 2 sign --bundle '{}.b' - - <file
	refuses io 1 sign --bundle b - <.
}

@test "an empty file is a file" {
	: >empty
	for kind in p256 ed25519; do
		sign --key $kind.key --output-signature s empty
		base64 -d s >sig
		[ $kind = ed25519 ] || agrees $kind sig empty
		sign --key $kind.key --bundle b empty
	done
	[ "$(jq -r .messageSignature.messageDigest.digest b)" = "$(digest sha512 empty)" ]
}

@test "large files take no memory" {
	case $BIN in *build-*) skip 'a sanitizer takes memory' ;; esac
	head -c 100000000 /dev/zero >large
	for flags in '--key p256.key --bundle b' '--key ed25519.key --bundle b' '--key ed25519.key --output-signature s'; do
		/usr/bin/time -f %M -o kib "$BIN/cosign-sign-blob" $flags --tlog-upload=false large
		[ "$(cat kib)" -lt 12288 ] || { echo "$flags: $(cat kib) KiB"; false; }
	done
	base64 -d s >sig
	agrees ed25519 sig large
}

@test "--json is a record a file" {
	expect_status 0 sign --json file other
	[ "$(jq -r '.type + " " + .file + " " + .form + " " + .algorithm' <<<"$output")" = "cosign.blob-signature/1 file bundle ecdsa-sha2-256-nistp256
cosign.blob-signature/1 other bundle ecdsa-sha2-256-nistp256" ]
	first=$(head -n 1 <<<"$output")
	[ "$(jq -r .digest <<<"$first")" = "sha256:$(sha256sum <file | cut -d' ' -f1)" ]
	[ "$(jq -r .size <<<"$first")" = 15 ]
	[ "$(jq -r .publicKey <<<"$first")" = "$(cat p256.pub)" ]
	[ "$(jq -r .signature <<<"$first")" = "$(jq -r .bundle.messageSignature.signature <<<"$first")" ]
	for flag in --new-bundle-format=false --new-bundle-format; do
		expect_status 0 sign --json --key ed25519.key $flag --output-signature s file
		[ "$(jq -r '.form + " " + .algorithm + " " + .digest' <<<"$output")" = "legacy ed25519 sha256:$(sha256sum <file | cut -d' ' -f1)" ]
		[ "$(jq -r .signature <<<"$output")" = "$(cat s)" ]
		base64 -d s >sig
		agrees ed25519 sig file
	done
	expect_status 0 sign --json --bundle b file
	[ "$(jq -c .bundle <<<"$output")" = "$(jq -c . b)" ]
}

@test "the ways to ask for neither log nor timestamp" {
	printf '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{},"tsaConfig":{}}' >none.json
	printf '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","tsaUrls":[{"url":"https://tsa.example"}]}' >tsa.json
	expect_status 0 cosign sign-blob --key cosign.key --signing-config none.json --trusted-root none.json --bundle b file
	expect_status 0 cosign sign-blob --key cosign.key --use-signing-config=false --tlog-upload=false --bundle b file
	refuses bad-config 1 cosign sign-blob --key cosign.key --signing-config tsa.json --bundle b file
	refuses not-found 1 cosign sign-blob --key cosign.key --signing-config nowhere.json --bundle b file
	refuses usage 2 cosign sign-blob --tlog-upload=false --bundle b file
	has 'timestamp authority' "$(jq -r .hint <<<"$error")"
	refuses usage 2 sign --signing-algorithm ed25519 --bundle b file
	refuses usage 2 sign --use-signing-config --bundle b file
	refuses usage 2 sign --signing-config none.json --bundle b file
	refuses usage 2 sign --certificate-chain c.pem --bundle b file
	refuses usage 2 sign --timestamp-client-cert c.pem --bundle b file
	expect_status 0 sign --signing-algorithm ecdsa-sha2-256-nistp256 --bundle b file
	refuses usage 2 cosign sign-blob --key cosign.key --signing-config none.json --tlog-upload=false --bundle b file
}

@test "usage" {
	refuses usage 2 cosign sign-blob
	refuses usage 2 sign --bundle b
	expect_status 2 sign file
	has 'must specify --bundle' "$stderr"
	refuses usage 2 sign --output a --output-signature b file
	refuses usage 2 sign --bundle a --output-signature a file
	refuses usage 2 sign --bundle '{}' file
	refuses usage 2 sign --bundle b --output-certificate ./b/../{} --output-signature b file
	expect_status 0 sign --output-signature /dev/stderr --output-certificate /dev/stderr file
	refuses bad-key 1 sign --key p256.pub --bundle b file
	refuses not-found 1 sign --key missing.key --bundle b file
	refuses unsupported 2 sign --key awskms:///alias/x --bundle b file
	expect_status 0 cosign sign-blob --help
	has 'FILE...'
}

@test "the environment binds its flags" {
	COSIGN_BUNDLE=e COSIGN_TLOG_UPLOAD=false COSIGN_KEY=cosign.key expect_status 0 cosign sign-blob file
	[ -s e ]
}

@test "no network, no other program, no key in view" {
	COSIGN_REMOTE_HTTP=/bin/false expect_status 0 sign --bundle b file
	if unshare -rn true 2>/dev/null; then
		expect_status 0 unshare -rn cosign sign-blob --key cosign.key --tlog-upload=false --bundle b file
	fi
	command -v strace >/dev/null || skip 'strace is not installed'
	strace -f -qq -e trace=execve,socket,connect -o trace "$BIN/cosign-sign-blob" --key cosign.key --tlog-upload=false --bundle b file || skip 'strace cannot'
	[ "$(grep -c execve trace)" -eq 1 ]
	! grep -q 'socket\|connect' trace
}

@test "without room for the copy that pure Ed25519 needs, nothing is written" {
	TMPDIR=/nowhere refuses io 1 sign --key ed25519.key --output-signature s file
	has TMPDIR "$(jq -r .hint <<<"$error")"
	[ ! -e s ]
	TMPDIR=$PWD expect_status 0 sign --key ed25519.key --output-signature s file
	[ -z "$(ls cosign.?????? 2>/dev/null)" ]
}

@test "a file that is there is replaced whole, or not at all" {
	echo before >b
	refuses io 1 sign --bundle b .
	[ "$(cat b)" = before ]
	sign --bundle b file
	jq -e .messageSignature b
	refuses not-found 1 sign --bundle full missing
	if [ -e /dev/full ]; then refuses io 1 sign --output-signature /dev/full file; fi
}

@test "the examples of sign-blob run" {
	make_layout image example.com/app:1 >/dev/null
	echo '{}' >payload.json
	start_sigstore
	cp "$SIGDIR/signing_config.json" "$SIGDIR/trusted_root.json" .
	id_token >token
	run_examples sign-blob
	stop_servers
}
