# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	local name
	for name in root other; do
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name.key -out $name.pem \
			-subj "/O=lab/O=second/CN=first/CN=lab $name" -days 3650 2>/dev/null
	done
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -out leaf.csr -subj /CN=leaf 2>/dev/null
	printf 'extendedKeyUsage=critical,timeStamping\nbasicConstraints=CA:FALSE\n' >leaf.ext
	openssl x509 -req -in leaf.csr -CA root.pem -CAkey root.key -extfile leaf.ext -days 30 -out leaf.pem 2>/dev/null
	cat leaf.pem root.pem >tsa.pem
	cp root.pem fulcio.pem
	local kind
	for kind in p256 p384 p521 ed25519 rsa; do
		make_keys $kind $kind
	done
	openssl genrsa -out rsa4096.key 4096 2>/dev/null
	openssl rsa -in rsa4096.key -RSAPublicKey_out -out rsa4096.pub 2>/dev/null
	openssl genrsa -out rsa2560.key 2560 2>/dev/null
	openssl pkey -in rsa2560.key -pubout -out rsa2560.pub
	openssl ecparam -name secp256k1 -genkey -noout | openssl pkey -pubout -out k1.pub
	cp p256.pub rekor.pub
	cp p384.pub ct.pub
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	START=start-time=2026-01-01T00:00:00Z
}

create() { expect_status 0 cosign trusted-root create "$@"; }
# What jq finds in the output.
shows() { # FILTER WANT
	[ "$(jq -c "$1" <<<"$output")" = "$2" ] || { echo "expected $2 from $1 in $output"; return 1; }
}
der_hash() { openssl pkey -pubin -in "$1" -outform DER 2>/dev/null | openssl dgst -sha256 -binary | base64; }

@test "trusted-root help, and what its verbs are" {
	expect_status 0 cosign trusted-root
	has create
	expect_status 0 cosign trusted-root create --help
	has --with-default-services
	expect_status 2 cosign trusted-root make
	has 'unknown command "make"' "$stderr"
	refuses usage 2 cosign trusted-root create extra
}

@test "nothing described makes an empty root" {
	create
	[ "$output" = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' ]
}

@test "the examples of trusted-root" {
	cp fulcio.pem rekor.pub ct.pub tsa.pem "$BATS_TEST_TMPDIR"
	load lib/tuf
	BATS_FILE_TMPDIR=$BATS_TEST_TMPDIR make_first_tufrepo
	BATS_FILE_TMPDIR=$BATS_TEST_TMPDIR new_tufrepo
	run_examples trusted-root
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/trusted_root.json")" = 600 ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/trusted_root.json")" = 1 ]
	jq -e '(.tlogs, .ctlogs, .certificateAuthorities, .timestampAuthorities | length) == 1' "$BATS_TEST_TMPDIR/trusted_root.json"
}

@test "--fulcio: subject, chain and window come from the chain and the pairs" {
	create --fulcio 'url=https://f, certificate-chain = fulcio.pem'
	shows '.certificateAuthorities[0] | .subject, .uri, (.certChain.certificates | length)' \
		$'{"organization":"lab","commonName":"lab root"}\n"https://f"\n1'
	[ "$(jq -r '.certificateAuthorities[0].certChain.certificates[0].rawBytes' <<<"$output")" = \
		"$(openssl x509 -in root.pem -outform DER | base64 -w0)" ]
	shows '.certificateAuthorities[0].validFor' \
		"{\"start\":\"$(date -ud "$(openssl x509 -in root.pem -noout -startdate | cut -d= -f2)" +%FT%TZ)\"}"
	create --fulcio "url=https://f,certificate-chain=-,start-time=2025-01-01T00:30:00.25+01:00,end-time=2026-01-01T00:00:00Z" <root.pem
	shows '.certificateAuthorities[0].validFor' '{"start":"2024-12-31T23:30:00.250Z","end":"2026-01-01T00:00:00Z"}'
	create --fulcio "url=https://f,certificate-chain=root.pem,start-time=,end-time="
	shows '.certificateAuthorities[0].validFor | keys' '["start"]'
}

@test "--tsa: the leaf first, and its beginning" {
	create --tsa url=https://t,certificate-chain=tsa.pem
	shows '.timestampAuthorities[0] | .subject.commonName, (.certChain.certificates | length)' $'"lab root"\n2'
	shows '.timestampAuthorities[0].validFor' \
		"{\"start\":\"$(date -ud "$(openssl x509 -in leaf.pem -noout -startdate | cut -d= -f2)" +%FT%TZ)\"}"
}

