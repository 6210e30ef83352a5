# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup() {
	export DOCKER_CONFIG=$BATS_TEST_TMPDIR/docker
	mkdir "$DOCKER_CONFIG"
	printf 'pw\n' >"$BATS_TEST_TMPDIR/password"
}

teardown() {
	stop_servers
}

@test "login asks the registry, then saves" {
	for flag in '' --token; do
		start_fake_registry --user me:pw $flag
		rm -f "$DOCKER_CONFIG/config.json"
		expect_status 0 cosign login "$FAKE" -u me --password-stdin <"$BATS_TEST_TMPDIR/password"
		has "logged in via $DOCKER_CONFIG/config.json" "$stderr"
		[ -z "$output" ]
		[ "$(jq -r --arg h "$FAKE" '.auths[$h].auth | @base64d' "$DOCKER_CONFIG/config.json")" = me:pw ]
		[ "$(stat -c %a "$DOCKER_CONFIG/config.json")" = 600 ]
		expect_status 11 cosign resolve "$FAKE/a/b:v1"
	done
}

@test "login saves nothing that the registry refuses" {
	for flag in '' --token; do
		start_fake_registry --user me:pw $flag
		printf 'wrong' >"$BATS_TEST_TMPDIR/password"
		refuses denied 1 cosign login "$FAKE" -u me --password-stdin <"$BATS_TEST_TMPDIR/password"
		[ ! -e "$DOCKER_CONFIG/config.json" ]
	done
	refuses network 1 cosign login 127.0.0.1:1 -u me --password-stdin --retry 0 <"$BATS_TEST_TMPDIR/password"
	[ ! -e "$DOCKER_CONFIG/config.json" ]
}

@test "login keeps what else is in the file" {
	start_fake_registry --user me:pw
	printf '{"psFormat":"x","auths":{"r.example":{"auth":"YTpi"}}}' >"$DOCKER_CONFIG/config.json"
	expect_status 0 cosign login "$FAKE" -u me --password-stdin <"$BATS_TEST_TMPDIR/password"
	jq -e '.psFormat == "x" and .auths["r.example"].auth == "YTpi" and (.auths | length) == 2' "$DOCKER_CONFIG/config.json"
}

@test "login warns of a password on the command line" {
	start_fake_registry --user me:pw
	expect_status 0 cosign login "$FAKE" -u me -p pw
	has WARNING "$stderr"
}

@test "login wants a name, a password and a registry" {
	refuses usage 2 cosign login r.example
	refuses usage 2 cosign login r.example -u me
	refuses usage 2 cosign login r.example -p pw
	refuses usage 2 cosign login r.example -u me --password-stdin </dev/null
	refuses usage 2 cosign login r.example -u me -p pw --password-stdin
	refuses usage 2 cosign login
	refuses usage 2 cosign login 'no host' -u me -p pw
	refuses usage 2 cosign login name -u me -p pw
	refuses usage 2 cosign login r.example -u a:b -p pw
}

@test "the examples of login run" {
	start_fake_registry --user me:pw
	mv "$BATS_TEST_TMPDIR/password" "$BATS_TEST_TMPDIR/password.txt"
	REGISTRY=$FAKE run_examples login
}
