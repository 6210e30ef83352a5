# SPDX-License-Identifier: Apache-2.0
# Identity tokens: the stand-ins of the tests are taken for real by the real
# cosign, and it and ours come out as the same person; a real browser logs in.
load interop
load ../lib/sigstore

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	start_sigstore
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset ACTIONS_ID_TOKEN_REQUEST_TOKEN ACTIONS_ID_TOKEN_REQUEST_URL SPIFFE_ENDPOINT_SOCKET "${!BUILDKITE_@}" "${!GCE_@}"
	echo text >blob
}

teardown() {
	[ -z "${dir-}" ] || rm -r "$dir"
}

# The name in the certificate that PROGRAM gets.
who() { # PROGRAM [FLAG...]
	local program=$1
	shift
	rm -f bundle.json
	"$program" sign-blob --yes --signing-config "$SIGDIR/signing_config.json" --trusted-root "$SIGDIR/trusted_root.json" \
		--bundle bundle.json "$@" blob </dev/null >&2 || return
	jq -r .verificationMaterial.certificate.rawBytes bundle.json | base64 -d |
		openssl x509 -inform DER -noout -ext subjectAltName
}

same() { # NAME [FLAG...]
	local name=$1 one two
	shift
	one=$(who real "$@") || return
	two=$(who ours "$@") || return
	printf '%s\n' "$one" "$two"
	[ "$one" = "$two" ]
	has "$name" "$one"
}

@test "envvar" {
	SIGSTORE_ID_TOKEN=$(id_token --email ci@example.com) same ci@example.com
}

@test "github-actions" {
	export ACTIONS_ID_TOKEN_REQUEST_TOKEN=github-secret ACTIONS_ID_TOKEN_REQUEST_URL="$OIDC_URL/github?api-version=2.0"
	same repo:o/r
}

@test "buildkite-agent" {
	export BUILDKITE_AGENT_ACCESS_TOKEN=buildkite-secret BUILDKITE_AGENT_ENDPOINT=$OIDC_URL/buildkite/v3 BUILDKITE_JOB_ID=job-1
	same organization:o
}

@test "spiffe" {
	dir=$(mktemp -d)
	id_token --subject spiffe://example.org/job >svid
	start_server spiffe 's/^ready$/&/p' python3 "$TOP/test/fake/spiffe.py" "$dir/sock" svid
	SPIFFE_ENDPOINT_SOCKET=$dir/sock same spiffe://example.org/job
}

@test "google-workload-identity" {
	GCE_METADATA_HOST=${OIDC_URL#http://} same machine@project.iam.example
}

@test "device" {
	same alice@example.com --fulcio-auth-flow device
}

@test "client credentials" {
	printf 'p&q=r %%s+t\n' >secret
	same robot-17 --fulcio-auth-flow client_credentials --oidc-client-id robot --oidc-client-secret-file secret
}

# --- a real browser -----------------------------------------------------------

chromium_() {
	command -v chromium >/dev/null || skip 'chromium is not installed'
	cat >browser <<-EOF
		#!/bin/sh
		cd '$PWD' && chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
			--user-data-dir='$PWD/profile' --dump-dom "\$1" >page.new 2>/dev/null && mv page.new page
	EOF
	chmod +x browser
	export BROWSER=$PWD/browser
}

login() {
	cosign get-token --fulcio-auth-flow normal --oidc-disable-ambient-providers --oidc-issuer "$OIDC_URL" "$@"
}

# Chromium ends some time after its page was delivered.
page() {
	local i
	for ((i = 0; i < 1500; i++)); do
		[ ! -s page ] || break
		sleep 0.02
	done
	cat page
}

@test "Chromium logs in, and shows our page" {
	chromium_
	expect_status 0 login --json
	[ "$(jq -r .identity <<<"$output")" = alice@example.com ]
	has '<h1>Logged in</h1>' "$(page)"
}

@test "Chromium logs in for a signature" {
	chromium_
	has alice@example.com "$(who ours --fulcio-auth-flow normal)"
	cosign verify-blob --bundle bundle.json --trusted-root "$SIGDIR/trusted_root.json" \
		--certificate-identity alice@example.com --certificate-oidc-issuer "$OIDC_URL" blob
}

@test "Chromium brings a refusal" {
	chromium_
	misdo 'oidc * deny'
	refuses denied 1 login
	misdo
	has 'access_denied: she <b>said</b> no' "$(jq -r .message <<<"$error")"
	has '<h1>Not logged in</h1>' "$(page)"
	[[ $(page) != *'</b>'* ]]
}
