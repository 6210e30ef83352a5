# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

jq_of() { # FILTER: over standard input
	run --separate-stderr cosign run-jq "$@"
}

@test "each line goes through the filter" {
	jq_of '.a + 1' <<<$'{"a":1}\n{"a":2}'
	[ "$status" -eq 0 ]
	[ "$output" = $'2\n3' ]
	jq_of . </dev/null
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "a filter may begin with anything" {
	jq_of -- '-.a' <<<'{"a":1}'
	[ "$output" = -1 ]
}

@test "what is no filter, no JSON or fails is an error" {
	refuses usage 2 cosign run-jq
	refuses usage 2 cosign run-jq . .
	refuses usage 2 cosign run-jq '.['
	refuses usage 2 cosign run-jq --cpu-seconds 0 .
	refuses bad-json 1 cosign run-jq . <<<'{"a":1,"a":2}'
	refuses failed 1 cosign run-jq '.a|error' <<<'{"a":1}'
	expect_status 1 bash -c 'echo 1 | cosign run-jq . >/dev/full'
}

@test "a filter has no environment, no files and not all the time" {
	export SECRET=x
	jq_of 'env | length' <<<null
	[ "$output" = 0 ]
	refuses usage 2 cosign run-jq 'import "a" as $a; .' <<<null
	refuses timeout 1 cosign run-jq --cpu-seconds 1 '[range(1e12)] | length' <<<null
}

@test "--jq says so when it cannot be run" {
	cp "$BIN/cosign-resolve" .
	run --separate-stderr env PATH=/nonexistent ./cosign-resolve --jq . oci:x
	[ "$status" -eq 1 ]
	has "cosign-run-jq" "$stderr"
}
