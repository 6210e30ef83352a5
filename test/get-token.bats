# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/sigstore

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	start_sigstore
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	unset ACTIONS_ID_TOKEN_REQUEST_TOKEN ACTIONS_ID_TOKEN_REQUEST_URL "${!BUILDKITE_@}" "${!GOOGLE_@}" "${!GCE_@}" \
		SPIFFE_ENDPOINT_SOCKET BROWSER
	# Whatever this machine is, the tests are somewhere else.
	export COSIGN_OIDC_TOKEN_FILE=$BATS_TEST_TMPDIR/none COSIGN_OIDC_ISSUER=$OIDC_URL COSIGN_RETRY_MAX_TIME=1s
	misdo
	asked_reset
}

claim() { # NAME [TOKEN]
	printf '%s' "${2-$output}" | cut -d. -f2 | tr '_-' '/+' | sed 's/$/===/' | base64 -di 2>/dev/null | jq -r ".$1"
}

get() {
	cosign get-token "$@"
}

# --- what is given -----------------------------------------------------------

@test "help tells the flags" {
	expect_status 0 cosign get-token --help
	for flag in identity-token fulcio-auth-flow oidc-issuer oidc-client-id oidc-client-secret-file oidc-redirect-url \
		oidc-provider oidc-disable-ambient-providers; do
		has "--$flag"
	done
}

@test "the examples run" {
	id_token --email a@example.com >token.jwt
	run_examples get-token
}

@test "--identity-token takes a token, a file and standard input" {
	token=$(id_token --email a@example.com)
	expect_status 0 get --identity-token "$token"
	[ "$output" = "$token" ]
	printf '\n  %s \n\n' "$token" >file
	expect_status 0 get --identity-token file
	[ "$output" = "$token" ]
	expect_status 0 get --identity-token - <file
	[ "$output" = "$token" ]
	COSIGN_IDENTITY_TOKEN=$token expect_status 0 get
	[ "$output" = "$token" ]
	[ -z "$(asked)" ]
}

@test "--json prints a record" {
	expect_status 0 get --json --identity-token "$(id_token --email a@example.com)"
	[ "$(jq -r '.type, .issuer, .identity' <<<"$output")" = $'cosign.identity-token/1\n'"$OIDC_URL"$'\na@example.com' ]
	[ "$(jq '.expires - now | . > 3500 and . < 3601' <<<"$output")" = true ]
	[ "$(claim email "$(jq -r .token <<<"$output")")" = a@example.com ]
	expect_status 0 get --json --identity-token "$(id_token --subject robot)"
	[ "$(jq -r .identity <<<"$output")" = robot ]
}

@test "a token of any algorithm is a token, not a file's name" {
	rest=$(id_token --subject robot | cut -d. -f2-)
	token=$(printf '{"alg":"ES256"}' | base64 -w0 | tr -d =).$rest
	expect_status 0 get --identity-token "$token"
	[ "$output" = "$token" ]
}

@test "tokens that cannot be used are refused, without showing them" {
	token=$(id_token --email a@example.com)
	refuses bad-token 1 get --identity-token "$(id_token --email a@example.com --expires -1)"
	has 'has expired' "$error"
	refuses bad-token 1 get --identity-token "$(id_token --email a@example.com --unverified)"
	has 'has not verified' "$error"
	refuses bad-token 1 get --identity-token "${token%.*}.!!!!$(printf '%0300d' 0)"
	[[ $error != *"${token:0:40}"* ]]
	refuses not-found 1 get --identity-token nowhere
	printf 'no token' >file
	refuses bad-token 1 get --identity-token file
	: >file
	refuses bad-token 1 get --identity-token file
	head -c 70000 /dev/zero >file
	refuses too-large 1 get --identity-token file
	refuses io 1 get --identity-token .
}

@test "standard output that cannot be written to is an error" {
	token=$(id_token --email a@example.com)
	refuses output 1 get --identity-token "$token" --output-file /dev/full
	expect_status 141 unread cosign get-token --identity-token "$token"
}

# --- ambient providers -------------------------------------------------------

github_env() {
	export ACTIONS_ID_TOKEN_REQUEST_TOKEN=github-secret ACTIONS_ID_TOKEN_REQUEST_URL="$OIDC_URL/github?api-version=2.0"
}

