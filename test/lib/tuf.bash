# SPDX-License-Identifier: Apache-2.0
# TUF repositories for tests: `load lib/helpers`, then `load lib/tuf`.

# tufrepo CODE: makes and changes the one in $BATS_TEST_TMPDIR/tuf; see
# test/fake/tufrepo.py. Its files are in $TUF_REPO.
tufrepo() {
	TUF_DIR=${TUF_DIR:-$BATS_TEST_TMPDIR/tuf} TUF_REPO=${TUF_DIR:-$BATS_TEST_TMPDIR/tuf}/repo
	export TUF_DIR TUF_REPO
	mkdir -p "$TUF_DIR"
	python3 "$TOP/test/fake/tufrepo.py" "$TUF_DIR" "$1"
}

# new_tufrepo [CODE]: one with a trusted root, which is trusted from now on
# through TUF_MIRROR and TUF_ROOT_JSON, as a directory. The first is copied,
# for keys take time.
new_tufrepo() {
	TUF_DIR=$BATS_TEST_TMPDIR/tuf TUF_REPO=$BATS_TEST_TMPDIR/tuf/repo
	export TUF_DIR TUF_REPO
	cp -R "$BATS_FILE_TMPDIR/first-tuf" "$TUF_DIR"
	[ -z "${1-}" ] || tufrepo "$1"
	use_tufrepo "file://$TUF_REPO"
}

# In setup_file.
make_first_tufrepo() {
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR TUF_DIR=$BATS_FILE_TMPDIR/first-tuf tufrepo "
init()
add('trusted_root.json', open('$TOP/test/vectors/good/tlog/trusted_root.json', 'rb').read())
commit()"
}

use_tufrepo() { # URL
	export TUF_MIRROR=$1 TUF_ROOT_JSON=$TUF_REPO/1.root.json TUF_ROOT=$BATS_TEST_TMPDIR/cache
	KEPT=$TUF_ROOT/$(sed 's,^https*://,,; s,[:/],-,g' <<<"$1" | tr '[:upper:]' '[:lower:]')
	export KEPT
}

# Serves $TUF_REPO on loopback; a file NAME.fault beside NAME says what is to go
# wrong (test/fake/httpd.py). $ASKED gets a line a request.
serve_tufrepo() {
	ASKED=$BATS_TEST_TMPDIR/asked
	: >"$ASKED"
	start_server tuf 's/^\([0-9][0-9]*\)$/\1/p' python3 "$TOP/test/fake/httpd.py" --files "$TUF_REPO" --log "$ASKED" || return
	use_tufrepo "http://127.0.0.1:$SERVER/files"
}

# Names of the files that were asked for, and forgets them.
asked() {
	jq -r '.target | sub("^/files/"; "")' "$ASKED" | paste -sd ' '
	: >"$ASKED"
}

version_of() { # FILE
	jq .signed.version "$1"
}
