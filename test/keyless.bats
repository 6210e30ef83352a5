#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Signing with an identity, and with a key and a log: what is asked, said, kept.
load lib/helpers
load lib/sigstore

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	cd "$BATS_FILE_TMPDIR"
	start_sigstore
	for kind in p256 p384 rsa ed25519; do make_keys $kind $kind; done
	TOKEN=$(id_token)
	export TOKEN
}

teardown_file() { stop_servers; }

setup() {
	cd "$BATS_TEST_TMPDIR"
	misdo
	asked_reset
	printf 'what is signed\n' >file
}

sign() { # [CONFIG] FLAGS...
	cosign sign-blob --signing-config "$SIGDIR/signing_config$1.json" --trusted-root "$SIGDIR/trusted_root.json" "${@:2}"
}

keyless() { sign "$1" --identity-token "$TOKEN" "${@:2}"; }

by_alice() {
	cosign verify-blob --certificate-identity alice@example.com --certificate-oidc-issuer "$OIDC_URL" "$@"
}

root() { by_alice --trusted-root "$SIGDIR/trusted_root.json" "$@"; }

@test "an identity signs a file: certificate, timestamp, log of Rekor v2" {
	expect_status 0 keyless '' --bundle b file
	[ -z "$output" ]
	[ "$stderr" = "Using payload from: file
Generating ephemeral keys...
Retrieving signed certificate...
Successfully verified SCT...
tlog entry created with index: 0
Wrote bundle to file b" ]
	[ "$(asked | cut -d' ' -f1-3,4 | sort)" = "fulcio POST /api/v2/signingCert 200
rekor2 POST /api/v2/log/entries 201
tsa POST /api/v1/timestamp 201" ]
	[ "$(stat -c %a b)" = 600 ]
	[ "$(jq -r '.verificationMaterial.tlogEntries[0].kindVersion.version' b)" = 0.0.2 ]
	[ "$(jq '.verificationMaterial.timestampVerificationData.rfc3161Timestamps | length' b)" = 1 ]
	[ "$(jq -r '.verificationMaterial.certificate.rawBytes' b | base64 -d | openssl x509 -inform der -noout -ext subjectAltName | tail -n 1)" = "    email:alice@example.com" ]
	expect_status 0 root --bundle b file
	printf x >>file
	refuses wrong-subject 12 root --bundle b file
}

@test "each signing config is followed" {
	local config entries stamps
	while read -r config entries stamps; do
		expect_status 0 keyless "$config" --bundle b file
		[ "$(jq '.verificationMaterial.tlogEntries | length' b)" = "$entries" ]
		[ "$(jq '.verificationMaterial.timestampVerificationData.rfc3161Timestamps | length' b)" = "$stamps" ]
		[ "$entries" = 0 ] || expect_status 0 root --bundle b file
	done <<-LIST
		.v1 1 0
		.v1all 2 2
		.v1tsa 1 1
		.v2 1 1
		.v2all 2 2
		.tsa 0 1
	LIST
	refuses bad-config 1 keyless .ca --bundle c file
	[ ! -e c ]
}

@test "one certificate serves all files of a call, and no more is logged than they are" {
	printf a >one
	printf b >two
	expect_status 0 keyless '' --bundle '{}.json' file one two
	[ "$(asked fulcio | wc -l)" = 1 ]
	[ "$(asked rekor2 | wc -l)" = 3 ]
	[ "$(cat file.json one.json two.json | jq -r .verificationMaterial.certificate.rawBytes | sort -u | wc -l)" = 1 ]
	for f in file one two; do expect_status 0 root --bundle $f.json $f; done
}

# 16 are at work at a time.
@test "several files are logged at once, and written in their order" {
	local i files=()
	for ((i = 0; i < 18; i++)); do echo $i >f$i && files+=(f$i); done
	misdo 'rekor2 1 delay 1500' 'rekor2 2 delay 1000'
	expect_status 0 keyless '' --json --bundle '{}.json' "${files[@]}"
	[ "$(jq -r .file <<<"$output" | paste -sd ' ')" = "${files[*]}" ]
	[ "$(asked fulcio | wc -l)" = 1 ]
	[ "$(asked rekor2 | wc -l)" = 18 ]
	# Whoever came first was logged last; one by one they would be sorted.
	jq '.bundle.verificationMaterial.tlogEntries[0].logIndex | tonumber' <<<"$output" | head -n 16 >order
	[ "$(sort -n order)" != "$(cat order)" ]
	for i in "${files[@]}"; do root --bundle $i.json $i; done
	# What was logged by then is kept; no more is begun.
	misdo 'rekor2 3 bad-note'
	rm f*.json
	refuses bad-checkpoint 12 keyless '' --bundle '{}.json' "${files[@]}"
	[ "$(ls f*.json | wc -l)" -ge 2 ] && [ "$(ls f*.json | wc -l)" -lt 18 ]
	for i in f*.json; do root --bundle $i ${i%.json}; done
	expect_status 0 cosign attest-blob --signing-config "$SIGDIR/signing_config.json" --trusted-root "$SIGDIR/trusted_root.json" \
		--identity-token "$TOKEN" --json --predicate <(echo '{}') --bundle '{}.att' "${files[@]}"
	[ "$(jq -r .file <<<"$output" | paste -sd ' ')" = "${files[*]}" ]
}

@test "a certificate that would soon expire is renewed" {
	local i
	for ((i = 10; i < 27; i++)); do echo $i >f$i; done
	# The last is begun when one of the first 16 is done.
	misdo 'fulcio * valid 4' 'rekor2 1-16 delay 3000'
	expect_status 0 keyless '' --bundle '{}.json' f[12]?
	[ "$(asked fulcio | wc -l)" -ge 2 ]
	[ "$(jq -r .verificationMaterial.certificate.rawBytes f10.json)" != "$(jq -r .verificationMaterial.certificate.rawBytes f26.json)" ]
	for i in f[12]?; do root --bundle $i.json $i; done
}

@test "a token that has expired meanwhile is got anew, by who may still start programs" {
	local pid
	misdo 'fulcio 1 valid 8'
	mkfifo late
	id_token --email alice@example.com --expires 10 >token
	cosign sign-blob --signing-config "$SIGDIR/signing_config.json" --trusted-root "$SIGDIR/trusted_root.json" \
		--identity-token token --bundle '{}.json' file late 3>&- &
	pid=$!
	until [ -s file.json ]; do sleep 0.05; done
	until [ "$(date +%s)" -gt "$(jq -r .verificationMaterial.certificate.rawBytes file.json | base64 -d |
		openssl x509 -inform der -noout -enddate | cut -d= -f2 | date -f - +%s)" ]; do sleep 0.1; done
	printf '%s' "$TOKEN" >token
	printf 'more' >late
	wait $pid
	[ "$(asked fulcio | wc -l)" = 2 ]
	printf 'more' >more
	expect_status 0 root --bundle file.json file
	expect_status 0 root --bundle late.json more
}

@test "keys of other kinds" {
	local alg
	for alg in ecdsa-sha2-384-nistp384 ecdsa-sha2-512-nistp521 rsa-sign-pkcs1-2048-sha256; do
		expect_status 0 keyless '' --signing-algorithm $alg --bundle b file
		expect_status 0 root --bundle b file
	done
	refuses unsupported 2 keyless .v1 --signing-algorithm ecdsa-sha2-384-nistp384 --new-bundle-format=false file
}

@test "a key signs, and log and timestamp authority vouch" {
	local kind config
	for kind in p256 p384 rsa ed25519; do
		for config in '' .v1tsa; do
			expect_status 0 sign "$config" --key $BATS_FILE_TMPDIR/$kind.key --bundle b file
			[ "$(jq '.verificationMaterial.publicKey.hint | length' b)" = 44 ]
			expect_status 0 cosign verify-blob --key $BATS_FILE_TMPDIR/$kind.pub --trusted-root "$SIGDIR/trusted_root.json" --use-signed-timestamps --bundle b file
		done
	done
	[ "$(asked fulcio | wc -l)" = 0 ]
}

@test "what a log has already is taken from it" {
	local config
	for config in '' .v1; do
		expect_status 0 sign "$config" --key "$BATS_FILE_TMPDIR/rsa.key" --bundle a file
		expect_status 0 sign "$config" --key "$BATS_FILE_TMPDIR/rsa.key" --bundle b file
		[ "$(jq -r '.verificationMaterial.tlogEntries[0].logIndex' a)" = "$(jq -r '.verificationMaterial.tlogEntries[0].logIndex' b)" ]
		expect_status 0 cosign verify-blob --key "$BATS_FILE_TMPDIR/rsa.pub" --trusted-root "$SIGDIR/trusted_root.json" --bundle b file
	done
	[ "$(asked rekor2 | grep -c tile)" -ge 1 ]
}

@test "--issue-certificate certifies a key that is at hand" {
	expect_status 0 keyless '' --key "$BATS_FILE_TMPDIR/p256.key" --issue-certificate --bundle b file
	jq -r .verificationMaterial.certificate.rawBytes b | base64 -d | openssl x509 -inform der -noout -pubkey >pub
	cmp pub "$BATS_FILE_TMPDIR/p256.pub"
	expect_status 0 root --bundle b file
	expect_status 0 keyless .v1 --key "$BATS_FILE_TMPDIR/ed25519.key" --issue-certificate --bundle b file
	expect_status 0 root --bundle b file
}

@test "a certificate by signing request, where an authority takes no bare keys" {
	local alg kind
	misdo 'fulcio * csr-alone'
	refuses http 1 keyless '' --bundle b file
	for alg in ecdsa-sha2-256-nistp256 ecdsa-sha2-384-nistp384 ecdsa-sha2-512-nistp521 rsa-sign-pkcs1-2048-sha256; do
		expect_status 0 keyless '' --certificate-request csr --signing-algorithm $alg --bundle b file
		expect_status 0 root --bundle b file
	done
	for kind in p256 rsa ed25519; do
		expect_status 0 keyless '' --certificate-request csr --key "$BATS_FILE_TMPDIR/$kind.key" --issue-certificate --bundle b file
		expect_status 0 root --bundle b file
	done
	COSIGN_CERTIFICATE_REQUEST=csr expect_status 0 keyless .v1 --bundle b file
	refuses usage 2 keyless '' --certificate-request pkcs10 --bundle b file
	# What is certified must be the key of the request all the same.
	misdo 'fulcio * other-key'
	refuses bad-certificate 12 keyless '' --certificate-request csr --bundle c file
	[ ! -e c ]
}

@test "--certificate goes into the bundle when it is the key's" {
	openssl req -x509 -key "$BATS_FILE_TMPDIR/p256.key" -subj /CN=me -addext extendedKeyUsage=codeSigning -days 2 -out c.pem
	expect_status 0 sign '' --key "$BATS_FILE_TMPDIR/p256.key" --certificate c.pem --bundle b file
	[ "$(jq -r .verificationMaterial.certificate.rawBytes b)" = "$(openssl x509 -in c.pem -outform der | base64 -w0)" ]
	refuses bad-key 1 sign '' --key "$BATS_FILE_TMPDIR/rsa.key" --certificate c.pem --bundle b file
	refuses untrusted-certificate 12 sign '' --key "$BATS_FILE_TMPDIR/p256.key" --certificate c.pem --certificate-chain "$SIGDIR/fulcio.pem" --bundle b file
	refuses usage 2 keyless '' --certificate c.pem --bundle b file
}

@test "services by their addresses, in the forms of before" {
	local flags=(--rekor-url "$REKOR1_URL" --fulcio-url "$FULCIO_URL" --timestamp-server-url "$TSA_URL" --identity-token "$TOKEN"
		--trusted-root "$SIGDIR/trusted_root.json" --new-bundle-format=false)
	expect_status 0 cosign sign-blob "${flags[@]}" -y --bundle old.json --output-certificate c.pem --output-signature s --rfc3161-timestamp t.json file
	has 'By typing '"'y'"', you attest that you grant (or have permission to grant) and agree' "$stderr"
	has 'Wrote timestamp to file t.json' "$stderr"
	[ "$(jq -r .base64Signature old.json)" = "$(cat s)" ]
	[ "$(jq -r .cert old.json)" = "$(cat c.pem)" ]
	[ "$(jq -r '.rekorBundle.Payload | keys | join(" ")' old.json)" = "body integratedTime logID logIndex" ]
	sigstore_old_env
	expect_status 0 by_alice --new-bundle-format=false --bundle old.json --rfc3161-timestamp t.json --use-signed-timestamps file
	expect_status 0 by_alice --new-bundle-format=false --certificate c.pem --signature s --insecure-ignore-tlog file
	COSIGN_REKOR_URL=$REKOR1_URL COSIGN_FULCIO_URL=$FULCIO_URL expect_status 0 cosign sign-blob --identity-token "$TOKEN" -y --bundle b file
	refuses usage 2 cosign sign-blob "${flags[@]}" --use-signing-config --bundle b file
}

@test "without a signing config, who signs agrees to be in the log" {
	sigstore_old_env
	local flags=(--rekor-url "$REKOR1_URL" --fulcio-url "$FULCIO_URL" --identity-token "$TOKEN" --bundle b file)
	refuses no-terminal 1 cosign sign-blob "${flags[@]}" </dev/null
	refuses declined 1 cosign sign-blob "${flags[@]}" <<<n
	[ -z "$(asked)" ]
	expect_status 0 cosign sign-blob "${flags[@]}" <<<y
	[ -e b ]
}

@test "a token that names nobody, or has expired, is not shown to anybody" {
	TOKEN=$(id_token --email alice@example.com --unverified)
	refuses bad-token 1 keyless '' --bundle b file
	TOKEN=$(id_token --email alice@example.com --expires -5)
	refuses bad-token 1 keyless '' --bundle b file
	[ -z "$(asked)" ]
	TOKEN=$(id_token --subject https://example.com/robot)
	expect_status 0 keyless '' --bundle b file
	expect_status 0 cosign verify-blob --certificate-identity https://example.com/robot --certificate-oidc-issuer "$OIDC_URL" --trusted-root "$SIGDIR/trusted_root.json" --bundle b file
}

@test "the record of --json has the certificate" {
	expect_status 0 keyless '' --json --bundle b file
	[ "$(jq -c .bundle <<<"$output")" = "$(jq -c . b)" ]
	[ "$(jq -r .certificate <<<"$output" | openssl x509 -outform der | base64 -w0)" = "$(jq -r .verificationMaterial.certificate.rawBytes b)" ]
	[ "$(jq 'has("hint")' <<<"$output")" = false ]
}

# PID: it and all below it.
family() {
	local child
	printf '%s\n' "$1"
	for child in $(cat "/proc/$1/task"/*/children 2>/dev/null); do family "$child"; done
}

@test "the process with the key has no socket, and nobody can read secrets off a process" {
	local main pid secret name fds=()
	misdo 'fulcio * stall'
	printf '%s' "$TOKEN" >token
	make_layout image example.com/app:1 >/dev/null
	cosign resolve oci:image | cosign make-payload >records
	SIGSTORE_ID_TOKEN=$TOKEN COSIGN_PASSWORD=hidden-password cosign-sign-payload --signing-config "$SIGDIR/signing_config.json" \
		--trusted-root "$SIGDIR/trusted_root.json" --identity-token token <records >out 2>err 3>&- &
	main=$!
	# From here on there is a key.
	until grep -q 'Retrieving signed certificate' err; do kill -0 $main; sleep 0.02; done
	[ "$(sed -n 's/^Max core file size *\([^ ]*\).*/\1/p' /proc/$main/limits)" = 0 ]
	grep -q '^Seccomp:	2' /proc/$main/status || grep -q '^Seccomp:	0' /proc/$main/status
	secret=$(tail -c 60 token)
	for pid in $(family $main); do
		! tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qF "$secret"
		name=$(tr '\0' ' ' <"/proc/$pid/cmdline")
		# Root alone may look at what cannot be dumped.
		[ -r "/proc/$pid/environ" ] && [[ $name = *remote-http* ]] || continue
		! tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qF -e "$secret" -e hidden-password
	done
	while IFS= read -r name; do fds+=("$name"); done < <(find "/proc/$main/fd" -type l -printf '%l\n' 2>/dev/null)
	echo "${fds[@]}"
	[[ " ${fds[*]} " != *socket:* ]]
	kill $main
	wait $main || true
	[ ! -s out ]
}

@test "signing makes no socket but in the program that speaks HTTP" {
	local key
	command -v strace >/dev/null || skip "needs strace"
	make_layout image example.com/app:1 >/dev/null
	cosign resolve oci:image | cosign make-payload >records
	# The leak check wants to trace, too.
	ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=execve,socket,socketpair,accept,accept4 \
		cosign-sign-payload --signing-config "$SIGDIR/signing_config.json" --trusted-root "$SIGDIR/trusted_root.json" \
		--identity-token "$TOKEN" <records >out
	[ -s out ]
	key=$(sed -n '1s/ .*//p' trace)
	grep -q ' socket(' trace
	! grep -E "^$key +(socket|socketpair|accept)" trace
}
