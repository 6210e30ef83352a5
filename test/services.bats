#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Services that fail or lie: nothing is kept, and the error names who and what.
load lib/helpers
load lib/sigstore

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	cd "$BATS_FILE_TMPDIR"
	start_sigstore
	TOKEN=$(id_token)
	export TOKEN
}

teardown_file() { stop_servers; }

teardown() { stop_servers; }

setup() {
	cd "$BATS_TEST_TMPDIR"
	misdo
	asked_reset
	printf 'what is signed\n' >file
}

sign() { # CONFIG FLAGS...
	cosign sign-blob --retry 0 --signing-config "$SIGDIR/signing_config$1.json" --trusted-root "$SIGDIR/trusted_root.json" \
		--identity-token "$TOKEN" --bundle b "${@:2}" file
}

@test "each request that signs, broken in each way" {
	service_faults sign sign-v1
}

# What authorities of different ages put into certificates for such tokens: with
# the subject beside the name, and before that with the name alone.
@test "machines are named in many ways, and others in none" {
	local claims name wrong TOKEN
	while read -r name claims; do
		# shellcheck disable=SC2086
		TOKEN=$(id_token --subject me $claims)
		misdo 'fulcio * no-subject' "fulcio * other-identity $name"
		expect_status 0 sign ''
		rm b
		for wrong in "${name}x" "${name%/*}/x${name##*/}"; do
			misdo 'fulcio * no-subject' "fulcio * other-identity $wrong"
			refuses wrong-identity 12 sign ''
		done
	done <<-'NAMES'
		https://git.example/a/b//.ci.yml@refs/heads/main --claim ci_config_ref_uri=git.example/a/b//.ci.yml@refs/heads/main
		https://github.example/a/b/.github/workflows/c.yml@refs/heads/main --claim job_workflow_ref=a/b/.github/workflows/c.yml@refs/heads/main
		https://buildkite.com/o/p --claim organization_slug=o --claim pipeline_slug=p
		https://kubernetes.io/namespaces/n/serviceaccounts/s --claim kubernetes.io:={"namespace":"n","serviceaccount":{"name":"s"}}
		https://g.codefresh.io/a/b/c:1/2 --claim account_name=a --claim pipeline_name=b/c --claim account_id=1 --claim pipeline_id=2
		https://circleci.com/api/v2/projects/1/pipeline-definitions/2 --claim oidc.circleci.com/project-id=1 --claim oidc.circleci.com/pipeline-definition-id=2
	NAMES
	TOKEN=$(id_token --subject me)
	misdo 'fulcio * no-subject' "fulcio * other-identity $OIDC_URL/me"
	expect_status 0 sign ''
	rm b
	misdo 'fulcio * no-subject' 'fulcio * other-identity https://issuer.example/me'
	refuses wrong-identity 12 sign ''
}

@test "forged answers reach no image, no registry and no record" {
	start_fake_registry
	make_layout image >/dev/null
	push_image "$FAKE/app:1" >/dev/null
	printf '{}' >predicate
	cosign resolve oci:image >images
	service_faults witness layout attest registry legacy
}

@test "what an authority refuses is not logged, and a slow one holds nobody up" {
	local deed
	for deed in 'status 400' refuse other-bytes rejected; do
		misdo "tsa * $deed"
		# The head start is short, and this machine may be slower now and then.
		for _ in {1..30}; do
			asked_reset
			run sign '' --retry 0
			[ "$status" != 0 ]
			[ -n "$(asked rekor2)" ] || break
		done
		[ -z "$(asked rekor2)" ]
	done
	misdo 'tsa 1 delay 4000'
	asked_reset
	expect_status 0 sign ''
	[ "$(asked | cut -d' ' -f1 | paste -sd ' ')" = 'fulcio rekor2 tsa' ]
}

@test "one of several services is enough to fail" {
	misdo 'tsab * other-bytes'
	refuses bad-timestamp 12 sign .v2all
	has "timestamp authority $TSAB_URL: " "$(jq -r .message <<<"$error")"
	misdo 'rekor2b * bad-note'
	refuses bad-checkpoint 12 sign .v2all
	misdo 'rekor1b * bad-set'
	refuses bad-log-entry 12 sign .v1all
	[ ! -e b ]
}

