# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# Status 0, and the public key of cosign.pub on stdout.
opens() {
	expect_status 0 cosign public-key "$@" || return
	[ "$output" = "$(cat cosign.pub)" ]
}

@test "public-key opens what OpenSSL writes" {
	make_keys
	opens --key cosign.key
	openssl ec -in cosign.key -out sec1.pem 2>/dev/null
	opens --key sec1.pem
	export COSIGN_PASSWORD=geheim
	for how in '' -scrypt '-v2 des3 -v2prf hmacWithSHA1' '-v2 aes-128-cbc -v2prf hmacWithSHA512'; do
		# shellcheck disable=SC2086
		openssl pkcs8 -topk8 -in cosign.key -passout pass:geheim $how -out closed.pem
		opens --key closed.pem
		refuses bad-password 1 env COSIGN_PASSWORD=other cosign public-key --key closed.pem
	done
	make_keys cosign rsa
	openssl rsa -traditional -in cosign.key -out pkcs1.pem 2>/dev/null
	opens --key pkcs1.pem
}

@test "public-key reads a variable and standard input" {
	make_keys
	KEY_PEM=$(cat cosign.key) opens --key env://KEY_PEM
	opens --key - <cosign.key
	refuses not-found 1 cosign public-key --key env://NO_SUCH_VARIABLE
	COSIGN_KEY=cosign.key opens
}

@test "public-key never asks for the password of a plain key" {
	make_keys
	unset COSIGN_PASSWORD
	opens --key cosign.key </dev/null
}

@test "public-key --outfile replaces a file as a whole" {
	make_keys
	printf '%2000s' x >out.pub
	expect_status 0 cosign public-key --key cosign.key --outfile out.pub
	[ -z "$output" ]
	[ "$stderr" = 'Public key written to out.pub' ]
	cmp cosign.pub out.pub
}

@test "public-key --json prints a record" {
	make_keys cosign ed25519
	expect_status 0 cosign public-key --key cosign.key --json
	jq -e '.type == "cosign.public-key/1" and .algorithm == "ed25519"' <<<"$output"
	jq -r .pem <<<"$output" | sed '$d' | cmp - cosign.pub
	[ "$(jq -r .hint <<<"$output")" = \
		"$(openssl pkey -pubin -in cosign.pub -outform DER | openssl dgst -sha256 -binary | base64)" ]
}

@test "public-key refuses what holds no private key" {
	make_keys
	refuses bad-key 1 cosign public-key --key cosign.pub
	has 'private key' "$(jq -r .hint <<<"$error")"
	refuses not-found 1 cosign public-key --key nosuch.key
	refuses io 1 cosign public-key --key .
	openssl ec -in cosign.key -aes128 -passout pass:x -out old.pem 2>/dev/null
	refuses bad-key 1 cosign public-key --key old.pem
	head -c 100000 /dev/zero >huge.key
	refuses too-large 1 cosign public-key --key huge.key
}

@test "public-key refuses the bad samples by their reasons" {
	export COSIGN_PASSWORD=hello
	for dir in "$TOP"/test/vectors/bad/keyfile/bad-json "$TOP"/test/vectors/bad/keyfile/bad-shape "$TOP"/test/vectors/bad/keyfile/too-large; do
		for file in "$dir"/*; do
			refuses "${dir##*/}" 1 cosign public-key --key "$file"
		done
	done
	refuses bad-key 1 cosign public-key --key "$TOP/test/vectors/bad/keyfile/bad-key/scrypt-n-huge"
}

@test "public-key: references of other kinds are refused, never taken for files" {
	for ref in k8s://a/b gitlab://a/b github://a pkcs11:token=x awskms:///alias/x gcpkms://projects/x \
		azurekms://v/k hashivault://k openbao://k other://thing https://host.invalid/cosign.key; do
		refuses unsupported 2 cosign public-key --key "$ref"
	done
	refuses unsupported 2 cosign public-key --sk
	refuses usage 2 cosign public-key
	refuses usage 2 cosign public-key --key ''
}

@test "public-key: no core dumps, and nobody may look in, while a key is open" {
	make_keys
	mkfifo key
	cosign-public-key --key key >out 3>&- &
	pid=$!
	exec 9>key
	cat cosign.key >&9
	for _ in $(seq 200); do
		limit=$(awk '/core file size/ { print $5 $6 }' "/proc/$pid/limits" 2>/dev/null) || true
		[ "$limit" != 00 ] || break
		sleep 0.01
	done
	exec 9>&-
	wait "$pid"
	[ "$limit" = 00 ]
	cmp out cosign.pub
}

@test "the examples of public-key run" {
	COSIGN_PASSWORD=secret cosign generate-key-pair 2>/dev/null
	run_examples public-key
}
