#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Signatures of before, and what the log knows of them: bundle create and upgrade.
load lib/helpers
load lib/sigstore

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	cd "$BATS_FILE_TMPDIR"
	start_sigstore
	start_fake_registry
	make_keys cosign
	TOKEN=$(id_token)
	export TOKEN
	printf 'what is signed\n' >file
	printf '{}' >predicate
	cosign sign-blob $(old) --identity-token "$TOKEN" --bundle old.json --output-certificate c.pem --output-signature sig file
	cosign sign-blob $(old) --key cosign.key --bundle key.json --output-signature key.sig file
	cosign attest-blob $(old) --identity-token "$TOKEN" --predicate predicate --bundle att.json --output-signature envelope --output-certificate att.pem file
	cosign sign-blob --signing-config "$SIGDIR/signing_config.v1.json" --trusted-root "$SIGDIR/trusted_root.json" --identity-token "$TOKEN" --bundle new.json file
}

teardown_file() { stop_servers; }

setup() {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/{file,predicate,*.json,*.pem,*.pub,cosign.key,sig,key.sig,envelope} .
	misdo
	asked_reset
}

old() { printf '%s\n' --rekor-url "$REKOR1_URL" --fulcio-url "$FULCIO_URL" --new-bundle-format=false -y --trusted-root "$SIGDIR/trusted_root.json"; }
create() { cosign bundle create --rekor-url "$REKOR1_URL" --artifact file "$@"; }
alice() { "$@" --certificate-identity alice@example.com --certificate-oidc-issuer "$OIDC_URL" --trusted-root "$SIGDIR/trusted_root.json"; }
without_proof() { jq -c '.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1" | del(.verificationMaterial.tlogEntries[0].inclusionProof)' new.json; }

@test "an old bundle becomes a new one, with the proof of its entry" {
	expect_status 0 create --bundle old.json --out b
	expect_status 0 alice cosign verify-blob --bundle b file
	expect_status 0 create --bundle key.json --out b
	expect_status 0 cosign verify-blob --key cosign.pub --trusted-root "$SIGDIR/trusted_root.json" --bundle b file
	expect_status 0 create --bundle att.json --out b
	expect_status 0 alice cosign verify-blob-attestation --type custom --bundle b file
	[ "$(asked rekor1 | grep -c 'GET /api/v1/log/entries')" = 3 ]
}

@test "a signature by itself is searched for" {
	expect_status 0 create --signature sig --certificate c.pem --out b
	expect_status 0 alice cosign verify-blob --bundle b file
	expect_status 0 create --signature key.sig --key cosign.pub --out b
	expect_status 0 cosign verify-blob --key cosign.pub --trusted-root "$SIGDIR/trusted_root.json" --bundle b file
	expect_status 0 create --attestation envelope --certificate att.pem --out b
	expect_status 0 alice cosign verify-blob-attestation --type custom --bundle b file
}

@test "what the log has not cannot be found" {
	printf x >other
	refuses not-logged 12 cosign bundle create --rekor-url "$REKOR1_URL" --artifact other --signature sig --certificate c.pem
	has "transparency log $REKOR1_URL" "$error"
	misdo 'rekor1 * html'
	refuses http 1 create --retry 0 --signature sig --certificate c.pem
	misdo 'rekor1 * bad-proof'
	refuses bad-log-proof 12 create --signature sig --certificate c.pem
	misdo 'rekor1 * garbage'
	refuses protocol 1 create --bundle old.json
}

by_itself() { alice cosign verify-blob --signature sig --certificate c.pem "$@"; }

@test "verify-blob finds the entry of a signature by itself" {
	expect_status 0 by_itself --rekor-url "$REKOR1_URL" file
	[ "$(asked rekor1)" = 'POST /api/v1/log/entries/retrieve 200' ]
	expect_status 0 by_itself --rekor-url "$REKOR1_URL" - <file
	expect_status 0 cosign verify-blob --key cosign.pub --rekor-url "$REKOR1_URL" --trusted-root "$SIGDIR/trusted_root.json" \
		--signature key.sig file
	sigstore_old_env
	COSIGN_REKOR_URL=$REKOR1_URL expect_status 0 cosign verify-blob --key cosign.pub --signature key.sig file
}

