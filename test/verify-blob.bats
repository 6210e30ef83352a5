#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load lib/helpers

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	for kind in p256 p384 p521 rsa ed25519; do make_keys $kind $kind; done
	make_keys other p256
}

# Each test has its own directory.
setup() {
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/*.key "$BATS_FILE_TMPDIR"/*.pub .
	ln -s p256.key cosign.key
	ln -s p256.pub cosign.pub
	printf 'what is signed\n' >file
	printf 'something else' >wrong
}

sign() { cosign sign-blob --key cosign.key --tlog-upload=false "$@"; }
# With cosign.pub, unless a key is named.
verify() {
	case " $* " in
	*' --key '*) cosign verify-blob --private-infrastructure "$@" ;;
	*) cosign verify-blob --private-infrastructure --key cosign.pub "$@" ;;
	esac
}

@test "a file and its bundle, by keys of every type" {
	for kind in p256 p384 p521 rsa ed25519; do
		sign --key $kind.key --bundle b file
		expect_status 0 verify --key $kind.pub --bundle b file
		[ -z "$output" ]
		[ "$(tail -n 1 <<<"$stderr")" = 'Verified OK' ]
		expect_status 0 verify --key $kind.pub --bundle b - <file
		refuses wrong-subject 12 verify --key $kind.pub --bundle b wrong
		refuses bad-signature 12 verify --key other.pub --bundle b file
		[ -z "$output" ] || [ "$(jq .ok <<<"$output")" = false ]
	done
}

@test "an empty file" {
	: >empty
	for kind in p256 ed25519; do
		sign --key $kind.key --bundle b --output-signature s empty
		expect_status 0 verify --key $kind.pub --bundle b empty
		expect_status 0 verify --key $kind.pub --signature s empty
		expect_status 0 verify --key $kind.pub --bundle b - </dev/null
		expect_status 12 verify --key $kind.pub --bundle b file
	done
}

@test "signatures alone: in base64, raw, from a variable, on the line" {
	for kind in p256 p384 p521 rsa ed25519; do
		sign --key $kind.key --output-signature s file
		sign --key $kind.key --b64=false --output-signature raw file
		for given in s raw "$(cat s)" env://SIG; do
			SIG=$(cat s) expect_status 0 verify --key $kind.pub --signature "$given" file
			SIG=$(cat s) expect_status 0 verify --key $kind.pub --signature "$given" - <file
			SIG=$(cat s) refuses bad-signature 12 verify --key $kind.pub --signature "$given" wrong
		done
		printf '%s\n' "$(cat s)" | expect_status 0 verify --key $kind.pub --signature - file
	done
	refuses not-found 1 verify --signature nosuch file
	refuses not-found 1 verify --signature env://NOSUCH file
	: >s
	refuses bad-signature 12 verify --signature s file
}

@test "ECDSA signatures of r and s side by side, alone" {
	for pair in p256:64 p384:96 p521:132; do
		kind=${pair%:*} width=${pair#*:}
		sign --key $kind.key --b64=false --output-signature raw --bundle b file
		openssl asn1parse -inform DER -in raw | sed -n 's/.*INTEGER *:0*//p' | while read -r number; do
			printf '%*s' "$width" "$number" | tr ' ' 0
		done | basenc --base16 -d >pair
		expect_status 0 verify --key $kind.pub --signature pair file
		expect_status 0 verify --key $kind.pub --signature "$(base64 -w 0 pair)" file
		refuses bad-signature 12 verify --key $kind.pub --signature pair wrong
		{ cat pair; printf x; } >longer
		refuses bad-signature 12 verify --key $kind.pub --signature longer file
		# bundles are of one encoding
		jq -c --arg sig "$(base64 -w 0 pair)" '.messageSignature.signature = $sig' b >c
		refuses bad-signature 12 verify --key $kind.pub --bundle c file
	done
}

@test "bundles as before version 3" {
	for kind in p256 rsa ed25519; do
		sign --key $kind.key --new-bundle-format=false --bundle b file >s
		expect_status 0 verify --key $kind.pub --bundle b file
		expect_status 0 verify --key $kind.pub --new-bundle-format=false --bundle b file
		expect_status 0 verify --key $kind.pub --bundle b --signature s file
		refuses bad-signature 12 verify --key $kind.pub --bundle b wrong
		refuses bad-signature 12 verify --key other.pub --bundle b file
	done
	sign --key other.key --output-signature s file
	refuses bad-signature 12 verify --bundle b --signature s file
	sign --bundle b file
	refuses bad-bundle 12 verify --new-bundle-format=false --bundle b file
}

