# SPDX-License-Identifier: Apache-2.0
load lib/helpers

STATE=7pRu0L5LJqDkhuAYXbXiMA

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# Starts it; $url is where it listens, what it says next is in `said`.
listen() { # [FLAG...]
	exec 7< <(echo "$STATE" | cosign oidc-listen "$@" 2>stderr; echo "status $?")
	IFS= read -r -u 7 record
	[ "$(jq -r .type <<<"$record")" = cosign.listener/1 ]
	url=$(jq -r .url <<<"$record")
}

# Its last words.
heard() {
	cat <&7 >said
	exec 7<&-
}

ask() { # [CURL-ARGUMENT...] QUERY: the status
	curl -sg -o page -w '%{http_code}\n' "${@:1:$#-1}" "$url${!#}"
}

@test "help" {
	expect_status 0 cosign oidc-listen --help
	has --oidc-redirect-url
}

@test "the examples run" {
	[ "$(run_examples oidc-listen | tail -n 1)" = 1 ]
}

@test "takes a code that comes with the state, once" {
	listen
	[[ $url = http://localhost:*/auth/callback ]]
	[ "$(ask "?state=$STATE&code=a%2Fb%2Bc&scope=x")" = 200 ]
	has 'You can close this window' "$(cat page)"
	heard
	[ "$(cat said)" = '{"type":"cosign.callback/1","code":"a/b+c"}'$'\nstatus 0' ]
	[ "$(ask "?state=$STATE&code=x" || true)" = 000 ]
}

@test "takes an error, and who says it" {
	listen
	[ "$(ask "?state=$STATE&error=access_denied&error_description=%3Cno%3E&iss=https://a.example")" = 200 ]
	[[ $(cat page) != *access_denied* ]]
	heard
	[ "$(head -n 1 said | jq -c)" = '{"type":"cosign.callback/1","error":"access_denied","description":"<no>","issuer":"https://a.example"}' ]
}

@test "listens where it is told, on this machine alone" {
	listen --oidc-redirect-url http://127.0.0.1/deep/path
	[[ $url = http://127.0.0.1:*/deep/path ]]
	address=${url#http://} address=${address%%/*}
	refuses io 1 cosign oidc-listen --oidc-redirect-url "http://$address/" </dev/null
	[ "$(ask "?state=$STATE&code=1")" = 200 ]
	heard
	for bad in http://example.com/ http://10.0.0.1/ http://0.0.0.0/ https://localhost/ 'http://localhost/?x' \
		'http://localhost/#x' localhost ftp://localhost/ http://user@localhost/ 'http://localhost/ x'; do
		refuses usage 2 cosign oidc-listen --oidc-redirect-url "$bad" </dev/null
	done
}

@test "listens on IPv6" {
	[ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6 || skip 'no IPv6 here'
	listen --oidc-redirect-url 'http://[::1]/x'
	[ "$(ask "?state=$STATE&code=1")" = 200 ]
	heard
	has '"code":"1"' "$(cat said)"
}

@test "other requests change nothing" {
	listen
	base=${url%/auth/callback}
	long=$(printf '%05000d' 0)
	[ "$(ask '')" = 400 ]
	[ "$(ask '?code=1')" = 400 ]
	[ "$(ask '?state=&code=1')" = 400 ]
	[ "$(ask "?state=${STATE%?}&code=1")" = 400 ]
	[ "$(ask "?state=${STATE}x&code=1")" = 400 ]
	[ "$(ask "?state=${STATE^^}&code=1")" = 400 ]
	[ "$(ask "?state=$STATE")" = 400 ]
	[ "$(ask "?state=$STATE&code=")" = 400 ]
	[ "$(ask "?state=$STATE&code=1&error=x")" = 400 ]
	[ "$(ask "?state=$STATE&code=1&code=2")" = 400 ]
	[ "$(ask "?state=$STATE&state=$STATE&code=2")" = 400 ]
	[ "$(ask "?state=$STATE&code=a%00b")" = 400 ]
	[ "$(ask "?state=$STATE&code=$long")" = 400 ]
	[ "$(ask -H 'Host: evil.example' "?state=$STATE&code=1")" = 400 ]
	[ "$(ask -H 'Host: localhost' "?state=$STATE&code=1")" = 400 ]
	[ "$(ask -X POST -d "state=$STATE&code=1" '')" = 405 ]
	[ "$(ask -X POST -d x "?state=$STATE&code=1")" = 405 ]
	[ "$(ask -I "?state=$STATE&code=1")" = 405 ]
	url=$base/auth
	[ "$(ask "?state=$STATE&code=1")" = 404 ]
	url=$base/auth/callback/
	[ "$(ask "?state=$STATE&code=1")" = 404 ]
	url=$base/favicon.ico
	[ "$(ask '')" = 404 ]
	url=$base/auth/callback
	[ "$(ask "?state=$STATE&code=right")" = 200 ]
	heard
	[ "$(head -n 1 said | jq -r .code)" = right ]
}

@test "huge, slow, broken and many requests do no harm" {
	listen
	port=${url#http://localhost:} port=${port%%/*}
	python3 - "$port" <<-'EOF'
		import socket, sys
		port = int(sys.argv[1])
		def say(data):
		    s = socket.create_connection(('127.0.0.1', port))
		    s.settimeout(30)
		    try:
		        s.sendall(data)
		        s.recv(100)
		    except OSError:
		        pass
		    s.close()
		say(b'GET /auth/callback?state=' + b'A' * 1000000 + b' HTTP/1.1\r\n\r\n')
		say(b'GET /auth/callback HTTP/1.1\r\n' + b'X: ' + b'y' * 1000000 + b'\r\n\r\n')
		say(b'GET /auth/callback HTTP/1.1\r\nHost: x\r\n' + b'X: y\r\n' * 100000 + b'\r\n')
		say(b'\x16\x03\x01' + bytes(range(256)) * 100)
		say(b'GET  HTTP/9.9\r\n\r\n')
		say(b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
		say(b'POST /auth/callback HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nx')
		say(b'POST /auth/callback HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n')
		# More than it takes at once, all silent; they make room by themselves.
		idle = [socket.create_connection(('127.0.0.1', port)) for _ in range(40)]
		s = socket.create_connection(('127.0.0.1', port))
		s.settimeout(60)
		s.sendall(b'GET /auth/callback?state=no HTTP/1.1\r\nHost: localhost:%d\r\n\r\n' % port)
		assert s.recv(100).startswith(b'HTTP/1.1 400'), 'no room'
	EOF
	[ "$(ask "?state=$STATE&code=right")" = 200 ]
	heard
	[ "$(head -n 1 said | jq -r .code)" = right ]
}

@test "nothing is taken before the state is known, and none is no state" {
	refuses bad-record 1 cosign oidc-listen </dev/null
	refuses bad-record 1 cosign oidc-listen < <(echo)
	refuses bad-record 1 cosign oidc-listen < <(printf '%0600d\n' 0)
}

@test "it ends when its time is up, or nobody reads any more" {
	refuses timeout 1 cosign oidc-listen -t 100ms < <(echo "$STATE")
	cosign oidc-listen --report -t 100ms < <(echo "$STATE") >told 2>&1 || [ $? = 1 ]
	[ "$(tail -n 1 told | jq -r .reason)" = timeout ]
	mkfifo pipe
	cosign oidc-listen < <(echo "$STATE") >pipe 2>stderr &
	pid=$!
	head -n 1 <pipe >record
	status=0
	wait "$pid" || status=$?
	[ "$status" = 141 ]
}

@test "its page can do nothing" {
	listen
	curl -sD headers -o page "$url?state=$STATE&code=1"
	heard
	grep -qi "^Content-Security-Policy: default-src 'none'" headers
	grep -qi '^Cache-Control: no-store' headers
	grep -qi '^Referrer-Policy: no-referrer' headers
	[[ $(cat page) != *'<script'* && $(cat page) != *"$STATE"* ]]
}
