# SPDX-License-Identifier: Apache-2.0
# download and tree of both programs print the same of whatever either of them
# stored, to the byte where the order is not left to chance.
load interop

setup_file() {
	start_both
	make_real_keys
	cd "$BATS_FILE_TMPDIR"
	printf '{"SPDXID":"SPDXRef-DOCUMENT","spdxVersion":"SPDX-2.3","name":"<x> & y","packages":[]}' >spdx.json
	printf '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[]}' >cdx.json
	printf '{"buildDefinition":{"buildType":"https://t","externalParameters":{"a":"b"}},"runDetails":{"builder":{"id":"https://b"}}}' >slsa.json
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_FILE_TMPDIR"; }

# alike ARGUMENT...: same status for success, same lines in whatever order.
alike() {
	local status1
	real "$@" >"$BATS_TEST_TMPDIR/real" 2>"$BATS_TEST_TMPDIR/err" && status1=0 || status1=1
	ours "$@" >"$BATS_TEST_TMPDIR/ours" 2>>"$BATS_TEST_TMPDIR/err" && status=0 || status=1
	[ $status = $status1 ] && cmp <(in_order "$1" <"$BATS_TEST_TMPDIR/real") <(in_order "$1" <"$BATS_TEST_TMPDIR/ours") && return
	echo "differs: $*"
	cat "$BATS_TEST_TMPDIR/err"
	return 1
}

# A tree's groups come in any order; each with its layers on one line.
in_order() {
	if [ "$1" = tree ]; then
		sed ':a; N; $!ba; s/\n   / /g' | sort
	else
		sort
	fi
}

# What there is, of both programs, in one image.
fill() { # IMAGE PROGRAM...
	local image=$1 program form
	shift
	for program; do
		for form in bundle legacy; do
			"$program" sign --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags $form) -a by="$program" "$image"
			"$program" attest --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags $form) --type slsaprovenance1 --predicate slsa.json "$image"
			"$program" attest --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags $form) --type spdxjson --predicate spdx.json "$image"
		done
	done 2>/dev/null
}

look() { # IMAGE
	alike download signature "$1"
	alike download attestation "$1"
	for type in slsaprovenance1 https://spdx.dev/Document vuln; do
		alike download attestation --predicate-type $type "$1"
	done
	alike tree "$1"
}

@test "what either stored, and both" {
	for host in "$REG" "$GGCR"; do
		for by in real ours 'real ours'; do
			image=$host/down/${by// /-}
			image=$image@$(push_image "$image:1" "$host $by")
			look "$image"
			fill "$image" $by
			look "$image"
			expect_status 0 ours verify-attestation --key "$KEYS/cosign.pub" $VERIFY_KEY --type slsaprovenance1 "$image"
		done
	done
}

@test "one form alone" {
	for form in bundle legacy; do
		for by in real ours; do
			image=$REG/down/$form-$by
			image=$image@$(push_image "$image:1" "$form $by")
			$by sign --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags $form) "$image"
			$by attest --key "$KEYS/cosign.key" $SIGN_KEY $(form_flags $form) --type slsaprovenance1 --predicate slsa.json "$image"
			look "$image"
		done
	done
}

@test "SBOMs that either attached" {
	for host in "$REG" "$GGCR"; do
		for by in real ours; do
			image=$host/down/sbom-$by
			image=$image@$(push_image "$image:1" "sbom $host $by")
			alike download sbom "$image"
			"$by" attach sbom --sbom spdx.json "$image"
			alike download sbom "$image"
			cmp "$BATS_TEST_TMPDIR/ours" spdx.json
			alike tree "$image"
			"$by" attach sbom --type cyclonedx --sbom cdx.json "$image"
			alike download sbom "$image"
			ours download sbom "$image" 2>/dev/null | jq -e '.bomFormat == "CycloneDX"'
		done
	done
	image=$GGCR/down/sbom-referrer
	image=$image@$(push_image "$image:1" "sbom referrer")
	COSIGN_EXPERIMENTAL=1 real attach sbom --registry-referrers-mode oci-1-1 --sbom cdx.json "$image"
	alike download sbom "$image"
	# There it is a tag too, which nobody has.
	[ "$(real tree "$image" | grep -c 🍒)" -eq 2 ]
	[ "$(ours tree "$image" | grep -c 🍒)" -eq 1 ]
}

