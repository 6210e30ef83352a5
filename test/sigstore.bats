# SPDX-License-Identifier: Apache-2.0
# The private Sigstore of the tests, tried by itself: what it answers is made
# into bundles by hand, with openssl and jq, and judged by cosign verify-blob.
load lib/helpers
load lib/sigstore

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	start_sigstore
	cd "$BATS_FILE_TMPDIR"
	printf 'some text\n' >blob
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem 2>/dev/null
	openssl pkey -in key.pem -pubout -out key.pub
	printf 'alice@example.com' >challenge
	openssl dgst -sha256 -sign key.pem -out proof challenge
	id_token >token
}

teardown_file() {
	stop_servers
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	misdo
	asked_reset
}

b64() {
	base64 -w 0 "$@"
}

post() { # URL [CURL-OPTION...]: the answer in answer.json, its status on stdout
	curl -sS -o answer.json -w '%{http_code}' --data-binary @- "${@:2}" "$1"
}

ask_certificate() { # [TOKEN]
	jq -nc --rawfile key key.pub --arg proof "$(b64 proof)" \
		'{publicKeyRequest: {publicKey: {algorithm: "ECDSA", content: $key}, proofOfPossession: $proof}}' |
		post "$FULCIO_URL/api/v2/signingCert" -H "Authorization: Bearer ${1-$(cat token)}"
}

certificate() { # leaf.pem and leaf.der
	ask_certificate >/dev/null
	jq -r '.[].chain.certificates[0]' answer.json >leaf.pem
	openssl x509 -in leaf.pem -outform DER -out leaf.der
}

sign() { # sig; a new one each time, or the log would know it
	openssl dgst -sha256 -sign key.pem -out sig blob
}

stamp() { # stamp.tsr
	openssl ts -query -data sig -sha256 -out stamp.tsq 2>/dev/null
	curl -sSf -H 'Content-Type: application/timestamp-query' --data-binary @stamp.tsq -o stamp.tsr "$TSA_URL"
}

request1() { # FILE...: PEM of who signed
	openssl x509 -in leaf.pem -out leaf64.pem
	jq -nc --arg hash "$(sha256sum blob | cut -c1-64)" --arg sig "$(b64 sig)" --arg pem "$(b64 leaf64.pem)" \
		'{apiVersion: "0.0.1", kind: "hashedrekord", spec: {data: {hash: {algorithm: "sha256", value: $hash}},
		signature: {content: $sig, publicKey: {content: $pem}}}}'
}

log1() { # entry.json, as a bundle has it
	request1 | post "$REKOR1_URL/api/v1/log/entries" -H 'Content-Type: application/json' -H 'Accept: application/json'
	python3 - <<-'END' >entry.json
		import base64, json
		e = next(iter(json.load(open("answer.json")).values()))
		raw = lambda h: base64.b64encode(bytes.fromhex(h)).decode()
		out = {"logIndex": str(e["logIndex"]), "logId": {"keyId": raw(e["logID"])},
		    "kindVersion": {"kind": "hashedrekord", "version": "0.0.1"}, "integratedTime": str(e["integratedTime"]),
		    "canonicalizedBody": e["body"]}
		v = e["verification"]
		if "signedEntryTimestamp" in v:
		    out["inclusionPromise"] = {"signedEntryTimestamp": v["signedEntryTimestamp"]}
		if "inclusionProof" in v:
		    p = v["inclusionProof"]
		    out["inclusionProof"] = {"logIndex": str(p["logIndex"]), "rootHash": raw(p["rootHash"]),
		        "treeSize": str(p["treeSize"]), "hashes": [raw(h) for h in p["hashes"]],
		        "checkpoint": {"envelope": p["checkpoint"]}}
		print(json.dumps(out))
	END
}

request2() {
	jq -nc --arg hash "$(openssl dgst -sha256 -binary blob | b64)" --arg sig "$(b64 sig)" --arg der "$(b64 leaf.der)" \
		'{hashedRekordRequestV002: {digest: $hash, signature: {content: $sig, verifier:
		{x509Certificate: {rawBytes: $der}, keyDetails: "PKIX_ECDSA_P256_SHA_256"}}}}'
}

log2() {
	request2 | post "$REKOR2_URL/api/v2/log/entries" -H 'Content-Type: application/json'
	jq -c 'del(.inclusionPromise, .integratedTime)' answer.json >entry.json
}

bundle() { # bundle.json of what lies here
	jq -nc --arg leaf "$(b64 leaf.der)" --slurpfile entry entry.json --arg stamp "$([ ! -e stamp.tsr ] || b64 stamp.tsr)" \
		--arg hash "$(openssl dgst -sha256 -binary blob | b64)" --arg sig "$(b64 sig)" \
		'{mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", verificationMaterial: ({
		certificate: {rawBytes: $leaf}, tlogEntries: $entry} + (if $stamp == "" then {} else
		{timestampVerificationData: {rfc3161Timestamps: [{signedTimestamp: $stamp}]}} end)),
		messageSignature: {messageDigest: {algorithm: "SHA2_256", digest: $hash}, signature: $sig}}' >bundle.json
}

