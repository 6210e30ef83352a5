#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Fifty signers of one image at once, with a proxy that holds each PUT for up to
# half a second: no signature is missing whose signer left with 0. ROUNDS is 2,
# or what make stress says.
load lib/helpers

SIGNERS=50

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true ROUNDS=${ROUNDS:-2}
	cd "$BATS_FILE_TMPDIR"
	for ((i = 1; i <= SIGNERS; i++)); do make_keys "key$i"; done
}

teardown() { stop_servers; }

# One of them; leaves its exit status. What stays for longer than a minute fails.
signer() { # N IMAGE FLAG...
	local n=$1 status=0
	shift
	timeout 60 "$BIN/cosign-sign" --key "$BATS_FILE_TMPDIR/key$n.key" $SIGN_KEY "${@:2}" "$1" \
		>/dev/null 2>"$n.err" 3>&- || status=$?
	echo "$status" >"$n.status"
}

crowd() { # IMAGE FLAG...
	local n pids=()
	for ((n = 1; n <= SIGNERS; n++)); do
		"${WHO:-signer}" "$n" "$@" &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# Attests its own number.
attester() { # N IMAGE FLAG...
	local n=$1 status=0
	shift
	printf '{"n":%d}' "$n" >"$n.json"
	timeout 60 "$BIN/cosign-attest" --key "$BATS_FILE_TMPDIR/key$n.key" $SIGN_KEY --type urn:n --predicate "$n.json" \
		"${@:2}" "$1" >/dev/null 2>"$n.err" 3>&- || status=$?
	echo "$status" >"$n.status"
}

# Attaches an envelope, which nobody signed, with its own number.
attacher() { # N IMAGE FLAG...
	local n=$1 status=0 digest=${2##*sha256:}
	shift
	printf '{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"%s"}}],"predicateType":"urn:n","predicate":{"n":%d}}' \
		"$digest" "$n" | base64 -w 0 |
		sed 's|.*|{"payloadType":"application/vnd.in-toto+json","payload":"&","signatures":[{"sig":"c2ln"}]}|' >"$n.json"
	timeout 60 "$BIN/cosign-attach" attestation --attestation "$n.json" "$1" >/dev/null 2>"$n.err" 3>&- || status=$?
	echo "$status" >"$n.status"
}

# Every signer left with 0, and what is stored verifies under its key.
judge() { # IMAGE
	local n failed=0 missing=0
	"$BIN/cosign-ls-signatures" "$1" >stored || return
	for ((n = 1; n <= SIGNERS; n++)); do
		if [ "$(cat "$n.status")" != 0 ]; then
			failed=$((failed + 1))
			echo "signer $n left with $(cat "$n.status"): $(tail -n 1 "$n.err")" >&2
		elif ! "$BIN/cosign-check-bundle" --key "$BATS_FILE_TMPDIR/key$n.pub" $VERIFY_KEY <stored >/dev/null 2>&1; then
			missing=$((missing + 1))
			echo "the signature of signer $n is missing" >&2
		fi
	done
	echo "# $BATS_TEST_DESCRIPTION: $(grep -c cosign.candidate stored) stored, $failed failed, $missing missing, $took ms" >&3
	[ "$failed $missing" = '0 0' ]
}

# The same of the legacy form, in a directory.
attested_in() { # DIR
	local blobs=$1/blobs/sha256 att layer
	att=$(jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] // "" | endswith(".att")).digest' \
		"$1/index.json")
	for layer in $(jq -r '.layers[].digest' "$blobs/${att#sha256:}"); do
		jq -r .payload "$blobs/${layer#sha256:}" | base64 -d | jq .predicate.n
	done
}

# The numbers of the attestations that are stored.
attested() { # IMAGE
	local digest=${1##*@} layer url
	case " ${FLAGS-} " in
	*new-bundle-format=false*)
		case $1 in oci:*)
			attested_in "${1#oci:}"
			return
			;;
		esac
		url=http://${1%%/*}/v2/${1#*/} url=${url%@*}
		for layer in $(curl -sf -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
			"$url/manifests/sha256-${digest#sha256:}.att" | jq -r '.layers[].digest'); do
			curl -sf "$url/blobs/$layer" | jq -r .payload | base64 -d | jq .predicate.n
		done
		;;
	*)
		"$BIN/cosign-ls-signatures" "$1" | jq -r 'select(.bundle).bundle.dsseEnvelope.payload' |
			while read -r layer; do base64 -d <<<"$layer" | jq .predicate.n; done
		;;
	esac
}

# Every attester left with 0, and its attestation is there.
judge_attestations() { # IMAGE
	local n failed=0
	attested "$1" | sort -n >stored
	for ((n = 1; n <= SIGNERS; n++)); do
		[ "$(cat "$n.status")" = 0 ] || failed=$((failed + 1))
	done
	echo "# $BATS_TEST_DESCRIPTION: $(wc -l <stored) stored, $failed failed, $took ms" >&3
	[ $failed = 0 ]
	seq "$SIGNERS" | diff - stored >&2
}

round() { # IMAGE FLAG...
	local began=${EPOCHREALTIME/./} took
	crowd "$@"
	took=$(((${EPOCHREALTIME/./} - began) / 1000))
	FLAGS=${*:2}
	"${JUDGE:-judge}" "$1"
}

rounds() { # HOST:PORT FLAG...
	local i host=$1
	shift
	start_delay_proxy --seed "$BATS_TEST_NUMBER" "$host"
	for ((i = 1; i <= ROUNDS; i++)); do
		push_image "$host/race/round$i" >digest
		round "$PROXY/race/round$i@$(cat digest)" "$@"
	done
}

rounds_in_layout() { # FLAG...
	local i
	for ((i = 1; i <= ROUNDS; i++)); do
		make_layout "round$i" "example.com/app:$i" >/dev/null
		round "oci:round$i" "$@"
	done
}

setup() { cd "$BATS_TEST_TMPDIR"; }

@test "bundles, docker-registry" {
	start_registry
	rounds "$REG"
}

@test "bundles, a registry that lists referrers" {
	start_fake_registry
	rounds "$FAKE"
}

@test "bundles, a directory" {
	rounds_in_layout
}

@test "legacy, docker-registry" {
	start_registry
	rounds "$REG" --new-bundle-format=false
}

@test "legacy, a registry that lists referrers" {
	start_fake_registry
	rounds "$FAKE" --new-bundle-format=false
}

@test "legacy, a directory" {
	rounds_in_layout --new-bundle-format=false
}

@test "attestations, docker-registry" {
	start_registry
	WHO=attester JUDGE=judge_attestations rounds "$REG"
}

@test "legacy attestations, docker-registry" {
	start_registry
	WHO=attester JUDGE=judge_attestations rounds "$REG" --new-bundle-format=false
}

@test "attestations, a registry that lists referrers" {
	start_fake_registry
	WHO=attester JUDGE=judge_attestations rounds "$FAKE"
}

@test "legacy attestations, a registry that lists referrers" {
	start_fake_registry
	WHO=attester JUDGE=judge_attestations rounds "$FAKE" --new-bundle-format=false
}

@test "attestations, a directory" {
	WHO=attester JUDGE=judge_attestations rounds_in_layout
}

@test "legacy attestations, a directory" {
	WHO=attester JUDGE=judge_attestations rounds_in_layout --new-bundle-format=false
}

@test "attached attestations, docker-registry" {
	start_registry
	SIGNERS=10 ROUNDS=1 WHO=attacher JUDGE=judge_attestations rounds "$REG" --new-bundle-format=false
}
