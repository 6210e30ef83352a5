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

# Lines of "REASON DEED [ARGUMENT]": each makes signing fail for that reason, the
# error names service and address, and nothing was written or called a success.
each_fails() { # CONFIG SERVICE NAME URL
	local reason deed
	while read -r reason deed; do
		misdo "$2 * $deed"
		run --separate-stderr sign "$1" --json
		error=$(tail -n 1 <<<"$stderr")
		if [ "$status" = 0 ] || [ "$(jq -r .reason <<<"$error")" != "$reason" ] || [ -e b ] || [ -n "$output" ]; then
			printf '%s\n' "$2 $deed: expected $reason, status $status" "$output" "$stderr" >&2
			return 1
		fi
		has "$3 $4: " "$(jq -r .message <<<"$error")"
		! grep -q 'tlog entry created\|Wrote' <<<"$stderr"
	done
}

@test "the certificate authority" {
	each_fails '' fulcio 'certificate authority' "$FULCIO_URL" <<-DEEDS
		network refuse
		network reset
		network truncate
		too-large endless
		protocol empty
		protocol garbage
		http html
		http html 500
		http status 400
		denied status 401
		denied status 403
		http status 429 7
		http status 503
		untrusted-certificate other-ca
		wrong-identity other-identity
		wrong-identity other-issuer
		bad-certificate other-key
		bad-sct no-sct
		bad-sct bad-sct
		bad-sct other-sct
		expired-certificate expired
		expired-certificate future
	DEEDS
	[ "$(asked rekor2 | wc -l)" = 0 ]
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

@test "a timestamp authority" {
	each_fails '' tsa 'timestamp authority' "$TSA_URL" <<-DEEDS
		network refuse
		network reset
		network truncate
		bad-timestamp empty
		bad-timestamp garbage
		http html
		http status 400
		http status 429 7
		bad-timestamp other-key
		bad-timestamp other-bytes
		bad-timestamp other-nonce
		bad-timestamp rejected
		bad-timestamp time 1700000000
	DEEDS
}

@test "a log of Rekor v2" {
	each_fails '' rekor2 'transparency log' "$REKOR2_URL" <<-DEEDS
		network refuse
		network reset
		network truncate
		protocol empty
		protocol garbage
		http html
		http status 400
		http status 429 7
		bad-checkpoint other-key
		untrusted-log other-log
		bad-log-proof other-entry
		bad-checkpoint other-origin
		bad-log-proof bad-proof
		bad-log-proof bad-checkpoint
		bad-checkpoint bad-note
		protocol no-proof
	DEEDS
}

@test "a log of Rekor v1" {
	each_fails .v1 rekor1 'transparency log' "$REKOR1_URL" <<-DEEDS
		network refuse
		network reset
		network truncate
		protocol empty
		protocol garbage
		http html
		http status 400
		bad-log-entry other-key
		untrusted-log other-log
		bad-log-entry other-entry
		bad-checkpoint other-origin
		bad-log-proof bad-proof
		bad-log-proof bad-checkpoint
		bad-checkpoint bad-note
		bad-log-entry no-proof
		bad-log-entry bad-set
		protocol no-set
		expired-certificate time 1700000000
		protocol other-id
	DEEDS
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

@test "a service that stalls is left when the time is up" {
	local service
	for service in fulcio tsa rekor2; do
		misdo "$service * stall"
		refuses timeout 1 sign '' --timeout 700ms
	done
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
