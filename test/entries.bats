# SPDX-License-Identifier: Apache-2.0
# Logs that are asked for what they have, and fail or lie: what is right is said
# in test/fake/servicefaults.py.
load lib/helpers
load lib/sigstore

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	start_sigstore
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_TEST_TMPDIR"; }

@test "each request for what a log has already" {
	service_faults conflict-v1 conflict-v2
}

@test "each request for proofs and entries of before" {
	service_faults proof search online
}