@test "--rekor and --ctfe: every kind of key, known by its hash" {
	local file details
	while read -r file details; do
		create --rekor "url=https://r,public-key=$file.pub,$START" --ctfe "url=https://c,public-key=$file.pub,$START"
		shows '.tlogs[0] | .baseUrl, .hashAlgorithm, .publicKey.keyDetails, .publicKey.validFor' \
			"\"https://r\""$'\n"SHA2_256"\n'"\"$details\""$'\n{"start":"2026-01-01T00:00:00Z"}'
		shows '.tlogs[0].logId.keyId' "\"$(der_hash $file.pub)\""
		shows '.ctlogs[0] | .baseUrl, .logId.keyId' "\"https://c\""$'\n'"\"$(der_hash $file.pub)\""
	done <<-END
		p256 PKIX_ECDSA_P256_SHA_256
		p384 PKIX_ECDSA_P384_SHA_384
		p521 PKIX_ECDSA_P521_SHA_512
		ed25519 PKIX_ED25519
		rsa PKIX_RSA_PKCS1V15_2048_SHA256
	END
	create --rekor "url=https://r,public-key=rsa4096.pub,$START"
	shows '.tlogs[0].publicKey.keyDetails' '"PKIX_RSA_PKCS1V15_4096_SHA256"'
}

@test "origin: the id is the key hash of checkpoints" {
	local id
	create --rekor "url=https://r,public-key=ed25519.pub,$START,origin=log.example"
	id=$({
		printf 'log.example\n\001'
		openssl pkey -pubin -in ed25519.pub -outform DER | tail -c 32
	} | openssl dgst -sha256 -binary | base64)
	shows '.tlogs[0].logId.keyId' "\"$id\""
	create --rekor "url=https://r,public-key=p256.pub,$START,origin=log.example"
	shows '.tlogs[0].logId.keyId' "\"$(der_hash p256.pub)\""
	create --rekor-key ed25519.pub,log.example
	shows '.tlogs[0].logId.keyId' "\"$id\""
	refuses usage 2 cosign trusted-root create --rekor "url=https://r,public-key=p256.pub,$START,origin="
}

@test "the old flags belong together by position" {
	create --certificate-chain root.pem --certificate-chain other.pem --fulcio-uri https://f \
		--ctfe-key p256.pub --ctfe-url https://c --ctfe-start-time 2026-01-01T00:00:00Z --ctfe-end-time 2027-01-01T00:00:00Z \
		--rekor-key p384.pub --rekor-key p521.pub --rekor-url https://r --rekor-start-time 2025-01-01T00:00:00Z \
		--timestamp-certificate-chain tsa.pem --timestamp-uri https://t
	has 'Flag --rekor-key has been deprecated, use --rekor instead' "$stderr"
	shows '[.certificateAuthorities[].uri]' '["https://f",null]'
	shows '.ctlogs[0] | .baseUrl, .publicKey.validFor' $'"https://c"\n{"start":"2026-01-01T00:00:00Z","end":"2027-01-01T00:00:00Z"}'
	shows '[.tlogs[] | [.baseUrl, .publicKey.validFor.start]]' '[[null,"1970-01-01T00:00:00Z"],["https://r","2025-01-01T00:00:00Z"]]'
	shows '.timestampAuthorities[0] | .uri, .validFor.start' \
		"\"https://t\""$'\n'"\"$(date -ud "$(openssl x509 -in root.pem -noout -startdate | cut -d= -f2)" +%FT%TZ)\""
	create --rekor-key p384.pub --rekor-end-time 1980-01-01T00:00:00Z
	shows '.tlogs[0].publicKey.validFor' '{"start":"1970-01-01T00:00:00Z","end":"1980-01-01T00:00:00Z"}'
}

@test "old and new flags for one service are refused, for two they are not" {
	local flag
	for flag in --ctfe-key=p256.pub --ctfe-url=x --ctfe-start-time=2026-01-01T00:00:00Z --ctfe-end-time=2026-01-01T00:00:00Z; do
		refuses usage 2 cosign trusted-root create --ctfe "url=x,public-key=p256.pub,$START" "$flag"
		has "--ctfe and ${flag%%=*}" "$error"
		refuses usage 2 cosign trusted-root create --rekor "url=x,public-key=p256.pub,$START" "${flag/ctfe/rekor}"
	done
	for flag in --certificate-chain=root.pem --fulcio-uri=x; do
		refuses usage 2 cosign trusted-root create --fulcio url=x,certificate-chain=root.pem "$flag"
	done
	for flag in --timestamp-certificate-chain=tsa.pem --timestamp-uri=x; do
		refuses usage 2 cosign trusted-root create --tsa url=x,certificate-chain=tsa.pem "$flag"
	done
	create --rekor "url=x,public-key=p256.pub,$START" --ctfe-key p256.pub
	for flag in --ctfe-url --fulcio-uri --timestamp-uri --rekor-end-time; do
		refuses usage 2 cosign trusted-root create $flag 2026-01-01T00:00:00Z
		has "$flag" "$error"
	done
}

