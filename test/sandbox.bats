# SPDX-License-Identifier: Apache-2.0
# What processes cannot do any more. The function itself: test/unit/sandbox.c.
load lib/helpers

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	start_fake_registry --user me:secret
	make_keys cosign
	make_layout image example.com/app:1 >digest
	make_layout other example.com/other:1 >/dev/null
	cosign sign $SIGN_KEY --key cosign.key oci:image 2>/dev/null
	printf '#!/bin/sh\ntouch "%s/started"\nexec cosign-remote-http\n' "$PWD" >spy
	mkdir helpers
	printf '#!/bin/sh\necho "$0 $1" >>"%s/asked"\ncat >/dev/null\necho %s\n' "$PWD" \
		"'{\"Username\":\"me\",\"Secret\":\"secret\"}'" >helpers/docker-credential-test
	chmod +x spy helpers/docker-credential-test
	sandbox=$(cosign version --json | jq -c .sandbox)
	export sandbox
}

teardown_file() { stop_servers; }

setup() { cd "$BATS_FILE_TMPDIR"; }

need() { # seccomp|landlock
	jq -e ".$1 != false and .$1 != 0" <<<"$sandbox" >/dev/null || skip "no $1 here: $sandbox"
}

verify() { cosign verify --key cosign.pub $VERIFY_KEY "$@"; }

# Starts a program that waits for its standard input, until it is confined.
confined() { # COMMAND...
	local i pid pipe=$BATS_TEST_TMPDIR/pipe
	mkfifo "$pipe"
	"$@" <"$pipe" >/dev/null 2>&1 3>&- &
	pid=$!
	exec 9>"$pipe"
	for ((i = 0; i < 500; i++)); do
		grep -q '^Seccomp:	2' "/proc/$pid/status" && break
		sleep 0.02
	done
	status=$(cat "/proc/$pid/status")
	exec 9>&-
	wait "$pid" || true
	has 'Seccomp:	2' "$status"
	has 'NoNewPrivs:	1' "$status"
}

@test "a program that judges is confined before it reads what it judges" {
	need seccomp
	confined "$BIN/cosign-check-bundle" --key cosign.pub $VERIFY_KEY
}

@test "a program that has a key is confined before it reads what it signs" {
	need seccomp
	confined "$BIN/cosign-sign-payload" --key cosign.key
	rm "$BATS_TEST_TMPDIR/pipe"
	confined "$BIN/cosign-sign-blob" --key cosign.key --tlog-upload=false --bundle "$BATS_TEST_TMPDIR/b" -
}

@test "verify and sign are confined before they read an image" {
	command -v strace >/dev/null || skip "needs strace"
	need seccomp
	for program in verify sign; do
		local flags=$VERIFY_KEY key=cosign.pub
		[ "$program" = verify ] || flags="$SIGN_KEY --skip-existing" key=cosign.key
		# The leak check wants to trace, too.
		ASAN_OPTIONS=detect_leaks=0 strace -f -o trace.$program -e trace=seccomp,openat,socket,execve \
			cosign-$program --key $key $flags oci:image >out 2>err
		[ "$(grep -c 'execve(' trace.$program)" -eq 1 ]
		! grep 'socket(' trace.$program
		# Of the image nothing is open before.
		sed '/seccomp(.*= 0/q' trace.$program >before
		[ "$(grep -c 'seccomp(' before)" -gt 0 ]
		! grep '/blobs\|index.json' before
		grep -q index.json trace.$program
	done
}

@test "images in layouts start neither co-process nor credential helper" {
	mkdir -p config
	echo '{"credsStore":"test"}' >config/config.json
	export PATH=$PWD/helpers:$PATH DOCKER_CONFIG=$PWD/config COSIGN_REMOTE_HTTP=$PWD/spy
	rm -f started asked
	expect_status 0 verify oci:image
	COSIGN_REPOSITORY=$FAKE/elsewhere expect_status 0 verify oci:image
	expect_status 0 cosign sign $SIGN_KEY --key cosign.key --skip-existing oci:image
	[ ! -e started ]
	[ ! -e asked ]
	# Another place does.
	expect_status 11 verify "$FAKE/app:none"
	[ -e started ]
	[ -e asked ]
}

