#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Many images in one call: verify -, resolve -, sign -.
load lib/helpers

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	start_registry
	start_fake_registry
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign
	make_keys other
	make_layout signed example.com/app:1 >/dev/null
	make_layout unsigned example.com/app:2 two >/dev/null
	make_layout foreign example.com/app:3 three >/dev/null
	cosign sign --key cosign.key $SIGN_KEY -a n=1 oci:signed 2>/dev/null
	cosign sign --key other.key $SIGN_KEY oci:foreign 2>/dev/null
	many_layout many 30 >lines
	cosign sign --json --key cosign.key $SIGN_KEY - <lines >signed.ndjson 2>sign.err
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_FILE_TMPDIR"; }

verify() { cosign verify --key cosign.pub $VERIFY_KEY "$@"; }

# A layout of N images; prints a line for each.
many_layout() { # DIR N
	local i descriptor entries=
	for ((i = 0; i < $2; i++)); do
		descriptor=$(image_blobs "$1" "layer $i")
		entries="$entries${entries:+,}$descriptor"
		printf 'oci:%s@%s\n' "$1" "$(jq -r .digest <<<"$descriptor")"
	done
	printf '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
	printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s]}' "$entries" >"$1/index.json"
}

summary() { # of $stderr
	grep ' images: ' <<<"$stderr"
}

@test "sign - signs every line, in order, and says where" {
	[ "$(wc -l <signed.ndjson)" -eq 30 ]
	cmp lines <(jq -r .image signed.ndjson)
	[ "$(tail -n 1 sign.err)" = "30 images: 30 signed, 0 errors" ]
}

@test "verify --json - prints a verdict a line, in order" {
	verify --json - <lines >out 2>err
	cmp lines <(jq -r .image out)
	jq -e -s 'all(.ok and .type == "cosign.verdict/1" and .good == 1)' out
	[ "$(tail -n 1 err)" = "30 images: 30 verified, 0 without signature, 0 refused, 0 errors" ]
}

@test "verify - prints upstream's array an image" {
	verify - <lines >out 2>err
	[ "$(jq -s length out)" -eq 30 ]
	[ "$(head -n 1 out)" = "" ]
	cmp <(cut -d@ -f2 lines) <(jq -r '.[0].critical.image."docker-manifest-digest"' out)
}

@test "objects are lines too, and what else is in them passes through" {
	expect_status 0 verify --json - <<<'{"pod":"web-1","image":"oci:signed","n":[1, 2.50]}'
	has ',"pod":"web-1","n":[1, 2.50]}'
	expect_status 0 cosign resolve - <<<'{"pod":"web-1","image":"oci:signed","digest":"no"}'
	has ',"pod":"web-1"}'
	jq -e '.digest | startswith("sha256:")' <<<"$output"
	expect_status 0 cosign sign --json --key cosign.key $SIGN_KEY - <<<'{"image":"oci:foreign","pod":"web-2"}'
	[ "$(jq -r '.type + .pod' <<<"$output")" = "cosign.location/1web-2" ]
	expect_status 0 verify --json oci:foreign
}

@test "subject records are lines: their digest counts, not where the tag went" {
	make_layout moving example.com/app:1 >digest
	cosign resolve oci:moving >subject.json
	expect_status 0 verify --json --check-claims=false oci:signed
	make_layout moving example.com/app:1 other >/dev/null
	run --separate-stderr verify --json - <subject.json
	[ "$(jq -r .digest <<<"$output")" = "$(cat digest)" ]
}

@test "a bad line is a verdict, and the rest goes on" {
	{
		echo oci:signed
		echo '{"image": broken'
		echo '{"name":"x"}'
		echo 'UPPER/case:1'
		echo
		echo oci:nowhere
		echo oci:unsigned
		echo oci:foreign-not
		head -c 2000000 /dev/zero | tr '\0' x
		echo
		printf 'oci:signed\0evil\n'
		echo '{"image":"oci:signed\u0000evil"}'
		echo '{"type":"cosign.candidate/1","image":"oci:signed"}'
		echo '{"type":"cosign.subject/2","image":"oci:signed"}'
		printf oci:signed
	} >input
	expect_status 1 verify --json - <input
	[ "$(jq -r '.reason // "ok"' <<<"$output" | tr '\n' ' ')" = "ok bad-json bad-record bad-reference no-such-image no-signature no-such-image too-large bad-reference bad-reference bad-record bad-record ok " ]
	[ "$(summary)" = "13 images: 2 verified, 1 without signature, 0 refused, 10 errors" ]
	has '"reason":"bad-json"' "$(tail -n 1 <<<"$stderr")"
	run --separate-stderr cosign resolve - <input
	[ "$status" -eq 1 ]
	[ "$(jq -r 'select(.type == "cosign.refusal/1") | .reason' <<<"$output" | wc -l)" -eq 10 ]
}

