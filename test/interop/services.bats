# SPDX-License-Identifier: Apache-2.0
# Keyless, with the real services: what one program signs, the others verify.
# Rekor v1 is the real one with INTEROP_REKOR1, and always the tests' own, which
# the real programs take for one.
load interop
load services

setup_file() {
	start_services
	start_fake_registry
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$REAL/plain.key" 2>/dev/null
	cd "$REAL"
	real import-key-pair --key plain.key --output-key-prefix signer 2>/dev/null
	# A log's first entry lacks its index in protobuf's JSON, and sigstore-python
	# does not take that from anybody.
	first_entries
}

first_entries() {
	local kind
	echo first >blob
	for kind in $(kinds); do
		use "$kind"
		quietly sign_blob real
	done
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	echo "some text of $BATS_TEST_NUMBER" >blob
}

kinds() {
	echo real-v2 fake-v1 fake-v2 ${REKOR1:+real-v1}
}

use() { # KIND: $ROOT, $CONFIG, and python.json for sigstore-python
	case $1 in
	real-*) ROOT=$REAL/trusted_root.json CONFIG=$REAL/signing_config.json ;;
	fake-*) ROOT=$SIGDIR/trusted_root.json CONFIG=$SIGDIR/signing_config.v2.json ;;
	esac
	case $1 in
	real-v1) CONFIG=$REAL/signing_config.v1.json ;;
	fake-v1) CONFIG=$SIGDIR/signing_config.v1.json ;;
	esac
	trust_config "$ROOT" "$CONFIG" python.json
	WHO=(--certificate-identity alice@example.com --certificate-oidc-issuer "$OIDC_URL")
	BY=(--identity-token "$(id_token)" --signing-config "$CONFIG" --trusted-root "$ROOT" --yes)
}

python_() {
	"$INTEROP_PYTHON" --trust-config python.json "$@"
}

sign_blob() { # PROGRAM: bundle.json
	rm -f bundle.json
	case $1 in
	python) python_ sign --identity-token "$(id_token)" --bundle bundle.json blob ;;
	*) "$1" sign-blob "${BY[@]}" --bundle bundle.json blob ;;
	esac
}

verify_blob() { # PROGRAM
	case $1 in
	python) python_ verify identity --bundle bundle.json --cert-identity alice@example.com \
		--cert-oidc-issuer "$OIDC_URL" blob ;;
	*) "$1" verify-blob --bundle bundle.json --trusted-root "$ROOT" "${WHO[@]}" blob ;;
	esac
}

# Whatever a program says is shown when it fails.
quietly() {
	run --separate-stderr "$@"
	[ "$status" = 0 ] || { printf '%s\n' "status $status: $*" "$output" "$stderr" >&2; return 1; }
}

blobs() { # SIGNER VERIFIER...
	local signer=$1 verifier kind
	shift
	for kind in $(kinds); do
		use "$kind"
		quietly sign_blob "$signer"
		for verifier; do
			quietly verify_blob "$verifier"
		done
		echo other >>blob
		for verifier; do
			! verify_blob "$verifier" 2>/dev/null || return
		done
	done
}

@test "files: the real program and sigstore-python verify what ours signs" {
	blobs ours ours real python
}

@test "files: ours verifies what the real program signs" {
	blobs real ours
}

@test "files: ours verifies what sigstore-python signs" {
	blobs python ours
}

# The authority checks what the request is signed by.
@test "certificates by signing request, for keys of each kind" {
	local alg verifier
	use real-v2
	for alg in ecdsa-sha2-256-nistp256 ecdsa-sha2-384-nistp384 ecdsa-sha2-512-nistp521 rsa-sign-pkcs1-2048-sha256; do
		rm -f bundle.json
		quietly ours sign-blob "${BY[@]}" --certificate-request csr --signing-algorithm $alg --bundle bundle.json blob
		quietly verify_blob ours
		[ "$alg" != ecdsa-sha2-256-nistp256 ] || for verifier in real python; do quietly verify_blob "$verifier"; done
	done
}

@test "files by a key, logged and stamped: both directions" {
	local kind signer verifier
	for kind in $(kinds); do
		use "$kind"
		for signer in ours real; do
			rm -f bundle.json
			quietly "$signer" sign-blob --key "$REAL/signer.key" --signing-config "$CONFIG" --trusted-root "$ROOT" --yes \
				--bundle bundle.json blob
			for verifier in ours real; do
				quietly "$verifier" verify-blob --key "$REAL/signer.pub" --trusted-root "$ROOT" --bundle bundle.json blob
			done
			echo more >>blob
		done
	done
}

attest_blob() { # PROGRAM: bundle.json
	rm -f bundle.json
	case $1 in
	python) python_ attest --identity-token "$(id_token)" --predicate predicate.json \
		--predicate-type https://slsa.dev/provenance/v1 --bundle bundle.json blob ;;
	*) "$1" attest-blob "${BY[@]}" --predicate predicate.json --type slsaprovenance1 --bundle bundle.json blob ;;
	esac
}