@test "logs and authorities stand in the order of their beginnings; of one log the last counts" {
	create --rekor "url=a,public-key=p256.pub,$START" --rekor "url=b,public-key=p384.pub,start-time=2025-01-01T00:00:00Z" \
		--rekor "url=c,public-key=p521.pub,$START" --rekor "url=d,public-key=p256.pub,start-time=2027-01-01T00:00:00Z" \
		--fulcio "url=a,certificate-chain=root.pem,$START" --fulcio "url=b,certificate-chain=other.pem,start-time=2000-01-01T00:00:00Z"
	has 'WARNING: a log is given more than once' "$stderr"
	shows '[.tlogs[].baseUrl]' '["b","c","d"]'
	shows '[.certificateAuthorities[].uri]' '["b","a"]'
}

# Refused with this reason; the message begins with the flag and has NEEDLE.
wrong() { # REASON EXIT NEEDLE FLAG SPEC
	refuses "$1" "$2" cosign trusted-root create "$4" "$5"
	[[ $(jq -r .message <<<"$error") == "$4: "* ]] || { echo "no $4 in $error"; return 1; }
	has "$3" "$error"
}

@test "bad descriptions are refused, and the flag is named" {
	local key=public-key=p256.pub
	wrong usage 2 "start-time is missing" --rekor "url=x,$key"
	wrong usage 2 "url is missing" --rekor "url= ,$key,$START"
	wrong usage 2 "public-key is missing" --ctfe "url=x,$START"
	wrong usage 2 "certificate-chain is missing" --fulcio url=x
	wrong usage 2 "url is missing" --tsa certificate-chain=tsa.pem
	wrong usage 2 "unknown key 'frob'" --rekor "url=x,$key,$START,frob=1"
	wrong usage 2 "unknown key 'origin'" --fulcio "url=x,certificate-chain=root.pem,origin=x"
	wrong usage 2 "url is there twice" --rekor "url=x,url=y,$key,$START"
	wrong usage 2 "'frob' is no pair" --rekor "url=x,frob"
	wrong usage 2 "is no pair" --tsa ''
	wrong usage 2 "is no pair" --tsa 'url=x,'
	wrong usage 2 "start-time: not a time" --rekor "url=x,$key,start-time=yesterday"
	wrong usage 2 "end-time: not a time" --fulcio "url=x,certificate-chain=root.pem,end-time=2026-01-01"
	wrong usage 2 "start-time: before the year 1" --ctfe "url=x,$key,start-time=0000-12-31T00:00:00Z"
	wrong usage 2 "end-time: before the start" --rekor "url=x,$key,$START,end-time=2025-12-31T23:59:59Z"
	wrong usage 2 "end-time: before the start" --fulcio "url=x,certificate-chain=root.pem,end-time=2000-01-01T00:00:00Z"
	wrong usage 2 "not UTF-8" --rekor "url=x"$'\xff'",$key,$START"
	wrong usage 2 "4096 bytes" --rekor "url=$(printf '%05000d' 0),$key,$START"
	refuses usage 2 cosign trusted-root create --ctfe-key p256.pub --ctfe-start-time ''
	has "--ctfe-start-time: not a time" "$error"
	refuses usage 2 cosign trusted-root create --rekor "url=x,$key,$START" --rekor url=x
	has "--rekor, number 2: " "$error"
}