@test "a digest in place of the file" {
	for pair in p256:sha256 p384:sha384 p521:sha512 rsa:sha256 ed25519:sha512; do
		kind=${pair%:*} hash=${pair#*:}
		sign --key $kind.key --bundle b file
		expect_status 0 verify --key $kind.pub --bundle b "$hash:$(${hash}sum file | cut -d ' ' -f 1)"
		refuses wrong-subject 12 verify --key $kind.pub --bundle b "$hash:$(${hash}sum wrong | cut -d ' ' -f 1)"
	done
	# pure Ed25519 signs no digest, and the digest must be one the bundle names
	sign --key ed25519.key --output-signature s file
	refuses bad-signature 12 verify --key ed25519.pub --signature s "sha512:$(sha512sum file | cut -d ' ' -f 1)"
	sign --bundle b file
	refuses wrong-subject 12 verify --bundle b "sha512:$(sha512sum file | cut -d ' ' -f 1)"
	for bad in sha256:abc "sha1:$(sha1sum file | cut -d ' ' -f 1)" "SHA256:$(sha256sum file | cut -d ' ' -f 1)" sha256: nosuch; do
		refuses not-found 1 verify --bundle b "$bad"
	done
	# a file of that name is a file
	name=sha256:$(sha256sum file | cut -d ' ' -f 1)
	cp wrong "$name"
	refuses wrong-subject 12 verify --bundle b "$name"
}

@test "names of files: variables, devices, pipes" {
	for kind in p256 ed25519; do
		sign --key $kind.key --bundle b --output-signature s file
		WHAT=$'what is signed\n' expect_status 0 verify --key $kind.pub --bundle b env://WHAT
		WHAT=$'what is signed\n' expect_status 0 verify --key $kind.pub --signature s env://WHAT
		expect_status 0 verify --key $kind.pub --signature s /dev/stdin <file
		expect_status 0 verify --key $kind.pub --signature s <(cat file)
		expect_status 0 verify --key $kind.pub --bundle <(cat b) file
	done
	refuses not-found 1 verify --bundle b env://NOSUCH
	refuses io 1 verify --bundle b .
	refuses not-found 1 verify --bundle nosuch file
}

@test "URLs" {
	mkdir www
	cp file www/
	sign --bundle www/b --output-signature www/s file
	start_server www 's/^Serving HTTP on .* port \([0-9]*\) .*/\1/p' python3 -u -m http.server -b 127.0.0.1 -d www 0
	u=http://127.0.0.1:$SERVER
	expect_status 0 verify --bundle $u/b $u/file
	expect_status 0 verify --signature $u/s $u/file
	expect_status 0 verify --signature $u/s file
	expect_status 0 verify --bundle b --output out $u/file --bundle $u/b --threshold 1 || true
	sign --key ed25519.key --output-signature s file
	expect_status 0 verify --key ed25519.pub --signature s $u/file
	refuses http 1 verify --bundle $u/b $u/nosuch
	refuses http 1 verify --bundle $u/nosuch file
	stop_servers
}

@test "without a URL no helper is started, and no network is needed" {
	printf '#!/bin/sh\ntouch "%s/started"\n' "$PWD" >spy
	chmod +x spy
	sign --bundle b file
	COSIGN_REMOTE_HTTP=$PWD/spy expect_status 0 verify --bundle b file
	COSIGN_REMOTE_HTTP=$PWD/spy expect_status 0 verify --bundle b - <file
	[ ! -e started ]
	unshare -rn true 2>/dev/null || skip 'no namespaces here'
	expect_status 0 unshare -rn "$BIN/cosign-verify-blob" --key cosign.pub --private-infrastructure --bundle b file
}

@test "private keys are no keys to verify with" {
	sign --bundle b file
	refuses bad-key 1 verify --key cosign.key --bundle b file
	[ -z "$output" ]
}

@test "several files, a bundle each" {
	cp wrong third
	sign --bundle '{}.b' file wrong third
	expect_status 0 verify --bundle '{}.b' file wrong third
	[ -z "$output" ]
	[ "$(grep -c 'Verified OK' <<<"$stderr")" -eq 3 ]
	printf x >>wrong
	rm third
	refuses wrong-subject 12 verify --bundle '{}.b' file wrong third
	expect_status 12 verify --bundle '{}.b' file wrong third
	has 'file: Verified OK' "$stderr"
	has 'wrong: the bundle is about something else' "$stderr"
	has 'third: cannot open third' "$stderr"
	has 'Error: 2 of 3 files failed, the first: wrong: ' "$stderr"
	refuses usage 2 verify --bundle file.b file wrong
	sign --output-signature '{}.sig' file wrong
	expect_status 0 verify --signature '{}.sig' file wrong
	refuses usage 2 verify --signature file.sig file wrong
}

@test "a record of each" {
	sign --bundle '{}.b' file wrong
	printf x >>wrong
	expect_status 12 verify --json --bundle '{}.b' file wrong
	[ "$(jq -r '[.type, .file, .digest, .ok, .reason, .exit, .good] | join(" ")' <<<"$output")" = "\
cosign.verdict/1 file $(digest_of file) true   1
cosign.verdict/1 wrong $(digest_of wrong) false wrong-subject 12 0" ]
	[ "$(jq -rc '.signatures[] | .form, .bundle, .ok, (.checks[] | select(.check == "subject") | .status)' <<<"$output" | paste -sd ' ')" = \
		'bundle file.b true passed bundle wrong.b false failed' ]
	expect_status 0 verify --json --jq .digest --bundle file.b file
	[ "$output" = "\"$(digest_of file)\"" ]
	sign --output-signature s file
	expect_status 0 verify --json --signature s file
	[ "$(jq -c '.signatures[0] | [.form, has("bundle")]' <<<"$output")" = '["legacy",false]' ]
}

@test "several bundles of one file" {
	sign --bundle a file
	sign --bundle b wrong
	expect_status 0 verify --bundle a --bundle b file
	has 'WARNING: b: the bundle is about something else' "$stderr"
	expect_status 0 verify --bundle b --bundle a file
	refuses no-matching-signature 12 verify --bundle b --bundle b file
	has 'none of 2 signatures' "$stderr"
	refuses usage 2 verify --bundle a --bundle b --signature a file
}

@test "a signed list of checksums" {
	mkdir dir
	printf three >$'dir/a\nb'
	sha256sum file wrong dir/* >SUMS
	sha512sum --tag file >>SUMS
	sign --bundle S.b SUMS
	expect_status 0 verify --check --bundle S.b SUMS
	[ "$output" = 'file: OK
wrong: OK
\dir/a\nb: OK
file: OK' ]
	has 'Verified OK' "$stderr"
	expect_status 0 verify --bundle S.b --check - <SUMS
	printf x >>wrong
	rm dir/*
	expect_status 1 verify --check --bundle S.b SUMS
	[ "$output" = 'file: OK
wrong: FAILED
\dir/a\nb: FAILED open or read
file: OK' ]
	has 'Error: 2 of 4 files failed, the first: wrong is not what the list says' "$stderr"
	refuses digest-mismatch 1 verify --check --bundle S.b SUMS
	[ "$(jq -r '[.type, .file, .ok, .reason] | join(" ")' <<<"$output" | tr '\n' '|')" = "\
cosign.verdict/1 SUMS true |cosign.checksum/1 file true |cosign.checksum/1 wrong false digest-mismatch|\
cosign.checksum/1 dir/a|b false not-found|cosign.checksum/1 file true |" ]
	cp "$BATS_TEST_TMPDIR/file" wrong
	printf 'something else' >wrong
	expect_status 0 verify --check --ignore-missing --bundle S.b SUMS
	[ "$(wc -l <<<"$output")" -eq 3 ]
	# a changed list is not believed, and its files are not looked at
	echo "$(sha256sum other.pub)" >>SUMS
	refuses wrong-subject 12 verify --check --bundle S.b SUMS
	expect_status 12 verify --check --bundle S.b SUMS
	[ -z "$output" ]
}

@test "lists that are none" {
	try() { # SLUG STATUS TEXT
		printf "$3" >SUMS
		sign --bundle S.b SUMS
		refuses "$1" "$2" verify --check "${flags[@]}" --bundle S.b SUMS
	}
	flags=()
	try bad-record 1 ''
	try bad-record 1 '# nothing\n\n'
	sum=$(sha256sum file | cut -d ' ' -f 1)
	try bad-encoding 1 "$sum  file\nhello\n"
	try bad-encoding 1 "$sum  file\nSHA512 (file) = $sum\n"
	try unsupported 2 "$(md5sum file)\n"
	try io 1 "$sum  .\n"
	flags=(--ignore-missing)
	try bad-record 1 "$sum  nosuch\n"
}

@test "a filter lets nothing through before the verdict" {
	head -c 300000 /dev/urandom >big
	for kind in p256 ed25519; do
		sign --key $kind.key --bundle b --output-signature s big
		expect_status 0 verify --key $kind.pub --bundle b --output out - <big
		cmp out big
		[ "$(stat -c %a out)" = "$(printf '%o' $((0666 & ~0$(umask))))" ]
		rm out
		verify --key $kind.pub --signature s --output - - <big | cmp - big
		verify --key $kind.pub --bundle b --output - big | cmp - big
		expect_status 12 verify --key $kind.pub --bundle b --output - - <file
		[ -z "$output" ]
		expect_status 12 verify --key $kind.pub --bundle b --output out file
		[ ! -e out ]
	done
	echo keep >out
	expect_status 12 verify --key p256.pub --bundle b --output out big
	[ "$(cat out)" = keep ]
	expect_status 0 verify --key ed25519.pub --bundle b --output out big
	cmp out big
	[ "$(ls | grep -c '^out')" -eq 1 ]
	verify --key ed25519.pub --bundle b --output - big | head -c 1 >/dev/null
	refuses usage 2 verify --bundle b --output out big file --bundle '{}.b'
	expect_status 2 verify --key ed25519.pub --bundle b --output - --json big
	refuses usage 2 verify --key ed25519.pub --bundle b --output out "sha512:$(sha512sum big | cut -d ' ' -f 1)"
	TMPDIR=/nosuch refuses io 1 verify --key ed25519.pub --bundle b --output out big
	sign --bundle b big
	TMPDIR=/nosuch expect_status 0 verify --bundle b - <big
}

@test "lines of JSON, a verdict each" {
	sign --bundle file.b file
	sign --key ed25519.key --output-signature s --bundle e.b wrong
	hash=$(digest_of file)
	{
		echo '{"file":"file","bundle":"file.b","mine":[1,{"a":2}]}'
		echo '{"digest":"'$hash'","bundle":'"$(cat file.b)"',"id":7}'
		echo '{"file":"file","digest":"'$hash'","bundle":"file.b"}'
	} >lines
	expect_status 0 verify --ndjson - <lines
	[ "$(jq -c '[.type, .file, .digest == "'$hash'", .ok, .mine, .id, has("bundle")]' <<<"$output")" = '["cosign.verdict/1","file",true,true,[1,{"a":2}],null,false]
["cosign.verdict/1",null,true,true,null,7,false]
["cosign.verdict/1","file",true,true,null,null,false]' ]
	has '3 files: 3 verified, 0 refused' "$stderr"
	# nothing that vouches for standard input itself
	expect_status 0 verify - <lines
	[ "$(jq -c .ok <<<"$output" | tr '\n' ' ')" = 'true true true ' ]
	# sign-blob's own records
	cosign sign-blob --key cosign.key --tlog-upload=false --json file wrong | verify --ndjson - >out
	[ "$(jq -c .ok out | tr '\n' ' ')" = 'true true ' ]
	{
		echo '{"file":"wrong","bundle":"file.b"}'
		echo 'no JSON'
		echo '[]'
		echo '{"bundle":"file.b"}'
		echo '{"file":"file"}'
		echo '{"file":"nosuch","bundle":"file.b"}'
		echo '{"file":"file","bundle":"nosuch"}'
		echo '{"file":"-","bundle":"file.b"}'
		echo '{"file":"file","bundle":"-"}'
		echo '{"file":7,"bundle":"file.b"}'
		echo '{"file":"file","digest":"'$(digest_of wrong)'","bundle":"file.b"}'
		echo '{"digest":"sha256:1","bundle":"file.b"}'
		echo '{"file":"http://127.0.0.1:1/file","bundle":"file.b"}'
		echo '{"file":"env://HOME","bundle":"file.b"}'
		echo '{"file":"file","bundle":"https://127.0.0.1:1/b"}'
		echo '{"file":"file","bundle":{}}'
		cat lines
	} >mixed
	for jobs in 1 3; do
		expect_status 12 verify --jobs $jobs --ndjson - <mixed
		[ "$(jq -r '.reason // "ok"' <<<"$output" | tr '\n' ' ')" = 'wrong-subject bad-json bad-record bad-record bad-record not-found not-found bad-record bad-record bad-record digest-mismatch bad-digest not-found not-found not-found bad-bundle ok ok ok ' ]
		has '19 files: 3 verified, 16 refused' "$stderr"
	done
	refuses bad-record 1 verify --ndjson - </dev/null
	refuses usage 2 verify --ndjson file
	refuses usage 2 verify --ndjson --bundle file.b -
	refuses usage 2 verify --ndjson --check -
	refuses usage 2 verify --ndjson --jobs 0 -
	echo '{"file":"file"}' | expect_status 0 verify --ndjson --bundle '{}.b' -
}

@test "a thousand lines, in order, by one process or several" {
	sign --bundle file.b file
	for ((i = 0; i < 1000; i++)); do
		echo '{"file":"file","bundle":"file.b","n":'$i'}'
	done >lines
	verify --ndjson - <lines | jq -c 'select(.ok).n' | cmp - <(seq 0 999)
	verify --ndjson --jobs 4 - <lines | jq -c 'select(.ok).n' | cmp - <(seq 0 999)
}

@test "answers come while lines still come" {
	sign --bundle file.b file
	mkfifo in out
	verify --ndjson - <in >out 2>/dev/null 3>&- &
	pid=$!
	exec 8>in 9<out
	for n in 1 2; do
		echo '{"file":"file","bundle":"file.b"}' >&8
		read -r -t 20 -u 9 line
		[ "$(jq .ok <<<"$line")" = true ]
	done
	exec 8>&- 9<&-
	wait $pid
}

@test "what does not go together" {
	sign --bundle b --output-signature s file
	refuses usage 2 verify file
	refuses usage 2 verify --bundle - -
	refuses usage 2 verify --signature - - --bundle b
	refuses usage 2 verify --bundle b --signature s file
	refuses usage 2 verify --bundle b --rfc3161-timestamp s file
	refuses usage 2 verify --signature s --rfc3161-timestamp s file
	refuses usage 2 verify --bundle b --ignore-missing file
	refuses usage 2 verify --bundle b
	refuses usage 2 verify --check --output out --bundle b file
}

@test "an explicit hash is used alone" {
	sign --key p384.key --bundle b --output-signature s file
	expect_status 0 verify --key p384.pub --signature-digest-algorithm sha384 --bundle b file
	expect_status 12 verify --key p384.pub --signature-digest-algorithm sha256 --bundle b file
	expect_status 12 verify --key p384.pub --signature-digest-algorithm sha256 --signature s file
	refuses usage 2 verify --key p384.pub --signature-digest-algorithm md5 --signature s file
}

@test "memory does not grow with the file" {
	case $BIN in *build-*) skip 'sanitizers take more' ;; esac
	command -v /usr/bin/time >/dev/null || skip 'needs time(1)'
	truncate -s 200M big
	sign --bundle b big
	/usr/bin/time -f %M -o rss cosign-verify-blob --key cosign.pub --private-infrastructure --bundle b big 2>/dev/null ||
		/usr/bin/time -f %M -o rss "$BIN/cosign-verify-blob" --key cosign.pub --private-infrastructure --bundle b big
	[ "$(tail -n 1 rss)" -lt 12288 ]
	/usr/bin/time -f %M -o rss "$BIN/cosign-verify-blob" --key cosign.pub --private-infrastructure --bundle b --output - - <big >out
	[ "$(tail -n 1 rss)" -lt 12288 ]
	cmp out big
	# a key that signs the file itself
	sign --key ed25519.key --output-signature s big
	/usr/bin/time -f %M -o rss "$BIN/cosign-verify-blob" --key ed25519.pub --private-infrastructure --signature s big
	[ "$(tail -n 1 rss)" -lt 12288 ]
}

@test "examples" {
	printf '{}' >payload.json
	sha256sum file >SHA256SUMS
	sign --bundle '{}.sigstore.json' file payload.json SHA256SUMS
	run_examples verify-blob
}

@test "a file with {} in its own name" {
	sign --bundle b file
	cp file 'a{}b'
	expect_status 0 verify --bundle b 'a{}b'
}