verify_blob_attestation() { # PROGRAM
	case $1 in
	python) verify_blob python ;;
	*) "$1" verify-blob-attestation --bundle bundle.json --trusted-root "$ROOT" "${WHO[@]}" --type slsaprovenance1 blob ;;
	esac
}

attestations() { # SIGNER VERIFIER...
	local signer=$1 verifier kind
	shift
	printf '{"buildDefinition":{"buildType":"https://t","externalParameters":{"a":"b"}},"runDetails":{"builder":{"id":"https://b"}}}' \
		>predicate.json
	for kind in $(kinds); do
		use "$kind"
		quietly attest_blob "$signer"
		for verifier; do
			quietly verify_blob_attestation "$verifier"
		done
		echo other >>blob
		for verifier; do
			! verify_blob_attestation "$verifier" 2>/dev/null || return
		done
	done
}

@test "attestations of files: the real program verifies ours" {
	attestations ours ours real
}

# It takes statements of version 1 alone; attest-blob makes 0.1, as ever.
@test "attestations of files: sigstore-python verifies ours of a statement" {
	local kind
	jq -n --arg hash "$(sha256sum blob | cut -c1-64)" '{_type: "https://in-toto.io/Statement/v1",
		subject: [{name: "blob", digest: {sha256: $hash}}], predicateType: "https://slsa.dev/provenance/v1",
		predicate: {buildDefinition: {buildType: "https://t"}}}' >statement.json
	for kind in $(kinds); do
		use "$kind"
		rm -f bundle.json
		quietly ours attest-blob "${BY[@]}" --statement statement.json --bundle bundle.json blob
		quietly verify_blob_attestation python
		quietly verify_blob_attestation real
	done
}

@test "attestations of files: ours verifies the real program's" {
	attestations real ours
}

@test "attestations of files: ours verifies sigstore-python's" {
	attestations python ours
}

# An image, signed and attested by one program, verified by the other.
images() { # SIGNER VERIFIER
	local kind image
	echo '{"a":1}' >predicate.json
	for kind in $(kinds); do
		use "$kind"
		image=$FAKE/$1/$kind
		image=$image@$(push_image "$image")
		quietly "$1" sign "${BY[@]}" -a kind="$kind" "$image"
		quietly "$2" verify --trusted-root "$ROOT" "${WHO[@]}" -a kind="$kind" "$image"
		quietly "$1" attest "${BY[@]}" --predicate predicate.json --type custom "$image"
		quietly "$2" verify-attestation --trusted-root "$ROOT" "${WHO[@]}" --type custom "$image"
	done
}

@test "images: the real program verifies what ours signs and attests" {
	images ours real
}

@test "images: ours verifies what the real program signs and attests" {
	images real ours
}

@test "several files of one call, and images through the pipe: the real program verifies" {
	local kind f images=()
	for f in 1 2 3 4 5; do
		echo "$f $RANDOM" >f$f
		images+=("$FAKE/pipe/$f@$(push_image "$FAKE/pipe/$f" "$f")")
	done
	for kind in $(kinds); do
		use "$kind"
		quietly ours sign-blob "${BY[@]}" --bundle '{}.json' f1 f2 f3 f4 f5
		ours resolve "${images[@]}" | ours make-payload |
			ours sign-payload --identity-token "$(id_token)" --signing-config "$CONFIG" --trusted-root "$ROOT" |
			ours witness --signing-config "$CONFIG" --trusted-root "$ROOT" | ours pack-bundle | ours put-bundle >stored
		[ "$(wc -l <stored)" = 5 ]
		for f in 1 2 3 4 5; do
			quietly real verify-blob --bundle f$f.json --trusted-root "$ROOT" "${WHO[@]}" f$f
			quietly real verify --trusted-root "$ROOT" "${WHO[@]}" "${images[f - 1]}"
		done
	done
}

# As scripts of older days do: services by flags, whom to trust by variables,
# signatures in tags. Its attestations with timestamps do not verify in the real
# program, so there are none here.
old_style() { # SIGNER VERIFIER
	local image=$FAKE/old/$1
	use fake-v1
	sigstore_old_env
	unset SIGSTORE_TSA_CERTIFICATE_FILE
	local by=(--identity-token "$(id_token)" --fulcio-url "$FULCIO_URL" --rekor-url "$REKOR1_URL" --yes
		--use-signing-config=false --new-bundle-format=false)
	image=$image@$(push_image "$image")
	quietly "$1" sign "${by[@]}" "$image"
	quietly "$2" verify --rekor-url "$REKOR1_URL" "${WHO[@]}" "$image"
	quietly "$1" sign-blob "${by[@]}" --output-signature sig --output-certificate cert --bundle old.json blob
	quietly "$2" verify-blob --rekor-url "$REKOR1_URL" "${WHO[@]}" --signature sig --certificate cert blob
	quietly "$2" verify-blob --new-bundle-format=false "${WHO[@]}" --bundle old.json blob
}

@test "flags and variables of older days: the real program verifies ours" {
	old_style ours real
}

@test "flags and variables of older days: ours verifies the real program's" {
	old_style real ours
}
