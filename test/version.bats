# SPDX-License-Identifier: Apache-2.0
load lib/helpers

@test "version prints the lines of the original" {
	expect_status 0 cosign version
	[ -z "$stderr" ]
	for label in GitVersion GitCommit GitTreeState BuildDate GoVersion Compiler Platform; do
		[ "$(grep -c "^$label: *[^ ]" <<<"$output")" -eq 1 ]
	done
	[ "$(sed -n 's/^GitVersion: *//p' <<<"$output")" = "v$(cat "$TOP/VERSION")" ]
}

@test "version --json prints the original's object, and which suite this is" {
	expect_status 0 cosign version --json
	[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$output")" = \
		'gitVersion gitCommit gitTreeState buildDate goVersion compiler platform suite sandbox' ]
	[ "$(jq -r .suite <<<"$output")" = cosign-c ]
	jq -e '.platform | test("^linux/")' <<<"$output"
	jq -e '.buildDate | . == "unknown" or test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$")' <<<"$output"
	jq -e '.sandbox | (.seccomp | type == "boolean") and (.landlock | type == "number" and . >= 0)' <<<"$output"
	expect_status 0 cosign-version -json
	has 'WARNING: -json is an old spelling of --json' "$stderr"
	expect_status 0 cosign version --json=false
	has 'GitVersion:'
}

@test "version takes no arguments and is not bound to the environment" {
	expect_status 2 cosign version extra
	has "accepts at most 0 arg(s), received 1" "$stderr"
	COSIGN_JSON=true expect_status 0 cosign version
	has 'GitVersion:'
}

@test "the examples of version run" {
	run_examples version
}
