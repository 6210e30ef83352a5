#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/sigstore

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
	printf 'some "text"\n' >file
	printf '{ "b": 12345678901234567890, "a":1.50 , "<":"\\u0041"}\n' >sbom.spdx.json
	printf '{"scanner":{},"metadata":{}}' >vuln.json
	SBOM=$(cat sbom.spdx.json)
	HEAD='{"_type":"https://in-toto.io/Statement/v0.1","subject":[{"name":"example.com/app","digest":{"sha256":"'${DIGEST#sha256:}'"}}],"predicateType":'
}

attest() { cosign attest --key cosign.key $SIGN_KEY "$@"; }
# A line each.
decoded() {
	local text
	while read -r text; do
		base64 -d <<<"$text"
		echo
	done
}
bundles() { cosign ls-signatures "${1:-oci:image}" | jq -c 'select(.form == "bundle").bundle'; }
statements() { bundles "$@" | jq -r .dsseEnvelope.payload | decoded; }

# Of a registry.
manifest() { # HOST REPOSITORY TAG
	curl -sf -H 'Accept: application/vnd.oci.image.manifest.v1+json' "http://$1/v2/$2/manifests/$3"
}

att_manifest() {
	local digest
	digest=$(jq -r --arg tag "sha256-${DIGEST#sha256:}.att" \
		'.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $tag).digest' image/index.json)
	echo "image/blobs/sha256/${digest#sha256:}"
}

# The envelopes of a layout's legacy attestations, a line each.
envelopes() {
	local layer
	for layer in $(jq -r '.layers[].digest' "$(att_manifest)"); do
		cat "image/blobs/sha256/${layer#sha256:}"
		echo
	done
}

# openssl agrees that cosign.key signed this envelope.
agrees() { # ENVELOPE
	jq -r '.signatures[0].sig' <<<"$1" | base64 -d >sig
	cosign dsse unwrap <<<"$1" 2>/dev/null | cosign dsse pae | openssl dgst -sha256 -verify cosign.pub -signature sig
}

@test "a bundle beside the image: a predicate's bytes are as they were" {
	expect_status 0 attest --type spdxjson --predicate sbom.spdx.json oci:image
	[ -z "$output" ]
	[ "$stderr" = "Using payload from: sbom.spdx.json
Signing artifact..." ]
	[ "$(statements)" = "$HEAD\"https://spdx.dev/Document\",\"predicate\":$SBOM}" ]
	agrees "$(bundles | jq -c .dsseEnvelope)"
	[ "$(bundles | jq -c '.dsseEnvelope | [.payloadType, (.signatures | length)]')" = '["application/vnd.in-toto+json",1]' ]
	jq -e '[.manifests[].annotations["dev.sigstore.bundle.predicateType"] // empty] == ["https://spdx.dev/Document"]' image/index.json
}

@test "every type has its URI" {
	link='{"_type":"link","name":"n","materials":{},"products":{},"byproducts":{},"command":[],"environment":{}}'
	while IFS='|' read -r type uri predicate; do
		printf '%s' "$predicate" >predicate
		attest --type "$type" --predicate predicate --bundle b --no-upload oci:image
		[ "$(cosign dsse unwrap b)" = "$HEAD\"$uri\",\"predicate\":$predicate}" ]
	done <<-END
		slsaprovenance|https://slsa.dev/provenance/v0.2|{"builder":{"id":"x"},"buildType":"t"}
		slsaprovenance02|https://slsa.dev/provenance/v0.2|{"builder":{"id":"x"},"buildType":"t"}
		slsaprovenance1|https://slsa.dev/provenance/v1|{"buildDefinition":{},"runDetails":{}}
		link|https://in-toto.io/Link/v1|$link
		spdxjson|https://spdx.dev/Document|{}
		cyclonedx|https://cyclonedx.org/bom|{"a":1}
		vuln|https://cosign.sigstore.dev/attestation/vuln/v1|{"scanner":{},"metadata":{}}
		openvex|https://openvex.dev/ns|{"@context":""}
		https://example.com/x|https://example.com/x|{"a":[]}
		urn:x|urn:x|{}
	END
	attest --type spdx --predicate file --bundle b --no-upload oci:image
	[ "$(cosign dsse unwrap b)" = "$HEAD\"https://spdx.dev/Document\",\"predicate\":\"some \\\"text\\\"\\n\"}" ]
	SOURCE_DATE_EPOCH=0 attest --predicate file --bundle b --no-upload oci:image
	[ "$(cosign dsse unwrap b)" = "$HEAD\"https://cosign.sigstore.dev/attestation/v1\",\"predicate\":{\"Data\":\"some \\\"text\\\"\\n\",\"Timestamp\":\"1970-01-01T00:00:00Z\"}}" ]
}

@test "the legacy form, a layer each" {
	expect_status 0 attest --new-bundle-format=false --type spdxjson --predicate sbom.spdx.json oci:image
	[ -z "$output" ]
	attest --new-bundle-format=false --type vuln --predicate vuln.json oci:image
	jq -e '[.layers[] | [.mediaType, .annotations]] == [
		["application/vnd.dsse.envelope.v1+json",
			{"dev.cosignproject.cosign/signature": "", "predicateType": "https://spdx.dev/Document"}],
		["application/vnd.dsse.envelope.v1+json",
			{"dev.cosignproject.cosign/signature": "", "predicateType": "https://cosign.sigstore.dev/attestation/vuln/v1"}]]' "$(att_manifest)"
	[ "$(envelopes | head -n 1 | jq -r .payload | decoded)" = "$HEAD\"https://spdx.dev/Document\",\"predicate\":$SBOM}" ]
	[ "$(envelopes | head -n 1 | jq -c '[keys_unsorted, (.signatures[0] | keys)]')" = '[["payload","payloadType","signatures"],["sig"]]' ]
	agrees "$(envelopes | head -n 1)"
	agrees "$(envelopes | tail -n 1)"
	# an attestation is no signature
	expect_status 10 cosign verify --key cosign.pub $VERIFY_KEY --new-bundle-format=false oci:image
}

