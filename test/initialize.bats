# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/tuf

setup_file() {
	make_first_tufrepo
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	new_tufrepo 'add("signing_config.v0.2.json", "{}"); commit()'
	unset TUF_MIRROR TUF_ROOT_JSON
	ROOT=$TUF_REPO/1.root.json
}

teardown() {
	stop_servers
}

init() {
	cosign initialize "$@"
}

files() {
	(cd "$TUF_ROOT" && find . -type f | LC_ALL=C sort | paste -sd ' ')
}

@test "from then on the repository is the one that is asked" {
	expect_status 0 init --mirror "file://$TUF_REPO" --root "$ROOT"
	[ -z "$output$stderr" ]
	name=$(basename "$KEPT")
	[ "$(files)" = "./$name.json ./$name/root.json ./$name/snapshot.json ./$name/targets.json ./$name/targets/signing_config.v0.2.json ./$name/targets/trusted_root.json ./$name/timestamp.json ./remote.json" ]
	[ "$(cat "$TUF_ROOT/remote.json")" = "{\"mirror\":\"file://$TUF_REPO\"}" ]
	[ "$(stat -c %a "$TUF_ROOT" "$KEPT" "$TUF_ROOT/remote.json" | paste -sd ' ')" = "700 700 600" ]
	expect_status 0 cosign get-trust
	[ "$output" = "$(cat "$TOP/test/vectors/good/tlog/trusted_root.json")" ]
}

@test "over http, and again" {
	serve_tufrepo
	mirror=$TUF_MIRROR
	unset TUF_MIRROR TUF_ROOT_JSON
	expect_status 0 init --mirror "$mirror" --root "$ROOT"
	tufrepo 'rotate("root"); commit()'
	expect_status 0 init --mirror "$mirror" --root "$ROOT"
	[ "$(version_of "$KEPT/root.json")" = 2 ]
	[ "$(find "$TUF_ROOT" -name '.new*')" = "" ]
}

@test "what was kept stays until the new is whole" {
	init --mirror "file://$TUF_REPO" --root "$ROOT"
	echo mine >"$TUF_ROOT/mine"
	tufrepo 'commit(); state["signers"]["targets"] = []; publish("targets", "snapshot", "timestamp")'
	refuses unsigned-metadata 1 init --mirror "file://$TUF_REPO" --root "$ROOT"
	[ "$(version_of "$KEPT/timestamp.json")" = 3 ]
	[ "$(find "$TUF_ROOT" -name '.new*')" = "" ]
	refuses not-found 1 init --mirror "file://$TUF_REPO/none" --root "$ROOT"
	has "$TUF_REPO\"" "$(cat "$TUF_ROOT/remote.json")"
	[ "$(cat "$TUF_ROOT/mine")" = mine ]
}

@test "a server that fails leaves what was kept as it is" {
	serve_tufrepo
	mirror=$TUF_MIRROR
	unset TUF_MIRROR TUF_ROOT_JSON
	init --mirror "$mirror" --root "$ROOT"
	tufrepo 'publish("root"); add("trusted_root.json", "no trusted root"); commit()'
	state() {
		(cd "$TUF_ROOT" && find . -type f -exec sha256sum {} + | LC_ALL=C sort)
	}
	state >before
	target=$(printf 'no trusted root' | sha256sum | cut -c1-64).trusted_root.json
	for file in 2.root.json timestamp.json 4.snapshot.json 4.targets.json "targets/$target"; do
		[ -e "$TUF_REPO/$file" ]
		for fault in reset:network halfbody:network status/403:http status/503:http endless:too-large noise:protocol; do
			echo "/${fault%:*}" >"$TUF_REPO/$file.fault"
			refuses "${fault##*:}" 1 init --mirror "$mirror" --root "$ROOT" --retry 0
			has "$mirror" "$error"
			state | cmp before -
			[ -z "$(find "$TUF_ROOT" -name '.new*')" ]
		done
		rm "$TUF_REPO/$file.fault"
	done
}

