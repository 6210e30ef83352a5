# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "import-key-pair takes PKCS#8 of every kind" {
	for kind in p256 p384 p521 rsa ed25519; do
		make_keys "$kind" "$kind"
		expect_status 0 cosign import-key-pair --key "$kind.key" -o "new-$kind"
		[ -z "$output" ]
		has "Private key written to new-$kind.key" "$stderr"
		has "Public key written to new-$kind.pub" "$stderr"
		cmp "$kind.pub" "new-$kind.pub"
		cosign public-key --key "new-$kind.key" | cmp - "$kind.pub"
		[ "$(stat -c %a "new-$kind.key")$(stat -c %a "new-$kind.pub")" = 600644 ]
	done
}

@test "import-key-pair takes SEC1 and PKCS#1" {
	openssl ecparam -name secp384r1 -genkey -out ec.pem
	openssl pkey -in ec.pem -pubout -out ec.pub
	openssl genrsa -traditional -out rsa.pem 3072 2>/dev/null
	openssl pkey -in rsa.pem -pubout -out rsa.pub
	for kind in ec rsa; do
		expect_status 0 cosign import-key-pair --key "$kind.pem" --output-key-prefix "new-$kind"
		cmp "$kind.pub" "new-$kind.pub"
		cosign public-key --key "new-$kind.key" | cmp - "$kind.pub"
	done
}

@test "import-key-pair: the default name, and standard input" {
	make_keys
	expect_status 0 cosign import-key-pair --key - <cosign.key
	cmp cosign.pub import-cosign.pub
	refuses usage 2 cosign import-key-pair
}

@test "import-key-pair refuses what nobody may sign with" {
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out small.pem 2>/dev/null
	openssl ecparam -name secp256k1 -genkey -noout -out k1.pem
	openssl ecparam -name secp224r1 -genkey -noout -out p224.pem
	openssl genpkey -algorithm ED448 -out ed448.pem
	make_keys
	for key in small.pem k1.pem p224.pem ed448.pem cosign.pub; do
		refuses bad-key 1 cosign import-key-pair --key "$key"
	done
	openssl pkcs8 -topk8 -in cosign.key -passout pass:x -out closed.pem
	refuses bad-key 1 cosign import-key-pair --key closed.pem
	echo nothing >none.pem
	refuses bad-encoding 1 cosign import-key-pair --key none.pem
	refuses not-found 1 cosign import-key-pair --key nosuch.pem
	[ ! -e import-cosign.key ]
}

@test "import-key-pair overwrites only with consent" {
	make_keys
	echo mine >import-cosign.key
	refuses no-terminal 1 cosign import-key-pair --key cosign.key </dev/null
	refuses declined 1 cosign import-key-pair --key cosign.key <<<n
	[ "$(cat import-cosign.key)" = mine ]
	expect_status 0 cosign import-key-pair --key cosign.key -y </dev/null
	COSIGN_YES=true expect_status 0 cosign import-key-pair --key cosign.key </dev/null
}

@test "import-key-pair takes the password from a file, or asks for it" {
	make_keys
	unset COSIGN_PASSWORD
	refuses no-terminal 1 cosign import-key-pair --key cosign.key </dev/null
	printf geheim >password
	expect_status 0 cosign import-key-pair --key cosign.key --password-file password
	refuses bad-password 1 env COSIGN_PASSWORD=other cosign public-key --key import-cosign.key
	COSIGN_PASSWORD=geheim expect_status 0 cosign public-key --key import-cosign.key
}

@test "the examples of import-key-pair run" {
	run_examples import-key-pair
}
