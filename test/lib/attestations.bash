# SPDX-License-Identifier: Apache-2.0
# Attestations made by the plumbing and openssl, of any statement, good or bad.

CUSTOM=https://cosign.sigstore.dev/attestation/v1
SLSA1=https://slsa.dev/provenance/v1
export CUSTOM SLSA1

# statement DIGEST [TYPE [PREDICATE]]: a statement about it, without a newline.
statement() {
	local predicate='{"Data":"tested\n","Timestamp":"2026-01-02T03:04:05Z"}'
	printf '{"_type":"https://in-toto.io/Statement/v0.1","subject":[{"name":"example.com/app","digest":{"%s":"%s"}}],"predicateType":"%s","predicate":%s}' \
		"${1%%:*}" "${1#*:}" "${2:-$CUSTOM}" "${3-$predicate}"
}

# signed STATEMENT-FILE KEY [PAYLOAD-TYPE]: the signature of its PAE, in base64.
signed() {
	local type=${3:-application/vnd.in-toto+json}
	{
		printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(stat -c %s "$1")"
		cat "$1"
	} | openssl dgst -sha256 -sign "$2" | base64 -w 0
}

# envelope STATEMENT-FILE KEY [PAYLOAD-TYPE]: a DSSE envelope.
envelope() {
	printf '{"payloadType":"%s","payload":"%s","signatures":[{"keyid":"","sig":"%s"}]}' \
		"${3:-application/vnd.in-toto+json}" "$(base64 -w 0 "$1")" "$(signed "$@")"
}

# bundle STATEMENT-FILE KEY [PAYLOAD-TYPE]: a Sigstore bundle.
bundle() {
	printf '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"x"}},"dsseEnvelope":%s}' \
		"$(envelope "$@")"
}

# attach_bundle DIR IMAGE-DIGEST FILE: stores a bundle beside an image of a layout.
attach_bundle() {
	local blobs=$1/blobs/sha256 layer empty manifest
	layer=$(put_blob "$blobs" "$(cat "$3")")
	empty=$(put_blob "$blobs" '{}')
	manifest=$(put_blob "$blobs" '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.dev.sigstore.bundle.v0.3+json","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"'"${empty% *}"'","size":2},"layers":[{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","digest":"'"${layer% *}"'","size":'"${layer#* }"'}],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"'"$2"'","size":'"$(stat -c %s "$blobs/${2#sha256:}")"'}}')
	list_manifest "$1" "$manifest"
}

# attach_legacy DIR IMAGE-DIGEST ENVELOPE-FILE...: stores the .att image.
attach_legacy() {
	local dir=$1 digest=$2 blobs=$1/blobs/sha256 layer layers= empty manifest file
	shift 2
	for file; do
		layer=$(put_blob "$blobs" "$(cat "$file")")
		layers=$layers${layers:+,}'{"mediaType":"application/vnd.dsse.envelope.v1+json","digest":"'"${layer% *}"'","size":'"${layer#* }"',"annotations":{"dev.cosignproject.cosign/signature":""}}'
	done
	empty=$(put_blob "$blobs" '{}')
	manifest=$(put_blob "$blobs" '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"'"${empty% *}"'","size":2},"layers":['"$layers"']}')
	list_manifest "$dir" "$manifest" "${digest/:/-}.att"
}

list_manifest() { # DIR "DIGEST SIZE" [NAME]
	jq -c --arg digest "${2% *}" --argjson size "${2#* }" --arg name "${3-}" '.manifests += [
		{mediaType: "application/vnd.oci.image.manifest.v1+json", $digest, $size} +
		if $name == "" then {} else {annotations: {"org.opencontainers.image.ref.name": $name}} end]' \
		"$1/index.json" >"$1/index.new"
	mv "$1/index.new" "$1/index.json"
}

# make_tsa: a timestamp authority, tsa.key and its chain tsa.pem.
make_tsa() {
	printf '%s\n' '[tsa]' 'default_tsa = us' '[us]' 'serial = tsa.serial' 'signer_cert = tsa.leaf' 'certs = tsa.pem' \
		'signer_key = tsa.key' 'signer_digest = sha256' 'default_policy = 1.3.6.1.4.1.57264.2' 'digests = sha256' \
		'ess_cert_id_chain = no' 'ess_cert_id_alg = sha256' '[leaf]' 'basicConstraints = CA:false' \
		'extendedKeyUsage = critical,timeStamping' 'keyUsage = critical,digitalSignature' '[root]' \
		'basicConstraints = critical,CA:true' 'keyUsage = critical,keyCertSign' '[req]' 'distinguished_name = name' '[name]' >tsa.cnf
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa-root.key -out tsa.root \
		-subj '/CN=tsa root' -days 3650 -config tsa.cnf -extensions root 2>/dev/null
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa.key -out tsa.csr -subj '/CN=tsa' \
		-config tsa.cnf 2>/dev/null
	openssl x509 -req -in tsa.csr -CA tsa.root -CAkey tsa-root.key -set_serial 2 -days 3650 -extfile tsa.cnf \
		-extensions leaf -out tsa.leaf 2>/dev/null
	cat tsa.leaf tsa.root >tsa.pem
	echo 01 >tsa.serial
}

# stamp FILE: its timestamp, as a file of the legacy form.
stamp() {
	openssl ts -query -data "$1" -sha256 -no_nonce -out tsa.query 2>/dev/null
	openssl ts -reply -config tsa.cnf -queryfile tsa.query -out tsa.reply 2>/dev/null
	printf '{"SignedRFC3161Timestamp":"%s"}' "$(base64 -w 0 tsa.reply)"
}