@test "what a killed run left behind goes away when it is old" {
	mkdir -p "$TUF_ROOT"/.new.older/targets "$TUF_ROOT"/.new.young
	echo x | tee "$TUF_ROOT"/.new.older/root.json >"$TUF_ROOT"/.new.older/targets/x
	touch -d '2 days ago' "$TUF_ROOT"/.new.older
	init --mirror "file://$TUF_REPO" --root "$ROOT"
	[ ! -e "$TUF_ROOT"/.new.older ]
	[ -e "$TUF_ROOT"/.new.young ]
}

@test "without a root the public one is meant, and that is said" {
	refuses unsigned-metadata 1 init --mirror "file://$TUF_REPO" ||
		refuses expired-metadata 1 init --mirror "file://$TUF_REPO"
	has "--root FILE" "$(jq -r .hint <<<"$error")"
}

@test "the root may come from a file, a URL or a variable, and is checked" {
	serve_tufrepo
	url=$TUF_MIRROR
	unset TUF_MIRROR TUF_ROOT_JSON
	sum=$(sha256sum <"$ROOT" | cut -c1-64)
	long=$(sha512sum <"$ROOT" | cut -c1-128)
	expect_status 0 init --mirror "$url" --root "$url/1.root.json"
	has "without providing its checksum is deprecated" "$stderr"
	for value in "$sum" "sha256:$sum" "sha512:$long"; do
		expect_status 0 init --mirror "$url" --root "$url/1.root.json" --root-checksum "$value"
		[ -z "$stderr" ]
	done
	ROOT_TEXT=$(cat "$ROOT") expect_status 0 init --mirror "$url" --root env://ROOT_TEXT
	refuses digest-mismatch 1 init --mirror "$url" --root "$ROOT" --root-checksum "$(tr 0-9a-f 1-9a-f0 <<<"$sum")"
	refuses usage 2 init --mirror "$url" --root "$ROOT" --root-checksum "md5:$sum"
	refuses usage 2 init --mirror "$url" --root "$ROOT" --root-checksum short
	refuses not-found 1 init --mirror "$url" --root none
	refuses bad-json 1 init --mirror "$url" --root "$TOP/README.md"
	refuses unsigned-metadata 1 init --mirror "$url" --root <(sed 's/2026/2027/' "$ROOT")
	refuses usage 2 init --mirror ftp://x
	refuses usage 2 init --mirror "$url" argument
}

@test "a repository without a trusted root says what it has" {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null | openssl pkey -pubout >log.pub
	tufrepo 'drop("trusted_root.json"); drop("signing_config.v0.2.json"); add("rekor.pub", open("log.pub").read()); commit()'
	expect_status 0 init --mirror "file://$TUF_REPO" --root "$ROOT"
	[ "${lines[0]}" = "Root status: " ]
	[ "${lines[1]}" = " {" ]
	[ "${lines[2]}" = $'\t"local": "'"$TUF_ROOT"'",' ]
	tail -n +2 <<<"$output" >status.json
	[ "$(jq -r '.targets | join(" ")' status.json)" = rekor.pub ]
	[ "$(jq -r '.metadata | keys | join(" ")' status.json)" = "root.json snapshot.json targets.json timestamp.json" ]
	[ "$(jq -r '.metadata["targets.json"].version' status.json)" = 4 ]
	jq -er '.metadata["root.json"].expiration | test("^[0-9]{2} [A-Z][a-z]{2} [0-9]{2} [0-9:]{5} UTC$")' status.json
	has "signing_config.json" "$stderr"
	has "falling back to individual targets" "$stderr"
	[ -e "$KEPT/targets/rekor.pub" ]
	tufrepo 'drop("rekor.pub"); commit()'
	refuses not-found 1 init --mirror "file://$TUF_REPO" --root "$ROOT"
}

@test "a trusted root that is none is refused" {
	tufrepo 'add("trusted_root.json", "{}"); commit()'
	refuses bad-trusted-root 1 init --mirror "file://$TUF_REPO" --root "$ROOT"
}