@test "--replace takes out those of the same type alone, in either form" {
	for form in true false; do
		for n in 1 2 3; do
			attest --new-bundle-format=$form --type spdxjson --predicate sbom.spdx.json oci:image
		done
		attest --new-bundle-format=$form --type vuln --predicate vuln.json oci:image
		printf '{"new":1}' >new
		attest --new-bundle-format=$form --replace --type spdxjson --predicate new oci:image
	done
	[ "$(statements | jq -sc '[.[].predicateType] | sort')" = '["https://cosign.sigstore.dev/attestation/vuln/v1","https://spdx.dev/Document"]' ]
	[ "$(statements | jq -c 'select(.predicate.new)' | wc -l)" -eq 1 ]
	[ "$(envelopes | jq -r .payload | decoded | jq -c .predicate | tr '\n' ' ')" = '{"scanner":{},"metadata":{}} {"new":1} ' ]
	refuses usage 2 attest --replace --type spdxjson --predicate new --predicate sbom.spdx.json oci:image
}

@test "--statement: signed as it is, if it is about the image" {
	printf ' {"subject":[{"digest":{"sha256":"%s"}}],\n "_type":"https://in-toto.io/Statement/v1", "predicateType":"urn:t","predicate":{"n":1e400}}\n' "${DIGEST#sha256:}" >statement
	for form in true false; do
		expect_status 0 attest --new-bundle-format=$form --statement statement --bundle b oci:image
		has "Using statement from: statement" "$stderr"
	done
	cosign dsse unwrap <(bundles) | cmp - statement
	cosign dsse unwrap <(envelopes) | cmp - statement
	attest --statement statement --type urn:t --bundle b --no-upload oci:image
	cosign dsse unwrap b | cmp - statement
	refuses wrong-type 12 attest --statement statement --type spdxjson oci:image
	make_layout elsewhere "" "other bytes"
	refuses wrong-subject 12 attest --statement statement oci:elsewhere
	[ "$(bundles oci:elsewhere | wc -l)" -eq 0 ]
	sed 's/"predicateType":"urn:t",//' statement >untyped
	refuses bad-payload 12 attest --statement untyped oci:image
	printf '{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"urn:t","predicate":{}}' >nobody
	refuses bad-payload 12 attest --statement nobody oci:image
	refuses usage 2 attest --statement statement --predicate file oci:image
}