buildkite_env() {
	export BUILDKITE_AGENT_ACCESS_TOKEN=buildkite-secret BUILDKITE_AGENT_ENDPOINT=$OIDC_URL/buildkite/v3 BUILDKITE_JOB_ID=job-1
}

@test "filesystem: the mounted file" {
	id_token --email file@example.com >oidc-token
	COSIGN_OIDC_TOKEN_FILE=oidc-token expect_status 0 get
	[ "$(claim email)" = file@example.com ]
	[ -z "$(asked)" ]
}

@test "envvar: SIGSTORE_ID_TOKEN, as in GitLab" {
	SIGSTORE_ID_TOKEN=$(id_token --subject project_path:g/p) expect_status 0 get
	[ "$(claim sub)" = project_path:g/p ]
	[ -z "$(asked)" ]
}

@test "github-actions" {
	github_env
	expect_status 0 get
	[ "$(claim sub)" = repo:o/r:ref:refs/heads/main ]
	[ "$(claim aud)" = sigstore ]
	[ "$(asked oidc)" = 'GET /github?api-version=2.0&audience=sigstore 200' ]
}

@test "buildkite-agent" {
	buildkite_env
	expect_status 0 get
	[ "$(claim sub)" = organization:o:pipeline:p ]
	[ "$(claim aud)" = sigstore ]
	BUILDKITE_AGENT_ENDPOINT=$OIDC_URL/buildkite/v3/ expect_status 0 get
	unset BUILDKITE_JOB_ID
	refuses bad-config 1 get
	has BUILDKITE_JOB_ID "$error"
}

