# SPDX-License-Identifier: Apache-2.0
# Lines as scripts and workflows have them, with an identity: whom to trust and
# whom to ask comes from a TUF repository, the token from the environment; both
# programs run them, and each verifies what the other signed.
load interop
load services
# What initialize says counts.
unset TUF_MIRROR

setup_file() {
	start_services
	start_fake_registry
	make_repository
	cd "$REAL"
	real initialize --mirror "$MIRROR" --root "$MIRROR/1.root.json"
	ours initialize --mirror "$MIRROR" --root "$MIRROR/1.root.json"
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	export SIGSTORE_ID_TOKEN
	SIGSTORE_ID_TOKEN=$(id_token)
	printf 'some text of %s\n' "$BATS_TEST_NUMBER" >f
}

# A TUF repository of the services, at $MIRROR.
make_repository() {
	python3 "$TOP/test/fake/tufrepo.py" "$REAL/tuf" '
import os
init()
for name, source in (("trusted_root.json", "trusted_root.json"), ("signing_config.v0.2.json", "signing_config.json")):
    with open(os.path.join(os.environ["REAL"], source), "rb") as f:
        add(name, f.read())
commit()'
	start_server tuf 's/.* port \([0-9]*\) .*/\1/p' python3 -u -m http.server --bind 127.0.0.1 --directory "$REAL/tuf/repo" 0
	export MIRROR=http://127.0.0.1:$SERVER
}

# Each program signs an image of its own, $IMAGE and $DIGEST, or the file f, and
# both verify it.
both() { # SIGNING-FUNCTION VERIFYING-FUNCTION
	local program
	for program in real ours; do
		rm -f f.*
		IMAGE=$FAKE/$program-$BATS_TEST_NUMBER
		DIGEST=$(push_image "$IMAGE:v1" "$BATS_TEST_NUMBER")
		try "$program" "$1"
		try real "$2"
		try ours "$2"
	done
}

# A function of lines that say cosign, with one program in its place.
try() { # PROGRAM FUNCTION
	export IMAGE DIGEST
	run --separate-stderr with "$1" "$2"
	[ "$status" = 0 ] || { printf '%s\n' "$1 ($status): $(declare -f "$2")" "$output" "$stderr" >&2; return 1; }
}

with() { # PROGRAM FUNCTION
	if [ "$1" = real ]; then
		export TUF_ROOT=$BATS_FILE_TMPDIR/tuf PATH=$BATS_TEST_TMPDIR/as-real:$PATH
		mkdir -p "$BATS_TEST_TMPDIR/as-real"
		ln -sf "$INTEROP_TOOLS/cosign" "$BATS_TEST_TMPDIR/as-real/cosign"
	fi
	set -e -o pipefail
	"$2"
}

WHO='--certificate-identity alice@example.com --certificate-oidc-issuer'

sign_tags() {
	printf '%s\n' "$IMAGE:v1" | xargs -I {} cosign sign --yes "{}@$DIGEST"
}

verify_regexp() {
	[ "$(cosign verify --certificate-identity-regexp '^alice@' "$IMAGE@$DIGEST" --certificate-oidc-issuer "$OIDC_URL" |
		jq -r '.[0].critical.image."docker-manifest-digest"')" = "$DIGEST" ]
	[ "$(cosign verify --output json $WHO "$OIDC_URL" "$IMAGE:v1" | jq length)" = 1 ]
}

@test "sign --yes TAG@DIGEST through xargs; verify by a regular expression" {
	both sign_tags verify_regexp
}

sign_bundle() {
	cosign sign-blob --yes --bundle f.sigstore.json f
}

verify_bundle() {
	cosign verify-blob --bundle f.sigstore.json $WHO "$OIDC_URL" f 2>&1 | grep -qx 'Verified OK'
}

@test "sign-blob --bundle, as release tools call it" {
	both sign_bundle verify_bundle
}

attest_sbom() {
	printf '{"SPDXID":"SPDXRef-DOCUMENT","name":"x","packages":[]}' >f.sbom
	cosign attest --yes --predicate f.sbom --type spdxjson "$IMAGE@$DIGEST"
}

verify_sbom() {
	[ "$(cosign verify-attestation --type spdxjson $WHO "$OIDC_URL" "$IMAGE@$DIGEST" |
		jq -r '.payload | @base64d | fromjson | .predicate.name')" = x ]
	[ "$(cosign download attestation "$IMAGE@$DIGEST" | jq -r .dsseEnvelope.payload |
		base64 -d | jq -r .predicate.name)" = x ]
}

@test "attest an SBOM; its predicate through jq; download attestation" {
	both attest_sbom verify_sbom
}

attest_file() {
	echo '{"a":1}' >f.predicate
	cosign attest-blob --yes --predicate f.predicate --type custom --bundle f.att f
}

verify_file() {
	cosign verify-blob-attestation --bundle f.att --type custom $WHO "$OIDC_URL" f
}

@test "attest-blob and verify-blob-attestation" {
	both attest_file verify_file
}

sign_with_environment() {
	export COSIGN_YES=true COSIGN_EXPERIMENTAL=1
	cosign sign -a run=7 "$IMAGE@$DIGEST"
}

verify_with_environment() {
	export COSIGN_EXPERIMENTAL=1 COSIGN_CERTIFICATE_IDENTITY=alice@example.com
	[ "$(cosign verify --certificate-identity alice@example.com --certificate-oidc-issuer "$OIDC_URL" -a run=7 "$IMAGE@$DIGEST" |
		jq -r '.[0].optional.run')" = 7 ]
}

@test "flags in the environment" {
	both sign_with_environment verify_with_environment
}

@test "an identity nobody had verifies in neither program" {
	use_image
	try real sign_tags
	for program in real ours; do
		run with "$program" verify_nobody
		[ "$status" != 0 ]
	done
}

use_image() {
	IMAGE=$FAKE/nobody
	DIGEST=$(push_image "$IMAGE:v1" nobody)
	export IMAGE DIGEST
}

verify_nobody() {
	cosign verify --certificate-identity mallory@example.com --certificate-oidc-issuer "$OIDC_URL" "$IMAGE@$DIGEST"
}
