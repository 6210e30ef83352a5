# SPDX-License-Identifier: Apache-2.0
# Repositories made by python-tuf, and a cache shared with the real program.
load interop
load ../lib/tuf

setup_file() {
	make_first_tufrepo
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	stop_servers
}

with_cache() {
	TUF_ROOT=$TUF_ROOT "$INTEROP_TOOLS/cosign" "$@"
}

@test "a repository of python-tuf that rotates, rolls back, freezes, expires and delegates" {
	BATS_TEST_TIMEOUT=900
	"$(dirname "$INTEROP_PYTHON")/python" "$TOP/test/interop/tuf_cases.py" "$BUILD/tuf-client" >cases.tap ||
		{ grep -A 20 '^not ok' cases.tap; false; }
	[ "$(grep -c '^ok ' cases.tap)" -gt 120 ]
}

@test "the public roots, from the first to the last" {
	chain=$SHARED/vectors/tuf/root-chain
	[ -e "$chain/15.root.json" ] || skip "no $SHARED"
	for first in 1 5 14 15; do
		"$BUILD/tuf-client" --metadata-dir "m$first" init "$chain/$first.root.json"
		# Nothing but roots is there.
		expect_status 1 faketime '2026-10-01 00:00:00' "$BUILD/tuf-client" --metadata-dir "m$first" \
			--metadata-url "file://$chain" refresh
		has timestamp.json "$stderr"
		cmp "m$first/root.json" "$chain/15.root.json"
	done
}

# The real program prints logs that started at the same time as its maps have them.
in_order() {
	jq -cS '(.tlogs, .ctlogs) |= sort_by(.logId.keyId)'
}

@test "a cache is shared with the real program, whoever begins" {
	new_tufrepo
	serve_tufrepo
	mirror=$TUF_MIRROR good=$TOP/test/vectors/good/tlog/trusted_root.json
	unset TUF_MIRROR TUF_ROOT_JSON
	for first in ours real; do
		rm -rf "$TUF_ROOT"
		if [ $first = ours ]; then
			cosign initialize --mirror "$mirror" --root "$TUF_REPO/1.root.json"
		else
			with_cache initialize --mirror "$mirror" --root "$TUF_REPO/1.root.json"
		fi
		expect_status 0 cosign get-trust
		[ "$output" = "$(cat "$good")" ]
		run -0 --separate-stderr with_cache trusted-root create --with-default-services
		[ "$(in_order <<<"$output")" = "$(cosign trusted-root create --with-default-services | in_order)" ]
		# Both follow the other's steps, and ask for nothing twice.
		tufrepo 'commit()'
		cosign get-trust >/dev/null
		asked >/dev/null
		with_cache trusted-root create --with-default-services >/dev/null
		[ "$(asked)" = "2.root.json timestamp.json" ]
		tufrepo 'commit()'
		with_cache trusted-root create --with-default-services >/dev/null
		asked >/dev/null
		cosign get-trust >/dev/null
		[ "$(asked)" = "2.root.json timestamp.json" ]
	done
}

@test "both lay the same files out" {
	new_tufrepo 'add("signing_config.v0.2.json", "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\",\"rekorTlogConfig\":{},\"tsaConfig\":{}}"); commit()'
	serve_tufrepo
	mirror=$TUF_MIRROR
	unset TUF_MIRROR TUF_ROOT_JSON
	TUF_ROOT=$PWD/ours cosign initialize --mirror "$mirror" --root "$TUF_REPO/1.root.json"
	TUF_ROOT=$PWD/theirs with_cache initialize --mirror "$mirror" --root "$TUF_REPO/1.root.json"
	diff -r -x '*-files.json' ours theirs
	diff <(cd ours && find . | sort) <(cd theirs && find . | sort)
}

@test "an old repository means the same to both" {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null | openssl pkey -pubout >log.pub
	new_tufrepo 'drop("trusted_root.json"); add("rekor.pub", open("log.pub").read(), custom={"sigstore": {"usage": "Rekor", "status": "Active", "uri": "https://r.example"}}); commit()'
	serve_tufrepo
	mirror=$TUF_MIRROR
	unset TUF_MIRROR TUF_ROOT_JSON
	TUF_ROOT=$PWD/t with_cache initialize --mirror "$mirror" --root "$TUF_REPO/1.root.json" >theirs.txt
	rm -r t
	TUF_ROOT=$PWD/t cosign initialize --mirror "$mirror" --root "$TUF_REPO/1.root.json" >ours.txt
	diff ours.txt theirs.txt
}
