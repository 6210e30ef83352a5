# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# closed COMMAND...: runs it without any standard input. (Closed any earlier,
# number 0 would go to a pipe of the shell's.)
closed() {
	"$@" <&-
}

# on_terminal SCRIPT COMMAND...: runs it on a terminal of its own. SCRIPT is
# python: pairs of what to wait for and what to type then. What was shown goes
# to shown, the status is the command's (128 + N for signal N).
on_terminal() {
	python3 -c '
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = seen = b""
answers = eval(sys.argv[1])
while True:
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    shown += data
    seen += data
    if answers and answers[0][0] in seen:
        os.write(fd, answers.pop(0)[1])
        seen = b""
open("shown", "wb").write(shown)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(128 - status if status < 0 else status)
' "$@"
}

@test "generate-key-pair writes two files and says so on stderr" {
	mkdir made
	(cd made && cosign generate-key-pair 2>/dev/null)
	expect_status 0 cosign generate-key-pair
	[ -z "$output" ]
	[ "$stderr" = "$(printf '%s\n' 'Private key written to cosign.key' 'Public key written to cosign.pub')" ]
	[ "$(stat -c %a cosign.key)" = 600 ]
	[ "$(stat -c %a cosign.pub)" = 644 ]
	[ "$(head -n 1 cosign.key)" = '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----' ]
	sed 1d\;\$d cosign.key | base64 -d >box
	jq -e 'keys_unsorted == ["kdf", "cipher", "ciphertext"] and .kdf.params == {N: 65536, r: 8, p: 1}' box
	openssl pkey -pubin -in cosign.pub -noout
	cosign public-key --key cosign.key | cmp - cosign.pub
	[ "$(ls -A made)" = "$(printf '%s\n' cosign.key cosign.pub)" ]
}

@test "generate-key-pair: modes do not depend on the umask" {
	umask 077
	expect_status 0 cosign generate-key-pair
	[ "$(stat -c %a cosign.pub)" = 644 ]
	umask 000
	expect_status 0 cosign generate-key-pair --output-key-prefix open
	[ "$(stat -c %a open.key)" = 600 ]
}

@test "generate-key-pair --algorithm: every name" {
	while read -r name size; do
		expect_status 0 cosign generate-key-pair --algorithm "$name" --output-key-prefix "$name"
		has "$size" "$(openssl pkey -pubin -in "$name.pub" -noout -text | head -n 3)"
		cosign public-key --key "$name.key" | cmp - "$name.pub"
	done <<-END
		ecdsa-sha2-256-nistp256 256
		ecdsa-sha2-384-nistp384 384
		ecdsa-sha2-512-nistp521 521
		rsa-sign-pkcs1-2048-sha256 2048
		rsa-sign-pss-3072-sha256 3072
		ed25519-ph ED25519
	END
	has 'will sign as ed25519' "$stderr"
	refuses usage 2 cosign generate-key-pair --algorithm rsa
}

@test "generate-key-pair does not overwrite without consent" {
	cosign generate-key-pair 2>/dev/null
	cp cosign.key before
	refuses no-terminal 1 cosign generate-key-pair </dev/null
	has --yes "$(jq -r .hint <<<"$error")"
	refuses no-terminal 1 closed cosign generate-key-pair
	: >empty
	refuses no-terminal 1 cosign generate-key-pair <empty
	refuses declined 1 cosign generate-key-pair <<<n
	refuses declined 1 cosign generate-key-pair <<<maybe
	refuses declined 1 cosign generate-key-pair <<<''
	cmp before cosign.key
	expect_status 0 cosign generate-key-pair <<<y
	has 'WARNING: File cosign.key already exists. Overwrite?' "$stderr"
	[ "$(grep -c 'Are you sure' <<<"$stderr")" = 0 ]
	! cmp -s before cosign.key
	cp cosign.key before
	expect_status 0 cosign generate-key-pair -y </dev/null
	! cmp -s before cosign.key
}

@test "generate-key-pair asks before it overwrites a public key alone" {
	echo mine >cosign.pub
	refuses no-terminal 1 cosign generate-key-pair </dev/null
	[ "$(cat cosign.pub)" = mine ]
	[ ! -e cosign.key ]
}