@test "google-workload-identity" {
	GCE_METADATA_HOST=${OIDC_URL#http://} expect_status 0 get
	[ "$(claim email)" = machine@project.iam.example ]
	[ "$(claim aud)" = sigstore ]
	[[ $(asked oidc) = *'identity?audience=sigstore&format=full 200' ]]
}

# The address of Google's service cannot be configured: what speaks HTTP is
# told to go elsewhere.
@test "google-impersonate" {
	cat >http <<-EOF
		#!/usr/bin/env python3
		import os, subprocess, sys
		real = subprocess.Popen(['$BIN/cosign-remote-http'], stdin=subprocess.PIPE)
		while chunk := os.read(0, 65536):
		    real.stdin.write(chunk.replace(b'https://iamcredentials.googleapis.com', b'$OIDC_URL'))
		    real.stdin.flush()
		real.stdin.close()
		sys.exit(real.wait())
	EOF
	chmod +x http
	export COSIGN_REMOTE_HTTP=$PWD/http GCE_METADATA_HOST=${OIDC_URL#http://} GOOGLE_SERVICE_ACCOUNT_NAME=other@project.iam.example
	expect_status 0 get --oidc-provider google-impersonate
	[ "$(claim sub)" = 1090 ]
	[ "$(claim aud)" = sigstore ]
	[ "$(asked oidc | wc -l)" = 2 ]
}

# In a directory of its own, since a socket's path must be short.
start_spiffe() { # [DEED]
	[ -n "${spiffe-}" ] || spiffe=$(mktemp -d)
	id_token --subject spiffe://example.org/job >svid
	rm -f "$spiffe/sock"
	stop_server spiffe
	start_server spiffe 's/^ready$/&/p' python3 "$TOP/test/fake/spiffe.py" "$spiffe/sock" svid "$@" || return
	export SPIFFE_ENDPOINT_SOCKET=$spiffe/sock
}

teardown() {
	[ -z "${spiffe-}" ] || rm -r "$spiffe"
}

@test "spiffe: the workload API, over gRPC on a Unix socket" {
	start_spiffe
	expect_status 0 get
	[ "$output" = "$(cat svid)" ]
	SPIFFE_ENDPOINT_SOCKET=unix://$spiffe/sock expect_status 0 get --oidc-provider spiffe
	[ "$(claim sub)" = spiffe://example.org/job ]
	start_spiffe denied
	refuses denied 1 get
	has '7: no identity issued' "$error"
	for deed in empty:protocol garbage:protocol compressed:protocol half:protocol endless:too-large late:denied; do
		start_spiffe ${deed%:*}
		refuses ${deed#*:} 1 get
		has 'SPIFFE' "$error"
	done
	start_spiffe html
	refuses http 1 get --retry 0
	start_spiffe closed
	refuses network 1 get --retry 0
	start_spiffe silent
	refuses timeout 1 get -t 300ms
	stop_server spiffe
	SPIFFE_ENDPOINT_SOCKET=$PWD/none refuses bad-config 1 get --oidc-provider spiffe
}

@test "the order is the original's, and --oidc-provider names one" {
	id_token --subject file >oidc-token
	export COSIGN_OIDC_TOKEN_FILE=oidc-token SIGSTORE_ID_TOKEN GCE_METADATA_HOST=${OIDC_URL#http://}
	SIGSTORE_ID_TOKEN=$(id_token --subject variable)
	github_env
	buildkite_env
	start_spiffe
	for step in file:COSIGN_OIDC_TOKEN_FILE=none variable:SIGSTORE_ID_TOKEN= repo:o/r:ref:refs/heads/main:ACTIONS_ID_TOKEN_REQUEST_URL= \
		organization:o:pipeline:p:BUILDKITE_AGENT_ACCESS_TOKEN= \
		spiffe://example.org/job:SPIFFE_ENDPOINT_SOCKET=/none 1089:X=; do
		expect_status 0 get
		[ "$(claim sub)" = "${step%:*}" ]
		export "${step##*:}"
	done
	SIGSTORE_ID_TOKEN=$(id_token --subject variable) expect_status 0 get --oidc-provider google-workload-identity
	[ "$(claim sub)" = 1089 ]
}

@test "a provider that fails leaves it to the next, with a warning; the last failure is the error" {
	export SIGSTORE_ID_TOKEN=broken
	github_env
	expect_status 0 get
	[ "$(claim sub)" = repo:o/r:ref:refs/heads/main ]
	has 'WARNING: the identity provider envvar' "$stderr"
	misdo 'oidc * status 403'
	refuses denied 1 get
	has 'github-actions' "$error"
	has '403' "$error"
	has 'told to fail' "$error"
	# It does not log in behind anybody's back.
	[[ $(asked oidc) != *openid-configuration* ]]
}

@test "providers that cannot be asked" {
	refuses usage 2 get --oidc-provider nobody
	has 'github-actions' "$error"
	refuses bad-config 1 get --oidc-provider github-actions
	has 'id-token: write' "$error"
	refuses bad-config 1 get --oidc-provider envvar
	refuses not-found 1 get --oidc-provider filesystem
	refuses bad-config 1 get --oidc-provider google-impersonate
	refuses usage 2 get --oidc-provider envvar --oidc-disable-ambient-providers
}

@test "no secret goes over a public network in the clear" {
	github_env
	ACTIONS_ID_TOKEN_REQUEST_URL='http://actions.example/t?x=1' refuses bad-config 1 get
	has 'in the clear' "$error"
	refuses bad-config 1 get --oidc-disable-ambient-providers --oidc-issuer http://issuer.example </dev/null
	refuses bad-config 1 get --oidc-disable-ambient-providers --oidc-issuer issuer.example </dev/null
}

@test "what is over soon is asked again, what stands still is given up" {
	github_env
	misdo 'oidc 1 status 503' 'oidc 2 status 429 0'
	expect_status 0 get --retry 3
	[ "$(asked oidc | wc -l)" = 3 ]
	misdo 'oidc * stall'
	refuses timeout 1 get -t 500ms
}

# --- logging in --------------------------------------------------------------

login() {
	cosign get-token --oidc-disable-ambient-providers "$@"
}

# A browser that shows pages in the file page, which may be after the login.
page() {
	until [ -s page ]; do sleep 0.02; done
	cat page
}

# Runs it with a terminal of its own; what it shows is in `shown`.
on_terminal() { # INPUT COMMAND...
	local input=$1
	shift
	printf '%s' "$input" | python3 -c '
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.dup2(3, 1)
    os.execvp(sys.argv[1], sys.argv[1:])
os.write(fd, sys.stdin.buffer.read())
shown = b""
try:
    while chunk := os.read(fd, 4096):
        shown += chunk
except OSError:
    pass
open("shown", "wb").write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
' "$@" 3>told
}

@test "client credentials: in the form, or in a header where the provider wants that" {
	printf 'p&q=r %%s+t\n' >secret
	robot=(--fulcio-auth-flow client_credentials --oidc-client-id robot --oidc-client-secret-file secret)
	expect_status 0 login "${robot[@]}"
	[ "$(claim sub)" = robot-17 ]
	misdo 'oidc * basic-only'
	expect_status 0 login "${robot[@]}"
	[ "$(claim sub)" = robot-17 ]
	printf wrong >secret
	refuses denied 1 login "${robot[@]}"
	has 'invalid_client: who are you?' "$error"
	refuses not-found 1 login "${robot[@]}" --oidc-client-secret-file none
	[[ $(asked) != *secret* ]]
}

@test "the provider's keys are asked for, and every fault there is an error that names them" {
	printf 'p&q=r %%s+t\n' >secret
	while read -r deed reason; do
		misdo "oidc 3- ${deed/:/ }"
		refuses "$reason" 1 login --fulcio-auth-flow client_credentials --oidc-client-id robot \
			--oidc-client-secret-file secret --retry 0
		has "$OIDC_URL" "$error"
		[ -z "$output" ]
	done <<-EOF
		other-keys bad-token
		html http
		html:200 protocol
		status:500 http
		status:404 http
		empty protocol
		garbage protocol
		endless too-large
		truncate network
		reset network
	EOF
	[ "$(asked oidc | tail -n 1 | cut -d' ' -f1,2)" = 'GET /keys' ]
}

@test "device: the default without a terminal; it waits until somebody logged in" {
	misdo 'oidc 3 pending'
	expect_status 0 login </dev/null
	[ "$(claim email)" = alice@example.com ]
	[ "$(claim aud)" = sigstore ]
	has 'Non-interactive mode detected, using device flow.' "$stderr"
	has "Enter the verification code WDJB-MJHT in your browser at: $OIDC_URL/device" "$stderr"
	[ "$(asked oidc | sed -n 's/^POST //p' | tr '\n' ' ')" = '/device/code 200 /token 400 /token 200 ' ]
}

@test "device: a fault on the way does not undo a login" {
	misdo 'oidc 2 status 503' 'oidc 4 reset' 'oidc 5 status 500'
	expect_status 0 login --fulcio-auth-flow device
	[ "$(claim email)" = alice@example.com ]
}

@test "device: slow_down makes it slower, other answers end it" {
	local slow='oidc /t/slow/token slow-down' pid
	misdo "$slow"
	COSIGN_OIDC_ISSUER=$OIDC_URL/t/slow cosign get-token --oidc-disable-ambient-providers --json --fulcio-auth-flow device -t 6s 2>slow.err 3>&- &
	pid=$!
	export COSIGN_OIDC_ISSUER=$OIDC_URL/t/quick
	misdo "$slow" 'oidc /t/quick/ denied'
	refuses denied 1 login --fulcio-auth-flow device
	has 'access_denied' "$error"
	[[ $error != *$'\033'* ]]
	misdo "$slow" 'oidc /t/quick/ life 1' 'oidc /t/quick/ pending'
	refuses timeout 1 login --fulcio-auth-flow device
	misdo "$slow" 'oidc /t/quick/ no-device'
	refuses unsupported 2 login --fulcio-auth-flow device
	misdo "$slow" 'oidc /t/quick/ no-s256'
	refuses unsupported 2 login --fulcio-auth-flow device
	has 'S256' "$error"
	! wait $pid
	[ "$(tail -n 1 slow.err | jq -r .reason)" = timeout ]
	[ "$(asked oidc | grep -c /t/slow/token)" = 1 ]
}

@test "browser: PKCE, state and nonce, and the code is redeemed" {
	export BROWSER='curl -sSL -o page'
	expect_status 0 login --fulcio-auth-flow normal
	[ "$(claim email)" = alice@example.com ]
	has 'Your browser will now be opened to:' "$stderr"
	has 'You can close this window' "$(page)"
	url=$(asked oidc | sed -n 's/^GET \(.auth[^ ]*\) 302/\1/p')
	has 'code_challenge_method=S256' "$url"
	has 'redirect_uri=http%3A%2F%2Flocalhost%3A' "$url"
	has '%2Fauth%2Fcallback&scope=openid%20email&state=' "$url"
	# Nothing is used twice.
	expect_status 0 login --fulcio-auth-flow normal
	[ "$(asked oidc | sed -n 's/.*\(state=[^&]*\).*\(nonce=[^&]*\).*\(challenge=[^&]*\).*/\1\n\2\n\3/p' | sort -u | wc -l)" = 6 ]
}

@test "browser: who signs is told first what goes into public logs" {
	export BROWSER='curl -sSL -o page'
	expect_status 0 login --fulcio-auth-flow normal --notice --yes
	has 'By typing '"'y'"', you attest' "${stderr%%Your browser*}"
	asked_reset
	refuses declined 1 login --fulcio-auth-flow normal --notice <<<n
	! asked oidc | grep -q '/auth?'
	expect_status 0 login --fulcio-auth-flow device --notice
	[[ $stderr != *"By typing"* ]]
}

@test "browser: the default on a terminal" {
	BROWSER='curl -sSL' on_terminal '' cosign get-token --oidc-disable-ambient-providers
	[ "$(claim email "$(cat told)")" = alice@example.com ]
	has 'Your browser will now be opened to' "$(cat shown)"
}

@test "browser: BROWSER names several programs, and where the address goes" {
	BROWSER='/no/such/thing:curl -sSL --url %s -o page:false' expect_status 0 login --fulcio-auth-flow normal
	[ "$(claim email)" = alice@example.com ]
}

@test "browser: comes back to --oidc-redirect-url" {
	export BROWSER='curl -sSLg'
	expect_status 0 login --fulcio-auth-flow normal --oidc-redirect-url http://127.0.0.1/come/back
	[ "$(claim email)" = alice@example.com ]
	has '%2Fcome%2Fback&' "$(asked oidc)"
	refuses usage 2 login --fulcio-auth-flow normal --oidc-redirect-url http://example.com/x
	refuses io 1 login --fulcio-auth-flow normal --oidc-redirect-url "http://127.0.0.1:${OIDC_URL##*:}/x"
	has 'cannot listen' "$error"
}

@test "browser: it does not see our secrets, and cannot write among the tokens" {
	cat >peek <<-'EOF'
		#!/bin/sh
		env >env.txt
		echo "I am the browser"
		exec curl -sSL "$1"
	EOF
	chmod +x peek
	export BROWSER=$PWD/peek COSIGN_PASSWORD=hidden SIGSTORE_ID_TOKEN=hidden
	expect_status 0 login --fulcio-auth-flow normal
	[ "$(claim email)" = alice@example.com ]
	has 'I am the browser' "$stderr"
	grep -q '^BROWSER=' env.txt
	! grep hidden env.txt
}

@test "browser: what does not fit is refused" {
	export BROWSER='curl -sSL -o page'
	while read -r deed reason status; do
		misdo "oidc * $deed"
		refuses "$reason" "$status" login --fulcio-auth-flow normal
	done <<-EOF
		deny denied 1
		other-iss protocol 1
		no-s256 unsupported 2
		no-browser unsupported 2
		other-issuer protocol 1
	EOF
	rm -f page
	misdo 'oidc * deny'
	refuses denied 1 login --fulcio-auth-flow normal
	has 'access_denied: she <b>said</b> no' "$(jq -r .message <<<"$error")"
	[[ $(page) != *'said</b>'* ]]
}

@test "browser: a code that comes with another state is not taken" {
	printf '%s\n' '#!/bin/sh' 'curl -sSL -o page "$1"' 'exit 1' >browser
	chmod +x browser
	export BROWSER=$PWD/browser
	misdo 'oidc * other-state'
	refuses no-terminal 1 login --fulcio-auth-flow normal </dev/null
	has 'Not taken' "$(page)"
	[[ $(asked oidc) != *'/token'* ]]
}

@test "out of band: a code is typed in where no browser can be opened" {
	cat >typist <<-'EOF'
		#!/usr/bin/env python3
		# Plays the user: opens the page that is shown, and types what it says.
		import os, re, subprocess, sys, urllib.request
		p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
		for line in p.stderr:
		    sys.stderr.buffer.write(line)
		    if m := re.match(rb'\t (http\S+)', line):
		        p.stdin.write(urllib.request.urlopen(m[1].decode()).read())
		        p.stdin.close()
		sys.exit(p.wait())
	EOF
	chmod +x typist
	for browser in /no/such/thing false; do
		BROWSER=$browser expect_status 0 ./typist cosign get-token --fulcio-auth-flow normal --oidc-disable-ambient-providers
		[ "$(claim email)" = alice@example.com ]
		has 'error opening browser' "$stderr"
		has 'Go to the following link in a browser:' "$stderr"
	done
	has 'redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob' "$(asked oidc)"
}

@test "out of band: nobody is asked who cannot answer" {
	export BROWSER=/no/such/thing
	refuses no-terminal 1 login --fulcio-auth-flow normal </dev/null
	has 'fulcio-auth-flow=device' "$error"
	printf 'code/999+x\n' >code
	refuses denied 1 login --fulcio-auth-flow normal < <(cat code)
	has 'invalid_grant' "$error"
}

@test "flows and issuers that are none" {
	refuses usage 2 login --fulcio-auth-flow token
	refuses usage 2 login --fulcio-auth-flow magic
	misdo 'oidc * html 200'
	refuses protocol 1 login --fulcio-auth-flow device
	misdo 'oidc * status 404'
	refuses http 1 login --fulcio-auth-flow device
	has 'does not describe itself' "$error"
	misdo 'oidc * endless'
	refuses too-large 1 login --fulcio-auth-flow device
	misdo
	refuses protocol 1 login --fulcio-auth-flow device --oidc-issuer "$OIDC_URL/"
	has "issuer $OIDC_URL/" "$error"
}

@test "a code is shown once, also where a connection that was kept has gone" {
	export BROWSER='curl -sSL -o page'
	misdo 'oidc /token reset'
	refuses network 1 login --fulcio-auth-flow normal --retry 5
	[ "$(asked oidc | grep -c 'POST /token')" = 1 ]
}

# Until it is in the sandbox, waiting for an answer; then it is ended.
waits_confined() { # COMMAND...
	local pid
	"$@" >out 2>err 3>&- &
	pid=$!
	until grep -q '^Seccomp:	2' "/proc/$pid/status"; do kill -0 $pid && sleep 0.02; done
	kill $pid
	wait $pid || true
	[ ! -s out ]
}

@test "who asks for a token can start nothing and write nothing" {
	cosign version --json | jq -e .sandbox.seccomp >/dev/null || skip "no seccomp here"
	misdo 'oidc /github stall' 'oidc /token stall'
	github_env
	waits_confined cosign-get-token
	waits_confined cosign-get-token --oidc-disable-ambient-providers --fulcio-auth-flow device
	BROWSER='curl -sSL -o page' waits_confined cosign-get-token --oidc-disable-ambient-providers --fulcio-auth-flow normal
	has 'Your browser will now be opened' "$(cat err)"
}

# --- for signatures ------------------------------------------------------------

sign() { # [FLAG...]
	echo text >blob
	env -u COSIGN_OIDC_ISSUER cosign sign-blob --yes --signing-config "$SIGDIR/signing_config.json" --trusted-root "$SIGDIR/trusted_root.json" \
		--bundle bundle.json "$@" blob
}

signed_by() { # NAME
	jq -r .verificationMaterial.certificate.rawBytes bundle.json | base64 -d |
		openssl x509 -inform DER -noout -ext subjectAltName | grep -qF "$1"
}

@test "commands that sign get their token so" {
	expect_status 0 sign --fulcio-auth-flow device
	has 'Enter the verification code' "$stderr"
	signed_by alice@example.com
	BROWSER='curl -sSL -o page' expect_status 0 sign --fulcio-auth-flow normal
	signed_by alice@example.com
	github_env
	expect_status 0 sign
	signed_by repo:o/r
	buildkite_env
	expect_status 0 sign --oidc-provider buildkite-agent
	signed_by organization:o
	expect_status 0 sign --oidc-disable-ambient-providers </dev/null
	signed_by alice@example.com
}

@test "commands that sign say why there is no token" {
	github_env
	rm -f bundle.json
	misdo 'oidc * status 403'
	refuses denied 1 sign
	has 'github-actions' "$error"
	[ "$(grep -c . <<<"$stderr")" = 1 ] || { echo "$stderr"; false; }
	refuses usage 2 sign --oidc-provider nobody
	refuses usage 2 sign --oidc-disable-ambient-providers --fulcio-auth-flow magic
	has 'client_credentials' "$error"
	misdo 'oidc * expired'
	refuses bad-token 1 sign
	[ ! -e bundle.json ]
	[ -z "$(asked fulcio)" ]
}