@test "many predicates in one call" {
	attest --type spdxjson --predicate sbom.spdx.json --type vuln --predicate vuln.json --bundle 'x-{}.json' oci:image
	[ "$(statements | wc -l)" -eq 2 ]
	[ "$(cosign dsse unwrap "x-sha256-${DIGEST#sha256:}-2.json" | jq -r .predicateType)" = https://cosign.sigstore.dev/attestation/vuln/v1 ]
	# one type for all, or one each
	attest --type cyclonedx --predicate sbom.spdx.json --predicate vuln.json oci:image
	[ "$(statements | jq -r .predicateType | grep -c cyclonedx)" -eq 2 ]
	refuses usage 2 attest --type spdx --type vuln --predicate file --predicate file --predicate file oci:image
	refuses usage 2 attest --type spdxjson --predicate sbom.spdx.json --predicate vuln.json --bundle b oci:image
	# of one predicate the last type counts
	attest --type spdx --type urn:last --predicate vuln.json --no-upload --bundle b oci:image
	[ "$(cosign dsse unwrap b | jq -r .predicateType)" = urn:last ]
	# all are read before anything is signed
	refuses bad-json 1 attest --type spdxjson --predicate sbom.spdx.json --predicate file oci:image
	[ "$(statements | wc -l)" -eq 4 ]
}

@test "predicates that are refused" {
	printf '\357\273\277{}' >bom
	printf 'a\377' >bytes
	refuses bad-json 1 attest --type cyclonedx --predicate bom oci:image
	refuses bad-json 1 attest --type urn:x --predicate file oci:image
	refuses bad-encoding 1 attest --predicate bytes oci:image
	has base64 "$(jq -r .hint <<<"$error")"
	refuses bad-shape 1 attest --type vuln --predicate sbom.spdx.json oci:image
	has 'required field scanner missing' "$(jq -r .message <<<"$error")"
	refuses not-found 1 attest --predicate nothing oci:image
	refuses usage 2 attest --type sbom --predicate file oci:image
	has spdxjson "$(jq -r .expected <<<"$error")"
	refuses usage 2 attest oci:image
	COSIGN_MAX_ATTACHMENT_SIZE=8KiB refuses too-large 1 attest --predicate file oci:image
	has COSIGN_MAX_ATTACHMENT_SIZE "$(jq -r .expected <<<"$error")"
	: >empty
	expect_status 0 attest --predicate empty --no-upload --bundle b oci:image
	has 'empty is empty' "$stderr"
	expect_status 0 attest --type spdx --predicate sbom.spdx.json --no-upload --bundle b oci:image
	has '--type spdxjson' "$stderr"
	[ "$(bundles | wc -l)" -eq 0 ]
}

@test "a predicate from a pipe, for several images" {
	make_layout second example.com/app:2 "other bytes"
	attest --type spdxjson --predicate - oci:image oci:second <sbom.spdx.json
	for image in image second; do
		[ "$(statements oci:$image | sed 's/.*"predicate"://')" = "$SBOM}" ]
	done
	attest --statement - oci:image <<<"$HEAD\"urn:x\",\"predicate\":{}}"
	[ "$(statements | jq -r .predicateType | grep -c urn:x)" -eq 1 ]
	refuses usage 2 attest --predicate - --predicate - oci:image
	refuses usage 2 attest --predicate - - <<<oci:image
	COSIGN_PASSWORD=geheim cosign import-key-pair --key cosign.key --output-key-prefix enc
	COSIGN_PASSWORD=geheim attest --key enc.key --predicate - oci:image <file
	unset COSIGN_PASSWORD
	refuses no-terminal 1 attest --key enc.key --predicate - oci:image <file
}

@test "--no-upload, --dry-run and --bundle" {
	refuses usage 2 attest --no-upload --predicate file oci:image
	expect_status 0 attest --no-upload --bundle b --predicate file oci:image
	[ -z "$output" ]
	has 'Wrote bundle to file b' "$stderr"
	[ "$(stat -c %a b)" = 600 ]
	expect_status 0 attest --dry-run --bundle c --predicate file oci:image
	[ ! -e c ]
	[ "$(bundles | wc -l)" -eq 0 ]
	expect_status 0 attest --no-upload --new-bundle-format=false --predicate file oci:image
	agrees "$output"
	attest --no-upload --new-bundle-format=false --bundle d --predicate file oci:image
	agrees "$(jq -r '.base64Signature | @base64d' d)"
	jq -r .cert d | base64 -d | cmp - cosign.pub
	refuses usage 2 attest --bundle b --predicate file oci:image oci:image
	refuses io 1 attest --bundle nowhere/b --predicate file oci:image
	[ "$(bundles | wc -l)" -eq 0 ]
}

@test "--recursive: the index and all in it" {
	digest=$(make_index_layout index)
	attest -r --type spdxjson --predicate sbom.spdx.json oci:index
	for child in "$digest" $(children index "$digest"); do
		statements "oci:index@$child" | grep -F "${child#sha256:}"
	done
	refuses usage 2 attest -r --bundle b --predicate file oci:index
	attest -r --bundle 'b-{}' --predicate file oci:index
	[ "$(ls b-sha256-* | wc -l)" -eq "$(($(children index "$digest" | wc -l) + 1))" ]
	attest --predicate file oci:index
}

@test "images by lines: records and refusals in their order" {
	make_layout second example.com/app:2 "other bytes"
	printf '%s\n' oci:image '{"image":"oci:second","more":[1]}' oci:nothing >images
	for form in true false; do
		run --separate-stderr cosign attest --json --key cosign.key $SIGN_KEY --new-bundle-format=$form \
			--type vuln --predicate vuln.json --type custom --predicate file - <images
		[ "$status" -ne 0 ]
		[ "$(jq -r .type <<<"$output" | tr '\n' ' ')" = 'cosign.location/1 cosign.location/1 cosign.location/1 cosign.location/1 cosign.refusal/1 ' ]
		[ "$(jq -r 'select(.stored) | .predicateType | split("/")[-2]' <<<"$output" | tr '\n' ' ')" = 'vuln attestation vuln attestation ' ]
		[ "$(jq -c 'select(.more)' <<<"$output" | wc -l)" -eq 2 ]
	done
	[ "$(statements | wc -l)" -eq 2 ]
	[ "$(statements oci:second | wc -l)" -eq 2 ]
}

@test "what attest refuses" {
	refuses usage 2 cosign attest --tlog-upload=false --predicate file oci:image
	refuses usage 2 attest --predicate file
	expect_status 0 attest --rekor-entry-type intoto --predicate file oci:image
	refuses usage 2 attest --rekor-entry-type other --predicate file oci:image
	refuses no-such-image 11 attest --predicate file oci:image:nothing
	printf x >broken.key
	refuses bad-encoding 1 attest --key broken.key --predicate file oci:image
}

@test "registries: both forms, one resolution" {
	for host in "$REG" "$FAKE"; do
		digest=$(push_image "$host/both:v1")
		requests_reset
		attest --type vuln --predicate vuln.json --type custom --predicate file "$host/both:v1"
		[ "$host" != "$FAKE" ] || [ "$(requests | grep -c 'GET /v2/both/manifests/v1 ')" -eq 1 ]
		expect_status 0 attest --new-bundle-format=false --type vuln --predicate vuln.json "$host/both@$digest"
		attest --new-bundle-format=false --type custom --predicate file "$host/both@$digest"
		[ "$(statements "$host/both@$digest" | jq -r '.subject[0].name' | sort -u)" = "$host/both" ]
		[ "$(statements "$host/both@$digest" | wc -l)" -eq 2 ]
		manifest "$host" both "sha256-${digest#sha256:}.att" |
			jq -r '.layers[].annotations.predicateType | split("/")[-2]' | tr '\n' ' ' | grep -x 'vuln attestation '
		attest --replace --type vuln --predicate vuln.json "$host/both@$digest"
		attest --replace --new-bundle-format=false --type vuln --predicate vuln.json "$host/both@$digest"
		[ "$(statements "$host/both@$digest" | wc -l)" -eq 2 ]
		manifest "$host" both "sha256-${digest#sha256:}.att" | jq '.layers | length' | grep -x 2
		COSIGN_REPOSITORY=$host/apart attest --attachment-tag-prefix p- --new-bundle-format=false --predicate file "$host/both@$digest"
		manifest "$host" apart "p-sha256-${digest#sha256:}.att" | jq '.layers | length' | grep -x 1
	done
}

# The key is a pipe, which can be read once; images are asked for once each, whatever
# is attested of them.
looks() { # uses form, a, b
	local image
	for image in a b; do
		requests | grep -cE "(GET|HEAD) /v2/each-$form/$image/manifests/(v|$a|$b) " || true
	done
}

@test "many predicates of many images: one opening of the key, one look at each" {
	for form in true false; do
		a=$(push_image "$FAKE/each-$form/a:v" "a $form") b=$(push_image "$FAKE/each-$form/b:v" "b $form")
		what=(--new-bundle-format=$form --type spdxjson --predicate sbom.spdx.json --type custom --predicate file
			--type vuln --predicate vuln.json)
		names=("$FAKE/each-$form/a:v" "$FAKE/each-$form/b:v")
		for how in names digests lines records; do
			looks >before
			case $how in
			names) cosign attest --json --key <(cat cosign.key) $SIGN_KEY "${what[@]}" "${names[@]}" ;;
			digests) cosign attest --json --key <(cat cosign.key) $SIGN_KEY "${what[@]}" \
				"$FAKE/each-$form/a@$a" "$FAKE/each-$form/b@$b" ;;
			lines) printf '%s\n' "${names[@]}" | cosign attest --json --key <(cat cosign.key) $SIGN_KEY "${what[@]}" - ;;
			records) cosign resolve "${names[@]}" | cosign attest --json --key <(cat cosign.key) $SIGN_KEY "${what[@]}" - ;;
			esac >records 2>/dev/null
			# In the order of the images, and of the predicates within each.
			jq -r '.subject.digest + " " + .predicateType' records | diff - <(for digest in "$a" "$b"; do
				printf "$digest %s\n" https://spdx.dev/Document https://cosign.sigstore.dev/attestation/v1 \
					https://cosign.sigstore.dev/attestation/vuln/v1
			done)
			looks | paste -d ' ' before - | awk '$2 - $1 > 1 { exit 1 }'
		done
		# Four times as many are there.
		[ $form = false ] || [ "$(bundles "$FAKE/each-$form/a@$a" | wc -l)" = 12 ]
	done
}

