# SPDX-License-Identifier: Apache-2.0
# Surroundings and input that nobody wishes for.
load lib/helpers

setup_file() {
	start_fake_registry
	cd "$BATS_FILE_TMPDIR"
	make_keys cosign
	make_keys other
	python3 - <<'MAKE'
import hashlib, json, os
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
config = '{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%064d","size":2}' % 0
layer = '{"mediaType":"x/y","digest":"sha256:%064d","size":1}' % 1

def layout(name, text, kind=MANIFEST, index=None):
    data = text.encode()
    digest = hashlib.sha256(data).hexdigest()
    os.makedirs(name + "/blobs/sha256")
    for path, what in (("blobs/sha256/" + digest, data), ("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'), ("index.json", (index or json.dumps(
            {"schemaVersion": 2, "manifests": [{"mediaType": kind, "digest": "sha256:" + digest, "size": len(data)}]})).encode())):
        with open(name + "/" + path, "wb") as f:
            f.write(what)

def manifest(layers, more=""):
    return '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]%s}' % (MANIFEST, config, layers, more)

nest = "[" * 10000 + "]" * 10000
layout("million", manifest(",".join([layer] * 10**6)))
layout("big", manifest(layer, ',"annotations":{"a":"%s"}' % ("x" * (100 << 20))))
layout("deep", manifest(layer, ',"x":' + nest))
layout("twice", manifest(layer, ',"layers":[]'))
layout("both", manifest(layer, ',"manifests":[]'))
layout("deep-index", manifest(layer), index='{"schemaVersion":2,"manifests":[],"x":%s}' % nest)
layout("big-index", manifest(layer), index='{"schemaVersion":2,"manifests":[],"x":"%s"}' % ("x" * (100 << 20)))
layout("twice-index", manifest(layer), index='{"schemaVersion":2,"manifests":[],"manifests":[]}')
layout("many-index", manifest(layer), index='{"schemaVersion":2,"manifests":[%s]}' % ",".join(
    ['{"mediaType":"%s","digest":"sha256:%064d","size":1}' % (MANIFEST, 3)] * 200000))
MAKE
}

teardown_file() { stop_servers; }

setup() {
	cd "$BATS_FILE_TMPDIR"
	mkdir -p "$BATS_TEST_TMPDIR/image"
	IMAGE=oci:$BATS_TEST_TMPDIR/image
	DIGEST=$(make_layout "$BATS_TEST_TMPDIR/image" example.com/app:1)
}

sign() { cosign sign --key cosign.key $SIGN_KEY "$@"; }
verify() { cosign verify --key cosign.pub $VERIFY_KEY "$@"; }

