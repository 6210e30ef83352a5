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

# Every request of these, broken in each way; what is right is said in
# test/fake/servicefaults.py.
faults() { # OPERATION...
	run python3 "$TOP/test/fake/servicefaults.py" "$@"
	echo "$output"
	[ "$status" = 0 ]
	has ' 0 wrong'
}

@test "each request that signs, broken in each way" {
	faults sign sign-v1
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

@test "each request for what a log has already" {
	faults conflict-v1 conflict-v2
}

@test "each request for proofs and entries of before" {
	faults proof search online
}

@test "each request for an identity token" {
	faults github buildkite google robot device browser
}

@test "forged answers reach no image, no registry and no record" {
	start_fake_registry
	make_layout image >/dev/null
	push_image "$FAKE/app:1" >/dev/null
	printf '{}' >predicate
	cosign resolve oci:image >images
	faults witness layout attest registry legacy
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