@test "many at once: none is lost, in either form" {
	for host in "$REG" "$FAKE"; do
		digest=$(push_image "$host/crowd:v1")
		for form in true false; do
			pids=()
			for n in 1 2 3 4 5 6; do
				printf '{"n":%d}' $n >p$n
				attest --new-bundle-format=$form --type urn:n --predicate p$n "$host/crowd@$digest" 2>/dev/null 3>&- &
				pids+=($!)
			done
			for pid in "${pids[@]}"; do wait "$pid"; done
		done
		[ "$(statements "$host/crowd@$digest" | jq -s '[.[].predicate.n] | add')" -eq 21 ]
		manifest "$host" crowd "sha256-${digest#sha256:}.att" | jq '.layers | length' | grep -x 6
	done
}

@test "--record-creation-timestamp and Docker's media types" {
	SOURCE_DATE_EPOCH=5 COSIGN_DOCKER_MEDIA_TYPES=1 attest --new-bundle-format=false --record-creation-timestamp \
		--predicate file oci:image
	[ "$(jq -r .mediaType "$(att_manifest)")" = application/vnd.docker.distribution.manifest.v2+json ]
	config=$(jq -r .config.digest "$(att_manifest)")
	[ "$(jq -r .created "image/blobs/sha256/${config#sha256:}")" = 1970-01-01T00:00:05Z ]
}

@test "every kind of key" {
	for kind in p384 p521 rsa ed25519; do
		make_keys $kind $kind
		for form in true false; do
			attest --key $kind.key --new-bundle-format=$form --predicate file oci:image
		done
	done
	[ "$(bundles | wc -l)" -eq 4 ]
	[ "$(envelopes | wc -l)" -eq 4 ]
}

@test "verify-attestation gives back what was attested, of every type and in both forms" {
	printf '{"_type":"link","name":"n","materials":{},"products":{},"byproducts":null,"command":[],"environment":{}}' >link
	printf '{"builder":{"id":"x"},"buildType":"t","n":12345678901234567890}' >slsa
	printf '{"buildDefinition":{"n":1.50},"runDetails":{}}' >slsa1
	for form in true false; do
		for pair in custom:file slsaprovenance:slsa slsaprovenance02:slsa slsaprovenance1:slsa1 link:link spdx:file \
			spdxjson:sbom.spdx.json cyclonedx:sbom.spdx.json vuln:vuln.json openvex:vuln.json urn:x:vuln.json; do
			type=${pair%:*}
			rm -r image
			make_layout image example.com/app:1
			attest --new-bundle-format=$form --type "$type" --predicate "${pair##*:}" oci:image
			expect_status 0 cosign verify-attestation --key cosign.pub $VERIFY_KEY --type "$type" oci:image
			cosign dsse unwrap <<<"$output" >statement
			case $type in
			custom) jq -j .predicate.Data statement | cmp - file ;;
			spdx) jq -j .predicate statement | cmp - file ;;
			*) has "\"predicate\":$(cat "${pair##*:}")}" "$(cat statement)" ;;
			esac
		done
	done
}

