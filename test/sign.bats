#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup_file() {
	start_registry
	start_fake_registry
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign
	make_keys other
}

teardown_file() { stop_servers; }

# Each test has its own directory and image.
setup() {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/*.key "$BATS_FILE_TMPDIR"/*.pub .
	DIGEST=$(make_layout image example.com/app:1)
}

sign() { cosign sign --key cosign.key $SIGN_KEY "$@"; }
verify() { cosign verify --key cosign.pub $VERIFY_KEY "$@"; }
signatures() { verify "$@" -o text 2>/dev/null | wc -l; }

@test "sign prints nothing on stdout and says where the signature goes" {
	expect_status 0 sign oci:image
	[ -z "$output" ]
	has "Pushing signature to: oci:image" "$stderr"
	[ "$(signatures oci:image)" -eq 1 ]
}

@test "the ways to ask for neither log nor timestamp" {
	printf '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{},"tsaConfig":{}}' >none.json
	printf '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogUrls":[{"url":"https://log.example"}]}' >log.json
	expect_status 0 cosign sign --key cosign.key --tlog-upload=false oci:image
	expect_status 0 cosign sign --key cosign.key --use-signing-config=false --tlog-upload=false oci:image
	expect_status 0 cosign sign --key cosign.key --signing-config none.json --trusted-root none.json oci:image
	refuses bad-config 1 cosign sign --key cosign.key --signing-config log.json oci:image
	refuses usage 2 cosign sign --tlog-upload=false oci:image
	refuses usage 2 cosign sign --skip-existing oci:image
	refuses usage 2 cosign sign --key cosign.key --signing-config none.json --tlog-upload=false oci:image
	refuses not-found 1 cosign sign --key cosign.key --signing-config nowhere.json oci:image
}

@test "a second signer never removes the first, in either form" {
	make_keys third
	for form in true false; do
		sign --new-bundle-format=$form oci:image
		cosign sign --key other.key $SIGN_KEY --new-bundle-format=$form oci:image
		cosign sign --key third.key $SIGN_KEY --new-bundle-format=$form oci:image
	done
	for key in cosign other third; do
		[ "$(cosign verify --key $key.pub $VERIFY_KEY -o text oci:image 2>/dev/null | wc -l)" -eq 2 ]
		[ "$(cosign verify --key $key.pub $VERIFY_KEY -o text --new-bundle-format=false oci:image 2>/dev/null | wc -l)" -eq 1 ]
	done
}

@test "--skip-existing signs once; other annotations are another signature" {
	for form in true false; do
		for i in 1 2 3; do sign --skip-existing --new-bundle-format=$form -a n=1 oci:image; done
	done
	[ "$(signatures oci:image)" -eq 2 ]
	sign --skip-existing -a n=2 oci:image
	[ "$(signatures -a n=2 oci:image)" -eq 1 ]
	[ "$(signatures oci:image)" -eq 3 ]
}

@test "--replace leaves one" {
	for form in true false; do
		sign --new-bundle-format=$form -a n=1 oci:image
		sign --new-bundle-format=$form -a n=2 oci:image
		sign --new-bundle-format=$form -a n=3 --replace oci:image
	done
	[ "$(signatures oci:image)" -eq 2 ]
	[ "$(signatures -a n=3 oci:image)" -eq 2 ]
}

@test "--recursive signs the index and its images, without it the index alone" {
	index=$(make_index_layout multi example.com/multi:1)
	sign oci:multi
	refuses no-signature 10 verify "oci:multi@$(children multi "$index" | head -n 1)"
	for form in true false; do
		sign --recursive --new-bundle-format=$form oci:multi
		for digest in "$index" $(children multi "$index"); do
			expect_status 0 verify --new-bundle-format=$form "oci:multi@$digest"
		done
	done
}

@test "COSIGN_REPOSITORY is for images in registries" {
	COSIGN_REPOSITORY=127.0.0.1:1/sigs COSIGN_REMOTE_HTTP=/bin/false expect_status 0 sign oci:image
	[ "$(signatures oci:image)" -eq 1 ]
}

@test "files: bundle, payload, signature, key" {
	sign --new-bundle-format=false --upload=false --output-payload p --output-signature s --output-certificate c oci:image
	[ "$(cat p)" = '{"critical":{"identity":{"docker-reference":"example.com/app"},"image":{"docker-manifest-digest":"'"$DIGEST"'"},"type":"cosign container image signature"},"optional":null}' ]
	base64 -d s >sig
	openssl dgst -sha256 -verify cosign.pub -signature sig p
	cmp c cosign.pub
	[ "$(stat -c %a p s)" = "600
600" ]
	sign --upload=false --bundle b.json oci:image
	[ "$(jq -r .mediaType b.json)" = application/vnd.dev.sigstore.bundle.v0.3+json ]
	[ "$(stat -c %a b.json)" = 600 ]
	jq -r .dsseEnvelope.payload b.json | base64 -d | jq -e --arg d "${DIGEST#sha256:}" '.subject[0].digest.sha256 == $d'
	refuses no-signature 10 verify oci:image
	refuses usage 2 sign --upload=false oci:image
	refuses usage 2 sign --bundle b.json oci:image oci:image
	index=$(make_index_layout multi example.com/multi:1)
	sign -r --upload=false --bundle '{}.json' oci:multi
	for digest in "$index" $(children multi "$index"); do [ -s "${digest/:/-}.json" ]; done
	sign -r --new-bundle-format=false --upload=false --output-signature m.sig oci:multi
	[ -s "m.sig-${index/:/-}" ]
}

@test "--dry-run writes nothing" {
	cp -r image before
	expect_status 0 sign --dry-run --bundle b.json --json oci:image
	[ "$(jq -r .stored <<<"$output")" = false ]
	[ ! -e b.json ]
	diff -r image before
}

@test "identities: a signature each" {
	sign --new-bundle-format=false --sign-container-identity example.com/a,example.com/b oci:image
	verify --new-bundle-format=false oci:image 2>/dev/null | jq -r '.[].critical.identity."docker-reference"' | sort >names
	[ "$(paste -sd ' ' names)" = "example.com/a example.com/b" ]
	make_layout anonymous
	refuses usage 2 sign --new-bundle-format=false oci:anonymous
	has "sign-container-identity" "$(jq -r .hint <<<"$error")"
}

@test "--payload signs what it is given" {
	printf '{"critical":{"identity":{"docker-reference":"x"},"image":{"docker-manifest-digest":"%s"},"type":"t"},"optional":null}' "$DIGEST" >p
	sign --new-bundle-format=false --payload p oci:image
	expect_status 0 verify oci:image
	has '"docker-reference":"x"'
	refuses usage 2 sign --payload p oci:image
}

@test "every kind of key signs, and its signature verifies" {
	for kind in p384 p521 rsa ed25519; do
		make_keys $kind $kind
		for form in true false; do
			cosign sign --key $kind.key $SIGN_KEY --new-bundle-format=$form oci:image
			expect_status 0 verify --key $kind.pub --new-bundle-format=$form oci:image
		done
	done
}

@test "an encrypted key: password from variable, file or pipe, never a prompt" {
	COSIGN_PASSWORD=secret cosign generate-key-pair --output-key-prefix enc
	COSIGN_PASSWORD=secret cosign sign --key enc.key $SIGN_KEY oci:image
	printf secret >pw
	env -u COSIGN_PASSWORD cosign sign --key enc.key --password-file pw $SIGN_KEY oci:image
	printf secret | env -u COSIGN_PASSWORD cosign sign --key enc.key $SIGN_KEY oci:image
	[ "$(signatures --key enc.pub oci:image)" -eq 3 ]
	COSIGN_PASSWORD=wrong refuses bad-password 1 cosign sign --key enc.key $SIGN_KEY oci:image
	refuses no-terminal 1 env -u COSIGN_PASSWORD cosign sign --key enc.key $SIGN_KEY oci:image </dev/null
	refuses no-terminal 1 env -u COSIGN_PASSWORD bash -c 'exec "$@" <&-' - cosign sign --key enc.key $SIGN_KEY oci:image
}

@test "registries: both forms, other repositories, prefixes, Docker media types" {
	for host in "$REG" "$FAKE"; do
		digest=$(push_image "$host/app:1" "$host")
		for form in true false; do
			sign --new-bundle-format=$form "$host/app@$digest"
			expect_status 0 verify --new-bundle-format=$form "$host/app:1"
			COSIGN_REPOSITORY=$host/sigs sign --new-bundle-format=$form -a where=else "$host/app@$digest"
			COSIGN_REPOSITORY=$host/sigs expect_status 0 verify --new-bundle-format=$form -a where=else "$host/app:1"
			refuses no-matching-signature 12 verify --new-bundle-format=$form -a where=else "$host/app:1"
		done
		sign --new-bundle-format=false --attachment-tag-prefix pre- -a p=1 "$host/app@$digest"
		expect_status 0 verify --new-bundle-format=false --attachment-tag-prefix pre- -a p=1 "$host/app:1"
		COSIGN_DOCKER_MEDIA_TYPES=1 COSIGN_REPOSITORY=$host/docker sign --new-bundle-format=false "$host/app@$digest"
		curl -sS -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' \
			"http://$host/v2/docker/manifests/${digest/:/-}.sig" >manifest
		[ "$(jq -r .mediaType manifest)" = application/vnd.docker.distribution.manifest.v2+json ]
	done
}

@test "a tag is warned about, a digest is not; an image that is not there is refused" {
	digest=$(push_image "$REG/tagged:1" tagged)
	expect_status 0 sign "$REG/tagged:1"
	has "uses a tag, not a digest" "$stderr"
	expect_status 0 sign "$REG/tagged@$digest"
	! grep -q "uses a tag" <<<"$stderr"
	refuses no-such-image 11 sign "$REG/tagged:none"
	refuses no-such-image 11 sign oci:image:none
}

@test "several images in one call, and the first failure stops" {
	make_layout second example.com/second:1 second
	expect_status 0 sign oci:image oci:second
	[ "$(signatures oci:second)" -eq 1 ]
	make_layout third example.com/third:1 third
	refuses no-such-image 11 sign oci:image oci:image:none oci:third
	refuses no-signature 10 verify oci:third
}

@test "the environment gives flags" {
	COSIGN_KEY=cosign.key COSIGN_TLOG_UPLOAD=false COSIGN_YES=true expect_status 0 cosign sign oci:image
	COSIGN_KEY=cosign.pub COSIGN_INSECURE_IGNORE_TLOG=true expect_status 0 cosign verify oci:image
}
