# SPDX-License-Identifier: Apache-2.0
load lib/helpers

HTTPD=$TOP/test/fake/httpd.py

# web NAME OPTIONS...: starts a server; $PORT is its port, its log $NAME.log.
web() {
	local name=$1
	shift
	start_server "$name" 's/^\([0-9][0-9]*\)$/\1/p' python3 "$HTTPD" --name "$name" \
		--log "$BATS_FILE_TMPDIR/$name.log" "$@" || return
	PORT=$SERVER
}

authority() { # NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
		-keyout "$1.key" -out "$1.pem" 2>/dev/null
}

certificate() { # NAME AUTHORITY EXTENSIONS
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
		-keyout "$1.key" -out "$1.csr" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 2 \
		-extfile <(printf '%s\n' "$3") -out "$1.pem" 2>/dev/null
}

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	authority good
	authority other
	certificate server good 'subjectAltName=IP:127.0.0.1'
	certificate named good 'subjectAltName=DNS:registry.test'
	certificate client good 'extendedKeyUsage=clientAuth'
	web plain
	export PLAIN=http://127.0.0.1:$PORT
	web elsewhere
	export ELSEWHERE=http://127.0.0.1:$PORT
	web tls --tls server.pem server.key
	export TLS=https://127.0.0.1:$PORT
	web named --tls named.pem named.key
	export NAMED=https://127.0.0.1:$PORT
	web clients --tls server.pem server.key --client-ca good.pem
	export CLIENTS=https://127.0.0.1:$PORT
	web mute --mute
	export MUTE=https://127.0.0.1:$PORT
	web curt --curt
	export CURT=https://127.0.0.1:$PORT
	web proxy --proxy
	export PROXY=http://127.0.0.1:$PORT
	export CA=$BATS_FILE_TMPDIR/good.pem
}

teardown_file() { stop_servers; }

# ask URL [MEMBERS]: one GET; $answer is what came of it.
ask() {
	answer=$(jq -nc --arg url "$1" "{method: \"GET\", url: \$url, deadline: 20000} + {${2-}}" |
		python3 "$TOP/test/fake/ask.py") || return
}

# ask_all [OPTIONS]: the requests on stdin at once; $answers is a file of what
# came of them, of this test alone.
ask_all() {
	answers=$BATS_TEST_TMPDIR/answers
	python3 "$TOP/test/fake/ask.py" "$@" >"$answers"
}

# gives FILTER VALUE: of $answer.
gives() {
	local got
	got=$(jq -r "$1" <<<"$answer") || return
	[ "$got" = "$2" ] && return
	printf '%s\n' "expected $1 to be: $2" "in: $answer" >&2
	return 1
}

tells() { # REASON TEXT
	gives .reason "$1" && has "$2" "$(jq -r .message <<<"$answer")"
}

# log NAME FILTER: of the requests that the server got, under /KEY.
log() {
	jq -r "$2" "$BATS_FILE_TMPDIR/$1.log"
}

@test "remote-http gives status, headers, body and address" {
	ask "$PLAIN/ok"
	gives '[.status, .body, .url, .headers["x-server"], .heads] | join(" ")' "200 hello $PLAIN/ok plain 1"
	gives .reason null
	ask "$PLAIN/status/404"
	gives '"\(.status) \(.body)"' '404 {"status": 404}'
	ask "$PLAIN/ok/3" 'method: "HEAD"'
	gives '"\(.status) \(.body) \(.headers["content-length"])"' '200  3'
}

