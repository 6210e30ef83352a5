# SPDX-License-Identifier: Apache-2.0
# Which libraries each program needs: the argument for small programs. After
# a change that is meant: UPDATE=1 bats test/links.bats
load lib/helpers

needed() {
	local program
	for program in "$BIN"/cosign "$BIN"/cosign-*; do
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