@test "nobody is asked who need not be" {
	refuses not-logged 12 by_itself file
	refuses not-logged 12 by_itself --rekor-url "$REKOR1_URL" --offline file
	expect_status 0 cosign verify-blob --key cosign.pub --rekor-url "$REKOR1_URL" --insecure-ignore-tlog --signature key.sig file
	expect_status 0 cosign verify-blob --key cosign.pub --rekor-url "$REKOR1_URL" --trusted-root "$SIGDIR/trusted_root.json" --bundle key.json file
	[ -z "$(asked)" ]
}

@test "what the log says of a signature by itself is judged" {
	printf x >other
	refuses bad-signature 12 by_itself --rekor-url "$REKOR1_URL" other
	for deed in other-key:bad-log-entry bad-set:bad-log-entry bad-proof:bad-log-proof no-proof:bad-log-proof; do
		misdo "rekor1 * ${deed%:*}"
		refuses "${deed#*:}" 12 by_itself --rekor-url "$REKOR1_URL" file
	done
	misdo 'rekor1 * html'
	refuses http 1 by_itself --retry 0 --rekor-url "$REKOR1_URL" file
	has "transparency log $REKOR1_URL" "$error"
}

@test "upgrade fetches the proof that is missing" {
	without_proof >v1.json
	expect_status 0 cosign bundle upgrade --rekor-url "$REKOR1_URL" --out b v1.json
	has 'Fetching missing inclusion proof from Rekor for log index ' "$stderr"
	expect_status 0 alice cosign verify-blob --bundle b file
	asked_reset
	expect_status 0 cosign bundle upgrade --rekor-url "$REKOR1_URL" new.json
	[ -z "$(asked)" ]
}

@test "upgrade takes no proof of another entry, and none that leads nowhere" {
	without_proof | jq -c '.verificationMaterial.tlogEntries[0].logIndex = "1000"' >v1.json
	refuses bad-log-entry 12 cosign bundle upgrade --rekor-url "$REKOR1_URL" v1.json
	without_proof | jq -c '.verificationMaterial.tlogEntries[0].logIndex = "999999"' >v1.json
	refuses not-found 1 cosign bundle upgrade --rekor-url "$REKOR1_URL" v1.json
	without_proof >v1.json
	misdo 'rekor1 * bad-proof'
	refuses bad-log-proof 12 cosign bundle upgrade --rekor-url "$REKOR1_URL" --out b v1.json
	misdo 'rekor1 * no-proof'
	refuses bad-log-proof 12 cosign bundle upgrade --rekor-url "$REKOR1_URL" --out b v1.json
	[ ! -e b ]
}

# --- images -------------------------------------------------------------------

# An image of its own: $IMAGE.
new_image() {
	IMAGE=$FAKE/app-$BATS_TEST_NUMBER-$((IMAGES += 1))
	IMAGE=$IMAGE@$(push_image "$IMAGE" "$IMAGE")
}

