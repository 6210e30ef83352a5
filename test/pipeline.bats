#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Pipes and porcelain do the same, byte for byte.
load lib/helpers

setup_file() {
	start_registry
	start_fake_registry
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign rsa
	make_keys other ed25519
}

teardown_file() { stop_servers; }

setup() {
	set -o pipefail
	cd "$BATS_TEST_TMPDIR"
	ln -s "$BATS_FILE_TMPDIR"/*.key "$BATS_FILE_TMPDIR"/*.pub .
}

by_pipe() { # IMAGE KEY FORM
	cosign resolve "$1" | cosign make-payload -a n=1 --new-bundle-format="$3" | cosign sign-payload --key "$2" |
		cosign pack-bundle | cosign put-bundle
}

by_porcelain() {
	cosign sign --json --key "$2" $SIGN_KEY -a n=1 --new-bundle-format="$3" "$1" 2>/dev/null
}

@test "signing: the same manifests" {
	export SOURCE_DATE_EPOCH=1700000000
	for key in cosign.key other.key; do
		for form in true false; do
			for way in pipe porcelain; do
				rm -rf image
				make_layout image example.com/app:1 >digest
				by_$way oci:image $key $form >$way.json
				rm -rf $way
				mv image $way
			done
			cmp pipe.json porcelain.json
			diff -r -x '*.lock' pipe porcelain
		done
	done
}

@test "signing in registries: the same locations" {
	export SOURCE_DATE_EPOCH=1700000000
	for host in "$REG" "$FAKE"; do
		for form in true false; do
			push_image "$host/pipe-$form:1" "$host $form" >digest
			by_pipe "$host/pipe-$form:1" cosign.key $form >pipe.json
			push_image "$host/porcelain-$form:1" "$host $form" >digest
			by_porcelain "$host/porcelain-$form:1" cosign.key $form | sed 's/porcelain/pipe/g' >porcelain.json
			if [ $form = true ]; then
				cmp pipe.json porcelain.json
			else # the payload names the repository
				[ "$(jq .tag pipe.json)" = "$(jq .tag porcelain.json)" ]
			fi
		done
	done
}

@test "verifying: the same verdict" {
	make_layout image example.com/app:1
	for form in true false; do
		for key in cosign.key other.key; do by_porcelain oci:image $key $form >/dev/null; done
	done
	for flags in "" "-a n=1" "-a n=2" "--check-claims=false"; do
		for key in cosign.pub other.pub; do
			run -0 --separate-stderr bash -c "cosign verify --json --key $key $VERIFY_KEY $flags oci:image || true"
			porcelain=$output
			run -0 --separate-stderr bash -c "cosign resolve oci:image | cosign ls-signatures | cosign check-bundle --key $key $VERIFY_KEY $flags || true"
			[ "$output" = "$porcelain" ]
		done
	done
}

@test "verifying attestations: the same verdict" {
	make_layout image example.com/app:1
	for form in true false; do
		for key in cosign.key other.key; do
			for type in custom https://example.com/type; do
				cosign attest --key $key $SIGN_KEY --new-bundle-format=$form --type $type --predicate <(echo '{"n":1}') oci:image
			done
		done
	done
	by_porcelain oci:image cosign.key true >/dev/null
	for flags in "" "--type https://example.com/type" "--type vuln" "--threshold 2 --key other.pub" "--policy-jq .predicate.Data" "--policy-jq .predicate.none" "--check-claims=false"; do
		for key in cosign.pub other.pub; do
			run -0 --separate-stderr bash -c "cosign verify-attestation --json --key $key $VERIFY_KEY $flags oci:image || true"
			porcelain=$output
			run -0 --separate-stderr bash -c "cosign resolve oci:image | cosign ls-signatures --attestations | cosign check-bundle --attestations --key $key $VERIFY_KEY $flags || true"
			[ "$output" = "$porcelain" ]
			for form in envelope statement predicate; do
				run --separate-stderr cosign verify-attestation --output $form --key $key $VERIFY_KEY $flags oci:image
				porcelain=$status:$output
				run --separate-stderr bash -o pipefail -c "cosign resolve oci:image | cosign ls-signatures --attestations | cosign check-bundle --attestations --output $form --key $key $VERIFY_KEY $flags"
				[ "$status:$output" = "$porcelain" ]
			done
		done
	done
}

@test "a step refuses an empty input, a foreign record and broken lines" {
	for step in make-payload "sign-payload --key cosign.key" pack-bundle put-bundle "check-bundle --key cosign.pub $VERIFY_KEY"; do
		refuses bad-record 1 cosign $step </dev/null
		refuses bad-json 1 cosign $step <<<'{"type":'
		refuses bad-record 1 cosign $step <<<'{"type":"cosign.location/1"}'
		refuses bad-record 1 cosign $step <<<'[]'
	done
}

@test "a record that fails takes no others with it, in any step" {
	local i
	for i in 1 2 3; do make_layout "image$i" "example.com/app:$i" "layer $i"; done
	cosign resolve oci:image{1,2,3} >resolved
	cosign make-payload <resolved >payloads
	cosign sign-payload --key cosign.key <payloads >signed
	cosign pack-bundle <signed >packed
	# What each reads, without a member that it needs in the second.
	broken() { sed '2s/"digest":"sha256:[0-9a-f]*",/"digest":"none",/; 2s/"form":"bundle"/"form":"none"/' "$1"; }
	for step in "make-payload resolved" "sign-payload payloads --key cosign.key" "pack-bundle signed" "put-bundle packed"; do
		read -r name file flags <<<"$step"
		run --separate-stderr cosign $name $flags --json < <(broken $file)
		[ "$status" -ne 0 ]
		[ "$(jq -r .image <<<"$output" | paste -sd ' ')" = "$(sed -n '1p;3p' resolved | jq -r .image | paste -sd ' ')" ]
		[ "$(jq -r .message <<<"${stderr_lines[-1]}" | cut -d: -f1-2)" = "1 of 3 records failed, the first: record 2" ]
	done
	cosign verify --key cosign.pub $VERIFY_KEY oci:image3
	refuses no-signature 10 cosign verify --key cosign.pub $VERIFY_KEY oci:image2
}

@test "members that a step does not know pass" {
	make_layout image example.com/app:1
	cosign resolve oci:image | jq -c '. + {"mine": [1, {"x": null}]}' | cosign make-payload |
		cosign sign-payload --key cosign.key | cosign pack-bundle | cosign put-bundle >out
	[ "$(jq -c .mine out)" = '[1,{"x":null}]' ]
}

@test "many images keep their order" {
	for i in 1 2 3 4 5; do make_layout "image$i" "example.com/app:$i" "layer $i"; done
	cosign resolve oci:image{1,2,3,4,5} | cosign make-payload | cosign sign-payload --key cosign.key |
		cosign pack-bundle | cosign put-bundle | jq -r .image >out
	[ "$(paste -sd ' ' out)" = "$(cosign resolve oci:image{1,2,3,4,5} | jq -r .image | paste -sd ' ')" ]
}

# A cluster with two pods; hosts that are this machine; and an SBOM generator.
stand_ins() {
	mkdir -p bin
	printf '%s\n' oci:image oci:image >images.txt
	cat >pods.json <<-'EOF'
		{"items":[
		 {"metadata":{"namespace":"a","name":"one"},"status":{"containerStatuses":[{"imageID":"docker-pullable://oci:image"},{"imageID":"oci:image"}]}},
		 {"metadata":{"namespace":"b","name":"two"},"status":{"containerStatuses":[{"imageID":"oci:image"}]}},
		 {"metadata":{"namespace":"b","name":"new"},"status":{}}]}
	EOF
	printf '%s\n' '#!/bin/sh' '[ "$*" = "get pods -A -o json" ] && cat pods.json' >bin/kubectl
	cat >bin/parallel <<-'EOF'
		#!/bin/bash
		for arg; do
			shift
			case $arg in
			-S | --basefile) skip=1 ;;
			*) [ -n "$skip" ] || set -- "$@" "$arg"; skip= ;;
			esac
		done
		exec /usr/bin/parallel --will-cite -j2 "$@"
	EOF
	cat >bin/syft <<-EOF
		#!/bin/sh
		case \$2 in spdx-json) name=syft.spdx.json ;; cyclonedx-json) name=syft.cdx.json ;; esac
		exec cat "$TOP/test/vectors/good/sbom/\$name"
	EOF
	chmod +x bin/*
	PATH=$PWD/bin:$PATH
}

@test "GNU parallel shares a list out: all answers, in order, and the right status" {
	make_layout image example.com/app:1 >/dev/null
	make_layout bare example.com/app:2 bare >/dev/null
	by_porcelain oci:image cosign.key true >/dev/null
	for ((i = 0; i < 230; i++)); do echo "{\"image\":\"oci:image\",\"n\":$i}"; done >images
	share="parallel --will-cite --pipe -N 50 -j2 -k cosign verify --json --key cosign.pub $VERIFY_KEY -"
	$share <images >verdicts 2>err
	cmp <(seq 0 229) <(jq .n verdicts)
	jq -e -s 'all(.ok)' verdicts
	echo '{"image":"oci:bare","n":230}' >>images
	run -1 --separate-stderr bash -c "$share <images"
	[ "$(wc -l <<<"$output")" -eq 231 ]
	[ "$(jq -r 'select(.ok | not) | .reason' <<<"$output")" = no-signature ]
}

@test "the pipelines of cosign-pipelines(7) run" {
	make_keys cosign2
	rm -f cosign.key cosign.pub
	mv cosign2.key cosign.key
	mv cosign2.pub cosign.pub
	make_layout image example.com/app:1
	stand_ins
	count=0
	while IFS= read -r line; do
		bash -o pipefail -c "$line" >out 2>err || {
			echo "failed: $line" "$(cat err)"
			false
		}
		count=$((count + 1))
	done < <(sed -n 's/^\$ //p' "$TOP/man/cosign-pipelines.7")
	[ "$count" -ge 5 ]
}
