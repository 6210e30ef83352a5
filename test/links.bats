# SPDX-License-Identifier: Apache-2.0
# Which libraries each program needs: the argument for small programs. After
# a change that is meant: UPDATE=1 bats test/links.bats
load lib/helpers

needed() {
	local program
	for program in "$BIN"/cosign "$BIN"/cosign-*; do
		[ -x "$program" ] || continue
		printf '%s:' "${program##*/}"
		readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\.so.*\]$/\1/p' | grep -v '^ld-linux' |
			LC_ALL=C sort | sed 's/^/ /' | tr -d '\n'
		echo
	done
}

setup() {
	case $BIN in *build-*) skip 'a sanitizer is linked too' ;; esac
}

@test "every program needs the libraries of test/needed.txt, and no others" {
	[ -z "${UPDATE-}" ] || needed >"$TOP/test/needed.txt"
	diff -u "$TOP/test/needed.txt" <(needed)
}

@test "only cosign-remote-http needs libcurl" {
	[ -z "$(needed | grep libcurl | grep -v '^cosign-remote-http:')" ]
}

@test "the dispatcher needs libc alone" {
	[ "$(needed | grep '^cosign:')" = 'cosign: libc' ]
}

@test "a file of several programs goes by its name" {
	cp "$BIN/cosign-verify" "$BATS_TEST_TMPDIR/cosign-verify-blob"
	expect_status 0 "$BATS_TEST_TMPDIR/cosign-verify-blob" --help
	has 'Usage: cosign verify-blob'
	cp "$BIN/cosign-verify" "$BATS_TEST_TMPDIR/mine"
	expect_status 2 "$BATS_TEST_TMPDIR/mine" --help
	has cosign-verify-blob "$stderr"
}

@test "the suite, stripped, is smaller than 5 MB" {
	cd "$BATS_TEST_TMPDIR"
	for program in "$BIN"/cosign "$BIN"/cosign-*; do
		[ -L "$program" ] || strip -o "${program##*/}" "$program"
	done
	[ "$(du -cb -- * | sed -n 's/\ttotal$//p')" -lt 5000000 ]
}

@test "STATIC=1 leaves libcurl to one program, libjq to another, and nothing to the rest" {
	cp -a "$BUILD" "$BATS_TEST_TMPDIR/build"
	cd "$TOP"
	BIN=$BATS_TEST_TMPDIR/bin
	eval "make -s $MAKE_ARGS" STATIC=1 B='"$BATS_TEST_TMPDIR/build"' BIN='"$BIN"' '"$BIN"/cosign-{sign,verify,version,remote-http}'
	[ "$(needed)" = $'cosign-remote-http: libc libcurl\ncosign-sign:\ncosign-verify:\ncosign-version:' ]
	make_keys "$BATS_TEST_TMPDIR/k"
	make_layout "$BATS_TEST_TMPDIR/image" v1
	"$BIN/cosign-sign" --key "$BATS_TEST_TMPDIR/k.key" $SIGN_KEY "oci:$BATS_TEST_TMPDIR/image:v1"
	expect_status 0 "$BIN/cosign-verify" --key "$BATS_TEST_TMPDIR/k.pub" $VERIFY_KEY "oci:$BATS_TEST_TMPDIR/image:v1"
}
