# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
	SPEC=api-version=1,start-time=2026-01-01T00:00:00Z,operator=lab
	EMPTY='{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{},"tsaConfig":{}}'
}

create() { expect_status 0 cosign signing-config create "$@"; }
shows() { # FILTER WANT
	[ "$(jq -c "$1" <<<"$output")" = "$2" ] || { echo "expected $2 from $1 in $output"; return 1; }
}
# Refused with this reason; the message begins with the flag and has NEEDLE.
wrong() { # NEEDLE FLAG SPEC
	refuses usage 2 cosign signing-config create "$2" "$3"
	[[ $(jq -r .message <<<"$error") == "$2: "* ]] || { echo "no $2 in $error"; return 1; }
	has "$1" "$error"
}
base() {
	create --fulcio "url=https://f,$SPEC" --oidc-provider "url=https://o,$SPEC" --rekor "url=https://r,$SPEC" \
		--rekor-config ANY --tsa "url=https://t,$SPEC" --tsa-config EXACT:1 --out base.json
}

@test "signing-config help, and what its verbs are" {
	expect_status 0 cosign signing-config
	has create
	expect_status 0 cosign signing-config create --help
	has --base-config
	refuses usage 2 cosign signing-config create extra
}

@test "nothing described makes an empty config" {
	create
	[ "$output" = "$EMPTY" ]
}

@test "the examples of signing-config" {
	run_examples signing-config
	[ "$(stat -c %a signing_config.json)" = 600 ]
}

@test "every kind of service, in the order of the format" {
	create --tsa-config all --tsa "url=https://t/api,$SPEC,end-time=2027-01-01T01:00:00.5+01:00" --tsa "url=https://t2,$SPEC" \
		--rekor-config Exact:2 --rekor "url=https://r,api-version=2,start-time=2026-01-01T00:00:00Z,operator=a <b>&c" \
		--oidc-provider " url = https://o , $SPEC" --fulcio "url=https://f,$SPEC,end-time="
	[ "$output" = "$(tr -d '\n' <<-'END'
		{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json",
		"caUrls":[{"url":"https://f","majorApiVersion":1,"validFor":{"start":"2026-01-01T00:00:00Z"},"operator":"lab"}],
		"oidcUrls":[{"url":"https://o","majorApiVersion":1,"validFor":{"start":"2026-01-01T00:00:00Z"},"operator":"lab"}],
		"rekorTlogUrls":[{"url":"https://r","majorApiVersion":2,"validFor":{"start":"2026-01-01T00:00:00Z"},"operator":"a <b>&c"}],
		"rekorTlogConfig":{"selector":"EXACT","count":2},
		"tsaUrls":[{"url":"https://t/api","majorApiVersion":1,"validFor":{"start":"2026-01-01T00:00:00Z","end":"2027-01-01T00:00:00.500Z"},"operator":"lab"},
		{"url":"https://t2","majorApiVersion":1,"validFor":{"start":"2026-01-01T00:00:00Z"},"operator":"lab"}],
		"tsaConfig":{"selector":"ALL"}}
	END
	)" ]
}

@test "--base-config: kept, replaced and dropped by kind" {
	base
	create --base-config base.json
	[ "$output" = "$(cat base.json)" ]
	create --base-config - <base.json
	[ "$output" = "$(cat base.json)" ]
	create --base-config base.json --fulcio "url=https://f2,$SPEC" --rekor "url=https://r2,$SPEC" --rekor-config ALL
	shows '[.caUrls, .oidcUrls, .rekorTlogUrls, .tsaUrls | map(.url)]' '[["https://f2"],["https://o"],["https://r2"],["https://t"]]'
	shows '[.rekorTlogConfig, .tsaConfig]' '[{"selector":"ALL"},{"selector":"EXACT","count":1}]'
	create --base-config base.json --tsa-config ANY
	shows '[.rekorTlogConfig, .tsaConfig]' '[{"selector":"ANY"},{"selector":"ANY"}]'
	create --base-config base.json --no-default-rekor --no-default-oidc
	shows '[.caUrls, .oidcUrls, .rekorTlogUrls, .tsaUrls | length]' '[1,0,0,1]'
	shows .rekorTlogConfig '{}'
	create --base-config base.json --no-default-fulcio --no-default-tsa --tsa "url=https://t2,$SPEC" --tsa-config ANY
	shows '[.caUrls, .tsaUrls | length]' '[0,1]'
	create --no-default-fulcio
	[ "$output" = "$EMPTY" ]
}

