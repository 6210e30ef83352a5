# What one program signs, the other verifies: both directions, both storage
# forms, both kinds of registry.
load interop

setup_file() {
	start_both
	make_real_keys
}

teardown_file() {
	stop_servers
}

sign_with() { # PROGRAM FORM ARGUMENT...
	local program=$1 form=$2
	shift 2
	expect_status 0 "$program" sign --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags "$form") "$@"
	[ -z "$output" ]
}

verify_with() { # STATUS PROGRAM ARGUMENT...
	local want=$1 program=$2
	shift 2
	expect_status "$want" "$program" verify --key "$KEYS/cosign.pub" $VERIFY_KEY "$@"
}

by_tag_and_digest() { # SIGNER VERIFIER FORM HOST
	local repo=$4/plain-$1-$3 digest
	digest=$(push_image "$repo:v1")
	sign_with "$1" "$3" "$repo@$digest"
	for ref in "$repo@$digest" "$repo:v1" "$repo:v1@$digest"; do
		verify_with 0 "$2" "$ref"
		[ "$(jq -r '.[0].critical.image."docker-manifest-digest"' <<<"$output")" = "$digest" ]
	done
}

with_annotations() { # SIGNER VERIFIER FORM HOST
	local repo=$4/ann-$1-$3 digest
	digest=$(push_image "$repo")
	sign_with "$1" "$3" -a one=1 -a 'two=<b>&c=d é' "$repo@$digest"
	verify_with 0 "$2" -a 'two=<b>&c=d é' "$repo@$digest"
	[ "$(jq -r '.[0].optional.two' <<<"$output")" = '<b>&c=d é' ]
	run -1 "$2" verify --key "$KEYS/cosign.pub" $VERIFY_KEY -a one=2 "$repo@$digest" 2>/dev/null ||
		run -12 "$2" verify --key "$KEYS/cosign.pub" $VERIFY_KEY -a one=2 "$repo@$digest"
}

many_platforms() { # SIGNER VERIFIER FORM HOST
	local repo=$4/index-$1-$3 digest child
	digest=$(push_index "$repo")
	sign_with "$1" "$3" --recursive "$repo@$digest"
	verify_with 0 "$2" "$repo@$digest"
	for child in $(crane manifest "$repo@$digest" | jq -r '.manifests[].digest'); do
		verify_with 0 "$2" "$repo@$child"
	done
}

other_repository() { # SIGNER VERIFIER FORM HOST
	local repo=$4/else-$1-$3 digest
	digest=$(push_image "$repo")
	COSIGN_REPOSITORY=$4/signatures-$1-$3 sign_with "$1" "$3" "$repo@$digest"
	verify_with 10 "$2" "$repo@$digest"
	COSIGN_REPOSITORY=$4/signatures-$1-$3 verify_with 0 "$2" "$repo@$digest"
}

# A second signer leaves the first alone, whichever program each uses.
two_signers() { # SIGNER VERIFIER FORM HOST
	local repo=$4/two-$1-$3 digest
	digest=$(push_image "$repo")
	expect_status 0 "$2" sign --key "$KEYS/other.key" $SIGN_KEY $(form_flags "$3") "$repo@$digest"
	sign_with "$1" "$3" "$repo@$digest"
	for key in cosign other; do
		expect_status 0 "$1" verify --key "$KEYS/$key.pub" $VERIFY_KEY "$repo@$digest"
		expect_status 0 "$2" verify --key "$KEYS/$key.pub" $VERIFY_KEY "$repo@$digest"
	done
}

all_of() { # SIGNER VERIFIER FORM HOST
	local scenario
	for scenario in by_tag_and_digest with_annotations many_platforms other_repository two_signers; do
		"$scenario" "$@" || { echo "in $scenario" >&2; return 1; }
	done
}

@test "ours signs, real verifies: bundle, docker-registry" { all_of ours real bundle "$REG"; }
@test "ours signs, real verifies: bundle, referrers" { all_of ours real bundle "$GGCR"; }
@test "ours signs, real verifies: legacy, docker-registry" { all_of ours real legacy "$REG"; }
@test "ours signs, real verifies: legacy, referrers" { all_of ours real legacy "$GGCR"; }
@test "real signs, ours verifies: bundle, docker-registry" { all_of real ours bundle "$REG"; }
@test "real signs, ours verifies: bundle, referrers" { all_of real ours bundle "$GGCR"; }
@test "real signs, ours verifies: legacy, docker-registry" { all_of real ours legacy "$REG"; }
@test "real signs, ours verifies: legacy, referrers" { all_of real ours legacy "$GGCR"; }

@test "docker media types" {
	for pair in ours:real real:ours; do
		repo=$REG/docker-${pair%:*}
		digest=$(push_image "$repo")
		COSIGN_DOCKER_MEDIA_TYPES=1 sign_with "${pair%:*}" legacy "$repo@$digest"
		[ "$(crane manifest "$repo:sha256-${digest#sha256:}.sig" | jq -r .mediaType)" = application/vnd.docker.distribution.manifest.v2+json ]
		verify_with 0 "${pair#*:}" "$repo@$digest"
	done
}

@test "a tag prefix" {
	for pair in ours:real real:ours; do
		repo=$REG/prefix-${pair%:*}
		digest=$(push_image "$repo")
		sign_with "${pair%:*}" legacy --attachment-tag-prefix p- "$repo@$digest"
		crane manifest "$repo:p-sha256-${digest#sha256:}.sig" >/dev/null
		verify_with 0 "${pair#*:}" --attachment-tag-prefix p- "$repo@$digest"
	done
}

@test "the same legacy signature is the same manifest" {
	digest=$(push_image "$REG/same-a" same)
	push_image "$REG/same-b" same
	make_keys "$BATS_TEST_TMPDIR/rsa" rsa
	real import-key-pair --key "$BATS_TEST_TMPDIR/rsa.key" --output-key-prefix "$BATS_TEST_TMPDIR/imported"
	for program in ours real; do
		push_image "$REG/same" same
		expect_status 0 "$program" sign --key "$BATS_TEST_TMPDIR/imported.key" $SIGN_KEY --new-bundle-format=false \
			-a x=y "$REG/same@$digest"
		crane manifest "$REG/same:sha256-${digest#sha256:}.sig" | jq -S . >"$BATS_TEST_TMPDIR/$program"
		crane delete "$REG/same@$(crane digest "$REG/same:sha256-${digest#sha256:}.sig")"
	done
	diff "$BATS_TEST_TMPDIR/ours" "$BATS_TEST_TMPDIR/real"
}
