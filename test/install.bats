# make install, uninstall and dist. The copy here is linked for a place of its
# own from the objects that are there already.
load lib/helpers

setup_file() {
	cp -a "$BUILD" "$BATS_FILE_TMPDIR/build"
	export PLACE=$BATS_FILE_TMPDIR/place
	in_tree install PREFIX="$PLACE"
}

in_tree() {
	(cd "$TOP" && eval "make -s V= $MAKE_ARGS \"\$@\"" '"B=$BATS_FILE_TMPDIR/build" "BIN=$BATS_FILE_TMPDIR/bin"')
}

@test "one name on PATH, the rest in libexec" {
	[ "$(ls "$PLACE/bin")" = cosign ]
	for c in "$TOP"/cmd/*.c; do
		name=$(basename "$c" .c)
		[ "$name" = cosign ] || [ -x "$PLACE/libexec/cosign/cosign-$name" ]
	done
}

@test "pages, completions and documents are in their places" {
	for page in "$TOP"/man/*.[1-9]; do
		cmp "$page" "$PLACE/share/man/man${page##*.}/$(basename "$page")"
	done
	[ -s "$PLACE/share/bash-completion/completions/cosign" ]
	[ -s "$PLACE/share/zsh/site-functions/_cosign" ]
	[ -s "$PLACE/share/fish/vendor_completions.d/cosign.fish" ]
	[ -s "$PLACE/share/doc/cosign/README.md" ]
}

@test "the installed copy signs and verifies, with nothing of the tree" {
	cd "$BATS_TEST_TMPDIR"
	make_keys
	make_layout image v1
	export PATH=$PLACE/bin:/usr/bin:/bin
	cosign sign --key cosign.key $SIGN_KEY oci:image:v1
	expect_status 0 cosign verify --key cosign.pub $VERIFY_KEY oci:image:v1
	has docker-manifest-digest
}

@test "the installed copy reaches a registry" {
	cd "$BATS_TEST_TMPDIR"
	start_fake_registry
	make_keys
	push_image "$FAKE/installed:v1"
	export PATH=$PLACE/bin:/usr/bin:/bin
	expect_status 0 cosign sign --key cosign.key $SIGN_KEY "$FAKE/installed:v1"
	expect_status 0 cosign verify --key cosign.pub $VERIFY_KEY "$FAKE/installed:v1"
	stop_servers
}

@test "DESTDIR stages, and uninstall leaves no file behind" {
	stage=$BATS_TEST_TMPDIR/stage
	in_tree install PREFIX="$PLACE" DESTDIR="$stage"
	[ -x "$stage$PLACE/bin/cosign" ]
	in_tree uninstall PREFIX="$PLACE" DESTDIR="$stage"
	[ -z "$(find "$stage" ! -type d)" ]
}

@test "two builds from two directories are the same bytes" {
	[ -z "${SANITIZE-}" ] || skip "instrumented objects name their directory"
	cp -a "$BATS_FILE_TMPDIR/bin/cosign-version" "$BATS_TEST_TMPDIR/one"
	tree=$BATS_TEST_TMPDIR/elsewhere
	mkdir "$tree"
	(cd "$TOP" && cp -a Makefile VERSION lib cmd "$tree")
	commit=$(git -C "$TOP" rev-parse HEAD 2>/dev/null || echo unknown)
	read -r _ state date <"$BATS_FILE_TMPDIR/build/commit"
	epoch=$([ "$date" = unknown ] || date -u -d "$date" +%s)
	(cd "$tree" && eval "make -s $MAKE_ARGS" B=build BIN=bin PREFIX='"$PLACE"' COMMIT="$commit" TREE_STATE="$state" \
		SOURCE_DATE_EPOCH="$epoch" bin/cosign-version)
	cmp "$tree/bin/cosign-version" "$BATS_TEST_TMPDIR/one"
}

@test "dist makes the same tarball twice, and it has the sources" {
	git -C "$TOP" rev-parse HEAD >/dev/null 2>&1 || skip "not a git checkout"
	cd "$BATS_TEST_TMPDIR"
	git clone -q "$TOP" clone
	(cd clone && make -s dist)
	tar -tzf clone/dist/cosign-*.tar.gz >list
	grep -q '^cosign-[^/]*/lib/base/err.c$' list
	grep -q '^cosign-[^/]*/Makefile$' list
}
