# SPDX-License-Identifier: Apache-2.0
# Commands that are killed, or that the system below fails, at one call after
# another. What is right is said in test/inject/sweep.py. `make crash` does it
# at every call and some hundred random times.
load lib/helpers

setup_file() {
	start_fake_registry --user me:secret
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign
	make_keys other
	make_layout image example.com/app:1
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_FILE_TMPDIR"; }

teardown() { stop_servers; }

# The faults from below need a library that sanitizers do not go with.
needs_inject() {
	[ -e "$BUILD/inject/inject.so" ] || skip "no faults from below in this build"
}

sweep() { # SCENE KIND [POINTS]
	expect_status 0 python3 "$TOP/test/inject/sweep.py" "$1" "$2" --points "${CRASH-${3-0}}" --registry "$FAKE"
	echo "$output"
	has ' 0 wrong'
}

@test "killed before each touch of the disk" {
	needs_inject
	sweep sign-bundle kill 10
	sweep sign-legacy kill 10
	sweep generate kill 5
	sweep login kill
}

@test "killed within a write" {
	needs_inject
	sweep sign-bundle torn 10
	sweep login torn
}

@test "killed at random" {
	for scene in sign-bundle sign-legacy login; do
		sweep $scene random 7
	done
	sweep generate random 3
}

# The real thing, which keeps each step of an upload on its disk.
@test "killed at random while it pushes to docker-registry" {
	start_registry
	for scene in push-bundle push-legacy; do
		expect_status 0 python3 "$TOP/test/inject/sweep.py" $scene random --points "${CRASH-10}" --registry "$REG"
		echo "$output"
		has ' 0 wrong'
	done
}

@test "killed at each request to a registry" {
	for config in bundle-tag legacy; do
		for kind in kill kill-after; do
			expect_status 0 python3 "$TOP/test/fake/faults.py" stand-in sign $config --only $kind
			has ' 0 wrong'
		done
	done
}

@test "no space on the disk, from each call on" {
	needs_inject
	sweep sign-bundle full 9
	sweep sign-legacy full 9
	sweep generate full 4
	sweep login full
}

@test "each touch of the disk fails" {
	needs_inject
	sweep sign-bundle broken 10
	sweep generate broken 5
	sweep login broken
}

@test "short reads and writes, and interrupted ones" {
	needs_inject
	for scene in verify sign-bundle sign-legacy generate login; do
		sweep $scene short
		sweep $scene again
	done
}

@test "no memory" {
	needs_inject
	sweep verify memory 40
	sweep sign-bundle memory 40
	sweep sign-legacy memory 20
	sweep generate memory 10
	sweep login memory 10
}