@test "bad files are refused" {
	wrong not-found 1 "public-key: cannot open" --rekor "url=x,public-key=nosuch,$START"
	wrong bad-key 1 "PUBLIC KEY" --rekor "url=x,public-key=root.pem,$START"
	wrong bad-key 1 "public-key: " --rekor "url=x,public-key=p256.key,$START"
	wrong bad-key 1 "RSA 2560" --rekor "url=x,public-key=rsa2560.pub,$START"
	wrong bad-key 1 "public-key: " --ctfe "url=x,public-key=k1.pub,$START"
	wrong not-found 1 "certificate-chain: cannot open" --fulcio url=x,certificate-chain=nosuch
	wrong bad-encoding 1 "no PEM" --fulcio url=x,certificate-chain=leaf.ext
	wrong bad-certificate 12 "CERTIFICATE" --fulcio url=x,certificate-chain=p256.pub
	cat root.pem leaf.pem >"$BATS_TEST_TMPDIR/backwards.pem"
	wrong bad-certificate 12 "certificate 2 is not a certificate authority" --fulcio "url=x,certificate-chain=$BATS_TEST_TMPDIR/backwards.pem"
	wrong bad-certificate 12 "not a leaf" --tsa "url=x,certificate-chain=$BATS_TEST_TMPDIR/backwards.pem"
	wrong bad-certificate 12 "no root" --tsa url=x,certificate-chain=leaf.pem
	cat leaf.pem leaf.pem >"$BATS_TEST_TMPDIR/leaves.pem"
	wrong bad-certificate 12 "certificate 2 is not" --tsa "url=x,certificate-chain=$BATS_TEST_TMPDIR/leaves.pem"
	for _ in {1..33}; do cat root.pem; done >"$BATS_TEST_TMPDIR/many.pem"
	wrong too-large 1 "at most 32" --fulcio "url=x,certificate-chain=$BATS_TEST_TMPDIR/many.pem"
	refuses bad-certificate 12 cosign trusted-root create --timestamp-certificate-chain leaf.pem
	has "--timestamp-certificate-chain: " "$error"
}

@test "--out replaces a file as a whole; - is standard output" {
	cd "$BATS_TEST_TMPDIR"
	printf '%9000s' x >out.json
	expect_status 0 cosign trusted-root create --out out.json
	[ -z "$output" ]
	[ "$(stat -c %a out.json)" = 600 ]
	[ "$(cat out.json)" = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' ]
	create --out -
	[ "$output" = "$(cat out.json)" ]
	expect_status 2 cosign trusted-root create --out out.json --rekor frob
	[ -s out.json ]
	refuses io 1 cosign trusted-root create --out nosuch/out.json
	# as with the original, no variable is a flag of this command
	COSIGN_REKOR=frob create
}

@test "services are added to the trusted root of a TUF repository" {
	load lib/tuf
	BATS_FILE_TMPDIR=$BATS_TEST_TMPDIR make_first_tufrepo
	BATS_FILE_TMPDIR=$BATS_TEST_TMPDIR new_tufrepo
	good=$TOP/test/vectors/good/tlog/trusted_root.json
	parts='[.tlogs, .certificateAuthorities, .ctlogs, .timestampAuthorities | length] | join(" ")'
	expect_status 0 cosign trusted-root create --with-default-services
	[ "$(jq -r "$parts" <<<"$output")" = "$(jq -r "$parts" "$good")" ]
	expect_status 0 cosign trusted-root create --with-default-services --no-default-fulcio --no-default-ctfe
	[ "$(jq -r "$parts" <<<"$output")" = "2 0 0 1" ]
	expect_status 0 cosign trusted-root create --with-default-services --no-default-rekor --no-default-tsa
	[ "$(jq -r "$parts" <<<"$output")" = "0 1 1 0" ]
	expect_status 0 cosign trusted-root create --no-default-rekor
	[ "$(jq -r "$parts" <<<"$output")" = "0 0 0 0" ]
	openssl ecparam -name prime256v1 -genkey -noout | openssl pkey -pubout >log.pub
	expect_status 0 cosign trusted-root create --with-default-services \
		--rekor url=https://one.example,public-key=log.pub,start-time=2026-01-01T00:00:00Z
	[ "$(jq '.tlogs | length' <<<"$output")" = 3 ]
	TUF_MIRROR=file:///nowhere refuses not-found 1 cosign trusted-root create --with-default-services
}

@test "trusted roots as the original makes them" {
	[ -e "$SHARED/fixtures/MANIFEST.json" ] || skip "no $SHARED"
	cd "$SHARED/fixtures"
	create --fulcio "url=https://fulcio.lab.example,certificate-chain=pki/fulcio-chain.pem,$START" \
		--ctfe "url=https://ct.lab.example,public-key=pki/ct.pub,$START,end-time=2030-01-01T00:00:00Z" \
		--tsa url=https://tsa.lab.example,certificate-chain=pki/tsa-chain.pem \
		--rekor "url=https://rekor2.lab.example,public-key=pki/rekor2.pub,$START,origin=rekor2.lab.example" \
		--rekor "url=https://rekor1.lab.example,public-key=pki/rekor1.pub,$START"
	diff <(jq -S '.tlogs |= sort_by(.baseUrl)' <<<"$output") <(jq -S '.tlogs |= sort_by(.baseUrl)' expected/trusted-root-create.stdout)
}