@test "not a byte of a predicate changes on its way through" {
	printf '{"z": 9007199254740993,\t"a":-0.10e+01, "n":123456789012345678901234567890,"b":[1.0,1.00 ,1E5],\n"\\u0061b":"\\/<&>\xe2\x80\xa8"  ,"B":{} }' >odd.json
	for form in true false; do
		attest --new-bundle-format=$form --type urn:odd-$form --predicate odd.json oci:image
		cosign verify-attestation --key cosign.pub $VERIFY_KEY --type urn:odd-$form --output predicate oci:image 2>/dev/null >got
		{ cat odd.json; echo; } | cmp - got
	done
	cosign attest-blob --key cosign.key $SIGN_KEY --type urn:odd --predicate odd.json --bundle b file 2>/dev/null
	cosign verify-blob-attestation --key cosign.pub $VERIFY_KEY --type urn:odd --output predicate --bundle b file 2>/dev/null >got
	{ cat odd.json; echo; } | cmp - got
}

@test "a predicate of 128 MiB is attested and verified; one of more is not" {
	[ -z "${SANITIZE-}" ] || skip "takes too long"
	{ printf '{"x":"'; head -c $(((128 << 20) - 8)) /dev/zero | tr '\0' x; printf '"}'; } >big
	for form in true false; do
		rm -r image
		make_layout image example.com/app:1
		frugal cosign-attest --key cosign.key $SIGN_KEY --new-bundle-format=$form --type urn:big --predicate big oci:image
		frugal cosign-verify-attestation --key cosign.pub $VERIFY_KEY --type urn:big oci:image >envelope
		frugal cosign-dsse unwrap envelope | tail -c "$(($(stat -c %s big) + 1))" >got
		{ cat big; printf '}'; } | cmp - got
	done
	printf ' ' >>big
	refuses too-large 1 attest --type urn:big --predicate big oci:image
	has 134217728 "$(jq -r '.expected + .message' <<<"$error")"
	rm -r big got envelope image
}

@test "the examples of the page run" {
	start_sigstore
	cp "$SIGDIR/signing_config.json" "$SIGDIR/trusted_root.json" .
	id_token >token
	run_examples attest
	stop_servers
}