@test "remote-http sends methods, headers and bodies as they are" {
	ask "$PLAIN/echo?a=%2f..%2F&b" 'method: "PATCH", body: "text", headers: ["X-One: 1", "X-Empty:", "Host: evil", "Content-Length: 9"]'
	local echo
	echo=$(jq -r .body <<<"$answer")
	[ "$(jq -r '"\(.method) \(.target) \(.body)"' <<<"$echo")" = 'PATCH /echo?a=%2f..%2F&b text' ]
	[ "$(jq -c '[.headers[] | select(.[0] | ascii_downcase | IN("host", "accept") | not)]' <<<"$echo")" = \
		'[["X-One","1"],["X-Empty",""],["Content-Length","4"]]' ]
	[ "$(jq -r '.headers[] | select(.[0] == "Host")[1]' <<<"$echo")" = "${PLAIN#http://}" ]
	ask "$PLAIN/echo" 'method: "POST"'
	[ "$(jq -r .body <<<"$answer" | jq -c '[.headers[] | select(.[0] == "Content-Length")]')" = '[["Content-Length","0"]]' ]
	ask "$PLAIN/echo" 'method: "DELETE", user_agent: "me/1"'
	[ "$(jq -r .body <<<"$answer" | jq -r '.method, (.headers[] | select(.[0] == "User-Agent")[1])' | paste -sd ' ')" = 'DELETE me/1' ]
}

@test "remote-http overlaps requests on few connections" {
	ask_all < <(jq -nc --arg url "$PLAIN/ok/20?overlap" 'range(300) | {method: "GET", url: $url}')
	[ "$(jq -r 'select(.status == 200) | .size' "$answers" | sort | uniq -c | tr -s ' ')" = ' 300 20' ]
	[ "$(log plain 'select(.target | endswith("?overlap")) | .peer' | sort -u | wc -l)" -le 16 ]
}

@test "remote-http holds back a server that is faster than the reader" {
	ask_all --slow < <(jq -nc --arg url "$PLAIN/ok/6000000" 'range(4) | {method: "GET", url: $url}')
	[ "$(jq -r .size "$answers" | sort -u)" = 6000000 ]
}

@test "remote-http names each fault of a server" {
	while read -r path reason text; do
		ask "$PLAIN/$path" 'max: 100000'
		tells "$reason" "$text"
		has "GET $PLAIN/$path" "$(jq -r .message <<<"$answer")"
	done <<-'CASES'
		reset network Connection reset
		halfhead network Connection reset
		halfbody network 6 bytes remaining
		chunkcut network outstanding
		endless too-large 100000
		ok/100001 too-large 100000
		headers/90000 too-large headers
		noise protocol HTTP/0.9
		loop protocol more than 10 redirects
	CASES
	for path in stall stallbody; do
		ask "$PLAIN/$path" 'deadline: 300'
		tells timeout 'the time is up'
	done
	ask "$PLAIN/long"
	gives .body 0123456789
	ask http://127.0.0.1:1/ 'retries: 0'
	tells network "connect"
	ask http://h.invalid/ 'retries: 0'
	tells network "resolve host"
}

@test "remote-http tries again where that is safe" {
	local again='repeatable: true, retries: 3, retry_time: 20000'
	for fault in reset halfhead halfbody chunkcut; do
		ask "$PLAIN/once/yes-$fault/$fault" "$again"
		gives '"\(.status) \(.body)"' '200 hello'
		ask "$PLAIN/once/no-$fault/$fault"
		gives .reason network
	done
	for status in 408 429 500 502 503 504; do
		ask "$PLAIN/flaky/yes-$status/1/$status" "$again"
		gives '"\(.status) \(.body)"' '200 hello'
		ask "$PLAIN/flaky/no-$status/1/$status" 'retries: 3, retry_time: 20000'
		gives '"\(.status) \(.body)"' "$status bad"
	done
	ask "$PLAIN/flaky/never/1/501" "$again"
	gives .status 501
	# The last answer is given as it is.
	ask "$PLAIN/flaky/long/9/500" 'repeatable: true, retries: 1, retry_time: 20000'
	gives '"\(.status) \(.body)"' '500 bad'
	[ "$(log plain 'select(.target | startswith("/flaky/long/")) | .method' | wc -l)" = 2 ]
	# A body that was handed on cannot be taken back.
	ask "$PLAIN/once/stream/halfbody" "$again, stream: true"
	gives '"\(.reason) \(.heads)"' 'network 1'
}

@test "remote-http waits as long as the server asks, and no longer than it may" {
	local before=${EPOCHREALTIME/./}
	ask "$PLAIN/later/a/1" 'repeatable: true, retries: 3, retry_time: 20000'
	gives .status 200
	[ $((${EPOCHREALTIME/./} - before)) -ge 1000000 ]
	ask "$PLAIN/later/b/3600" 'repeatable: true, retries: 3, retry_time: 20000'
	gives '"\(.status) \(.headers["retry-after"])"' '429 3600'
}

