# SPDX-License-Identifier: Apache-2.0
# Lines as scripts and workflows have them, with an identity: whom to trust and
# whom to ask comes from a TUF repository, the token from the environment. Both
# programs run each line; their exit statuses, standard outputs and files must be
# the same, and each verifies what the other signed.
load interop
load services
# What initialize says counts.
unset TUF_MIRROR

setup_file() {
	start_services
	(cd "$REAL" && start_fulcio "${ports[@]:13:3}" github-workflow && echo "$FULCIO" >github)
	start_fake_registry
	start_registry
	export DIGEST
	DIGEST=$(push_image "$FAKE/base")
	push_index "$FAKE/index"
	make_repository
	cd "$REAL"
	make_keys plain
	real import-key-pair --key plain.key --output-key-prefix signer 2>/dev/null
	export GITHUB_CA LOG1_KEY=$REAL/rekor1.pub
	[ -n "${REKOR1-}" ] || LOG1_KEY=$SIGDIR/rekor.pub
	GITHUB_CA=$(cat github)
	mkdir -p "$BATS_FILE_TMPDIR/as-real"
	ln -s "$INTEROP_TOOLS/cosign" "$BATS_FILE_TMPDIR/as-real/cosign"
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
	export TOKEN=$SIGSTORE_ID_TOKEN LINE=0
	export OLD="--use-signing-config=false --new-bundle-format=false --fulcio-url $FULCIO --rekor-url $LOG1 --yes"
	export WHO="--certificate-identity alice@example.com --certificate-oidc-issuer $OIDC_URL"
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

# --- both programs ------------------------------------------------------------

# What differs from run to run, and between the programs' images.
MASK='def members: [(.. | objects | select(has("hashes")).hashes) |= 0 | paths | map(tostring) | join(".")];
def mask: walk(if type == "object" then with_entries(
	if .key | IN("integratedTime", "logIndex", "SignedEntryTimestamp", "SignedRFC3161Timestamp", "sig", "body", "Timestamp",
		"Cert", "Chain", "Base64Signature") then .value |= type
	elif .key == "payload" then .value |= (@base64d | gsub("/(real|ours)-"; "/") | fromjson | mask)
	elif .key == "verificationMaterial" then .value |= members
	else . end) else . end); mask'

# A document, or else each line.
mask() {
	local text line
	text=$(sed 's,/\(real\|ours\)-,/,g')
	jq -cS "$MASK" <<<"$text" 2>/dev/null >masked && cat masked && return
	while IFS= read -r line; do
		[[ $line == [[{]* ]] && jq -cS "$MASK" <<<"$line" 2>/dev/null && continue
		sed 's/sha256:[0-9a-f]*$/sha256:…/; s,[A-Za-z0-9+/=]\{60\,\},…,g' <<<"$line"
	done <<<"$text"
}

# What the lines find there: the other program as `other`, and `new [SUFFIX]`,
# which makes $IMAGE, a name of its own for one image, $DIGEST.
PRELUDE='set -o pipefail
other() { PATH=$OTHER_PATH TUF_ROOT=$OTHER_TUF cosign "$@"; }
crane() { "$INTEROP_TOOLS/crane" "$@" 2>/dev/null; }
new() {
	IMAGE=${REGISTRY:-$FAKE}/$PROGRAM-$NAME${1-}
	crane copy "$FAKE/base" "$IMAGE:v1"
}
echo "some text" >blob
echo "{\"a\":1}" >predicate
echo "{\"SPDXID\":\"SPDXRef-DOCUMENT\",\"name\":\"x\",\"packages\":[]}" >sbom
'

# Runs lines as one program in a folder of its own; says what became of them.
as() { # PROGRAM LINES
	local program=$1 real=$BATS_FILE_TMPDIR/as-real:$PATH tuf=$BATS_FILE_TMPDIR/tuf folder=$BATS_TEST_TMPDIR/$1-$LINE
	mkdir "$folder"
	cd "$folder"
	export PROGRAM=$program NAME=$BATS_TEST_NUMBER-$LINE
	if [ "$program" = real ]; then
		run --separate-stderr env OTHER_PATH="$PATH" OTHER_TUF="$HOME/.sigstore/root" PATH="$real" TUF_ROOT="$tuf" \
			bash -c "$PRELUDE$2"
	else
		run --separate-stderr env OTHER_PATH="$real" OTHER_TUF="$tuf" bash -c "$PRELUDE$2"
	fi
	outcome=$(find . -type f -printf '%m %P\n' | sort)
	cd ..
	outcome=$(mask <<<"$output")$'\n'$outcome
}

# Both programs run lines: the same in all that a script can feel. Statuses that
# differ on purpose are given, the real one's first.
replay() { # [REAL OURS] LINES
	local text=${!#} wanted=${2+$1} mine=${2+$2} outcome one status1 stderr1
	LINE=$((LINE + 1))
	as real "$text"
	one=$outcome status1=$status stderr1=$stderr
	as ours "$text"
	[ "$one" = "$outcome" ] && [ "$status1" = "${wanted:-$status}" ] && [ "$status" = "${mine:-$status}" ] && return
	printf '%s\n' "differs: $text" "--- real ($status1)" "$one" "$stderr1" "--- ours ($status)" "$outcome" "$stderr" >&2
	return 1
}

# The same of a line that fails, which says nothing on standard output.
fails() { # REAL OURS LINE
	replay "$@" || return
	[ -z "$output" ] || { printf '%s\n' "not nothing: $output" >&2; return 1; }
}

# What differs on purpose: the statuses, the real one's first.
unlike() { # WHY REAL OURS LINES
	local outcome
	LINE=$((LINE + 1))
	as real "$4"
	[ "$status" = "$2" ] || { printf '%s\n' "real: $status, expected $2 ($1): $4" "$stderr" >&2; return 1; }
	as ours "$4"
	[ "$status" = "$3" ] || { printf '%s\n' "ours: $status, expected $3 ($1): $4" "$stderr" >&2; return 1; }
}

# --- images -------------------------------------------------------------------

@test "sign: tags through xargs, by digest, several in a call" {
	replay 'new; printf "%s\n" "$IMAGE:v1" "$IMAGE:v1" | xargs -I {} cosign sign --yes "{}@$DIGEST" &&
		cosign verify $WHO "$IMAGE@$DIGEST" && other verify $WHO "$IMAGE:v1"'
	replay 'new -a; A=$IMAGE; new -b; cosign sign -y "$A@$DIGEST" "$IMAGE@$DIGEST" && cosign verify $WHO "$A:v1" "$IMAGE:v1"'
	replay 'new; cosign sign "$IMAGE:v1" -y -a run=7 -a a=b,c=d && cosign verify -a run=7 -a c=d "$IMAGE:v1" $WHO'
	fails 1 11 'new; cosign sign --yes "$IMAGE:none"'
}

@test "verify: flags after the image, regular expressions, jq" {
	replay 'new; other sign --yes "$IMAGE@$DIGEST"
		for r in "^alice@" "(?i)ALICE" "\Aalice@example\.com\z" "^al(?P<x>i)ce" "[[:alpha:]]+@" "\bexample\b" "^(bob|alice)@" "e\Q.\Ecom$"; do
			cosign verify "$IMAGE:v1" --certificate-identity-regexp "$r" --certificate-oidc-issuer-regexp "^http://127\." |
				jq -r ".[0].critical.image.\"docker-manifest-digest\""
		done'
	replay 'new; other sign --yes "$IMAGE@$DIGEST"; cosign verify --output json $WHO "$IMAGE:v1" | jq -r ".[0].optional | length"
		cosign verify --output text $WHO "$IMAGE:v1" | jq -c .critical.type; COSIGN_EXPERIMENTAL=1 cosign verify -o text $WHO "$IMAGE:v1"'
	replay 'new; other sign $OLD -a a=b "$IMAGE@$DIGEST"; cosign verify $WHO "$IMAGE:v1"
		cosign verify $WHO "$IMAGE:v1" | jq -r ".[0].optional | .Subject, .Issuer, .\"1.3.6.1.4.1.57264.1.1\", (.Bundle.Payload.logIndex | type), .a"
		COSIGN_EXPERIMENTAL=1 cosign verify --output text $WHO "$IMAGE:v1"; cosign verify --insecure-ignore-tlog $WHO "$IMAGE:v1"'
	replay 'new; other sign --yes "$IMAGE@$DIGEST"; cosign verify --offline $WHO "$IMAGE:v1"'
	replay 'new; cosign sign $OLD "$IMAGE@$DIGEST"; cosign verify --offline=false $WHO "$IMAGE:v1"; other verify $WHO "$IMAGE:v1"'
}

@test "verify refuses, and prints nothing" {
	new_as() { printf 'new; other sign --yes "$IMAGE@$DIGEST"; cosign verify %s "$IMAGE:v1"' "$1"; }
	fails 1 12 "$(new_as '--certificate-identity bob@example.com --certificate-oidc-issuer $OIDC_URL')"
	fails 1 12 "$(new_as '--certificate-identity alice@example.com --certificate-oidc-issuer https://x')"
	fails 1 12 "$(new_as '--certificate-identity-regexp ^lice --certificate-oidc-issuer $OIDC_URL')"
	fails 1 2 "$(new_as '--certificate-identity alice@example.com')"
	fails 1 2 "$(new_as '')"
	fails 1 12 "$(new_as '-a a=b $WHO')"
	fails 10 10 'new; cosign verify $WHO "$IMAGE:v1"'
	fails 11 11 'new; cosign verify $WHO "$IMAGE:none"'
	fails 12 12 'new; other sign $OLD "$IMAGE@$DIGEST"; cosign verify --certificate-identity eve --certificate-oidc-issuer $OIDC_URL "$IMAGE:v1"'
	fails 10 10 'new; other sign --yes "$IMAGE@$DIGEST"; cosign verify --new-bundle-format=false $WHO "$IMAGE:v1"'
}

@test "a workflow's certificate: its extensions, as flags and in the output" {
	export GITHUB="--certificate-identity https://github.com/a/w/.github/workflows/r.yml@refs/heads/main --certificate-oidc-issuer $OIDC_URL"
	SIGSTORE_ID_TOKEN=$(github_token)
	replay 'new; cosign sign ${OLD/$FULCIO/$GITHUB_CA} "$IMAGE@$DIGEST" && cosign verify $GITHUB "$IMAGE:v1" && other verify $GITHUB "$IMAGE:v1"
		cosign verify $GITHUB --certificate-github-workflow-trigger push --certificate-github-workflow-name Release \
			--certificate-github-workflow-repository a/w --certificate-github-workflow-ref refs/heads/main "$IMAGE:v1" | jq length
		for f in trigger sha name repository ref; do
			cosign verify $GITHUB --certificate-github-workflow-$f nope "$IMAGE:v1"; echo $?
		done'
	fails 1 12 'cosign sign-blob --yes --use-signing-config=false --fulcio-url $GITHUB_CA --rekor-url $LOG1 --bundle b blob
		cosign verify-blob --bundle b $GITHUB --certificate-github-workflow-repository a/w blob || echo bad
		other verify-blob --bundle b --certificate-identity-regexp "^https://github.com/a/.*@refs/heads/main$" \
			--certificate-oidc-issuer $OIDC_URL blob || echo bad
		cosign verify-blob --bundle b $GITHUB --certificate-github-workflow-repository a/x blob'
}

github_token() {
	id_token --subject repo:a/w:ref:refs/heads/main --claim job_workflow_ref=a/w/.github/workflows/r.yml@refs/heads/main \
		--claim sha=0123456789 --claim event_name=push --claim repository=a/w --claim workflow=Release --claim ref=refs/heads/main \
		--claim job_workflow_sha=0123456789 --claim runner_environment=github-hosted --claim repository_id=12 \
		--claim repository_owner=a --claim repository_owner_id=13 --claim repository_visibility=public --claim run_id=7 \
		--claim run_attempt=1 --claim workflow_ref=a/w/.github/workflows/r.yml@refs/heads/main --claim workflow_sha=0123456789
}

@test "attest and verify-attestation, through jq as scripts have it" {
	replay 'new; cosign attest --yes --predicate sbom --type spdxjson "$IMAGE@$DIGEST" && cosign verify-attestation --type spdxjson $WHO "$IMAGE:v1" &&
		other verify-attestation --type spdxjson $WHO "$IMAGE:v1" | jq -r ".payload | @base64d | fromjson | .predicate"
		cosign verify-attestation --type spdxjson $WHO "$IMAGE:v1" | jq -r .payload | base64 -d | jq .predicate'
	replay 'new; cosign attest --yes --predicate sbom --type https://example.com/t "$IMAGE@$DIGEST"; cosign attest --yes --predicate sbom --type cyclonedx "$IMAGE@$DIGEST"
		COSIGN_TYPE=https://example.com/t cosign verify-attestation $WHO "$IMAGE:v1"; cosign verify-attestation --type cyclonedx $WHO "$IMAGE:v1"'
	replay 'new; cosign attest $OLD --predicate sbom --type spdxjson "$IMAGE@$DIGEST" && cosign verify-attestation --type spdxjson $WHO "$IMAGE:v1" &&
		other verify-attestation --type spdxjson $WHO "$IMAGE:v1"'
	fails 1 12 'new; other attest --yes --predicate sbom --type spdxjson "$IMAGE@$DIGEST"; cosign verify-attestation --type vuln $WHO "$IMAGE:v1"'
	fails 1 10 'new; cosign verify-attestation --type vuln $WHO "$IMAGE:v1"'
	fails 1 12 'new; other attest --yes --predicate sbom --type spdxjson "$IMAGE@$DIGEST"
		cosign verify-attestation --type spdxjson --certificate-identity eve --certificate-oidc-issuer $OIDC_URL "$IMAGE:v1"'
}

@test "what lies beside an image: download, tree, triangulate, clean" {
	replay 'new; other sign --yes "$IMAGE@$DIGEST"; other attest --yes --predicate sbom --type spdxjson "$IMAGE@$DIGEST"
		cosign download attestation "$IMAGE:v1" | jq -c "{payload: .dsseEnvelope.payload}" | sort; cosign download attestation --predicate-type https://spdx.dev/Document "$IMAGE:v1" |
			jq -r .dsseEnvelope.payload | base64 -d | jq -c .predicate; cosign download signature "$IMAGE:v1" | jq -c .dsseEnvelope.payloadType
		cosign tree "$IMAGE:v1" | wc -l; cosign clean -f "$IMAGE:v1"; cosign tree "$IMAGE:v1"; cosign verify $WHO "$IMAGE:v1"'
	replay 'new; other sign $OLD "$IMAGE@$DIGEST"; other attest $OLD --predicate sbom --type spdxjson "$IMAGE@$DIGEST"
		cosign download attestation "$IMAGE:v1" | jq -r .payload | base64 -d | jq -c .predicate; cosign download signature "$IMAGE:v1" | jq -c .Payload
		crane digest "$(cosign triangulate "$IMAGE:v1")" | wc -l; cosign triangulate --type attestation "$IMAGE:v1"; cosign triangulate --type digest "$IMAGE:v1"
		cosign tree "$IMAGE:v1" | sort | sed "s/sha256:[0-9a-f]*$//"; cosign clean -f --type signature "$IMAGE:v1"; cosign tree "$IMAGE:v1" | wc -l'
	fails 1 12 'new; other attest $OLD --predicate sbom --type spdxjson "$IMAGE@$DIGEST"; cosign download attestation --predicate-type https://x "$IMAGE:v1"'
}

@test "a registry without referrers, other repositories, indexes" {
	REGISTRY=$REG replay 'new; cosign sign --yes "$IMAGE@$DIGEST"; cosign verify $WHO "$IMAGE:v1"; other verify $WHO "$IMAGE:v1"
		cosign attest --yes --predicate predicate "$IMAGE@$DIGEST"; cosign verify-attestation $WHO "$IMAGE:v1"'
	replay 'new; export COSIGN_REPOSITORY=$IMAGE-elsewhere; cosign sign $OLD "$IMAGE@$DIGEST"; cosign verify $WHO "$IMAGE:v1" | jq length
		unset COSIGN_REPOSITORY; cosign verify $WHO "$IMAGE:v1"'
	replay 'IMAGE=$FAKE/$PROGRAM-$NAME; crane copy "$FAKE/index" "$IMAGE:v1"; cosign sign --yes -r "$IMAGE@$(crane digest "$IMAGE:v1")"
		for d in $(crane manifest "$IMAGE:v1" | jq -r ".manifests[].digest"); do cosign verify $WHO "$IMAGE@$d"; other verify $WHO "$IMAGE@$d"; done'
}

@test "signatures that came without the log's entry are looked up" {
	replay 'new; other sign $OLD --upload=false --output-payload p --output-signature s --output-certificate c "$IMAGE@$DIGEST"
		cosign attach signature --payload p --signature s --certificate c "$IMAGE@$DIGEST"; cosign verify --rekor-url $LOG1 $WHO "$IMAGE:v1"
		cosign verify --rekor-url $LOG1 --offline $WHO "$IMAGE:v1" >/dev/null && echo bad
		cosign verify --rekor-url http://127.0.0.1:1 $WHO "$IMAGE:v1"'
	replay 'new; other sign $OLD --key "$REAL/signer.key" --upload=false --output-payload p --output-signature s "$IMAGE@$DIGEST"
		cosign attach signature --payload p --signature s "$IMAGE@$DIGEST"; cosign verify --rekor-url $LOG1 --key "$REAL/signer.pub" "$IMAGE:v1"'
	fails 12 12 'new; other sign $OLD --tlog-upload=false --key "$REAL/signer.key" "$IMAGE@$DIGEST"; cosign verify --rekor-url $LOG1 --key "$REAL/signer.pub" "$IMAGE:v1"'
	replay 'other attest-blob $OLD --predicate predicate --output-signature s --output-certificate c blob
		cosign verify-blob-attestation --signature s --certificate c --rekor-url $LOG1 $WHO blob'
}

@test "timestamps, certificates of keys, chains" {
	replay 'new; cosign sign $OLD --timestamp-server-url $TSA "$IMAGE@$DIGEST"; cosign verify $WHO "$IMAGE:v1"
		cosign verify --use-signed-timestamps $WHO "$IMAGE:v1"; other verify --insecure-ignore-tlog --use-signed-timestamps $WHO "$IMAGE:v1"'
	replay 'new; cosign sign $OLD --key "$REAL/signer.key" --issue-certificate "$IMAGE@$DIGEST"; cosign verify $WHO "$IMAGE:v1"; other verify $WHO "$IMAGE:v1"
		cosign verify --key "$REAL/signer.pub" "$IMAGE:v1" | jq length'
	replay 'other sign-blob $OLD --bundle b blob; export SIGSTORE_CT_LOG_PUBLIC_KEY_FILE=$SIGDIR/ctfe.pub SIGSTORE_REKOR_PUBLIC_KEY=$LOG1_KEY
		for f in --certificate-chain=$REAL/fulcio.pem "--ca-roots $REAL/caroot.pem --ca-intermediates $REAL/ca.pem" --ca-roots=$REAL/tsaroot.pem; do
			cosign verify-blob --bundle b $f $WHO blob && echo good || echo bad
		done; SIGSTORE_CT_LOG_PUBLIC_KEY_FILE=$REAL/rekor2.pub SIGSTORE_ROOT_FILE=$REAL/fulcio.pem cosign verify-blob --bundle b --insecure-ignore-sct $WHO blob'
}

# --- files --------------------------------------------------------------------

@test "sign-blob and verify-blob, as release tools call them" {
	replay 'cosign sign-blob --yes --bundle=f.sigstore.json blob && cosign verify-blob --bundle=f.sigstore.json $WHO blob &&
		other verify-blob --bundle f.sigstore.json $WHO - <blob'
	replay 'cosign verify-blob --bundle <(other sign-blob --yes --bundle /dev/stdout blob) $WHO blob; other sign-blob --yes --bundle b blob
		cosign verify-blob --bundle b $WHO blob 2>&1 | grep -x "Verified OK"'
	fails 1 12 'other sign-blob --yes --bundle b blob; cosign verify-blob --bundle b $WHO sbom'
	fails 1 12 'other sign-blob --yes --bundle b blob; cosign verify-blob --bundle b --certificate-identity eve --certificate-oidc-issuer $OIDC_URL blob'
	fails 1 2 'cosign sign-blob --yes blob'
}

@test "signatures and certificates: files, URLs, in the line, base64 of PEM" {
	replay 'cosign sign-blob $OLD --output-signature=f.sig --output-certificate=f.pem blob; cosign sign-blob $OLD blob | base64 -d | wc -c | sed "s/^7[012]$/71/"'
	replay 'other sign-blob $OLD --output-signature s --output-certificate c blob; base64 -d c >pem; by="--rekor-url $LOG1 $WHO"
		cosign verify-blob --signature s --certificate c $by blob && cosign verify-blob --signature "$(cat s)" --cert pem $by blob &&
			cosign verify-blob --signature <(base64 -d s) --certificate c $by blob
		python3 -u -m http.server --bind 127.0.0.1 0 >served 2>&1 & until grep -q port served; do sleep 0.05; done
		at=http://127.0.0.1:$(sed -n "s/.*port \([0-9]*\).*/\1/p" served)
		cosign verify-blob --signature $at/s --certificate $at/c $by $at/blob; echo $?; kill $!'
	fails 1 12 'other sign-blob $OLD --output-signature s --output-certificate c blob; cosign verify-blob --rekor-url $LOG1 --signature s --certificate c $WHO sbom'
	replay 'cosign sign-blob $OLD --bundle b blob >/dev/null; cosign verify-blob --bundle b $WHO blob; other verify-blob --new-bundle-format=false --bundle b $WHO blob'
	replay 'other sign-blob $OLD --bundle b --output-signature s --output-certificate c blob >/dev/null
		cosign bundle create --artifact blob --bundle b --rekor-url $LOG1 --out new && cosign verify-blob --bundle new $WHO blob
		cosign bundle create --artifact blob --signature s --certificate c --rekor-url $LOG1 --out newer && other verify-blob --bundle newer $WHO blob'
}

@test "attest-blob and verify-blob-attestation" {
	replay 'cosign attest-blob --yes --predicate predicate --type custom --bundle b blob && cosign verify-blob-attestation --bundle b --type custom $WHO blob &&
		other verify-blob-attestation --bundle b --type custom $WHO blob'
	replay 'cosign attest-blob $OLD --predicate predicate --output-signature s --output-certificate c blob
		cosign attest-blob $OLD --predicate predicate --bundle b blob >/dev/null; other verify-blob-attestation --bundle b $WHO blob'
	fails 1 12 'other attest-blob --yes --predicate predicate --bundle b blob; cosign verify-blob-attestation --bundle b --type vuln $WHO blob'
	fails 1 12 'other attest-blob --yes --predicate predicate --bundle b blob; cosign verify-blob-attestation --bundle b $WHO sbom'
}

# --- who, and where -----------------------------------------------------------

@test "tokens: the environment of GitLab and GitHub, the flag, bad ones" {
	replay 'new; cosign sign --yes "$IMAGE@$DIGEST"; unset SIGSTORE_ID_TOKEN
		COSIGN_IDENTITY_TOKEN=$TOKEN cosign sign --yes "$IMAGE@$DIGEST"; cosign sign --yes --identity-token "$TOKEN" "$IMAGE@$DIGEST"; cosign verify $WHO "$IMAGE:v1"' 
	replay 'new; unset SIGSTORE_ID_TOKEN; export ACTIONS_ID_TOKEN_REQUEST_TOKEN=github-secret ACTIONS_ID_TOKEN_REQUEST_URL="$OIDC_URL/github?api-version=2.0"
		config="--signing-config $SIGDIR/signing_config.json --trusted-root $SIGDIR/trusted_root.json"
		cosign sign --yes $config "$IMAGE@$DIGEST"; cosign verify --trusted-root "$SIGDIR/trusted_root.json" --certificate-identity-regexp "^repo:o/r" --certificate-oidc-issuer "$OIDC_URL" "$IMAGE:v1"'
	for token in abc "$(id_token --email a@b --expires -100)" "$(id_token --email a@b --audience other)"; do
		SIGSTORE_ID_TOKEN=$token fails 1 1 'new; cosign sign --yes "$IMAGE@$DIGEST"'
	done
}

@test "services by flags and variables; questions" {
	replay 'new; export COSIGN_FULCIO_URL=$FULCIO COSIGN_REKOR_URL=$LOG1 COSIGN_OIDC_ISSUER=$OIDC_URL COSIGN_YES=true COSIGN_USE_SIGNING_CONFIG=false COSIGN_EXPERIMENTAL=1
		cosign sign "$IMAGE@$DIGEST"; cosign sign-blob --bundle b blob; cosign verify-blob --bundle b $WHO blob
		COSIGN_CERTIFICATE_IDENTITY=alice@example.com COSIGN_CERTIFICATE_OIDC_ISSUER=$OIDC_URL cosign verify "$IMAGE:v1"'
	replay 'new; cosign sign --yes --signing-config "$REAL/signing_config.json" --trusted-root "$REAL/trusted_root.json" "$IMAGE@$DIGEST"
		cosign verify --trusted-root "$REAL/trusted_root.json" $WHO "$IMAGE:v1"'
	replay 'new; for answer in y yes n ""; do echo "$answer" | cosign sign "$IMAGE@$DIGEST"; echo $?; done; cosign verify $WHO "$IMAGE:v1" | jq length'
	replay 'new; cosign sign --yes --key "$REAL/signer.key" "$IMAGE@$DIGEST"; cosign verify --key "$REAL/signer.pub" "$IMAGE:v1"; other verify --key "$REAL/signer.pub" "$IMAGE:v1"'
}

@test "initialize: a mirror by http, its root by URL, file and checksum" {
	replay 'export TUF_ROOT=$PWD/../tuf-$NAME-$PROGRAM; cosign initialize --mirror "$MIRROR" --root "$MIRROR/1.root.json"; echo $?
		cosign initialize --mirror "$MIRROR" --root "$REAL/tuf/repo/1.root.json" --root-checksum "$(sha256sum "$REAL/tuf/repo/1.root.json" | cut -c1-64)"; echo $?
		cosign sign-blob --yes --bundle b blob; cosign verify-blob --bundle b $WHO blob'
	fails 1 1 'TUF_ROOT=$PWD/../tuf-$NAME-$PROGRAM cosign initialize --mirror http://127.0.0.1:1 --root "$REAL/tuf/repo/1.root.json"'
}

@test "meant differences" {
	unlike 'an attestation is no signature' 0 10 'new; other attest --yes --predicate predicate "$IMAGE@$DIGEST"; cosign verify $WHO "$IMAGE:v1"'
	unlike 'scripts of before name services, and nothing else' 1 0 'new; cosign sign --yes --fulcio-url $FULCIO --rekor-url $LOG1 "$IMAGE@$DIGEST"'
	unlike 'a token may be in a file' 1 0 'new; echo "$TOKEN" >token; unset SIGSTORE_ID_TOKEN; cosign sign --yes --identity-token token "$IMAGE@$DIGEST"'
	unlike 'a trusted root serves every form' 1 0 'other sign-blob $OLD --bundle b blob >/dev/null; cosign verify-blob --trusted-root "$REAL/trusted_root.json" --bundle b $WHO blob'
	unlike 'a certificate in the line' 1 0 'other sign-blob $OLD --output-signature s --output-certificate c blob
		cosign verify-blob --rekor-url $LOG1 --signature s --certificate "$(cat c)" $WHO blob'
	unlike 'a name and a pattern must both fit' 1 0 'other sign-blob --yes --bundle b blob; cosign verify-blob --bundle b $WHO --certificate-identity-regexp ^alice@ blob'
	unlike 'what certificates say is told of those that were judged' 0 1 'new; other sign $OLD --key "$REAL/signer.key" --issue-certificate "$IMAGE@$DIGEST"
		cosign verify --key "$REAL/signer.pub" "$IMAGE:v1" | jq -e ".[0].optional.Subject"'
}