@test "what may pass is tried again, a few times" {
	misdo 'fulcio 1 status 503' 'tsa 1 status 429 1' 'rekor2 1 reset'
	expect_status 0 sign '' --retry 2
	[ "$(asked fulcio | wc -l)" = 2 ]
	[ "$(asked tsa | wc -l)" = 2 ]
	misdo 'fulcio * status 503'
	asked_reset
	refuses http 1 sign '' --retry 2
	[ "$(asked fulcio | wc -l)" = 3 ]
	misdo 'fulcio * status 400'
	asked_reset
	refuses http 1 sign '' --retry 2
	[ "$(asked fulcio | wc -l)" = 1 ]
}

@test "what a log took without saying so is found there" {
	local log
	for log in rekor1:.v1 rekor2:; do
		for deed in truncate cut-chunk; do
			misdo "${log%:*} 1 $deed"
			asked_reset
			expect_status 0 sign "${log#*:}" --retry 1
			[ "$(asked "${log%:*}" | grep -c '^POST .* 409')" = 1 ]
			rm b
		done
	done
}

@test "a certificate timestamp beside the certificate is checked, and told of" {
	misdo 'fulcio * detached'
	expect_status 0 sign ''
	has 'WARNING: the authority put the certificate timestamp beside the certificate' "$stderr"
}

@test "trust that lacks the services refuses what they say" {
	printf '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' >none.json
	refuses untrusted-certificate 12 sign '' --trusted-root none.json
	jq '.tlogs = []' "$SIGDIR/trusted_root.json" >nologs.json
	refuses untrusted-log 12 sign '' --trusted-root nologs.json
	jq '.timestampAuthorities = []' "$SIGDIR/trusted_root.json" >notsa.json
	refuses bad-timestamp 12 sign '' --trusted-root notsa.json
	jq '.ctlogs = []' "$SIGDIR/trusted_root.json" >noct.json
	refuses bad-sct 12 sign '' --trusted-root noct.json
}

# --- addresses with TLS, and those that lead elsewhere -----------------------

# An authority, what it certifies for servers of this name, and for clients.
make_authority() { # STEM NAME...
	local stem=$1 name
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$stem-ca.key" -out "$stem-ca.pem" -days 2 -subj "/CN=$stem" 2>/dev/null
	for name in "${@:2}" client; do
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$stem-$name.key" -out "$stem-$name.csr" -subj "/CN=$name" 2>/dev/null
		openssl x509 -req -in "$stem-$name.csr" -CA "$stem-ca.pem" -CAkey "$stem-ca.key" -CAcreateserial -days 2 -out "$stem-$name.pem" \
			-extfile <(echo "subjectAltName=DNS:$name") 2>/dev/null
	done
}