# Runs a command and prints its status and the KiB that it took at most.
peak() {
	python3 -c 'import resource, subprocess, sys
rc = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
print(rc, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"
}

@test "manifests and indexes of absurd size and shape are refused, in little memory" {
	while read -r name reason; do
		refuses $reason 1 verify oci:$name
		refuses $reason 1 sign oci:$name
		[ -e "$BUILD/inject/inject.so" ] || continue # sanitizers take memory of their own
		set -- $(peak cosign verify --key cosign.pub $VERIFY_KEY oci:$name)
		echo "$name: $2 KiB"
		[ "$2" -lt 65536 ]
	done <<-'CASES'
		million too-large
		big too-large
		deep too-large
		twice bad-json
		both bad-manifest
		deep-index too-large
		big-index too-large
		twice-index bad-json
		many-index too-large
	CASES
}

@test "names of every shape are refused by name" {
	local long
	long=$(printf 'a%.0s' {1..5000})
	for name in '' ' ' $'a\tb' $'a\nb' $'r.test/\x01x' 'r.test/ünï' "r.test/$long" "$long" r.test/A r.test/a: r.test/a@ \
		r.test/a@sha256:zz r.test/a:b:c @ : .. ../x / r.test/../x r.test//x oci: oci:..@ $'oci:\x01' http://r.test/x \
		r.test:99999/x r.test:/x '[::1/x' '[::1]:99999/x' $'\xff\xfe' %s%n "r.test/a@sha256:${long:0:64}x"; do
		for command in verify sign; do
			refuses bad-reference 2 $command "$name"
		done
	done
	for name in -x --- --nope; do
		refuses usage 2 verify "$name"
	done
	refuses usage 2 cosign verify --key cosign.pub $VERIFY_KEY
	refuses no-such-image 11 verify oci:nowhere
	refuses io 1 verify "oci:$long"
}

@test "attachments above the limit are not read, and the refusal says so" {
	for form in true false; do
		rm -rf "$BATS_TEST_TMPDIR/image"
		make_layout "$BATS_TEST_TMPDIR/image" example.com/app:1 >/dev/null
		sign --new-bundle-format=$form "$IMAGE"
		run --separate-stderr env COSIGN_MAX_ATTACHMENT_SIZE=10 cosign verify --key cosign.pub $VERIFY_KEY --json "$IMAGE"
		[ "$status" -eq $([ $form = true ] && echo 10 || echo 12) ]
		has "more than 10" "$stderr"
	done
}

@test "a bundle that is damaged or gone is no signature, and the refusal says why" {
	local bundle
	sign "$IMAGE"
	bundle=$(grep -l '"dsseEnvelope"\|"messageSignature"' "$BATS_TEST_TMPDIR"/image/blobs/sha256/*)
	cp "$bundle" "$BATS_TEST_TMPDIR/kept"
	truncate -s -1 "$bundle"
	refuses no-signature 10 verify "$IMAGE"
	has "another size" "$error"
	rm "$bundle"
	refuses no-signature 10 verify "$IMAGE"
	has "1 attachment that is none" "$error"
	cp "$BATS_TEST_TMPDIR/kept" "$bundle"
	verify "$IMAGE"
}

@test "a file limit is an error that leaves nothing behind" {
	run --separate-stderr bash -c "ulimit -f 0; cosign sign --key cosign.key $SIGN_KEY --json $IMAGE 2>&1 | cat"
	has '"reason":"io"'
	[ -z "$(find "$BATS_TEST_TMPDIR/image/blobs" -name '*.*')" ]
	cd "$BATS_TEST_TMPDIR"
	run --separate-stderr bash -c "ulimit -f 0; cosign generate-key-pair --json 2>&1 | cat"
	has '"reason":"io"'
	[ -z "$(ls cosign.key* 2>/dev/null)" ]
}

@test "an output that is full, closed or not read" {
	sign "$IMAGE"
	run --separate-stderr bash -c "cosign verify --key cosign.pub $VERIFY_KEY --json $IMAGE >/dev/full"
	[ "$status" -eq 1 ]
	has '"reason":"output"' "$stderr"
	run --separate-stderr bash -c "cosign verify --key cosign.pub $VERIFY_KEY --json $IMAGE >&-"
	[ "$status" -eq 1 ]
	has '"reason":"output"' "$stderr"
	run bash -c "cosign verify --key cosign.pub $VERIFY_KEY $IMAGE <&- 2>&-"
	[ "$status" -eq 0 ]
	run bash -c "cosign sign --key cosign.key $SIGN_KEY $IMAGE <&- >&- 2>&-"
	[ "$status" -eq 0 ]
	run --separate-stderr unread cosign verify --key cosign.pub $VERIFY_KEY --json "$IMAGE"
	[ "$status" -ne 0 ]
}

# lost LINE COMMAND...: runs it with LINE on an input that does not end, and with
# an output that is full.
lost() {
	local line=$1 held
	shift
	rm -f "$BATS_TEST_TMPDIR/open"
	mkfifo "$BATS_TEST_TMPDIR/open"
	exec {held}<>"$BATS_TEST_TMPDIR/open"
	printf '%s\n' "$line" >&"$held"
	"$@" <"$BATS_TEST_TMPDIR/open" >/dev/full
}

@test "an output that is full does not wait for more input" {
	sign "$IMAGE"
	for jobs in 1 2; do
		refuses output 1 lost "$IMAGE" cosign verify --key cosign.pub $VERIFY_KEY --jobs $jobs -
		refuses output 1 lost '{' cosign check-bundle --key cosign.pub $VERIFY_KEY --stream --jobs $jobs
		refuses output 1 lost '{' cosign verify-blob --key cosign.pub $VERIFY_KEY --ndjson --jobs $jobs -
	done
}

@test "no home, and one that cannot be written" {
	sign "$IMAGE"
	expect_status 0 env -u HOME cosign verify --key cosign.pub $VERIFY_KEY "$IMAGE"
	refuses no-such-image 11 env -u HOME cosign verify --key cosign.pub $VERIFY_KEY "$FAKE/nothing:1"
	refuses bad-config 1 env -u HOME cosign login -u me -p secret "$FAKE"
	refuses io 1 env HOME=/proc cosign login -u me -p secret "$FAKE"
	expect_status 0 env HOME=/proc cosign verify --key cosign.pub $VERIFY_KEY "$IMAGE"
}

@test "nobody to ask" {
	cd "$BATS_TEST_TMPDIR"
	run --separate-stderr env -u COSIGN_PASSWORD setsid -w cosign generate-key-pair --json </dev/null
	[ "$status" -eq 1 ]
	has '"reason":"no-terminal"' "$stderr"
}