@test "credentials are found from within: files and helpers" {
	local digest
	digest=$(cat digest)
	mkdir -p plain helped broken failing
	echo '{"auths":{"'"$FAKE"'":{"auth":"'"$(printf me:secret | base64)"'"}}}' >plain/config.json
	echo '{"credHelpers":{"'"$FAKE"'":"test"}}' >helped/config.json
	echo '{"auths":' >broken/config.json
	echo '{"credHelpers":{"'"$FAKE"'":"missing"}}' >failing/config.json
	push() { curl -sSf -u me:secret "$@"; }
	for f in image/blobs/sha256/*; do
		where=$(push -X POST -o /dev/null -D - "http://$FAKE/v2/app/blobs/uploads/" | sed -n 's/^[Ll]ocation: *\([^[:cntrl:]]*\).*/\1/p')
		case $where in /*) where=http://$FAKE$where ;; esac
		case $where in *\?*) where=$where\& ;; *) where=$where\? ;; esac
		push -X PUT -o /dev/null --data-binary "@$f" "${where}digest=$(digest_of "$f")"
	done
	push -X PUT -o /dev/null -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' \
		--data-binary "@image/blobs/sha256/${digest#sha256:}" "http://$FAKE/v2/app/manifests/1"
	export PATH=$PWD/helpers:$PATH
	for config in plain helped; do
		export DOCKER_CONFIG=$PWD/$config
		rm -f asked
		expect_status 0 cosign sign $SIGN_KEY --key cosign.key "$FAKE/app@$digest"
		expect_status 0 verify "$FAKE/app:1"
		[ "$config" = plain ] || [ -s asked ]
	done
	expect_status 0 env DOCKER_CONFIG=/nonexistent cosign verify --key cosign.pub $VERIFY_KEY \
		--registry-username me --registry-password secret "$FAKE/app:1"
	DOCKER_CONFIG=/nonexistent refuses denied 1 verify "$FAKE/app:1"
	DOCKER_CONFIG=$PWD/broken refuses bad-json 1 verify "$FAKE/app:1"
	DOCKER_CONFIG=$PWD/failing refuses helper 1 verify "$FAKE/app:1"
}

@test "a program that cannot be started is told of as ever" {
	COSIGN_REMOTE_HTTP=/nonexistent refuses helper 1 verify "$FAKE/app:1"
	has 'COSIGN_REMOTE_HTTP' "$error"
}

@test "a key from a URL, and an image of a layout" {
	mkdir -p web
	cp cosign.pub web
	start_server web 's/.*port \([0-9]*\).*/\1/p' python3 -u -m http.server --bind 127.0.0.1 --directory web 0
	expect_status 0 cosign verify --key "http://127.0.0.1:$SERVER/cosign.pub" $VERIFY_KEY oci:image
	stop_servers
}

@test "the co-process reads certificates that its first request names, and no others" {
	need landlock
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=server \
		-addext 'subjectAltName=IP:127.0.0.1' -keyout server.key -out server.pem 2>/dev/null
	for name in first named unnamed; do cp server.pem "$name.pem"; done
	start_server tls 's/^\([0-9][0-9]*\)$/\1/p' python3 "$TOP/test/fake/httpd.py" --name tls --log tls.log \
		--tls server.pem server.key
	cat >ask.py <<-'PY'
		import json, subprocess, sys
		remote = subprocess.Popen(["cosign-remote-http"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		def ask(number, **more):
		    frame = {"id": number, "method": "GET", "url": sys.argv[1], "retries": 0, "headers": ["Connection: close"]}
		    remote.stdin.write(json.dumps({**frame, **more}).encode() + b"\n")
		    remote.stdin.flush()
		    status = None
		    while frame.get("type") != "end":
		        frame = json.loads(remote.stdout.readline())
		        remote.stdout.read(frame.get("length", 0))
		        status = frame.get("status", status)
		    return status or frame["reason"]
		print(ask(1, cacert="first.pem", files=["named.pem"]))
		print(ask(2, cacert="named.pem"))
		print(ask(3, cacert="unnamed.pem"))
		print(*[line for line in open("/proc/%d/status" % remote.pid) if line.startswith("Seccomp:")])
	PY
	run python3 ask.py "https://127.0.0.1:$SERVER/"
	stop_servers
	echo "$output"
	[ "${lines[0]} ${lines[1]}" = '404 404' ]
	[ "${lines[2]}" = bad-config ]
	has 'Seccomp:	2' "${lines[3]}"
}