@test "remote-http follows redirects of GET and HEAD" {
	for code in 301 302 303 307 308; do
		ask "$PLAIN/to?$code%20/ok"
		gives '"\(.status) \(.url)"' "200 $PLAIN/ok"
		ask "$PLAIN/to?$code%20/ok" 'method: "HEAD"'
		gives '"\(.status) \(.url)"' "200 $PLAIN/ok"
		ask "$PLAIN/to?$code%20/ok" 'method: "PUT", repeatable: true'
		gives '"\(.status) \(.headers.location)"' "$code /ok"
	done
	ask "$PLAIN/status/302"
	gives .status 302
	ask "$PLAIN/to?302%20file:///etc/passwd"
	tells protocol 'no http or https URL'
	ask "$TLS/to?302%20$PLAIN/ok" "cacert: \"$CA\""
	tells protocol 'is not followed'
	ask "$PLAIN/to?302%20$TLS/ok" "cacert: \"$CA\""
	gives '"\(.status) \(.url)"' "200 $TLS/ok"
	# From a public name to a private address: the proxy plays the public one.
	HTTP_PROXY=$PROXY ask "http://public.test/to?302%20http://169.254.169.254/ok"
	tells protocol 'private address 169.254.169.254'
}

@test "remote-http keeps credentials to their origin" {
	local secret='secret: "Authorization: Basic c2VjcmV0", headers: ["Cookie: c=1", "X-Keep: 1"]'
	sent() { # URL: what the last server got
		ask "$1" "$secret"
		jq -r .body <<<"$answer" | jq -r '[.headers[][0]] | map(select(IN("Authorization", "Cookie", "X-Keep"))) | sort | join(" ")'
	}
	[ "$(sent "$PLAIN/echo")" = 'Authorization Cookie X-Keep' ]
	[ "$(sent "$PLAIN/to?307%20/echo")" = 'Authorization Cookie X-Keep' ]
	[ "$(sent "$PLAIN/to?307%20$ELSEWHERE/echo")" = X-Keep ]
	[ "$(sent "$PLAIN/to?307%20${PLAIN/127.0.0.1/localhost}/echo")" = X-Keep ]
	# Nor does the way back return them.
	[ "$(sent "$PLAIN/to?307%20$ELSEWHERE/to%3F307%2520$PLAIN/echo")" = X-Keep ]
}

@test "remote-http finds out that a server speaks plain http" {
	ask "${PLAIN/http:/https:}/ok" 'plain: true, secret: "Authorization: x"'
	gives '"\(.status) \(.url)"' "200 $PLAIN/ok"
	# So when it closes without a word, or goes by another name.
	ask "$CURT/ok" 'plain: true'
	gives '"\(.status) \(.url)"' "200 ${CURT/https:/http:}/ok"
	ask "${CURT/127.0.0.1/localhost}/ok" 'plain: true'
	gives .status 200
	ask "${PLAIN/http:\/\/127.0.0.1/https:\/\/localhost}/ok" 'plain: true'
	gives .status 200
	# TLS that is never answered does not hang it.
	local before=${EPOCHREALTIME/./}
	ask_all < <(jq -nc --arg url "$MUTE/ok" 'range(20) | {method: "GET", url: $url, plain: true, secret: "Authorization: x"}')
	[ "$(jq -r '"\(.status) \(.url)"' "$answers" | sort -u)" = "200 ${MUTE/https:/http:}/ok" ]
	[ $((${EPOCHREALTIME/./} - before)) -lt 20000000 ]
	[ "$(log mute 'select(.target == "/v2/") | .headers.authorization' | sort | uniq -c | tr -s ' ')" = ' 1 null' ]
	# Without leave there is no http.
	ask "${PLAIN/http:/https:}/ok" 'retries: 0, deadline: 500'
	gives .status null
}