again1() { # with Rekor v1 alone, under the same certificate
	rm -f stamp.tsr
	sign && log1 >/dev/null && bundle
}

again2() { # with Rekor v2 and a timestamp
	sign && stamp && log2 >/dev/null && bundle
}

sign1() {
	certificate && again1
}

sign2() {
	certificate && again2
}

VERIFY="cosign verify-blob --bundle bundle.json --certificate-identity alice@example.com"

verify() {
	$VERIFY --trusted-root "$SIGDIR/trusted_root.json" --certificate-oidc-issuer "$OIDC_URL" blob
}

@test "a bundle with an entry of Rekor v1 is good" {
	sign1
	verify
	[ "$(asked | cut -d ' ' -f 1,2,4 | paste -sd ,)" = "fulcio POST 200,rekor1 POST 201" ]
	[ "$(jq -r .logIndex entry.json)" = "$(($(jq -r .inclusionProof.logIndex entry.json) + 1000))" ]
}

@test "a bundle with an entry of Rekor v2 and a timestamp is good" {
	sign2
	verify
	[ "$(asked | cut -d ' ' -f 1,2,4 | paste -sd ,)" = "fulcio POST 200,tsa POST 201,rekor2 POST 201" ]
}

@test "a certificate by signing request is the same" {
	openssl req -new -key key.pem -subj / -out csr.pem
	jq -nc --arg csr "$(b64 csr.pem)" '{certificateSigningRequest: $csr}' |
		post "$FULCIO_URL/api/v2/signingCert" -H "Authorization: Bearer $(cat token)"
	jq -r '.signedCertificateEmbeddedSct.chain.certificates[0]' answer.json >csr.leaf
	[ "$(openssl x509 -in csr.leaf -noout -pubkey)" = "$(cat key.pub)" ]
	openssl x509 -in csr.leaf -noout -ext subjectAltName | grep -q email:alice@example.com
}

@test "a signing request that its key did not sign is refused" {
	openssl req -new -key key.pem -subj / -outform der -out csr.der
	# The last byte is of the signature.
	python3 -c 'import sys; b = bytearray(sys.stdin.buffer.read()); b[-1] ^= 1; sys.stdout.buffer.write(b)' <csr.der |
		openssl req -inform der -out csr.pem
	jq -nc --arg csr "$(b64 csr.pem)" '{certificateSigningRequest: $csr}' >request
	[ "$(post "$FULCIO_URL/api/v2/signingCert" -H "Authorization: Bearer $(cat token)" <request)" = 400 ]
	has 'signature' "$(jq -r .message answer.json)"
}

