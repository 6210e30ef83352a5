# The other faces of test/fake/registry.c: each test starts its own.
load lib/helpers

teardown() {
	stop_servers
}

status_of() { # PATH [CURL-ARGUMENT...]
	local path=$1
	shift
	curl -sS -o /dev/null -w '%{http_code}' "$@" "http://$FAKE$path"
}

@test "--no-referrers has no such route and says nothing of subjects" {
	start_fake_registry --no-referrers
	[ "$(status_of "/v2/a/referrers/sha256:$(printf %064d 0)")" = 404 ]
	run curl -sS -i -X PUT -d '{"subject":{"digest":"x"}}' "http://$FAKE/v2/a/manifests/t"
	has '201 Created'
	! has OCI-Subject 2>/dev/null
}

@test "--page cuts listings and links to the rest" {
	start_fake_registry --page 2
	for tag in a b c d e; do
		[ "$(status_of "/v2/p/manifests/$tag" -X PUT -d '{"subject":{"digest":"s"},"n":"'$tag'"}')" = 201 ]
	done
	for what in tags/list referrers/s; do
		url=/v2/p/$what pages=0 seen=0
		while [ -n "$url" ]; do
			reply=$(curl -sS -i "http://$FAKE$url" | tr -d '\r')
			pages=$((pages + 1))
			seen=$((seen + $(tail -n 1 <<<"$reply" | jq '.tags // .manifests | length')))
			url=$(sed -n 's/^Link: <\(.*\)>; rel="next"$/\1/p' <<<"$reply")
		done
		echo "$what: $seen in $pages"
		[ "$seen $pages" = '5 3' ]
	done
}

@test "--user wants basic credentials" {
	start_fake_registry --user me:secret
	[ "$(status_of /v2/)" = 401 ]
	[ "$(status_of /v2/ -u me:wrong)" = 401 ]
	[ "$(status_of /v2/ -u me:secret)" = 200 ]
}

@test "--token gives tokens for credentials, and honours their scope" {
	start_fake_registry --user me:secret --token
	run curl -sS -i "http://$FAKE/v2/a/b/manifests/x"
	has "Bearer realm=\"http://$FAKE/token\",service=\"tests\",scope=\"repository:a/b:pull\""
	[ "$(status_of '/token?scope=repository:a/b:pull')" = 401 ]
	token=$(curl -sS -u me:secret "http://$FAKE/token?scope=repository:a/b:pull&scope=repository:c:push" | jq -r .token)
	[ "$(status_of /v2/ -H "Authorization: Bearer $token")" = 200 ]
	[ "$(status_of /v2/a/b/manifests/x -H "Authorization: Bearer $token")" = 404 ]
	[ "$(status_of /v2/c/manifests/x -H "Authorization: Bearer $token")" = 401 ]
	[ "$(status_of /v2/a/b/manifests/x -X PUT -d '{}' -H "Authorization: Bearer $token")" = 401 ]
	run curl -sS -i -X PUT -d '{}' -H "Authorization: Bearer $token" "http://$FAKE/v2/a/b/manifests/x"
	has 'error="insufficient_scope"'
	[ "$(status_of /v2/a/b/manifests/x -H 'Authorization: Bearer token-7')" = 401 ]
	token=$(curl -sS -d 'grant_type=refresh_token&refresh_token=secret&scope=repository%3Aa%2Fb%3Apull' "http://$FAKE/token" | jq -r .token)
	[ "$(status_of /v2/a/b/manifests/x -H "Authorization: Bearer $token")" = 404 ]
}

@test "--fail answers so many requests itself" {
	start_fake_registry --fail 'GET /v2/a/manifests/' 500 2 --fail 'PUT /v2/a/manifests/lost' 201 1
	[ "$(status_of /v2/a/manifests/t)" = 500 ]
	[ "$(status_of /v2/a/manifests/t)" = 500 ]
	[ "$(status_of /v2/a/manifests/t)" = 404 ]
	[ "$(status_of /v2/a/manifests/lost -X PUT -d '{}')" = 201 ]
	[ "$(status_of /v2/a/manifests/lost)" = 404 ]
	[ "$(status_of /v2/a/manifests/lost -X PUT -d '{}')" = 201 ]
	[ "$(status_of /v2/a/manifests/lost)" = 200 ]
	[ "$(requests | wc -l)" = 7 ]
}

@test "--redirect-blobs sends readers where credentials are refused" {
	start_fake_registry --redirect-blobs
	printf abc >"$BATS_TEST_TMPDIR/abc"
	push_blob "$FAKE/a" "$BATS_TEST_TMPDIR/abc"
	url=http://$FAKE/v2/a/blobs/$(digest_of "$BATS_TEST_TMPDIR/abc")
	[ "$(curl -sS -L -u me:secret "$url")" = abc ]
	[ "$(curl -sS -L --location-trusted -u me:secret -o /dev/null -w '%{http_code}' "$url")" = 400 ]
}

@test "--tls speaks TLS" {
	cd "$BATS_TEST_TMPDIR"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
		-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem 2>/dev/null
	start_fake_registry --tls cert.pem key.pem
	[ "$(curl -sS --cacert cert.pem "https://$FAKE/v2/")" = '{}' ]
}
