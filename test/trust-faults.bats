# SPDX-License-Identifier: Apache-2.0
# Each request of a TUF refresh, broken in each way.
load lib/helpers
load lib/tuf

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "what is broken on the way or in the content, request by request" {
	TUF_DIR=$PWD/ours tufrepo 'init(); delegate("del", paths=["d/*"]); add("d/x", "first", "del"); commit()'
	cp -R ours/repo old
	TUF_DIR=$PWD/ours tufrepo 'publish("root"); add("d/x", "second", "del"); commit()'
	TUF_DIR=$PWD/theirs tufrepo 'init(); publish("root"); delegate("del", paths=["d/*"]); add("d/x", "thirdd", "del"); commit()'
	run python3 "$TOP/test/fake/tuffaults.py" old ours/repo theirs/repo ${FAULTS:+all}
	printf '%s\n' "$output"
	[ "$status" -eq 0 ]
	[ "${output%% *}" -gt 120 ]
}
