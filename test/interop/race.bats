# SPDX-License-Identifier: Apache-2.0
# Signers of both programs on one image at once. The real one writes over what
# it did not see; as long as one of ours is at work it puts back what it saw. So
# no signature of ours is missing when the last of ours ends after the last of
# theirs, and what theirs lost of each other's is none of our doing.
load interop

OURS=24 THEIRS=6

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true KEYS=$BATS_FILE_TMPDIR/keys ROUNDS=${ROUNDS:-2}
	local i
	start_both
	mkdir -p "$KEYS"
	cd "$KEYS"
	real generate-key-pair 2>/dev/null
	for ((i = 1; i <= OURS; i++)); do make_keys "key$i"; done
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_TEST_TMPDIR"; }

teardown() { stop_server proxy; }

our_signer() { # N IMAGE FLAG...
	local status=0
	timeout 60 "$BIN/cosign-sign" --key "$KEYS/key$1.key" $SIGN_KEY "${@:3}" "$2" >/dev/null 2>"ours$1.err" 3>&- || status=$?
	echo "$status" >"ours$1.status"
	echo "$EPOCHREALTIME" >>ours.ended
}

their_signer() { # N IMAGE FLAG...
	local status=0
	real sign --key "$KEYS/cosign.key" $SIGN_KEY -a "n=$1" "${@:3}" "$2" >/dev/null 2>"theirs$1.err" 3>&- || status=$?
	echo "$status" >"theirs$1.status"
	echo "$EPOCHREALTIME" >>theirs.ended
}

# Ours write through the proxy that holds each PUT; theirs are quick.
race() { # HOST REPOSITORY@DIGEST FLAG...
	local n pids=()
	rm -f ./*.ended ./*.status
	for ((n = 1; n <= OURS; n++)); do
		our_signer "$n" "$PROXY/$2" "${@:3}" &
		pids+=($!)
	done
	for ((n = 1; n <= THEIRS; n++)); do
		their_signer "$n" "$1/$2" "${@:3}" &
		pids+=($!)
	done
	wait "${pids[@]}"
}

last() { # FILE
	LC_ALL=C sort "$1" | tail -n 1
}

judge() { # IMAGE
	local n wrong=0 theirs=0
	"$BIN/cosign-ls-signatures" "$1" >stored || return
	[ "$(cat theirs*.status | sort -u)" = 0 ] || { echo "the real one fails: $(tail -n 1 theirs*.err)" >&2; return 1; }
	for ((n = 1; n <= OURS; n++)); do
		[ "$(cat "ours$n.status")" = 0 ] || { echo "signer $n: $(tail -n 1 "ours$n.err")" >&2; wrong=1; continue; }
		"$BIN/cosign-check-bundle" --key "$KEYS/key$n.pub" $VERIFY_KEY <stored >/dev/null 2>&1 ||
			{ echo "the signature of signer $n is missing" >&2; wrong=1; }
	done
	for ((n = 1; n <= THEIRS; n++)); do
		! "$BIN/cosign-check-bundle" --key "$KEYS/cosign.pub" $VERIFY_KEY -a "n=$n" <stored >/dev/null 2>&1 ||
			theirs=$((theirs + 1))
	done
	echo "# $BATS_TEST_DESCRIPTION: $OURS of ours, $theirs of $THEIRS of theirs are there" >&3
	[ "$wrong" = 0 ] || [[ "$(last ours.ended)" < "$(last theirs.ended)" ]]
}

rounds() { # HOST FLAG...
	local i host=$1 digest
	shift
	start_delay_proxy --seed "$BATS_TEST_NUMBER" "$host"
	for ((i = 1; i <= ROUNDS; i++)); do
		digest=$(push_image "$host/race/$BATS_TEST_NUMBER-$i")
		race "$host" "race/$BATS_TEST_NUMBER-$i@$digest" "$@"
		judge "$host/race/$BATS_TEST_NUMBER-$i@$digest"
	done
}

@test "bundles, docker-registry" { rounds "$REG"; }
@test "bundles, referrers" { rounds "$GGCR"; }
@test "legacy, docker-registry" { rounds "$REG" --new-bundle-format=false; }
@test "legacy, referrers" { rounds "$GGCR" --new-bundle-format=false; }
