# SPDX-License-Identifier: Apache-2.0
load lib/helpers

@test "env lists every variable, sorted, with what it is for" {
	expect_status 0 cosign env
	[ -z "$stderr" ]
	grep -q '^# COSIGN_PASSWORD .' <<<"$output"
	grep -q '^# Expects: .' <<<"$output"
	for name in COSIGN_REPOSITORY COSIGN_DOCKER_MEDIA_TYPES COSIGN_MAX_ATTACHMENT_SIZE TUF_ROOT \
		SIGSTORE_ROOT_FILE SOURCE_DATE_EPOCH DOCKER_CONFIG; do
		grep -q "^$name=" <<<"$output"
	done
	names=$(sed -n 's/^\([A-Za-z_0-9]*\)=.*/\1/p' <<<"$output")
	[ "$names" = "$(LC_ALL=C sort <<<"$names")" ]
}

@test "env masks secrets, and only those" {
	export COSIGN_PASSWORD=geheim COSIGN_REPOSITORY=r.example/x
	expect_status 0 cosign env --show-descriptions=false
	grep -qx 'COSIGN_PASSWORD=\*\*\*\*\*\*' <<<"$output"
	grep -qx 'COSIGN_REPOSITORY=r.example/x' <<<"$output"
	[ -z "$(grep -e '^#' -e geheim <<<"$output")" ]
	expect_status 0 cosign env --show-sensitive-values
	grep -qx 'COSIGN_PASSWORD=geheim' <<<"$output"
}

@test "env shows what it does not know, masked, with equals signs in values" {
	export COSIGN_ZZ=a=b SIGSTORE_AA= TUF_B=1
	expect_status 0 cosign env --show-descriptions=false
	[ "$(tail -n 3 <<<"$output")" = "$(printf '%s\n' 'COSIGN_ZZ=******' 'SIGSTORE_AA=' 'TUF_B=******')" ]
	expect_status 0 cosign env --show-sensitive-values
	grep -qx 'COSIGN_ZZ=a=b' <<<"$output"
}

@test "env --json prints a record a variable" {
	COSIGN_ZZ='a"b' expect_status 0 cosign env --json --show-sensitive-values
	jq -e -s 'all(.[]; .type == "cosign.variable/1") and length > 40' <<<"$output"
	jq -e -s 'any(.[]; .name == "COSIGN_ZZ" and .known == false and .value == "a\"b")' <<<"$output"
	jq -e -s 'any(.[]; .name == "COSIGN_PASSWORD" and .secret and .known)' <<<"$output"
}

@test "env takes no arguments" {
	refuses usage 2 cosign env foo
}

@test "the examples of env run" {
	run_examples env
}
