# The registry the other tests stand on: test/fake/registry.c.
load lib/helpers

setup_file() {
	start_fake_registry
}

teardown_file() {
	stop_servers
}

get() { # PATH [CURL-ARGUMENT...]: status, headers and body
	local path=$1
	shift
	curl -sS -i "$@" "http://$FAKE$path" | tr -d '\r'
}

status_of() { # PATH [CURL-ARGUMENT...]
	local path=$1
	shift
	curl -sS -o /dev/null -w '%{http_code}' "$@" "http://$FAKE$path"
}

# Pushes a manifest whose subject is DIGEST; prints its digest.
push_referrer() { # HOST/REPO DIGEST ARTIFACT-TYPE
	local file
	file=$(mktemp "$BATS_TEST_TMPDIR/referrer.XXXXXX")
	printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"%s","layers":[],"subject":{"digest":"%s"},"annotations":{"a":"b"}}' "$3" "$2" >"$file"
	push_manifest "$1" "$(digest_of "$file")" "$file"
	digest_of "$file"
}

@test "what was pushed is there, with its digest" {
	digest=$(push_image "$FAKE/a/image:v1")
	has "Docker-Content-Digest: $digest" "$(get /v2/a/image/manifests/v1)"
	has "Content-Type: application/vnd.oci.image.manifest.v1+json" "$(get "/v2/a/image/manifests/$digest" -I)"
	[ "sha256:$(curl -sS "http://$FAKE/v2/a/image/manifests/$digest" | sha256sum | cut -c1-64)" = "$digest" ]
	has '"tags":["v1"]' "$(get /v2/a/image/tags/list)"
}

@test "what is missing is 404, with the code of the specification" {
	has NAME_UNKNOWN "$(get /v2/nobody/manifests/v1)"
	push_image "$FAKE/a/missing:v1"
	has MANIFEST_UNKNOWN "$(get /v2/a/missing/manifests/v2)"
	has BLOB_UNKNOWN "$(get "/v2/a/missing/blobs/sha256:$(printf %064d 0)")"
	has NAME_UNKNOWN "$(get /v2/nobody/tags/list)"
}

@test "a manifest needs its blobs first" {
	digest=$(make_layout "$BATS_TEST_TMPDIR/l" '' unpushed)
	file=$BATS_TEST_TMPDIR/l/blobs/sha256/${digest#sha256:}
	run -22 push_manifest "$FAKE/a/early" v1 "$file"
	has MANIFEST_BLOB_UNKNOWN "$(get /v2/a/early/manifests/v1 -X PUT --data-binary "@$file")"
}

@test "bytes must fit their digest" {
	wrong=sha256:$(printf %064d 1)
	[ "$(status_of "/v2/a/b/manifests/$wrong" -X PUT -d '{}')" = 400 ]
	[ "$(status_of "/v2/a/b/blobs/uploads/?digest=$wrong" -X POST -d 'x')" = 400 ]
	[ "$(status_of /v2/a/b/manifests/v1 -X PUT -d 'no JSON')" = 400 ]
}

@test "uploads in one, two and three steps, and mounts" {
	digest=sha256:$(printf abc | sha256sum | cut -c1-64)
	[ "$(status_of "/v2/up/one/blobs/uploads/?digest=$digest" -X POST -d abc)" = 201 ]
	printf abc >"$BATS_TEST_TMPDIR/abc"
	push_blob "$FAKE/up/two" "$BATS_TEST_TMPDIR/abc"
	where=$(get /v2/up/three/blobs/uploads/ -X POST | sed -n 's/^Location: //p')
	has 'Range: 0-1' "$(get "$where" -X PATCH -d ab)"
	[ "$(status_of "$where&digest=$digest" -X PUT -d c)" = 201 ]
	[ "$(status_of "/v2/up/four/blobs/uploads/?mount=$digest&from=up/one" -X POST)" = 201 ]
	for repo in one two three four; do
		[ "$(curl -sS "http://$FAKE/v2/up/$repo/blobs/$digest")" = abc ]
	done
}

@test "referrers: listed, filtered, announced" {
	digest=$(push_image "$FAKE/a/subject:v1")
	one=$(push_referrer "$FAKE/a/subject" "$digest" type/one)
	two=$(push_referrer "$FAKE/a/subject" "$digest" type/two)
	list=$(curl -sS "http://$FAKE/v2/a/subject/referrers/$digest")
	[ "$(jq -r '.manifests[].digest' <<<"$list" | sort)" = "$(printf '%s\n' "$one" "$two" | sort)" ]
	[ "$(jq -r '.manifests[0].annotations.a' <<<"$list")" = b ]
	reply=$(get "/v2/a/subject/referrers/$digest?artifactType=type/two")
	has 'OCI-Filters-Applied: artifactType' "$reply"
	[ "$(tail -n 1 <<<"$reply" | jq -r '.manifests[].digest')" = "$two" ]
	[ "$(curl -sS "http://$FAKE/v2/none/referrers/$digest" | jq '.manifests | length')" = 0 ]
	has "OCI-Subject: $digest" "$(get /v2/a/subject/manifests/x -X PUT -d '{"subject":{"digest":"'"$digest"'"}}')"
}

@test "deleting a digest takes its tags along, deleting a tag only itself" {
	digest=$(push_image "$FAKE/a/deleted:v1")
	push_image "$FAKE/a/deleted:v2" "$FAKE/a/deleted:v1"
	[ "$(status_of /v2/a/deleted/manifests/v2 -X DELETE)" = 202 ]
	[ "$(status_of /v2/a/deleted/manifests/v1)" = 200 ]
	[ "$(status_of "/v2/a/deleted/manifests/$digest" -X DELETE)" = 202 ]
	[ "$(status_of /v2/a/deleted/manifests/v1)" = 404 ]
}

@test "a thousand kept-alive requests (figure on the comment line)" {
	push_image "$FAKE/a/fast:v1"
	before=$(date +%s%N)
	curl -sS -o /dev/null "http://$FAKE/v2/a/fast/manifests/v1?[1-1000]"
	ms=$((($(date +%s%N) - before) / 1000000))
	echo "# 1000 requests on one connection: $ms ms" >&3
	[ "$(requests | grep -c 'a/fast/manifests/v1?[0-9]* 200$')" = 1000 ]
	[ "$ms" -lt 5000 ]
}