@test "--base-config: other spellings of protobuf are read, and written in one way" {
	cat >odd.json <<-'END'
		{"media_type": "application/vnd.dev.sigstore.signingconfig.v0.2+json", "caUrls": null,
		 "tsa_urls": [{"url": "https://a", "major_api_version": "3", "valid_for": {"end": "2027-01-01T00:00:00.0Z"}}, {"url": "https://b", "operator": ""}],
		 "tsa_config": {"selector": 3, "count": "7"}}
	END
	create --base-config odd.json
	[ "$output" = "$(tr -d '\n' <<-'END'
		{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{},
		"tsaUrls":[{"url":"https://a","majorApiVersion":3,"validFor":{"start":"0001-01-01T00:00:00Z","end":"2027-01-01T00:00:00Z"}},
		{"url":"https://b","validFor":{"start":"0001-01-01T00:00:00Z"}}],"tsaConfig":{"selector":"EXACT","count":7}}
	END
	)" ]
}

@test "a base that is no signing config of this version is refused" {
	base
	refuses not-found 1 cosign signing-config create --base-config nosuch
	has "--base-config nosuch" "$error"
	sed s/v0.2/v0.1/ base.json >old.json
	refuses bad-config 1 cosign signing-config create --base-config old.json
	has 'not a signing config of version 0.2' "$error"
	sed 's/"caUrls"/"caUrl"/' base.json >unknown.json
	refuses bad-config 1 cosign signing-config create --base-config unknown.json
	printf '%1100000s' '{}' >large.json
	refuses too-large 1 cosign signing-config create --base-config large.json
}

@test "bad descriptions are refused, and the flag is named" {
	local rest=start-time=2026-01-01T00:00:00Z,operator=lab
	wrong "operator is missing" --fulcio url=https://x,api-version=1,start-time=2026-01-01T00:00:00Z
	wrong "start-time is missing" --oidc-provider url=https://x,api-version=1,operator=lab
	wrong "url is missing" --fulcio "$SPEC"
	wrong "api-version is missing" --fulcio "url=https://x,$rest"
	wrong "api-version: expected a number" --fulcio "url=https://x,api-version=v1,$rest"
	wrong "api-version: expected a number" --fulcio "url=https://x,api-version=0,$rest"
	wrong "api-version: expected a number" --fulcio "url=https://x,api-version=4294967296,$rest"
	wrong "api-version: expected a number" --fulcio "url=https://x,api-version=-1,$rest"
	wrong "unknown key 'origin'" --fulcio "url=https://x,$SPEC,origin=x"
	wrong "operator is there twice" --fulcio "url=https://x,$SPEC,operator=lab"
	wrong "is no pair" --fulcio 'https://x'
	wrong "start-time: not a time" --fulcio url=https://x,api-version=1,start-time=now,operator=lab
	wrong "end-time: before the start" --fulcio "url=https://x,$SPEC,end-time=2025-01-01T00:00:00Z"
	wrong "url: " --fulcio "url=x,$SPEC"
	wrong "url: " --fulcio "url=ftp://x,$SPEC"
	wrong "url: " --oidc-provider "url=https://me:secret@x,$SPEC"
	refuses usage 2 cosign signing-config create --fulcio "url=https://x,$SPEC" --fulcio x
	has "--fulcio, number 2: " "$error"
}

