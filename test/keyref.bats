# SPDX-License-Identifier: Apache-2.0
# What --key may name where a public key is wanted.
load lib/helpers

# Serves the directory it is started in: /code/N answers with status N.
key_server() {
	start_server keys 's/^\([0-9][0-9]*\)$/\1/p' python3 -u -c '
import http.server
class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        code = self.path.split("/")
        if code[1] == "code":
            self.send_response(int(code[2]))
            self.end_headers()
            self.wfile.write(open("cosign.pub", "rb").read())
        elif code[1] == "to":
            self.send_response(302)
            self.send_header("Location", "/cosign.pub")
            self.end_headers()
        else:
            super().do_GET()
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port)
server.serve_forever()'
	URL=http://127.0.0.1:$SERVER
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	make_keys
	make_keys other
	make_layout image >/dev/null
	# shellcheck disable=SC2086
	cosign sign $SIGN_KEY --key cosign.key oci:image 2>/dev/null
}

teardown() {
	stop_servers
}

verifies() { # REF
	expect_status 0 cosign verify $VERIFY_KEY --key "$1" oci:image
}

# SLUG STATUS REF
turns_down() {
	refuses "$1" "$2" cosign verify $VERIFY_KEY --key "$3" oci:image
}

@test "a public key comes from a file, a variable or a URL" {
	key_server
	verifies cosign.pub
	KEY_PEM=$(cat cosign.pub) verifies env://KEY_PEM
	verifies "$URL/cosign.pub"
	verifies "$URL/code/203"
	verifies "$URL/to/cosign.pub"
	turns_down no-matching-signature 12 other.pub
	turns_down no-matching-signature 12 "$URL/other.pub"
}

@test "a URL must answer with 200 to 299, and with a key" {
	key_server
	echo nothing >nothing.pub
	head -c 200000 /dev/zero >huge.pub
	for code in 304 403 404 410; do
		turns_down http 1 "$URL/code/$code"
	done
	turns_down bad-encoding 1 "$URL/nothing.pub"
	turns_down too-large 1 "$URL/huge.pub"
	turns_down bad-key 1 "$URL/cosign.key"
	stop_servers
	turns_down network 1 "$URL/cosign.pub"
}

@test "a public key that is none" {
	turns_down not-found 1 nosuch.pub
	turns_down not-found 1 env://NO_SUCH_VARIABLE
	turns_down bad-key 1 cosign.key
	turns_down too-large 1 "$TOP/test/vectors/bad/pubkey/too-large/padded"
	turns_down bad-encoding 1 "$TOP/test/vectors/bad/pubkey/bad-encoding/cut-short"
	turns_down bad-key 1 "$TOP/test/vectors/bad/pubkey/bad-key/rsa-1024"
	for ref in k8s://a/b gitlab://a/b github://a pkcs11:token=x awskms:///alias/x other://thing; do
		turns_down unsupported 2 "$ref"
	done
}
