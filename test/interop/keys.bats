# Keys: each program reads the other's files, and verifies signatures by keys of
# every type that the real one can verify at all.
load interop

setup_file() {
	start_both
	make_real_keys
}

teardown_file() {
	stop_servers
}

# The real program hashes with SHA-256 unless told otherwise.
hash_flags() { # TYPE
	case $1 in
	p384) echo --signature-digest-algorithm=sha384 ;;
	p521) echo --signature-digest-algorithm=sha512 ;;
	esac
}

both_ways() { # TYPE KEY-STEM
	local form host repo digest
	for form in bundle legacy; do
		for host in "$REG" "$GGCR"; do
			repo=$host/$1-$form
			digest=$(push_image "$repo")
			expect_status 0 ours sign --key "$KEYS/$2.key" $SIGN_KEY $(form_flags $form) "$repo@$digest"
			expect_status 0 real verify --key "$KEYS/$2.pub" $VERIFY_KEY $(hash_flags "$1") "$repo@$digest"
			repo=$repo-back
			digest=$(push_image "$repo")
			expect_status 0 real sign --key "$KEYS/$2.key" $SIGN_KEY $(form_flags $form) "$repo@$digest"
			expect_status 0 ours verify --key "$KEYS/$2.pub" $VERIFY_KEY "$repo@$digest"
		done
	done
}

@test "P-256" { both_ways p256 cosign; }
@test "P-384" { both_ways p384 p384; }
@test "P-521" { both_ways p521 p521; }
@test "RSA 2048" { both_ways rsa rsa; }

@test "plain keys of ours sign for the real one" {
	for alg in p384 rsa; do
		digest=$(push_image "$REG/plain-$alg")
		expect_status 0 ours sign --key "$KEYS/plain-$alg.key" $SIGN_KEY "$REG/plain-$alg@$digest"
		expect_status 0 real verify --key "$KEYS/plain-$alg.pub" $VERIFY_KEY $(hash_flags $alg) "$REG/plain-$alg@$digest"
	done
}

@test "key files go both ways, with a password" {
	cd "$BATS_TEST_TMPDIR"
	export COSIGN_PASSWORD='pass word é'
	ours generate-key-pair --output-key-prefix ours
	real generate-key-pair --output-key-prefix real
	for pair in ours:real real:ours; do
		expect_status 0 "${pair#*:}" public-key --key "${pair%:*}.key"
		[ "$output" = "$(cat "${pair%:*}.pub")" ]
	done
	COSIGN_PASSWORD=wrong run -1 ours public-key --key real.key
}

@test "imported keys go both ways" {
	cd "$BATS_TEST_TMPDIR"
	for alg in p256 p384 p521 rsa ed25519; do
		make_keys plain "$alg"
		rm -f imported.key imported.pub
		ours import-key-pair --key plain.key --output-key-prefix imported
		cmp imported.pub plain.pub
		expect_status 0 real public-key --key imported.key
		[ "$output" = "$(cat plain.pub)" ]
	done
}