@test "remote-http does not go back to http where TLS is spoken" {
	ask "$TLS/ok" 'plain: true'
	tells network 'certificate'
	gives .hint 'give the authority of its certificate (a registry'\''s: --registry-cacert FILE; a timestamp authority'\''s: --timestamp-client-cacert FILE)'
	ask "$TLS/ok" "plain: true, cacert: \"$CA\""
	gives '"\(.status) \(.url)"' "200 $TLS/ok"
	[ -z "$(log tls 'select(.target == "/v2/") | .target')" ]
	# Those that waited share the failure.
	ask_all < <(jq -nc 'range(50) | {method: "GET", url: "https://127.0.0.1:1/", plain: true, retries: 1, retry_time: 9000}')
	[ "$(jq -r .reason "$answers" | sort | uniq -c | tr -s ' ')" = ' 50 network' ]
}

@test "remote-http trusts the authorities it is told to" {
	ask "$TLS/ok"
	tells network certificate
	ask "$TLS/ok" "cacert: \"$BATS_FILE_TMPDIR/other.pem\""
	tells network certificate
	ask "$TLS/ok" "cacert: \"$CA\""
	gives .status 200
	ask "$TLS/ok" 'insecure: true'
	gives .status 200
	ask "$TLS/ok" "cacert: \"$BATS_FILE_TMPDIR/missing.pem\", insecure: true"
	tells io missing.pem
	ask "$TLS/ok" "cacert: \"$BATS_FILE_TMPDIR/good.key\""
	gives .reason bad-config
	SSL_CERT_FILE=$CA ask "$TLS/ok"
	gives .status 200
	SSL_CERT_FILE=$CA ask "$TLS/ok" "cacert: \"$BATS_FILE_TMPDIR/other.pem\""
	tells network certificate
	SSL_CERT_FILE=$BATS_FILE_TMPDIR/missing.pem ask "$TLS/ok"
	tells io missing.pem
	mkdir -p one two && cp "$CA" two/any-name
	SSL_CERT_DIR=one:two ask "$TLS/ok"
	gives .status 200
	SSL_CERT_DIR=one ask "$TLS/ok"
	tells network certificate
	ask "${TLS/127.0.0.1/localhost}/ok" "cacert: \"$CA\""
	tells network "host name 'localhost'"
}

@test "remote-http shows a client certificate, and to its own server alone" {
	local who="cacert: \"$CA\", client_cert: \"$BATS_FILE_TMPDIR/client.pem\", client_key: \"$BATS_FILE_TMPDIR/client.key\""
	ask "$CLIENTS/ok" "cacert: \"$CA\""
	gives .status null
	ask "$CLIENTS/ok" "$who"
	gives .status 200
	[ "$(log clients 'select(.target == "/ok") | .client' | sort -u)" = true ]
	ask "$PLAIN/to?302%20$CLIENTS/ok" "$who"
	gives .status null
	ask "$CLIENTS/ok" "cacert: \"$CA\", client_cert: \"$BATS_FILE_TMPDIR/none.pem\""
	tells io none.pem
	ask "$CLIENTS/ok" "cacert: \"$CA\", client_cert: \"$BATS_FILE_TMPDIR/client.pem\", client_key: \"$BATS_FILE_TMPDIR/other.key\""
	gives .reason bad-config
}

@test "remote-http asks for another name than the address" {
	ask "$NAMED/ok" "cacert: \"$CA\""
	tells network certificate
	ask "$NAMED/echo" "cacert: \"$CA\", server_name: \"registry.test\""
	gives '"\(.status) \(.url)"' "200 $NAMED/echo"
	[ "$(jq -r .body <<<"$answer" | jq -r '.headers[] | select(.[0] == "Host")[1]')" = "${NAMED#https://}" ]
	ask "$NAMED/ok" "cacert: \"$CA\", server_name: \"wrong.test\""
	tells network certificate
	ask "$NAMED/ok" "cacert: \"$CA\", server_name: \"a/b\""
	tells bad-config 'no name of a server'
}