# certificate NAME SUBJECT SAN KEY-ALGORITHM [HASH]: with its authority's.
certificate() {
	local name=$1 subject=$2 san=$3 hash=${5:--sha256}
	make_keys "$name" "$4"
	printf '%s\n' '[req]' 'distinguished_name = dn' 'utf8 = yes' 'string_mask = utf8only' '[dn]' '[leaf]' 'keyUsage = critical,digitalSignature' \
		'extendedKeyUsage = codeSigning,1.3.6.1.4.1.57264.99' 'subjectKeyIdentifier = hash' 'authorityKeyIdentifier = keyid' \
		"subjectAltName = critical,$san" '1.3.6.1.4.1.57264.1.1 = ASN1:UTF8:https://issuer.example' >$name.cnf
	openssl req -new -key $name.key -subj "$subject" -utf8 -config $name.cnf -out $name.csr
	openssl x509 -req $hash -in $name.csr -CA ca.pem -CAkey ca.key -set_serial 0x7fedcba98765432100112233445566778899aabb \
		-days 3000 -extfile $name.cnf -extensions leaf -out $name.pem 2>/dev/null
}

@test "certificates of legacy signatures, as Go writes them" {
	cd "$BATS_TEST_TMPDIR"
	make_keys ca rsa
	printf '%s\n' '[req]' 'distinguished_name = dn' '[dn]' '[ca]' 'basicConstraints = critical,CA:true,pathlen:0' \
		'keyUsage = critical,keyCertSign,cRLSign' 'subjectKeyIdentifier = hash' >ca.cnf
	openssl req -x509 -key ca.key -sha384 -subj '/C=DE/O=one/O=two/OU=x/L=here/ST=there/street=1/postalCode=2/serialNumber=3/CN=authority' \
		-days 3000 -config ca.cnf -extensions ca -out ca.pem
	certificate github / 'URI:https://github.com/o/r/.github/workflows/w.yml@refs/heads/main' p256
	certificate mail '/CN=<a> & b/emailAddress=x@y.example' 'email:dev@example.com,email:other@example.com' p384 -sha384
	certificate hosts '/O=é' 'DNS:a.example,DNS:b.example,IP:127.0.0.1,IP:2001:db8::1,URI:spiffe://example.org/ns/x?q=1#f' p521 -sha512
	certificate rsa '/CN=r' 'URI:https://example.com,URI:https://example.com/a%20b/(c)?,URI:urn:x:y' rsa
	certificate ed '/CN=e' 'email:e@example.com' ed25519
	cat ca.pem >chain.pem
	for name in github mail hosts rsa ed; do
		image=$REG/down/cert-$name
		image=$image@$(push_image "$image:1" "cert $name")
		ours generate "$image" >payload 2>/dev/null
		echo c2lnbmF0dXJl >signature
		real attach signature --payload payload --signature signature --certificate $name.pem --certificate-chain chain.pem "$image"
		alike download signature "$image"
		[ "$(jq -r .Cert.Raw <ours | base64 -d | openssl x509 -inform der -noout -fingerprint)" = "$(openssl x509 -in $name.pem -noout -fingerprint)" ]
	done
}

@test "an index and its platforms" {
	image=$REG/down/index
	digest=$(push_index "$image:1" "an index")
	real sign --recursive --key "$KEYS/cosign.key" $SIGN_KEY --new-bundle-format=false "$image@$digest"
	child=$(crane manifest "$image@$digest" | jq -r '.manifests[1].digest')
	real attest --key "$KEYS/cosign.key" $SIGN_KEY --new-bundle-format=false --type slsaprovenance1 --predicate slsa.json "$image@$child"
	alike tree "$image@$digest"
	alike download attestation --platform linux/arm64 "$image@$digest"
	alike download attestation --platform linux/arm64 --predicate-type slsaprovenance1 "$image@$digest"
	alike download attestation --platform linux/riscv64 "$image@$digest"
	alike download attestation --platform linux/amd64 "$image@$child"
	differs "more is told" 1 10 download attestation --predicate-type slsaprovenance1 "$image@$digest"
	has linux/arm64 "$stderr"
}

@test "what is not there" {
	image=$REG/down/none
	digest=$(push_image "$image:1" nothing)
	look "$image:1"
	for verb in 'download signature' 'download attestation' 'download sbom' tree; do
		differs "the status says why" 1 11 $verb "$image:missing"
	done
	alike download signature "$image@sha256:$(printf '%064d' 0)"
}

@test "invocation 11 of scripts: download, jq, base64, jq" {
	image=$REG/down/script
	image=$image@$(push_image "$image:1" script)
	ours attest --key "$KEYS/cosign.key" $SIGN_KEY --new-bundle-format=false --type slsaprovenance1 --predicate slsa.json "$image"
	for by in real ours; do
		[ "$($by download attestation --predicate-type slsaprovenance1 "$image" | jq -r .payload | base64 -d | jq -r .predicate.runDetails.builder.id)" = https://b ]
		[ "$($by download attestation --predicate-type=slsaprovenance1 "$image" | jq -r '.payload | @base64d | fromjson | .predicateType')" = https://slsa.dev/provenance/v1 ]
	done
}
