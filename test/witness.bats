#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Images and statements signed with an identity or a key, and logged; in one
# process and as a pipe, whose stages may run on different machines.
load lib/helpers
load lib/sigstore

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	cd "$BATS_FILE_TMPDIR"
	start_sigstore
	make_keys cosign
	make_keys rsa rsa
	make_keys ed ed25519
	make_keys p384 p384
	TOKEN=$(id_token)
	export TOKEN
}

teardown_file() { stop_servers; }

setup() {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/*.key "$BATS_FILE_TMPDIR"/*.pub .
	misdo
	asked_reset
	make_layout image example.com/app:1 >/dev/null
	printf '{}' >predicate
}

services() { printf '%s\n' --signing-config "$SIGDIR/signing_config$1.json" --trusted-root "$SIGDIR/trusted_root.json"; }
sign() { cosign sign $(services "$1") --identity-token "$TOKEN" "${@:2}"; }
alice() { "$@" --certificate-identity alice@example.com --certificate-oidc-issuer "$OIDC_URL" --trusted-root "$SIGDIR/trusted_root.json"; }
# The old ways: everything by address, and keys in files.
old_flags() { printf '%s\n' --rekor-url "$REKOR1_URL" --fulcio-url "$FULCIO_URL" --new-bundle-format=false -y --trusted-root "$SIGDIR/trusted_root.json"; }
layer() { jq -r ".layers[0].annotations[\"$1\"] // empty" "$(manifest_of "$2")"; }
# The manifest of the legacy tag in the layout.
manifest_of() {
	local digest
	digest=$(jq -r --arg s ".$1" '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] // "" | endswith($s)) | .digest' image/index.json)
	printf 'image/blobs/sha256/%s' "${digest#sha256:}"
}

@test "an identity signs an image" {
	local config
	expect_status 0 sign '' -a env=prod oci:image
	[ -z "$output" ]
	has 'Generating ephemeral keys...
Retrieving signed certificate...
Successfully verified SCT...
tlog entry created with index: ' "$stderr"
	for config in .v1 .v1all .v2all; do expect_status 0 sign $config oci:image; done
	expect_status 0 alice cosign verify oci:image
	[ "$(tail -n 1 <<<"$output" | jq length)" = 4 ]
	expect_status 0 alice cosign verify -a env=prod oci:image
	refuses wrong-identity 12 cosign verify --certificate-identity mallory@example.com --certificate-oidc-issuer "$OIDC_URL" --trusted-root "$SIGDIR/trusted_root.json" -a env=prod oci:image || true
}

@test "several images share a certificate, each its own log entry" {
	make_layout two example.com/app:2 >/dev/null
	expect_status 0 sign '' oci:image oci:two
	printf 'oci:image\noci:two\n' >list
	expect_status 0 sign '' --json - <list
	[ "$(asked fulcio | wc -l)" = 2 ]
	[ "$(asked rekor2 | wc -l)" = 4 ]
	[ "$(jq -c 'select(.type == "cosign.location/1")' <<<"$output" | wc -l)" = 2 ]
	expect_status 0 alice cosign verify oci:two
}

log_index() { # LAYOUT: of its one signature
	grep -l tlogEntries "$1"/blobs/sha256/* | xargs jq '.verificationMaterial.tlogEntries[0].logIndex | tonumber'
}

@test "several images are logged at once, and those of an index" {
	local i images=()
	for i in 1 2 3 4 5 6; do make_layout image$i example.com/app:$i $i >/dev/null && images+=(oci:image$i); done
	misdo 'rekor2 1 delay 1500' 'rekor2 2 delay 1000'
	expect_status 0 sign '' --json "${images[@]}"
	[ "$(asked fulcio | wc -l)" = 1 ]
	[ "$(jq -r .image <<<"$output" | cut -d@ -f1 | paste -sd ' ')" = "${images[*]}" ]
	# Whoever came first was logged last; one by one they would be sorted.
	for i in "${images[@]}"; do log_index "${i#oci:}"; done >order
	[ "$(sort -n order)" != "$(cat order)" ]
	expect_status 0 cosign attest $(services '') --identity-token "$TOKEN" --predicate predicate "${images[@]}"
	for i in "${images[@]}"; do alice cosign verify "$i" >/dev/null; done
	# What is stored behind a failure is told of.
	misdo 'rekor2 1 status 400'
	run --separate-stderr sign '' --json oci:image1 oci:image2
	[ "$status" = 1 ]
	[ "$(jq -r .image <<<"$output" | wc -l)" = 1 ]
	misdo 'rekor2 1 delay 1500'
	asked_reset
	make_index_layout index >/dev/null
	expect_status 0 sign '' --json -r oci:index
	[ "$(asked fulcio | wc -l)" = 1 ]
	[ "$(asked rekor2 | wc -l)" = 3 ]
	[ "$(jq -r .image <<<"$output")" = "$(cosign sign $(services '') --identity-token "$TOKEN" --json -r --dry-run oci:index 2>/dev/null | jq -r .image)" ]
}

@test "a key signs an image, and a log vouches" {
	local key config
	for key in cosign rsa ed p384; do
		for config in '' .v1tsa; do
			expect_status 0 cosign sign $(services "$config") --key $key.key oci:image
		done
		expect_status 0 cosign verify --key $key.pub --trusted-root "$SIGDIR/trusted_root.json" oci:image
	done
	[ "$(asked fulcio | wc -l)" = 0 ]
}

@test "the legacy form has certificate, chain, log entry and timestamp in annotations" {
	expect_status 0 cosign sign $(old_flags) --timestamp-server-url "$TSA_URL" --identity-token "$TOKEN" --output-certificate c.pem oci:image
	[ "$(layer dev.sigstore.cosign/certificate sig)" = "$(cat c.pem)" ]
	[ "$(layer dev.sigstore.cosign/chain sig | grep -c BEGIN)" -ge 1 ]
	[ "$(layer dev.sigstore.cosign/bundle sig | jq -r '.Payload | keys | join(" ")')" = "body integratedTime logID logIndex" ]
	[ "$(layer dev.sigstore.cosign/rfc3161timestamp sig | jq -r 'keys[]')" = SignedRFC3161Timestamp ]
	expect_status 0 alice cosign verify --use-signed-timestamps oci:image
	expect_status 0 cosign sign $(old_flags) --key cosign.key oci:image
	expect_status 0 cosign verify --key cosign.pub --trusted-root "$SIGDIR/trusted_root.json" oci:image
	refuses unsupported 2 cosign sign $(old_flags) --key p384.key oci:image
	refuses bad-config 1 cosign sign $(services .v2) --new-bundle-format=false --key cosign.key oci:image
}

@test "an identity attests something, in every form" {
	local kind config
	for config in '' .v1; do
		expect_status 0 cosign attest $(services $config) --identity-token "$TOKEN" --predicate predicate oci:image
		expect_status 0 cosign attest-blob $(services $config) --identity-token "$TOKEN" --predicate predicate --bundle b predicate
		expect_status 0 alice cosign verify-blob-attestation --type custom --bundle b predicate
	done
	expect_status 0 alice cosign verify-attestation --type custom oci:image
	for kind in dsse intoto; do
		expect_status 0 cosign attest $(old_flags) --identity-token "$TOKEN" --rekor-entry-type $kind --predicate predicate oci:image
		[ "$(jq -r --arg k $kind '.layers[-1].annotations["dev.sigstore.cosign/bundle"]' "$(manifest_of att)" | jq -r '.Payload.body' | base64 -d | jq -r .kind)" = $kind ]
	done
	expect_status 0 alice cosign verify-attestation --new-bundle-format=false --type custom oci:image
	expect_status 0 cosign attest-blob $(old_flags) --identity-token "$TOKEN" --predicate predicate --bundle old.json --output-certificate c.pem predicate
	[ "$(jq -r .cert old.json | base64 -d)" = "$(cat c.pem)" ]
	[ "$(jq -r .rekorBundle.Payload.body old.json | base64 -d | jq -r .kind)" = dsse ]
}

@test "a certificate by signing request, for whatever is signed" {
	misdo 'fulcio * csr-alone'
	expect_status 0 sign '' --certificate-request csr oci:image
	expect_status 0 alice cosign verify oci:image
	expect_status 0 cosign attest $(services '') --certificate-request csr --identity-token "$TOKEN" --predicate predicate oci:image
	expect_status 0 alice cosign verify-attestation --type custom oci:image
	expect_status 0 cosign attest-blob $(services '') --certificate-request csr --identity-token "$TOKEN" --predicate predicate --bundle b predicate
	expect_status 0 alice cosign verify-blob-attestation --type custom --bundle b predicate
	cosign resolve oci:image | cosign make-payload |
		cosign sign-payload $(services '') --certificate-request csr --identity-token "$TOKEN" >signed
	expect_status 0 cosign witness $(services '') <signed
}

@test "each key attests, and each log takes it" {
	local key config
	for key in cosign rsa ed p384; do
		for config in '' .v1; do
			expect_status 0 cosign attest-blob $(services $config) --key $key.key --predicate predicate --bundle b predicate
			expect_status 0 cosign verify-blob-attestation --key $key.pub --trusted-root "$SIGDIR/trusted_root.json" --type custom --bundle b predicate
		done
	done
}

@test "what is refused is not stored" {
	misdo 'rekor2 * bad-proof'
	refuses bad-log-proof 12 sign '' oci:image
	misdo 'fulcio * other-identity'
	refuses wrong-identity 12 sign '' oci:image
	misdo 'tsa * other-bytes'
	refuses bad-timestamp 12 cosign attest $(services '') --identity-token "$TOKEN" --predicate predicate oci:image
	refuses no-signature 10 alice cosign verify oci:image
}

@test "the same as a pipe, a record a line" {
	make_layout two example.com/app:2 >/dev/null
	cosign resolve oci:image oci:two | cosign make-payload >to-sign
	cosign sign-payload $(services '') --identity-token "$TOKEN" <to-sign >signed
	[ "$(asked fulcio | wc -l)" = 1 ]
	[ "$(asked rekor2 | wc -l)" = 0 ]
	[ "$(jq -r .certificate signed | grep -c BEGIN)" = 2 ]
	! grep -q PRIVATE signed
	expect_status 0 cosign witness $(services '') <signed
	printf '%s\n' "$output" >witnessed
	[ "$(jq -c '[(.tlogEntries | length), (.timestamps | length)]' witnessed | sort -u)" = '[1,1]' ]
	cosign pack-bundle <witnessed | cosign put-bundle >stored
	[ "$(wc -l <stored)" = 2 ]
	expect_status 0 alice cosign verify oci:image
	expect_status 0 alice cosign verify oci:two
}

@test "the legacy form as a pipe, by key and by identity" {
	cosign resolve oci:image | cosign make-payload --new-bundle-format=false >to-sign
	cosign sign-payload --key cosign.key <to-sign >signed
	cosign sign-payload $(services .v1) --identity-token "$TOKEN" <to-sign >>signed
	cosign witness $(services .v1tsa) <signed | cosign pack-bundle | cosign put-bundle >stored
	expect_status 0 alice cosign verify oci:image
	expect_status 0 cosign verify --key cosign.pub --trusted-root "$SIGDIR/trusted_root.json" oci:image
	refuses bad-config 1 cosign witness $(services .v2) <signed
}

# COUNT records by key, each with a signature of its own.
signed() {
	cosign resolve oci:image | cosign make-payload >to-sign
	for ((i = 0; i < $1; i++)); do cat to-sign; done | cosign sign-payload --key cosign.key
}

@test "witness works on several records at once, and keeps their order" {
	signed 7 >seven
	misdo 'rekor2 1 delay 1500' 'rekor2 2 delay 1000'
	expect_status 0 cosign witness $(services '') <seven
	[ "$(jq -r .signature <<<"$output")" = "$(jq -r .signature seven)" ]
	# Whoever came first was logged last; one by one they would be sorted.
	jq '.tlogEntries[0].logIndex | tonumber' <<<"$output" >order
	[ "$(sort -n order)" != "$(cat order)" ]
}

@test "a record that fails takes no others with it" {
	signed 4 >four
	{
		sed -n 1p four
		sed -n 2p four | jq -c '.payload = "e30="'
		sed -n 3p four
		echo '{"type":"cosign.location/1"}'
		echo '{"type":'
		sed -n 4p four
	} >mixed
	expect_status 12 cosign witness $(services '') <mixed
	[ "$(jq -r .signature <<<"$output")" = "$(sed -n '1p;3p;4p' four | jq -r .signature)" ]
	[ "$(grep -c '^Error: record [245]: ' <<<"$stderr")" = 3 ]
	has 'Error: 3 of 6 records failed, the first: record 2: ' "$stderr"
	refuses bad-signature 12 cosign witness $(services '') <mixed
	[ "$(grep '^{' <<<"$stderr" | jq -r .reason | paste -sd ' ')" = 'bad-signature bad-record bad-json bad-signature' ]
}

@test "what the log took before a connection was lost is witnessed the next time" {
	signed 2 >two
	cosign witness $(services '') <two >/dev/null
	misdo 'rekor2 * early-checkpoint'
	refuses exists 1 cosign witness $(services '') <two
	has 'once more' "$(jq -r .hint <<<"$error")"
	misdo
	asked_reset
	expect_status 0 cosign witness $(services '') <two
	[ "$(jq -c '.tlogEntries | length' <<<"$output" | paste -sd ' ')" = '1 1' ]
	[ "$(asked rekor2 | grep -c ' 409$')" = 2 ]
}

@test "the checkpoint that covers what the log took is waited for" {
	signed 1 >one
	cosign witness $(services '') <one >/dev/null
	misdo 'rekor2 2 early-checkpoint' 'rekor2 3 early-checkpoint'
	asked_reset
	expect_status 0 cosign witness $(services '') <one
	[ "$(jq -c '.tlogEntries | length' <<<"$output")" = 1 ]
	[ "$(asked rekor2 | grep -c '/checkpoint')" = 3 ]
}

@test "what is witnessed leaves at once, and stays when the connection is lost" {
	local pid
	signed 3 >three
	mkfifo in
	cosign witness $(services '') <in >out 2>err 3>&- &
	pid=$!
	exec 5>in
	sed -n 1p three >&5
	until [ "$(wc -l <out)" = 1 ]; do sleep 0.02; done
	sed -n 2p three >&5
	until [ "$(wc -l <out)" = 2 ]; do sleep 0.02; done
	sed -n 3p three | cut -c1-200 | tr -d '\n' >&5
	exec 5>&-
	run wait $pid
	[ "$(jq -c '.tlogEntries | length' out | paste -sd ' ')" = '1 1' ]
	grep -q 'record 3: ' err
	# Nobody takes what comes: no more is read, or asked.
	asked_reset
	signed 40 >many
	expect_status 141 unread cosign witness $(services '') <many
	[ "$(asked rekor2 | wc -l)" -lt 40 ]
}

@test "witness shows nobody what is no signature, and passes strangers" {
	cosign resolve oci:image | cosign make-payload | cosign sign-payload --key cosign.key >signed
	asked_reset
	jq -c '.payload = "e30="' signed >other
	refuses bad-signature 12 cosign witness $(services '') <other
	[ -z "$(asked)" ]
	printf '{"type":"mine/1"}\n' | cat - signed >mixed
	expect_status 0 cosign witness $(services '') <mixed
	[ "$(head -n 1 <<<"$output")" = '{"type":"mine/1"}' ]
	refuses bad-record 1 cosign witness $(services '') </dev/null
	refuses not-found 1 cosign witness --signing-config nowhere.json <signed
	misdo 'rekor2 * bad-note'
	refuses bad-checkpoint 12 cosign witness $(services '') <signed
	[ -z "$output" ]
	expect_status 0 cosign witness --help
}

@test "a certificate that has expired is not logged" {
	misdo 'fulcio * valid 1'
	cosign resolve oci:image | cosign make-payload | cosign sign-payload $(services '') --identity-token "$TOKEN" >signed
	until [ "$(date +%s)" -gt "$(date -d "$(jq -r .certificate signed | openssl x509 -noout -enddate | cut -d= -f2)" +%s)" ]; do sleep 0.05; done
	refuses expired-certificate 12 cosign witness $(services '') <signed
	has 'sign it again (sign-payload)' "$(jq -r .hint <<<"$error")"
	[ "$(asked rekor2 | wc -l)" = 0 ]
}

@test "a certificate that has expired before the log took the signature is renewed" {
	local i images=()
	for i in {1..17}; do make_layout image$i example.com/app:$i $i >/dev/null && images+=(oci:image$i); done
	# The last is begun when one of the first 16 is done.
	misdo 'fulcio * valid 4' 'rekor2 1-16 delay 3000'
	expect_status 0 sign '' "${images[@]}"
	[ "$(asked fulcio | wc -l)" -ge 2 ]
	for i in 1 17; do expect_status 0 alice cosign verify oci:image$i; done
	# By the time the log gives it was over: once more, with a new one.
	misdo 'rekor1 1 time 1700000000'
	asked_reset
	expect_status 0 cosign attest $(services .v1) --identity-token "$TOKEN" --predicate predicate oci:image
	[ "$(asked fulcio | wc -l)" = 2 ]
	[ "$(asked rekor1 | wc -l)" = 2 ]
	expect_status 0 alice cosign verify-attestation --type custom oci:image
	misdo 'rekor1 * time 1700000000'
	refuses expired-certificate 12 cosign attest $(services .v1) --identity-token "$TOKEN" --predicate predicate oci:image
}

@test "the legacy form is in logs of Rekor v1, where the config has some" {
	expect_status 0 cosign sign $(services '') --new-bundle-format=false --key cosign.key oci:image
	expect_status 0 cosign attest $(services '') --new-bundle-format=false --identity-token "$TOKEN" --predicate predicate oci:image
	expect_status 0 cosign sign-blob $(services '') --identity-token "$TOKEN" --output-signature s --output-certificate c predicate
	expect_status 0 cosign sign-blob $(services '') --new-bundle-format=false --key cosign.key --bundle old.json predicate
	[ "$(asked rekor1 | wc -l)" = 4 ]
	[ -z "$(asked rekor2)" ]
	expect_status 0 cosign verify-blob --key cosign.pub --trusted-root "$SIGDIR/trusted_root.json" --bundle old.json predicate
	expect_status 0 alice cosign verify-attestation --new-bundle-format=false --type custom oci:image
	refuses bad-config 1 cosign sign-blob $(services .v2) --identity-token "$TOKEN" --output-signature s2 predicate
	has '--bundle FILE' "$(jq -r .hint <<<"$error")"
	refuses bad-config 1 cosign attest $(services .v2) --new-bundle-format=false --identity-token "$TOKEN" --predicate predicate oci:image
	[ ! -e s2 ]
}

@test "the examples of witness, sign-payload and sign run" {
	cp "$SIGDIR/signing_config.json" "$SIGDIR/trusted_root.json" .
	id_token >token
	printf 'oci:image\n' >images.txt
	run_examples sign
	run_examples sign-payload
	run_examples witness
}

# Passes on so many lines of a command's output, then kills it, with one record
# more under way. Nothing else reaches it.
killed_after() { # LINES COMMAND...
	python3 -c '
import subprocess, sys
lines = int(sys.argv[1])
p = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
for _ in range(lines + 1):
    p.stdin.write(sys.stdin.buffer.readline())
p.stdin.flush()
for _ in range(lines):
    sys.stdout.buffer.write(p.stdout.readline())
p.kill()
sys.stdout.buffer.write(p.stdout.read())
sys.stdout.flush()
p.wait()
sys.exit(137)' "$@"
}

# The pipe for the images in `todo`, whose stage $1 is killed after $2 records;
# "" kills none. What each stage said is in `statuses`.
whole_pipe() { # [STAGE LINES]
	local stage
	for stage in make sign witness pack put; do eval "$stage="; done
	[ -z "$1" ] || eval "$1='killed_after $2'"
	if cosign resolve - <todo | $make cosign make-payload | $sign cosign sign-payload $(services '') --identity-token "$TOKEN" |
		$witness cosign witness $(services '') | $pack cosign pack-bundle | $put cosign put-bundle >stored; then
		statuses="${PIPESTATUS[*]}"
	else
		statuses="${PIPESTATUS[*]}"
	fi
}

@test "a stage that is killed loses nothing that left it, and stores nothing by halves" {
	local stage lines
	printf 'oci:image%s\n' 1 2 3 >all
	while read -r stage lines; do
		rm -rf image?
		for n in 1 2 3; do make_layout image$n example.com/app:$n "layer $n" >/dev/null; done
		cp all todo
		whole_pipe $stage $lines 2>err
		echo "$stage $lines: $statuses"
		[[ " $statuses " = *' 137 '* ]]
		# Before it nobody is heard any more; behind it nothing may be left to do.
		! grep -qvE '^(0|1|137|141)$' <<<"${statuses// /$'\n'}"
		[ -z "$(jq -c 'select(.type != "cosign.location/1" or .stored != true)' stored)" ]
		[ "$(wc -l <stored)" -ge $lines ]
		# All of a signature or nothing, and all that was told of.
		alice cosign verify --json - <all >verdicts 2>err || [[ $? = 1 || $? = 10 ]]
		[ "$(jq -c 'select(.ok or .reason == "no-signature")' verdicts | wc -l)" = 3 ]
		! jq -r 'select(.ok | not) | .image' verdicts | grep -xFf <(jq -r .image stored)
		# The rest by another run.
		jq -r .image stored | grep -vxFf - all >todo
		grep -q image3 todo
		whole_pipe '' ''
		[ "$statuses" = '0 0 0 0 0 0' ]
		expect_status 0 alice cosign verify - <all
	done <<-'POINTS'
		make 1
		sign 1
		witness 0
		witness 1
		pack 1
		put 1
	POINTS
}

@test "a record that is cut off is refused, and those before it are not lost" {
	local stage input
	make_layout two example.com/app:2 >/dev/null
	cosign resolve oci:image oci:two >1
	cosign make-payload <1 >2
	cosign sign-payload $(services '') --identity-token "$TOKEN" <2 >3
	cosign witness $(services '') <3 >4
	cosign pack-bundle <4 >5
	input=1
	for stage in make-payload "sign-payload $(services '' | tr '\n' ' ') --identity-token $TOKEN" "witness $(services '' | tr '\n' ' ')" pack-bundle put-bundle; do
		head -c -20 $input >cut
		refuses bad-json 1 cosign $stage <cut
		[ "$(jq -r .image <<<"$output")" = oci:image ]
		has 'record 2' "$error"
		# A line's end alone is no loss.
		head -c -1 $input >cut
		expect_status 0 cosign $stage <cut
		[ "$(wc -l <<<"$output")" = 2 ]
		input=$((input + 1))
	done
}

@test "nobody who reads is an end, whatever is under way" {
	local input=1 stage
	cosign resolve oci:image >1
	cosign make-payload <1 >2
	cosign sign-payload $(services '') --identity-token "$TOKEN" <2 >3
	cosign witness $(services '') <3 >4
	cosign pack-bundle <4 >5
	for stage in make-payload "sign-payload $(services '' | tr '\n' ' ') --identity-token $TOKEN" "witness $(services '' | tr '\n' ' ')" pack-bundle put-bundle; do
		rm -f "$BATS_TEST_TMPDIR/unread"
		expect_status 141 unread cosign $stage <$input
		input=$((input + 1))
	done
}