# Takes away what the log said.
strip() { # sig|att
	local type='application/vnd.oci.image.manifest.v1+json' url
	url=http://$FAKE/v2/${IMAGE#*/}
	url=${url%@*}/manifests/sha256-${IMAGE##*:}.$1
	curl -sSf -H "Accept: $type" "$url" | jq -c 'del(.layers[].annotations["dev.sigstore.cosign/bundle"])' >manifest
	curl -sSf -o /dev/null -X PUT -H "Content-Type: $type" --data-binary @manifest "$url"
}

sign_image() {
	new_image
	cosign sign $(old) --identity-token "$TOKEN" --output-payload payload --output-signature s --output-certificate c "$IMAGE"
	strip sig
}

attest_by_key() {
	new_image
	cosign attest $(old) "$@" --key cosign.key --predicate predicate "$IMAGE"
	strip att
}

@test "verify finds the entry of an image's signature, and tells as if none came along" {
	sign_image
	asked_reset
	expect_status 0 alice cosign verify --rekor-url "$REKOR1_URL" "$IMAGE"
	[ "$(asked)" = 'rekor1 POST /api/v1/log/entries/retrieve 200' ]
	[ "$(jq -c '.[0].optional | [.Subject, .Bundle]' <<<"$output")" = '["alice@example.com",null]' ]
	expect_status 0 alice cosign verify --json --rekor-url "$REKOR1_URL" "$IMAGE"
	[ "$(jq -c '.signatures[0] | [.ok, (.log | type)]' <<<"$output")" = '[true,"object"]' ]
	printf '%s\n' "$IMAGE" "$IMAGE" | expect_status 0 alice cosign verify --rekor-url "$REKOR1_URL" --jobs 2 -
	COSIGN_REKOR_URL=$REKOR1_URL expect_status 0 alice cosign verify "$IMAGE"
	expect_status 0 alice cosign verify --rekor-url "$REKOR1_URL" --signature s --payload payload --certificate c "$IMAGE"
}

@test "verify and verify-attestation find entries by key, of each kind" {
	local by=(--key cosign.pub --rekor-url "$REKOR1_URL" --trusted-root "$SIGDIR/trusted_root.json")
	new_image
	cosign sign $(old) --key cosign.key "$IMAGE"
	strip sig
	expect_status 0 cosign verify "${by[@]}" "$IMAGE"
	[ "$(jq -c '.[0].optional' <<<"$output")" = null ]
	attest_by_key
	asked_reset
	expect_status 0 cosign verify-attestation "${by[@]}" "$IMAGE"
	[ "$(asked)" = 'rekor1 POST /api/v1/log/entries/retrieve 200' ]
	attest_by_key --rekor-entry-type intoto
	asked_reset
	expect_status 0 cosign verify-attestation "${by[@]}" "$IMAGE"
	[ "$(asked | wc -l)" = 2 ]
	attest_by_key --tlog-upload=false
	curl -sSf "http://${IMAGE%%/*}/v2/$(sed 's,^[^/]*/,,; s,@.*,,' <<<"$IMAGE")/blobs/$(jq -r '.layers[0].digest' manifest)" >attestation
	refuses no-matching-signature 12 cosign verify-attestation "${by[@]}" "$IMAGE"
	# As the original had it at first.
	jq -n --rawfile envelope attestation --rawfile key cosign.pub '{apiVersion: "0.0.1", kind: "intoto", spec:
		{content: {$envelope}, publicKey: ($key | @base64)}}' >entry
	curl -sSf -o /dev/null --json @entry "$REKOR1_URL/api/v1/log/entries"
	asked_reset
	expect_status 0 cosign verify-attestation "${by[@]}" "$IMAGE"
	[ "$(asked | wc -l)" = 3 ]
}

@test "an image in a layout has its entries looked up too" {
	make_layout layout
	cosign sign $(old) --key cosign.key --upload=false --sign-container-identity example.com/a \
		--output-payload payload --output-signature s oci:layout
	cosign attach signature --payload payload --signature s oci:layout
	expect_status 0 cosign verify --key cosign.pub --rekor-url "$REKOR1_URL" --trusted-root "$SIGDIR/trusted_root.json" oci:layout
	refuses no-matching-signature 12 cosign verify --key cosign.pub --trusted-root "$SIGDIR/trusted_root.json" oci:layout
}

@test "verify-blob-attestation finds the entry of an envelope by itself" {
	local by=(--rekor-url "$REKOR1_URL" --type custom --signature envelope --certificate att.pem)
	expect_status 0 alice cosign verify-blob-attestation "${by[@]}" file
	[ "$(asked)" = 'rekor1 POST /api/v1/log/entries/retrieve 200' ]
	refuses not-logged 12 alice cosign verify-blob-attestation "${by[@]}" --offline file
	refuses not-logged 12 alice cosign verify-blob-attestation --type custom --signature envelope --certificate att.pem file
}