@test "without a place to keep it there is nothing to do" {
	unset TUF_ROOT HOME
	refuses bad-config 1 init --mirror "file://$TUF_REPO" --root "$ROOT"
	TUF_ROOT=/proc/nowhere refuses io 1 init --mirror "file://$TUF_REPO" --root "$ROOT"
	SIGSTORE_NO_CACHE=true expect_status 0 init --mirror "file://$TUF_REPO" --root "$ROOT"
	export HOME=$PWD/home
	expect_status 0 init --mirror "file://$TUF_REPO" --root "$ROOT"
	[ -s "home/.sigstore/root/remote.json" ]
}

@test "the public instance and its staging need no root" {
	export https_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1
	refuses network 1 init --retry 0
	has tuf-repo-cdn.sigstore.dev/16.root.json "$(jq -r .message <<<"$error")"
	refuses network 1 init --retry 0 --staging --mirror "file://$TUF_REPO"
	has tuf-repo-cdn.sigstage.dev/15.root.json "$(jq -r .message <<<"$error")"
	[ ! -e "$KEPT" ]
}

@test "several at once" {
	for i in 1 2 3 4; do
		init --mirror "file://$TUF_REPO" --root "$ROOT" 3>&- &
		pids="${pids-} $!"
	done
	for pid in $pids; do
		wait "$pid"
	done
	cosign get-trust >got.json
	cmp got.json "$TOP/test/vectors/good/tlog/trusted_root.json"
}

@test "an identity signs and is verified with nothing but the repository" {
	load lib/sigstore
	start_sigstore
	tufrepo "
add('trusted_root.json', open('$SIGDIR/trusted_root.json', 'rb').read())
add('signing_config.v0.2.json', open('$SIGDIR/signing_config.json', 'rb').read())
commit()"
	expect_status 0 init --mirror "file://$TUF_REPO" --root "$ROOT"
	echo 'what is signed' >file
	expect_status 0 cosign sign-blob --identity-token "$(id_token)" --yes --bundle b file
	expect_status 0 cosign verify-blob --certificate-identity alice@example.com --certificate-oidc-issuer "$OIDC_URL" --bundle b file
	# Signing takes one refresh for both targets, and so does verifying for one.
	serve_tufrepo
	expect_status 0 cosign sign-blob --identity-token "$(id_token)" --yes --bundle c file
	requests=$(jq -r '.target | sub("^/files/"; "") | gsub("[0-9a-f]{64}"; "HASH")' "$ASKED" | paste -sd ' ')
	[ "$requests" = "2.root.json timestamp.json 4.snapshot.json 4.targets.json targets/HASH.signing_config.v0.2.json targets/HASH.trusted_root.json" ] ||
		{ echo "$requests" >&2; false; }
	: >"$ASKED"
	expect_status 0 cosign sign-blob --identity-token "$(id_token)" --yes --bundle c file
	[ "$(jq -r .target "$ASKED" | paste -sd ' ')" = "/files/2.root.json /files/timestamp.json" ]
	: >"$ASKED"
	expect_status 0 cosign sign-blob --trusted-root "$SIGDIR/trusted_root.json" --identity-token "$(id_token)" --yes --bundle c file
	[ "$(jq -r .target "$ASKED" | paste -sd ' ')" = "/files/2.root.json /files/timestamp.json" ]
	refuses not-found 1 cosign sign-blob --trusted-root nowhere.json --identity-token "$(id_token)" --yes --bundle c file
	use_tufrepo "file://$TUF_REPO"
	echo more >>file
	refuses wrong-subject 12 cosign verify-blob --certificate-identity alice@example.com --certificate-oidc-issuer "$OIDC_URL" \
		--bundle b file
	make_layout image v1 >image.digest
	expect_status 0 cosign sign --identity-token "$(id_token)" --yes "oci:image@$(cat image.digest)"
	expect_status 0 cosign verify --certificate-identity alice@example.com --certificate-oidc-issuer "$OIDC_URL" "oci:image@$(cat image.digest)"
}
