# SPDX-License-Identifier: Apache-2.0
# Who hands out identity tokens, and fails or lies: what is right is said in
# test/fake/servicefaults.py.
load lib/helpers
load lib/sigstore

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	start_sigstore
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_TEST_TMPDIR"; }

@test "each request for an identity token" {
	service_faults github buildkite google impersonate robot device browser
}