@test "without --json failures are told on stderr, and all lines are worked on" {
	expect_status 11 verify - < <(printf '%s\n' oci:nowhere oci:signed)
	[ "$(jq -s length <<<"$output")" -eq 1 ]
	has "Error: oci:nowhere: " "$stderr"
	expect_status 10 verify - <<<oci:unsigned
	make_keys third
	expect_status 12 cosign verify --key third.pub $VERIFY_KEY - <<<oci:signed
	[ "$(summary)" = "1 images: 0 verified, 0 without signature, 1 refused, 0 errors" ]
}

@test "names may end with a NUL" {
	tr '\n' '\0' <lines >lines0
	for flag in -0 --null; do
		expect_status 0 verify --json $flag - <lines0
		[ "${#lines[@]}" -eq 30 ]
	done
	expect_status 0 cosign resolve -0 - <lines0
	[ "${#lines[@]}" -eq 30 ]
}

@test "nothing asked is a failure, and - goes alone" {
	for input in '' '\n' '\n  \n'; do
		printf "$input" >empty
		refuses bad-record 1 verify - <empty
		[ -z "$output" ]
	done
	refuses bad-record 1 cosign resolve - </dev/null
	refuses bad-record 1 cosign sign --key cosign.key $SIGN_KEY - </dev/null
	refuses usage 2 verify - oci:signed <lines
	refuses usage 2 verify -0 oci:signed
	refuses usage 2 cosign sign --key cosign.key $SIGN_KEY --bundle one.json - <lines
	refuses usage 2 verify --jobs 0 - <lines
	refuses usage 2 verify --jobs 65 - <lines
	expect_status 1 bash -c "cosign verify --key cosign.pub $VERIFY_KEY - <&-"
}

@test "output flows while input still comes" {
	mkfifo "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	for jobs in 1 2; do
		verify --json --jobs $jobs - <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 2>err 3>&- &
		exec 8>"$BATS_TEST_TMPDIR/in" 9<"$BATS_TEST_TMPDIR/out"
		for image in oci:signed oci:unsigned oci:signed; do
			echo $image >&8
			read -r -t 20 line <&9
			[ "$(jq -r .image <<<"$line")" = $image ]
		done
		exec 8>&-
		status=0
		wait $! || status=$?
		[ $status -eq 10 ]
		exec 9<&-
	done
}

@test "a reader that goes away ends it" {
	yes oci:signed | verify --json - 2>err | head -n 3 >out || true
	[ "$(wc -l <out)" -eq 3 ]
}

@test "--jobs gives the same, in the same order" {
	{ cat lines; echo oci:unsigned; echo '{'; cat lines; head -c 2000000 /dev/zero | tr '\0' x; echo; cat lines; } >input
	run --separate-stderr verify --json - <input
	one=$output summary=$(summary)
	[ "$status" -eq 10 ]
	for jobs in 2 5; do
		run --separate-stderr verify --json --jobs $jobs - <input
		[ "$status" -eq 10 ]
		[ "$output" = "$one" ]
		[ "$(summary)" = "$summary" ]
	done
	run --separate-stderr verify --jobs 3 - <lines
	[ "$output" = "$(verify - <lines 2>/dev/null)" ]
}

