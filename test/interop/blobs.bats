# Files: the real one verifies what ours signs, by keys of every type, as far as
# it verifies what it signs itself.
load interop

setup_file() {
	make_real_keys
	cd "$KEYS"
	for alg in rsa3072 rsa4096 ed25519; do
		case $alg in
		rsa*) openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:${alg#rsa}" -out "plain-$alg.key" 2>/dev/null ;;
		*) make_keys "plain-$alg" "$alg" ;;
		esac
		real import-key-pair --key "plain-$alg.key" --output-key-prefix "$alg" 2>/dev/null
	done
	ln -s cosign.key p256.key
	ln -s cosign.pub p256.pub
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	head -c 70000 /dev/urandom >file
}

hash_flags() { # TYPE
	case $1 in
	p384) echo --signature-digest-algorithm=sha384 ;;
	p521) echo --signature-digest-algorithm=sha512 ;;
	esac
}

ours_sign() { # TYPE FLAG...
	local type=$1
	shift
	ours sign-blob --key "$KEYS/$type.key" --tlog-upload=false "$@" file
}

real_sign() { # TYPE FLAG...
	local type=$1
	shift
	real sign-blob --key "$KEYS/$type.key" --tlog-upload=false --use-signing-config=false "$@" file
}

real_verify() { # TYPE FLAG...
	local type=$1
	shift
	real verify-blob --key "$KEYS/$type.pub" $VERIFY_KEY $(hash_flags "$type") "$@" file
}

@test "bundles of ours, by keys of every type but Ed25519" {
	for type in p256 p384 p521 rsa rsa3072 rsa4096; do
		expect_status 0 ours_sign $type --bundle b
		expect_status 0 real_verify $type --bundle b
		printf x >>file
		expect_status 1 real_verify $type --bundle b
	done
}

@test "bundles of Ed25519: what is refused is not ours alone" {
	# The real one signs the file and names no digest, and refuses that; of the
	# digest that ours signs and names it wants a signature over the file.
	expect_status 0 real_sign ed25519 --bundle b
	expect_status 1 real_verify ed25519 --bundle b
	expect_status 0 ours_sign ed25519 --bundle b
	expect_status 1 real_verify ed25519 --bundle b
}

@test "signatures alone, by keys of every type" {
	for type in p256 p384 p521 rsa rsa3072 rsa4096 ed25519; do
		expect_status 0 ours_sign $type --output-signature s
		expect_status 0 real_verify $type --signature s
		printf x >>file
		expect_status 1 real_verify $type --signature s
		ours_sign $type --b64=false >s
		expect_status 0 real_verify $type --signature s
	done
}

@test "bundles as before version 3, as far as the real one reads its own" {
	for type in p256 p384 p521 rsa rsa3072 rsa4096 ed25519; do
		expect_status 0 real_sign $type --new-bundle-format=false --bundle theirs
		run real_verify $type --new-bundle-format=false --bundle theirs
		expected=$status
		expect_status 0 ours_sign $type --new-bundle-format=false --bundle b
		expect_status "$expected" real_verify $type --new-bundle-format=false --bundle b
		jq -S 'del(.base64Signature)' theirs >theirs.json
		jq -S 'del(.base64Signature)' b | cmp - theirs.json
	done
}

@test "what is printed and written is alike" {
	expect_status 0 real_sign p256 --bundle theirs
	[ -z "$output" ]
	expect_status 0 ours_sign p256 --bundle b
	[ -z "$output" ]
	cmp <(jq -S 'del(.messageSignature.signature)' b) <(jq -S 'del(.messageSignature.signature)' theirs)
	[ "$(stat -c %a b theirs | uniq | wc -l)" -eq 1 ]
	# RSA and Ed25519 sign the same twice
	for type in rsa ed25519; do
		for flags in '' '--b64=false'; do
			real_sign $type --new-bundle-format=false $flags >theirs
			ours_sign $type --new-bundle-format=false $flags >b
			cmp b theirs
			real_sign $type --new-bundle-format=false $flags --output-signature theirs
			ours_sign $type $flags --output-signature b
			cmp b theirs
		done
		real_sign $type --new-bundle-format=false --bundle theirs
		ours_sign $type --new-bundle-format=false --bundle b
		cmp b theirs
	done
}

# --- the other way round ---

ours_verify() { # TYPE FLAG...
	local type=$1
	shift
	ours verify-blob --key "$KEYS/$type.pub" $VERIFY_KEY "$@" file
}

@test "ours verifies what the real one signs, in every form it has" {
	for type in p256 p384 p521 rsa rsa3072 rsa4096 ed25519; do
		real_sign $type --new-bundle-format=false --output-signature s --bundle old
		expect_status 0 ours_verify $type --signature s
		expect_status 0 ours_verify $type --signature "$(cat s)"
		expect_status 0 ours_verify $type --bundle old
		real_sign $type --new-bundle-format=false --b64=false >raw
		expect_status 0 ours_verify $type --signature raw
		real_sign $type --bundle b
		# Its bundles of Ed25519 name no digest: both refuse them.
		[ $type = ed25519 ] || expect_status 0 ours_verify $type --bundle b
		[ $type != ed25519 ] || expect_status 12 ours_verify $type --bundle b
		printf x >>file
		for flags in '--signature s' '--bundle old' '--signature raw' '--bundle b'; do
			expect_status 12 ours_verify $type $flags
		done
	done
}

@test "both say the same of a digest in place of the file" {
	real_sign p256 --bundle b
	for what in "$(digest_of file)" sha256:0000000000000000000000000000000000000000000000000000000000000000 sha256:12; do
		run real verify-blob --key "$KEYS/p256.pub" $VERIFY_KEY --bundle b "$what"
		theirs=$status
		run ours verify-blob --key "$KEYS/p256.pub" $VERIFY_KEY --bundle b "$what"
		[ $((theirs == 0)) -eq $((status == 0)) ]
	done
}
