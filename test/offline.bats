#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What has only local inputs needs no network and starts nobody who would; what
# judges opens no private key. Each command below runs without a helper to
# start, in a network namespace with nothing in it, and under strace.
load lib/helpers

GOOD=$TOP/test/vectors/good/judgement
WHO='--certificate-identity dev@example.com --certificate-oidc-issuer http://127.0.0.1:15002'

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	make_layout image example.com/app:1
	make_keys cosign
	echo 'what is signed' >file
	export COSIGN_REMOTE_HTTP=/nonexistent
	cosign sign --key cosign.key $SIGN_KEY oci:image
	cosign sign --key cosign.key $SIGN_KEY --new-bundle-format=false oci:image
	cosign sign-blob --key cosign.key --tlog-upload=false --bundle bundle file
	cosign sign-blob --key cosign.key --tlog-upload=false --output-signature sig file
	cosign resolve oci:image | cosign ls-signatures >candidates
	jq -c 'select(.bundle)' candidates >questions
	sha256sum file >SUMS
	cosign sign-blob --key cosign.key --tlog-upload=false --bundle sums.bundle SUMS
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
	unset COSIGN_PASSWORD
	export COSIGN_REMOTE_HTTP=/nonexistent
}

# Commands, a line each; {OUT} is a new name each time.
judging() {
	cat <<-END
		verify --key cosign.pub $VERIFY_KEY oci:image
		verify --key cosign.pub $VERIFY_KEY --new-bundle-format=false oci:image
		verify-blob --key cosign.pub --private-infrastructure --bundle bundle file
		verify-blob --key cosign.pub --private-infrastructure --signature sig file
		verify-blob --key cosign.pub --private-infrastructure --bundle sums.bundle --check SUMS
		verify-blob $WHO --trusted-root $GOOD/trusted_root.json --bundle $GOOD/kl-rekor1.json $GOOD/blob.txt
		verify-blob $WHO --trusted-root $GOOD/trusted_root.json --bundle $GOOD/kl-rekor2.json $GOOD/blob.txt
		check-bundle --key cosign.pub $VERIFY_KEY
		bundle inspect $GOOD/kl-rekor1.json
		log verify --trusted-root $GOOD/trusted_root.json --bundle $GOOD/kl-rekor2.json
		check-bundle --stream --key cosign.pub $VERIFY_KEY
		resolve oci:image
		ls-signatures
		download signature oci:image
		download attestation oci:image
		tree oci:image
	END
}

making() {
	cat <<-END
		sign-blob --key cosign.key --tlog-upload=false --bundle {OUT} file
		sign --key cosign.key $SIGN_KEY --new-bundle-format=false oci:image
		trusted-root create --rekor url=https://log.example,public-key=cosign.pub,start-time=2026-01-01T00:00:00Z --out {OUT}
		signing-config create --out {OUT}
		bundle upgrade --out {OUT} $GOOD/kl-rekor1.json
	END
}

# Each line given to RUNNER, whose status must be 0.
each() { # LINES RUNNER...
	local line n=0
	while IFS= read -r line; do
		line=${line//'{OUT}'/$BATS_TEST_TMPDIR/out$((n += 1))}
		local input=/dev/null
		case $line in
		check-bundle*stream*) input=questions ;;
		check-bundle*) input=candidates ;;
		ls-signatures*) cosign resolve oci:image >"$BATS_TEST_TMPDIR/images" && input=$BATS_TEST_TMPDIR/images ;;
		esac
		"${@:2}" $line <$input || return
	done <<<"$1"
	[ "$n" -gt 0 ] || [ "$1" = "$(judging)" ]
}

here() { expect_status 0 cosign "$@"; }
alone() { expect_status 0 unshare -rn "$BIN/cosign" "$@"; }

traced() { # COMMAND...
	local trace=$BATS_TEST_TMPDIR/trace
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=socket,connect,execve,openat,open -o "$trace" \
		"$BIN/cosign" "$@" >/dev/null 2>"$BATS_TEST_TMPDIR/err" || { cat "$BATS_TEST_TMPDIR/err" >&2; return 1; }
	grep -q 'execve(' "$trace" || return
	! grep -E 'socket\(|connect\(|execve\(.*(remote-http|/nonexistent)' "$trace" >&2
}

no_key() {
	traced "$@" && ! grep -E 'open(at)?\(.*\.key"' "$BATS_TEST_TMPDIR/trace" >&2
}

@test "local inputs: no helper is started" {
	each "$(judging)" here
	COSIGN_PASSWORD= each "$(making)" here
}

@test "local inputs: a network namespace with nothing in it" {
	unshare -rn true 2>/dev/null || skip 'this kernel lets nobody have a network namespace'
	each "$(judging)" alone
	COSIGN_PASSWORD= each "$(making)" alone
}

@test "local inputs: no socket is opened, and no key by what judges" {
	command -v strace >/dev/null || skip 'strace is not installed'
	strace -o /dev/null true 2>/dev/null || skip 'strace cannot trace here'
	each "$(judging)" no_key
	COSIGN_PASSWORD= each "$(making)" traced
}

@test "what does need the network fails without its helper" {
	run cosign verify --key cosign.pub $VERIFY_KEY localhost:9/app:1
	[ "$status" -ne 0 ]
	has /nonexistent "$stderr$output"
}