@test "logs and timestamp authorities need a way to choose them" {
	refuses usage 2 cosign signing-config create --rekor "url=https://x,$SPEC"
	has "--rekor needs --rekor-config" "$error"
	base
	refuses usage 2 cosign signing-config create --base-config base.json --tsa "url=https://x,$SPEC"
	has "--tsa needs --tsa-config" "$error"
	local mode
	for mode in SOME ANY:1 ALL: EXACT EXACT: EXACT:0 EXACT:x EXACT:-1 EXACT:4294967296 ' ANY' SERVICE_SELECTOR_UNDEFINED; do
		wrong "expected" --rekor-config "$mode"
		wrong "expected" --tsa-config "$mode"
	done
	create --rekor-config ANY
	shows .rekorTlogConfig '{"selector":"ANY"}'
}

@test "--out replaces a file as a whole; - is standard output" {
	printf '%9000s' x >out.json
	expect_status 0 cosign signing-config create --out out.json
	[ -z "$output" ]
	[ "$(stat -c %a out.json)" = 600 ]
	[ "$(cat out.json)" = "$EMPTY" ]
	create --out -
	[ "$output" = "$EMPTY" ]
	refuses io 1 cosign signing-config create --out nosuch/out.json
	# as with the original, no variable is a flag of this command
	COSIGN_FULCIO=frob create
}

@test "services are added to the signing config of a TUF repository" {
	load lib/tuf
	TUF_DIR=$BATS_TEST_TMPDIR/tuf tufrepo "
init()
add('signing_config.v0.2.json', open('$TOP/test/fuzz/seeds/signconf/whole.json').read())
add('signing_config_rekor_v2.v0.2.json', open('$TOP/test/fuzz/seeds/signconf/whole.json').read().replace('\"ANY\"', '\"ALL\"'))
commit()"
	use_tufrepo "file://$TUF_REPO"
	full=$TOP/test/fuzz/seeds/signconf/whole.json
	for flag in --with-default-services --with-default-rekor-v2; do
		expect_status 0 cosign signing-config create $flag
		[ "$(jq '.caUrls | length' <<<"$output")" = "$(jq '.caUrls | length' "$full")" ]
	done
	expect_status 0 cosign signing-config create --with-default-services --no-default-rekor --no-default-tsa --no-default-oidc \
		--fulcio url=https://one.example,api-version=1,start-time=2026-01-01T00:00:00Z,operator=me
	[ "$(jq -r '.caUrls[-1].url, (.caUrls | length), .rekorTlogUrls, .tsaUrls, .oidcUrls' <<<"$output" | paste -sd ' ')" = \
		"https://one.example $(jq '.caUrls | length + 1' "$full") null null null" ]
	# Without a mode of its own, that of the repository holds for all.
	expect_status 0 cosign signing-config create --with-default-services \
		--rekor url=https://one.example,api-version=1,start-time=2026-01-01T00:00:00Z,operator=me
	[ "$(jq -c '.rekorTlogConfig' <<<"$output")" = "$(jq -c .rekorTlogConfig "$full")" ]
	refuses usage 2 cosign signing-config create --with-default-services --base-config "$full"
	TUF_MIRROR=file:///nowhere refuses not-found 1 cosign signing-config create --with-default-services
}

@test "signing configs as the original makes them" {
	[ -e "$SHARED/fixtures/MANIFEST.json" ] || skip "no $SHARED"
	cd "$SHARED/fixtures"
	jq -c '.cases[] | select((.id | startswith("signing-config")) and .exit == 0)' MANIFEST.json >"$BATS_TEST_TMPDIR/cases"
	[ -s "$BATS_TEST_TMPDIR/cases" ]
	while read -r case; do
		readarray -t argv < <(jq -r '.argv[]' <<<"$case")
		expect_status 0 cosign "${argv[@]}"
		diff <(jq -S . <<<"$output") <(jq -r .stdout <<<"$case" | jq -S .)
	done <"$BATS_TEST_TMPDIR/cases"
}