front() { # NAME CERTIFICATE-STEM URL [CLIENT-CA]: $SERVER is its port
	local to=${3#http://}
	start_server "$1" 's/^\([0-9][0-9]*\)$/\1/p' python3 "$TOP/test/fake/tlsfront.py" "$2.pem" "$2.key" "${to%%/*}" "${@:4}"
}

@test "a timestamp authority behind TLS, which asks who comes" {
	local why
	make_authority own localhost tsa.example
	make_authority other localhost
	make_keys
	front tsa own-localhost "$TSA_URL" own-ca.pem
	local url=https://localhost:$SERVER/api/v1/timestamp
	local mine=(--timestamp-client-cert own-client.pem --timestamp-client-key own-client.key) ca=(--timestamp-client-cacert own-ca.pem)
	stamp() {
		cosign sign-blob --key cosign.key --use-signing-config=false --tlog-upload=false --retry 0 \
			--trusted-root "$SIGDIR/trusted_root.json" --timestamp-server-url "$url" --bundle b "$@" file
	}
	# REASON STATUS FLAG...: its error names the authority, and nothing is left.
	stamp_fails() {
		refuses "$1" "$2" stamp "${@:3}"
		[ "$1" = usage ] || has "timestamp authority $url: " "$(jq -r .message <<<"$error")"
		[ ! -e b ]
	}
	stamp_fails network 1 "${ca[@]}"
	stamp_fails network 1 "${ca[@]}" --timestamp-client-cert other-client.pem --timestamp-client-key other-client.key
	stamp_fails network 1 "${mine[@]}"
	has timestamp-client-cacert "$error"
	stamp_fails network 1 "${mine[@]}" --timestamp-client-cacert other-ca.pem
	stamp_fails network 1 "${mine[@]}" "${ca[@]}" --timestamp-server-name tsa.example
	stamp_fails bad-config 1 "${ca[@]}" --timestamp-client-cert own-client.pem --timestamp-client-key other-client.key
	stamp_fails io 1 "${ca[@]}" --timestamp-client-cert own-client.pem --timestamp-client-key none.key
	stamp_fails usage 2 "${ca[@]}" --timestamp-client-cert own-client.pem
	url=http://user:word@timestamps.example/ refuses bad-config 1 stamp
	[ -z "$(asked tsa)" ]
	expect_status 0 stamp "${mine[@]}" "${ca[@]}"
	[ "$(jq '.verificationMaterial.timestampVerificationData.rfc3161Timestamps | length' b)" = 1 ]
	# The same by a signing config, at an address that is not the name in the certificate.
	stop_server tsa
	front tsa own-tsa.example "$TSA_URL" own-ca.pem
	url=https://127.0.0.1:$SERVER/api/v1/timestamp
	jq --arg url "$url" '.tsaUrls[0].url = $url' "$SIGDIR/signing_config.tsa.json" >config.json
	refuses network 1 sign '' "${mine[@]}" "${ca[@]}" --signing-config config.json
	expect_status 0 sign '' "${mine[@]}" "${ca[@]}" --timestamp-server-name tsa.example --signing-config config.json
}

@test "a name and a password in an address are for the server alone" {
	start_server else 's/^\([0-9][0-9]*\)$/\1/p' python3 "$TOP/test/fake/httpd.py" --log else.log
	refuses bad-timestamp 12 cosign sign-blob --identity-token "$TOKEN" --fulcio-url "$FULCIO_URL" --use-signing-config=false --tlog-upload=false \
		--trusted-root "$SIGDIR/trusted_root.json" --timestamp-server-url "http://us%40er:p%3aw@127.0.0.1:$SERVER/echo" --bundle b file
	has "timestamp authority http://127.0.0.1:$SERVER/echo: " "$(jq -r .message <<<"$error")"
	[[ $stderr != *p%3aw* && $stderr != *p:w* ]]
	grep -q "Basic $(printf 'us@er:p:w' | base64)" else.log
}

@test "tokens and statements go nowhere else" {
	local what
	make_authority own localhost
	start_server else 's/^\([0-9][0-9]*\)$/\1/p' python3 "$TOP/test/fake/httpd.py" --log else.log
	local else=http://127.0.0.1:$SERVER/echo
	: >else.log
	for what in fulcio tsa rekor2; do
		misdo "$what * redirect 307 $else"
		refuses http 1 sign ''
		misdo "$what * redirect 302 $else"
		refuses http 1 sign ''
	done
	export COSIGN_OIDC_TOKEN_FILE=none ACTIONS_ID_TOKEN_REQUEST_TOKEN=github-secret
	misdo "oidc * redirect 307 $else"
	BUILDKITE_AGENT_ACCESS_TOKEN=buildkite-secret BUILDKITE_AGENT_ENDPOINT=$OIDC_URL/buildkite/v3 BUILDKITE_JOB_ID=job-1 \
		refuses http 1 cosign get-token
	[ ! -s else.log ]
	# Reading is done elsewhere when told so, but nobody there learns who asks.
	misdo "oidc * redirect 302 $else"
	ACTIONS_ID_TOKEN_REQUEST_URL="$OIDC_URL/github?x=1" refuses protocol 1 cosign get-token
	[ "$(wc -l <else.log)" = 1 ]
	! grep -qi 'github-secret\|authorization' else.log
	# And not from https to http, nor to what is no http at all.
	front github own-localhost "$OIDC_URL"
	export ACTIONS_ID_TOKEN_REQUEST_URL="https://localhost:$SERVER/github?api-version=2.0" SSL_CERT_FILE=own-ca.pem
	for what in "$else" file:///etc/passwd gopher://127.0.0.1/ //127.0.0.1:9999999/; do
		misdo "oidc * redirect 302 $what"
		refuses protocol 1 cosign get-token
	done
	[ "$(wc -l <else.log)" = 1 ]
	misdo
	expect_status 0 cosign get-token
}