@test "passwords: file, then variable, then standard input with its line end" {
	printf 'from-file\n' >file
	export COSIGN_PASSWORD=from-variable
	expect_status 0 cosign generate-key-pair --password-file file <<<from-pipe
	COSIGN_PASSWORD=from-file expect_status 0 cosign public-key --key cosign.key
	expect_status 0 cosign generate-key-pair -y <<<from-pipe
	COSIGN_PASSWORD=from-variable expect_status 0 cosign public-key --key cosign.key
	unset COSIGN_PASSWORD
	expect_status 0 cosign generate-key-pair -y <<<from-pipe
	COSIGN_PASSWORD=from-pipe refuses bad-password 1 cosign public-key --key cosign.key
	COSIGN_PASSWORD=$'from-pipe\n' expect_status 0 cosign public-key --key cosign.key
	expect_status 0 cosign public-key --key cosign.key <<<from-pipe
}

@test "passwords: nobody to ask fails at once and says what would help" {
	unset COSIGN_PASSWORD
	: >empty
	for in in /dev/null /dev/zero empty; do
		refuses no-terminal 1 timeout 5 cosign generate-key-pair <"$in"
		has COSIGN_PASSWORD "$(jq -r .hint <<<"$error")"
		has --password-file "$(jq -r .hint <<<"$error")"
	done
	refuses no-terminal 1 closed cosign generate-key-pair
	refuses not-found 1 cosign generate-key-pair --password-file nosuch
	head -c 70000 /dev/zero >huge
	refuses too-large 1 cosign generate-key-pair --password-file huge
	[ ! -e cosign.key ]
}

@test "passwords: a terminal is asked twice, without echo" {
	unset COSIGN_PASSWORD
	on_terminal '[(b"key: ", b"geheim\n"), (b"again: ", b"geheim\n")]' cosign generate-key-pair
	! grep -q geheim shown
	COSIGN_PASSWORD=geheim expect_status 0 cosign public-key --key cosign.key
	on_terminal '[(b"key: ", b"geheim\n")]' cosign public-key --key cosign.key
	rm cosign.*
	! on_terminal '[(b"key: ", b"geheim\n"), (b"again: ", b"gehein\n")]' cosign generate-key-pair
	grep -q 'passwords do not match' shown
	! on_terminal '[(b"key: ", b"\4")]' cosign generate-key-pair
	grep -q 'no password was given' shown
	run on_terminal '[(b"key: ", b"gehe\3")]' cosign generate-key-pair
	[ "$status" -eq 130 ]
	[ ! -e cosign.key ]
}

@test "a terminal is asked before a file is overwritten" {
	cosign generate-key-pair 2>/dev/null
	cp cosign.key before
	! on_terminal '[(b"[y/N] ", b"\n")]' cosign generate-key-pair
	grep -q 'Are you sure you would like to continue? \[y/N\]' shown
	cmp before cosign.key
	on_terminal '[(b"[y/N] ", b"y\n")]' cosign generate-key-pair
	! cmp -s before cosign.key
}

@test "generate-key-pair: what comes later is refused" {
	refuses unsupported 2 cosign generate-key-pair k8s://default/key
	refuses unsupported 2 cosign generate-key-pair gitlab://1
	refuses unsupported 2 cosign generate-key-pair github://owner/repo
	refuses unsupported 2 cosign generate-key-pair --kms awskms:///alias/x
	refuses usage 2 cosign generate-key-pair cosign.key
}

@test "generate-key-pair: a failed write leaves nothing" {
	refuses io 1 cosign generate-key-pair --output-key-prefix nosuch/dir
	mkdir a.pub
	refuses io 1 cosign generate-key-pair -y --output-key-prefix a
	[ -z "$(find . -name '*.??????')" ]
}

@test "generate-key-pair --json prints a record" {
	expect_status 0 cosign generate-key-pair --json
	jq -e '.type == "cosign.key-pair/1" and .privateKey == "cosign.key" and .publicKey == "cosign.pub" and
		.algorithm == "ecdsa-sha2-256-nistp256"' <<<"$output"
	[ "$(jq -r .hint <<<"$output")" = \
		"$(openssl pkey -pubin -in cosign.pub -outform DER | openssl dgst -sha256 -binary | base64)" ]
	[ -z "$stderr" ]
}

@test "a second key of the same name differs" {
	cosign generate-key-pair --output-key-prefix a 2>/dev/null
	cosign generate-key-pair --output-key-prefix b 2>/dev/null
	! cmp -s a.pub b.pub
}

@test "the examples of generate-key-pair run" {
	run_examples generate-key-pair
}
