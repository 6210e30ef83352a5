# SPDX-License-Identifier: Apache-2.0
# Every request of sign and verify broken in turn. What is right is said in
# test/fake/faults.py; `make faults` (FAULTS=--full) breaks them in more ways.
load lib/helpers

setup_file() {
	start_registry
	start_fake_registry --user me:secret --token
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign
	make_keys other
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_FILE_TMPDIR"; }

faults() {
	expect_status 0 python3 "$TOP/test/fake/faults.py" "$@" ${FAULTS-}
	echo "$output"
	has ' 0 wrong'
}

@test "verify: each request to a stand-in for cosign-remote-http" {
	for config in bundle-api bundle-tag legacy; do
		faults stand-in verify $config
	done
}

@test "sign: each request to a stand-in for cosign-remote-http" {
	for config in bundle-api bundle-tag legacy; do
		faults stand-in sign $config
	done
}

@test "verify: each request through a proxy, login included" {
	faults proxy verify bundle-api --backend "$FAKE" --user me:secret
	faults proxy verify legacy --backend "$FAKE" --user me:secret
}

@test "sign: each request through a proxy, login included" {
	faults proxy sign bundle-api --backend "$FAKE" --user me:secret
}

@test "sign: each request through a proxy to docker-registry" {
	faults proxy sign bundle-tag --backend "$REG"
	faults proxy sign legacy --backend "$REG"
}

@test "a damaged manifest under a tag is not taken for another image" {
	expect_status 0 python3 "$TOP/test/fake/faults.py" stand-in verify legacy --only flip --at "GET manifests/1"
	has "status 1 digest-mismatch"
	expect_status 0 python3 "$TOP/test/fake/faults.py" stand-in sign legacy --only flip --at "GET manifests/1"
	has "status 1 digest-mismatch"
}

@test "a damaged index of referrers is not taken for none" {
	expect_status 0 python3 "$TOP/test/fake/faults.py" stand-in verify bundle-api --only short --at "GET referrers"
	has "status 1 bad-json"
}

@test "--timeout ends a run that nobody answers" {
	local start=$SECONDS
	python3 -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1], flush=True); time.sleep(60)' >mute.port &
	echo $! >mute.pid
	until [ -s mute.port ]; do sleep 0.02; done
	refuses timeout 1 cosign verify --key cosign.pub $VERIFY_KEY --timeout 2s "127.0.0.1:$(cat mute.port)/app:1"
	kill "$(cat mute.pid)"
	[ $((SECONDS - start)) -le 20 ]
}