@test "remote-http takes the proxy that Go would" {
	through() { # URL: which server answered
		ask "$1" "cacert: \"$CA\", server_name: null"
		jq -r '.headers["x-server"] // .reason' <<<"$answer"
	}
	[ "$(HTTP_PROXY=$PROXY through http://public.test/ok)" = proxy ]
	[ "$(http_proxy=${PROXY#http://} through http://public.test/ok)" = proxy ]
	[ "$(HTTP_PROXY=$PROXY http_proxy=http://127.0.0.1:1 through http://public.test/ok)" = proxy ]
	[ "$(HTTP_PROXY=$PROXY through "$PLAIN/ok")" = plain ]
	[ "$(HTTP_PROXY=$PROXY through "${PLAIN/127.0.0.1/localhost}/ok")" = plain ]
	[ "$(HTTP_PROXY=$PROXY NO_PROXY=test through http://public.test/ok)" = network ]
	[ "$(HTTP_PROXY=$PROXY REQUEST_METHOD=GET through http://public.test/ok)" = network ]
	[ "$(ALL_PROXY=$PROXY through http://public.test/ok)" = network ]
	local port=${NAMED##*:}
	[ "$(HTTPS_PROXY=$PROXY through "https://registry.test:$port/ok")" = named ]
	[ "$(https_proxy=$PROXY through "https://registry.test:$port/ok")" = named ]
	[ "$(HTTP_PROXY=$PROXY through "https://registry.test:$port/ok")" = network ]
	has "registry.test:$port" "$(log proxy 'select(.method == "CONNECT") | .target')"
	HTTPS_PROXY=$PROXY ask "https://registry.test:$port/ok" "cacert: \"$CA\", secret: \"Authorization: x\""
	gives .status 200
	[ "$(log proxy 'select(.method == "CONNECT") | .headers.authorization' | sort -u)" = null ]
}

@test "remote-http shows what it does, but no secrets" {
	jq -nc --arg url "$PLAIN/ok?X-Amz-Signature=hidden&digest=shown" '{id: 1, method: "GET", url: $url, verbose: true,
		headers: ["Cookie: hidden", "Accept: shown/too"], secret: "Authorization: Bearer hidden"}' >request
	expect_status 0 cosign-remote-http <request
	has "> GET $PLAIN/ok?X-Amz-Signature=...&digest=shown" "$stderr"
	has '> Authorization: ***' "$stderr"
	has '> Accept: shown/too' "$stderr"
	has '< 200' "$stderr"
	has '< x-server: plain' "$stderr"
	[[ $stderr != *hidden* ]]
}

@test "remote-http refuses what is no request" {
	local sample
	for sample in "$TOP"/test/vectors/bad/frame/protocol/*; do
		case $sample in */answer-*) continue ;; esac
		refuses protocol 1 cosign-remote-http <"$sample"
	done
	printf '%s\n' '{"id":1,"method":"GET","url":"http://127.0.0.1:1/","retries":9,"retry_time":9000}' \
		'{"id":1,"method":"GET","url":"http://127.0.0.1:1/"}' >twice
	refuses protocol 1 cosign-remote-http <twice
	expect_status 2 cosign-remote-http argument
	for url in ftp://h/ file:///etc/passwd http://u:p@h/ 'http://h/a b' 'http://h\@h'; do
		ask "$url"
		gives .reason protocol
	done
}

@test "remote-http ends with its input, and with its reader" {
	expect_status 0 cosign-remote-http </dev/null
	[ -z "$output" ]
	# What was asked is answered first; what was taken back is not.
	printf '%s\n' "{\"id\":1,\"method\":\"GET\",\"url\":\"$PLAIN/ok\"}" "{\"id\":2,\"method\":\"GET\",\"url\":\"$PLAIN/stall\"}" \
		'{"id":2,"cancel":true}' '{"id":3,"cancel":true}' >requests
	expect_status 0 timeout 20 cosign-remote-http <requests
	has '"type":"end","id":1'
	[[ $output != *'"id":2'* ]]
	# Nobody reads: it does not wait for the server.
	timeout 20 bash -c "printf '%s\n' '{\"id\":1,\"method\":\"GET\",\"url\":\"$PLAIN/stall\"}' | cosign-remote-http | true"
}

@test "the examples of remote-http run" {
	REGISTRY=${PLAIN#http://} run_examples remote-http
}