@test "a worker that dies is a failure" {
	mkfifo "$BATS_TEST_TMPDIR/in"
	cosign-verify --json --key cosign.pub $VERIFY_KEY --jobs 2 - <"$BATS_TEST_TMPDIR/in" >out 2>err 3>&- &
	pid=$!
	exec 8>"$BATS_TEST_TMPDIR/in"
	for ((i = 0; i < 500; i++)); do
		workers=($(pgrep -P $pid || true))
		[ ${#workers[@]} -eq 2 ] && break
		sleep 0.02
	done
	# Seeing one of them gone, it may end the other first.
	kill -KILL "${workers[@]}" || true
	status=0
	wait $pid || status=$?
	exec 8>&-
	[ $status -eq 1 ]
	has '"reason":"helper"' "$(tail -n 1 err)"
}

@test "many images of one registry: a missing route is asked for once" {
	start_fake_registry --no-referrers
	rm -f reg
	for i in 1 2 3 4 5 6; do
		echo "$FAKE/batch/app@$(push_image "$FAKE/batch/app:v$i" "layer $i")" >>reg
	done
	cosign sign --json --key cosign.key $SIGN_KEY - <reg >out 2>err
	requests_reset
	# What the first answer taught is known when the others are asked for.
	rm -f out
	{ head -n 1 reg; until [ -s out ]; do sleep 0.02; done; tail -n 5 reg; } | verify --json - >out 2>err
	cmp reg <(jq -r .image out)
	[ "$(requests | grep -c /referrers/)" -eq 1 ]
	start_fake_registry
}

@test "the same image in several lines gets all its signatures" {
	image=$REG/same/app@$(push_image "$REG/same/app:1")
	for i in 1 2 3 4 5; do echo "$image"; done >same
	for form in true false; do
		cosign sign --json --key other.key -a form=$form --new-bundle-format=$form $SIGN_KEY - <same >out 2>err
		[ "$(wc -l <out)" -eq 5 ]
		expect_status 0 cosign verify --json --key other.pub -a form=$form $VERIFY_KEY "$image"
	done
	[ "$(jq '[.signatures[] | select(.form == "bundle")] | length' <<<"$output")" -eq 5 ]
}

@test "the key is opened once, and a wrong password ends it before anything" {
	COSIGN_PASSWORD=secret cosign generate-key-pair --output-key-prefix enc 2>/dev/null
	unset COSIGN_PASSWORD
	refuses no-terminal 1 cosign sign --key enc.key $SIGN_KEY - <lines
	export COSIGN_PASSWORD=wrong
	refuses bad-password 1 cosign sign --key enc.key $SIGN_KEY - <lines
	[ -z "$output" ]
	export COSIGN_PASSWORD=secret
	expect_status 0 cosign sign --json --key enc.key $SIGN_KEY --dry-run - <lines
	[ "${#lines[@]}" -eq 30 ]
}

@test "a failing line of sign - is reported and counted" {
	expect_status 11 cosign sign --json --key cosign.key $SIGN_KEY --dry-run - < <(printf '%s\n' oci:signed oci:nowhere oci:signed)
	[ "$(jq -r .type <<<"$output" | tr '\n' ' ')" = "cosign.location/1 cosign.refusal/1 cosign.location/1 " ]
	[ "$(summary)" = "3 images: 2 signed, 1 errors" ]
}

@test "refusals of one step are refusals of the next" {
	run --separate-stderr bash -c "printf '%s\n' oci:signed oci:nowhere | cosign resolve - | cosign verify --json --key cosign.pub $VERIFY_KEY -"
	[ "$status" -eq 11 ]
	[ "$(jq -r '.reason // "ok"' <<<"$output" | tr '\n' ' ')" = "ok no-such-image " ]
}

@test "memory does not grow with the number of lines" {
	[ -z "${SANITIZE-}" ] || skip "measured in the ordinary build"
	for ((i = 0; i < 200; i++)); do cat lines; done >some
	for ((i = 0; i < 4; i++)); do cat some; done >more
	small=$(peak some)
	large=$(peak more)
	echo "$small $large"
	[ "$large" -lt $((small + 1024)) ]
}

peak() { # LINES: peak resident KiB
	python3 - "$1" <<'EOF'
import os, resource, subprocess, sys
subprocess.run(["cosign-verify", "--json", "--key", "cosign.pub", "--insecure-ignore-tlog=true", "-"],
    stdin=open(sys.argv[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
EOF
}

@test "--jq filters what is printed, while it is printed" {
	expect_status 0 verify --json --jq '.image' - <lines
	[ "$(jq -r . <<<"$output")" = "$(cat lines)" ]
	expect_status 0 verify --jobs 2 --jq '.[0].critical.image | length' - <lines
	[ "${#lines[@]}" -eq 30 ]
	expect_status 0 cosign resolve --jq .digest oci:signed
	expect_status 0 cosign ls-signatures --jq .type oci:signed
	[ "$output" = $'"cosign.subject/1"\n"cosign.candidate/1"' ]
	run --separate-stderr bash -c "cosign resolve oci:signed | cosign ls-signatures | cosign check-bundle --jq .good --key cosign.pub $VERIFY_KEY"
	[ "$status" -eq 0 ]
	[ "$output" = 1 ]
	refuses usage 2 verify --jq '.[' oci:signed
	refuses failed 1 verify --jq '.ok.b' oci:signed
	refuses no-signature 10 verify --jq .reason oci:unsigned
	[ "$output" = '"no-signature"' ]
	mkfifo "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	verify --json --jq .image - <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 2>err 3>&- &
	exec 8>"$BATS_TEST_TMPDIR/in" 9<"$BATS_TEST_TMPDIR/out"
	for ((i = 0; i < 3; i++)); do
		echo oci:signed >&8
		read -r -t 20 line <&9
		[ "$line" = '"oci:signed"' ]
	done
	exec 8>&- 9<&-
	wait $!
}

@test "check-bundle --jobs gives the same, in the same order" {
	{ cat lines; echo oci:nowhere; echo oci:unsigned; echo oci:foreign; cat lines; } >input
	cosign resolve - <input 2>/dev/null | cosign ls-signatures >records
	run --separate-stderr cosign check-bundle --key cosign.pub $VERIFY_KEY <records
	[ "$status" -eq 11 ]
	[ "${#lines[@]}" -eq 63 ]
	one=$output
	for jobs in 2 5; do
		run --separate-stderr cosign check-bundle --jobs $jobs --key cosign.pub $VERIFY_KEY <records
		[ "$status" -eq 11 ]
		[ "$output" = "$one" ]
	done
	refuses bad-record 1 cosign check-bundle --jobs 2 --key cosign.pub $VERIFY_KEY </dev/null
	{ head -n 4 records; echo '{'; cat records; } >broken
	refuses bad-json 1 cosign check-bundle --jobs 2 --key cosign.pub $VERIFY_KEY <broken
	sed 1d records >orphan
	refuses bad-record 1 cosign check-bundle --jobs 2 --key cosign.pub $VERIFY_KEY <orphan
}