@test "for images too, nobody is asked who need not be" {
	sign_image
	asked_reset
	refuses no-matching-signature 12 alice cosign verify "$IMAGE"
	refuses no-matching-signature 12 alice cosign verify --rekor-url "$REKOR1_URL" --offline "$IMAGE"
	expect_status 0 alice cosign verify --rekor-url "$REKOR1_URL" --insecure-ignore-tlog "$IMAGE"
	[ -z "$(asked)" ]
}

@test "nobody is asked about what counts for nothing" {
	sign_image
	make_keys stranger
	asked_reset
	by=(--rekor-url "$REKOR1_URL" --trusted-root "$SIGDIR/trusted_root.json")
	refuses no-matching-signature 12 cosign verify --certificate-identity mallory@example.com \
		--certificate-oidc-issuer "$OIDC_URL" "${by[@]}" "$IMAGE"
	refuses no-matching-signature 12 cosign verify --key stranger.pub "${by[@]}" "$IMAGE"
	refuses no-matching-signature 12 alice cosign verify -a no=such "${by[@]}" "$IMAGE"
	printf 'another file' >file
	refuses bad-signature 12 alice cosign verify-blob "${by[@]}" --signature s --certificate c file
	[ -z "$(asked)" ]
}

@test "what the log says of an image's signature is judged" {
	sign_image
	for deed in other-key bad-set bad-proof no-proof html; do
		misdo "rekor1 * $deed"
		refuses no-matching-signature 12 alice cosign verify --retry 0 --rekor-url "$REKOR1_URL" "$IMAGE"
	done
	has "transparency log $REKOR1_URL" "$error"
	misdo
	expect_status 0 alice cosign verify --rekor-url "$REKOR1_URL" "$IMAGE"
}

@test "what came along with a legacy signature is told as it came, looked at or not" {
	new_image
	cosign sign $(old) --timestamp-server-url "$TSA_URL" --identity-token "$TOKEN" -a a=b "$IMAGE"
	for flag in --offline=true --use-signed-timestamps --insecure-ignore-tlog; do
		expect_status 0 alice cosign verify $flag "$IMAGE"
		[ "$(jq -c '.[0].optional | [keys[], (.Bundle.Payload.logIndex | type)]' <<<"$output")" = \
			'["1.3.6.1.4.1.57264.1.1","Bundle","Issuer","RFC3161Timestamp","Subject","a","number"]' ]
	done
	# As text it is what was signed, and who signed is for people.
	expect_status 0 alice cosign verify -o text "$IMAGE"
	[ "$(jq -c .optional <<<"$output")" = '{"a":"b"}' ]
	has 'Certificate subject: alice@example.com' "$stderr"
}

@test "a key that has a certificate too verifies by itself" {
	new_image
	cosign sign $(old) --key cosign.key --issue-certificate --identity-token "$TOKEN" "$IMAGE"
	for by in --trusted-root="$SIGDIR/trusted_root.json" "--rekor-url=$REKOR1_URL --trusted-root=$SIGDIR/trusted_root.json"; do
		expect_status 0 cosign verify --key cosign.pub $by "$IMAGE"
		strip sig
	done
	expect_status 0 alice cosign verify --rekor-url "$REKOR1_URL" "$IMAGE"
	make_keys other
	refuses no-matching-signature 12 cosign verify --key other.pub --rekor-url "$REKOR1_URL" --trusted-root "$SIGDIR/trusted_root.json" "$IMAGE"
}

@test "of several keys the one that signed is found, though the log refuses what others did not" {
	new_image
	make_keys first
	cosign sign $(old) --key cosign.key "$IMAGE"
	strip sig
	asked_reset
	expect_status 0 cosign verify --key first.pub --key cosign.pub --rekor-url "$REKOR1_URL" --trusted-root "$SIGDIR/trusted_root.json" "$IMAGE"
	[ "$(asked | cut -d ' ' -f 4 | xargs)" = '400 200' ]
}