@test "the authority refuses what the real one does" {
	[ "$(ask_certificate "$(id_token --email bob@example.com)")" = 400 ]
	[ "$(ask_certificate "$(id_token --email alice@example.com --expires -1)")" = 400 ]
	[ "$(ask_certificate "$(id_token --email alice@example.com --unverified)")" = 400 ]
	[ "$(ask_certificate "$(id_token --email alice@example.com --forged)")" = 400 ]
	[ "$(ask_certificate none)" = 400 ]
	[ "$(ask_certificate "$(id_token --email alice@example.com --issuer https://issuer.example.com)")" = 200 ]
}

@test "Rekor v1 finds its entries, and takes none twice" {
	sign1
	mv answer.json first.json
	[ "$(request1 | post "$REKOR1_URL/api/v1/log/entries" -D head)" = 409 ]
	where=$(sed -n 's/^[Ll]ocation: *\([^[:cntrl:]]*\).*/\1/p' head)
	[ "${where##*/}" = "$(jq -r 'keys[0]' first.json)" ]
	body=$(jq -r '.[].body' first.json)
	[ "$(curl -sSf "$REKOR1_URL$where" | jq -r '.[].body')" = "$body" ]
	[ "$(curl -sSf "$REKOR1_URL/api/v1/log/entries?logIndex=$(jq '.[].logIndex' first.json)" | jq -r '.[].body')" = "$body" ]
	[ "$(jq -c '{entryUUIDs: keys}' first.json | curl -sSf -d @- "$REKOR1_URL/api/v1/log/entries/retrieve" |
		jq -r '.[0][].body')" = "$body" ]
	[ "$(curl -sS -o /dev/null -w '%{http_code}' "$REKOR1_URL/api/v1/log/entries?logIndex=1")" = 404 ]
}

@test "the tree of Rekor v1 grows, and can prove it" {
	sign1
	curl -sSf "$REKOR1_URL/api/v1/log" >old
	sign1
	sign1
	curl -sSf "$REKOR1_URL/api/v1/log" >new
	curl -sSf "$REKOR1_URL/api/v1/log/proof?firstSize=$(jq .treeSize old)&lastSize=$(jq .treeSize new)" >proof.json
	[ "$(jq .rootHash proof.json)" = "$(jq .rootHash new)" ]
	[ "$(jq '.hashes | length' proof.json)" -gt 0 ]
}

@test "Rekor v2 serves tiles, and takes no entry twice" {
	sign2
	size=$(curl -sSf "$REKOR2_URL/api/v2/checkpoint" | sed -n 2p)
	[ "$(jq -r .inclusionProof.treeSize entry.json)" = "$size" ]
	leaf=$( (printf '\0'; jq -r .canonicalizedBody entry.json | base64 -d) | openssl dgst -sha256 -binary | b64)
	[ "$(curl -sSf "$REKOR2_URL/api/v2/tile/0/000.p/$size" | tail -c 32 | b64)" = "$leaf" ]
	curl -sSf -o entries "$REKOR2_URL/api/v2/tile/entries/000.p/$size"
	jq -r .canonicalizedBody entry.json | base64 -d >body
	tail -c "$(stat -c %s body)" entries | cmp - body
	[ "$(request2 | post "$REKOR2_URL/api/v2/log/entries" -D head)" = 409 ]
	grep -qi "^x-log-index: $((size - 1))" head
}

# What was forged on the way is found by a verifier: "SERVICE DEED" and the reason
# it is refused for; by the function that makes the bundle.
forged() { # FUNCTION [DEED REASON]...
	local how=$1
	shift
	while [ $# -gt 0 ]; do
		misdo "${1%% *} 1 ${1#* }"
		"$how"
		refuses "$2" 12 $VERIFY --trusted-root "$SIGDIR/trusted_root.json" \
			--certificate-oidc-issuer "$OIDC_URL" blob || { echo "told to: $1" >&2; return 1; }
		shift 2
	done
}

@test "forged certificates are refused" {
	forged sign1 'fulcio other-ca' untrusted-certificate 'fulcio other-identity' wrong-identity \
		'fulcio other-issuer' wrong-identity 'fulcio no-sct' bad-sct 'fulcio bad-sct' bad-sct \
		'fulcio other-sct' bad-sct 'fulcio expired' expired-certificate 'fulcio future' expired-certificate \
		'fulcio other-usage' untrusted-certificate
}

@test "forged entries of Rekor v1 are refused" {
	certificate
	forged again1 'rekor1 other-key' bad-log-entry 'rekor1 other-log' untrusted-log \
		'rekor1 other-entry' bad-log-entry 'rekor1 bad-proof' bad-log-proof \
		'rekor1 bad-checkpoint' bad-log-proof 'rekor1 bad-note' bad-checkpoint \
		'rekor1 bad-set' bad-log-entry 'rekor1 no-set' no-time 'rekor1 no-proof' bad-bundle \
		'rekor1 time -60' expired-certificate 'rekor1 time 700' expired-certificate
}

@test "forged entries of Rekor v2 are refused" {
	certificate
	forged again2 'rekor2 other-key' bad-checkpoint 'rekor2 other-log' untrusted-log \
		'rekor2 other-entry' bad-log-proof 'rekor2 bad-proof' bad-log-proof \
		'rekor2 bad-checkpoint' bad-log-proof 'rekor2 bad-note' bad-checkpoint \
		'rekor2 other-origin' bad-checkpoint 'rekor2 no-proof' bad-bundle
}

@test "forged timestamps are refused" {
	certificate
	forged again2 'tsa other-key' bad-timestamp 'tsa other-bytes' bad-timestamp 'tsa rejected' bad-timestamp \
		'tsa time -60' expired-certificate 'tsa time 700' expired-certificate
}

# The status of a request, or curl's: 7 refused, 18 cut off, 52 or 56 reset.
ask() {
	local status
	status=$(curl -sS -m 60 -o body -D head -w '%{http_code}' "$REKOR1_URL/api/v1/log" 2>/dev/null) && echo "$status" ||
		echo "failed $?"
}

@test "it fails as it is told to, when it is told to" {
	misdo 'rekor1 1 status 429 7' 'rekor1 3-4 html' 'rekor1 5 reset' 'rekor1 6 truncate' 'rekor1 7 as 404' 'rekor1 8 refuse'
	[ "$(ask)" = 429 ]
	grep -qi '^retry-after: 7' head
	[ "$(ask)" = 200 ]
	[ "$(ask) $(ask)" = "502 502" ]
	grep -q '<html>' body
	case $(ask) in 'failed 52' | 'failed 56') ;; *) return 1 ;; esac
	[ "$(ask)" = 'failed 18' ]
	[ "$(ask)" = 404 ]
	[ "$(ask)" = 'failed 7' ]
	[ "$(ask)" = 'failed 7' ]
	misdo 'rekor1 * garbage'
	[ "$(ask)" = 200 ]
	[ "$(jq . body >/dev/null 2>&1; echo $?)" != 0 ]
	[ "$(asked rekor1 | cut -d ' ' -f 3 | paste -sd ' ')" = "429 200 502 502 - 200 404 200" ]
	misdo 'rekor1 * endless'
	[ "$(curl -sS "$REKOR1_URL/api/v1/log" 2>/dev/null | head -c 3000000 | wc -c)" = 3000000 ]
	misdo 'rekor1 * stall'
	[ "$(curl -sS -m 1 "$REKOR1_URL/api/v1/log" 2>/dev/null; echo $?)" = 28 ]
	[ "$(curl -s -d 'rekor1 x reset' -o /dev/null -w '%{http_code}' "$OIDC_URL/_control")" = 400 ]
}
