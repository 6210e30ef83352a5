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
