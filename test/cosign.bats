# SPDX-License-Identifier: Apache-2.0
# The dispatcher, and what every command has from the shared main.
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "cosign, cosign help and --help list the commands" {
	for line in '' help --help -h; do
		expect_status 0 cosign $line
		[ -z "$stderr" ]
		while read -r name; do
			grep -q "^  $name " <<<"$output"
		done < <(jq -r 'select(.name != "cosign" and (.hidden | not)) | .name' "$TOP/cmd/spec.ndjson")
	done
}

@test "an unknown command is refused, with what was perhaps meant" {
	expect_status 2 cosign frobnicate
	[ -z "$output" ]
	[ "$(grep -c 'unknown command "frobnicate" for "cosign"' <<<"$stderr")" -eq 1 ]
	expect_status 2 cosign vresion
	has 'did you mean cosign version?' "$stderr"
	refuses usage 2 cosign frobnicate
	refuses usage 2 cosign ../bin/cosign-version
	refuses usage 2 cosign ''
}

@test "global flags stand before or behind the command" {
	expect_status 0 cosign -d --timeout 3s version --json
	jq -e .gitVersion <<<"$output"
	expect_status 0 cosign --output-file out.json version --json
	[ -z "$output" ]
	jq -e .gitVersion out.json
	expect_status 0 cosign version --json --output-file=out2.json
	cmp out.json out2.json
	refuses usage 2 cosign --frob version
	refuses usage 2 cosign --timeout soon version
}

@test "--output-file empties the file first, and says when it cannot" {
	printf '%9999s' x >out
	expect_status 0 cosign env --output-file out --show-descriptions=false
	[ -s out ] && [ -z "$(grep ' x$' out)" ]
	refuses io 1 cosign env --output-file /nowhere/out
	COSIGN_OUTPUT_FILE=none expect_status 0 cosign env
	[ ! -e none ]
}

@test "the version, in every spelling" {
	for line in version -version --version -v; do
		expect_status 0 cosign $line
		has GitVersion:
	done
}

@test "whatever cosign-NAME is on PATH is a command" {
	mkdir bin
	printf '#!/bin/sh\necho "mine $*"; command -v cosign-version\nexit 7\n' >bin/cosign-mine
	chmod +x bin/cosign-mine
	PATH=$PWD/bin:$PATH expect_status 7 cosign -d mine --x y
	[ "${lines[0]}" = 'mine -d --x y' ]
	[ "${lines[1]}" = "$BIN/cosign-version" ]
	# The suite's own come first.
	cp bin/cosign-mine bin/cosign-version
	PATH=$PWD/bin:$PATH expect_status 0 cosign version
	has GitVersion:
}

@test "the suite is found in libexec beside bin, also without PATH" {
	mkdir -p root/bin root/libexec/cosign
	cp "$BIN/cosign" root/bin
	cp "$BIN/cosign-version" root/libexec/cosign
	expect_status 0 env -i "$PWD/root/bin/cosign" version
	has GitVersion:
}

@test "cosign help NAME shows the page, or --help where there is no man" {
	mkdir fake
	printf '#!/bin/sh\necho "man $*"\n' >fake/man
	chmod +x fake/man
	PATH=$PWD/fake:$PATH expect_status 0 cosign help version
	has 'man '
	has cosign-version
	expect_status 0 env -i PATH=/nowhere "$BIN/cosign" help version
	has 'Usage: cosign version'
	expect_status 0 env -i PATH=/nowhere "$BIN/cosign" help cosign
	has 'Usage: cosign COMMAND'
	expect_status 2 env -i PATH=/nowhere "$BIN/cosign" help frobnicate
}

@test "mistakes on the line are said once, with status 2" {
	expect_status 2 cosign env --frob
	[ "$stderr" = "$(printf '%s\n' 'Error: unknown flag: --frob' 'hint: cosign env --help lists the flags')" ]
	expect_status 2 cosign env --show-description
	has 'did you mean --show-descriptions?' "$stderr"
	expect_status 2 cosign env --output-file
	has 'flag needs an argument: --output-file' "$stderr"
	refuses usage 2 cosign env --timeout 3
	refuses usage 2 cosign env --show-descriptions=perhaps
	refuses usage 2 cosign env --retry -1
}

@test "an error under --json is one object, the last line of stderr" {
	refuses usage 2 cosign env --timeout 3
	[ -z "$output" ]
	jq -e '.message and (.chain | length == 2) and .expected and .found and .hint' <<<"$error"
	# Also when the mistake stands before the flag.
	expect_status 2 cosign env --frob --json
	jq -e '.reason == "usage" and .exit == 2' <<<"$stderr"
}

@test "variables stand for global flags, and bad values are ignored aloud" {
	expect_status 0 cosign env
	COSIGN_TIMEOUT=soon expect_status 0 cosign env
	[ -z "$stderr" ] # env is not bound
}

@test "stdout that cannot be written is an error" {
	[ -e /dev/full ] || skip 'no /dev/full'
	for command in 'cosign' 'cosign env' 'cosign version' 'cosign version --help' 'cosign completion bash'; do
		run --separate-stderr sh -c "$command >/dev/full"
		[ "$status" -eq 1 ]
		has 'cannot write to standard output' "$stderr"
	done
	refuses output 1 sh -c 'cosign env "$@" >/dev/full' sh
	run --separate-stderr sh -c 'cosign version >&-'
	[ "$status" -eq 1 ]
}

@test "a reader that goes away is no error to talk about" {
	run --separate-stderr bash -c 'for i in 1 2 3; do cosign completion zsh; done | true; echo "${PIPESTATUS[0]}"'
	[ -z "$stderr" ]
	run --separate-stderr unread bash -c 'trap "" PIPE; exec cosign-completion zsh'
	[ -z "$stderr" ]
	[ "$status" -eq 141 ]
}

@test "closed descriptors do no harm" {
	run -0 sh -c 'cosign version <&- 2>&-'
	has GitVersion:
	run -2 sh -c 'cosign frobnicate <&- >&- 2>&-'
}
