# SPDX-License-Identifier: Apache-2.0
# What the bats files share: `load lib/helpers` at the top of a file, and
# `teardown_file() { stop_servers; }` in files that start a server.
#
# make exports BIN and BUILD (they differ in sanitizer builds); by hand, the
# ordinary build is taken. Nothing of the caller's environment gets through:
# no configuration, no credentials, no proxy.
bats_require_minimum_version 1.5.0

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN=${BIN:-$TOP/bin}
BUILD=${BUILD:-$TOP/build}
SHARED=${SHARED:-$TOP/../shared}
export TOP BIN BUILD SHARED

# Servers and what setup_file made are per file, and so is the working directory
# that setup_file chose. Tests of a file run side by side: what a test writes
# under a name that another one uses too belongs into $BATS_TEST_TMPDIR.
if [ -n "${BATS_FILE_TMPDIR-}" ]; then
	while IFS= read -r name; do
		unset "$name"
	done < <(compgen -e | grep -E '^(COSIGN_|SIGSTORE_|TUF_|DOCKER_|REGISTRY_|https?_proxy$|HTTPS?_PROXY$|no_proxy$|NO_PROXY$|XDG_|SOURCE_DATE_EPOCH$)' |
		grep -vxF COSIGN_INTEROP)
	export HOME=$BATS_FILE_TMPDIR/home LC_ALL=C TZ=UTC
	# Nobody asks the public instance by mistake.
	export PATH=$BIN:$PATH COSIGN_PASSWORD= TUF_MIRROR=file:///nowhere
	mkdir -p "$HOME"
fi

# --- judging ---------------------------------------------------------------

# unread COMMAND...: runs it with a standard output that nobody reads any more.
unread() {
	mkfifo "$BATS_TEST_TMPDIR/unread"
	"$@" 3<>"$BATS_TEST_TMPDIR/unread" >"$BATS_TEST_TMPDIR/unread" 3<&-
}

# expect_status STATUS COMMAND...: runs it; leaves $output, $stderr, $lines.
expect_status() {
	local want=$1
	shift
	run --separate-stderr "$@"
	[ "$status" -eq "$want" ] && return
	printf '%s\n' "status $status, expected $want: $*" "stdout: $output" "stderr: $stderr" >&2
	return 1
}

# frugal COMMAND...: runs it; it fails when the process needs more than 32 MiB,
# pages of files included.
frugal() {
	python3 -c '
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
sys.exit("%s: %d KiB" % (sys.argv[1], peak) if peak > 32 << 10 else status)' "$@"
}

# refuses SLUG STATUS COMMAND...: runs it with --json and looks at the error
# object, the last line of stderr.
refuses() {
	local slug=$1 want=$2 json=(--json) arg
	shift 2
	for arg; do
		[ "$arg" != -- ] || json=()
	done
	expect_status "$want" "$@" "${json[@]}" || return
	error=$(printf '%s\n' "$stderr" | tail -n 1)
	[ "$(jq -r '.type + " " + .reason + " " + (.exit | tostring)' <<<"$error")" = "cosign.error/1 $slug $want" ] && return
	printf '%s\n' "expected reason $slug: $*" "stderr: $stderr" >&2
	return 1
}

# has NEEDLE [TEXT]: TEXT (default $output) has it; says what was there if not.
has() {
	case ${2-$output} in
	*"$1"*) ;;
	*)
		printf '%s\n' "expected to see: $1" "in: ${2-$output}" >&2
		return 1
		;;
	esac
}

# --- servers ---------------------------------------------------------------
# Started in setup_file they serve the file, until stop_servers in
# teardown_file; started in a test, that test, until stop_servers in teardown.
# Tests of a file run side by side: those that read `requests` of a server they
# share need `export BATS_NO_PARALLELIZE_WITHIN_FILE=true` in setup_file.

servers() {
	printf '%s' "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/servers"
}

# Runs a server; waits until PATTERN (sed -n) gives something in its output.
start_server() { # NAME PATTERN COMMAND...
	local dir name=$1 pattern=$2 i said
	dir=$(servers)
	shift 2
	mkdir -p "$dir"
	# Another of that name goes on until all are stopped.
	[ ! -s "$dir/$name.pid" ] || mv "$dir/$name.pid" "$dir/$(cat "$dir/$name.pid").pid"
	: >"$dir/$name.out"
	"$@" >>"$dir/$name.out" 2>&1 </dev/null 3>&- &
	echo $! >"$dir/$name.pid"
	if [ -n "${BATS_TEST_TMPDIR-}" ]; then
		mkdir -p "$BATS_FILE_TMPDIR/of-tests"
		ln -sf "$dir/$name.pid" "$BATS_FILE_TMPDIR/of-tests/$!.pid"
	fi
	for ((i = 0; i < 1500; i++)); do
		said=$(sed -n "$pattern" "$dir/$name.out" | head -n 1)
		if [ -n "$said" ]; then
			SERVER=$said
			return
		fi
		kill -0 "$(cat "$dir/$name.pid")" 2>/dev/null || break
		sleep 0.02
	done
	echo "$name does not start: $(cat "$dir/$name.out")" >&2
	return 1
}

stop_pid_file() {
	[ -s "$1" ] || return 0
	kill "$(cat "$1")" 2>/dev/null || true
	: >"$1"
}

stop_server() { # NAME
	stop_pid_file "$(servers)/$1.pid"
}

# In teardown_file, also what tests of the file started and left running.
stop_servers() {
	local file
	for file in "$(servers)"/*.pid; do
		stop_pid_file "$file"
	done
	[ -z "${BATS_TEST_TMPDIR-}" ] || return 0
	for file in "$BATS_FILE_TMPDIR"/of-tests/*.pid; do
		stop_pid_file "$file"
	done
}

# Debian's docker-registry as a process of ours; $REG is its host:port. It has
# no referrers API. Arguments are lines added to its configuration.
start_registry() {
	local dir
	dir=$(servers)/data
	mkdir -p "$dir"
	{
		printf '%s\n' 'version: 0.1' 'log: {level: info, accesslog: {disabled: true}}' \
			"storage: {filesystem: {rootdirectory: '$dir'}, delete: {enabled: true}}" \
			'http: {addr: "127.0.0.1:0", secret: tests}' "$@"
	} >"$dir.yml"
	OTEL_TRACES_EXPORTER=none start_server registry 's/.*listening on \(127[^" ]*\).*/\1/p' \
		docker-registry serve "$dir.yml" || return
	export REG=$SERVER
}

# Our own registry, with the referrers API; $FAKE is its host:port, and
# `requests` prints what it was asked. Arguments: see test/fake/registry.c.
# Called again, it replaces the one before.
start_fake_registry() {
	FAKE_LOG=$(servers).log
	export FAKE_LOG
	stop_server fake
	: >"$FAKE_LOG"
	start_server fake 's/^\([0-9][0-9]*\)$/\1/p' "$BUILD/fake/registry" --log "$FAKE_LOG" "$@" || return
	export FAKE=127.0.0.1:$SERVER
}

# A proxy in front of HOST:PORT that holds each PUT for up to half a second;
# $PROXY is its host:port. Arguments before: see test/fake/delayproxy.c.
start_delay_proxy() { # [ARGUMENT...] HOST:PORT
	stop_server proxy
	start_server proxy 's/^\([0-9][0-9]*\)$/\1/p' "$BUILD/fake/delayproxy" "$@" || return
	export PROXY=127.0.0.1:$SERVER
}

# METHOD PATH STATUS, a line a request since the last requests_reset.
requests() {
	cat "$FAKE_LOG"
}

requests_reset() {
	: >"$FAKE_LOG"
}

# --- images ----------------------------------------------------------------

digest_of() { # FILE
	printf 'sha256:%s' "$(sha256sum <"$1" | cut -c1-64)"
}

# Writes a one-layer image into the blobs of DIR and prints its descriptor.
image_blobs() { # DIR TEXT [ARCHITECTURE]
	local blobs=$1/blobs/sha256 layer config manifest arch=${3:-amd64} size
	mkdir -p "$blobs"
	layer=$(put_blob "$blobs" "$2")
	config=$(put_blob "$blobs" '{"architecture":"'"$arch"'","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["'"${layer% *}"'"]}}')
	manifest=$(put_blob "$blobs" '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"'"${config% *}"'","size":'"${config#* }"'},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"'"${layer% *}"'","size":'"${layer#* }"'}]}')
	size=${manifest#* }
	printf '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":%s' "${manifest% *}" "$size"
	[ -z "${3-}" ] || printf ',"platform":{"architecture":"%s","os":"linux"}' "$3"
	printf '}\n'
}

put_blob() { # BLOBS TEXT: prints "DIGEST SIZE"
	local file
	file=$(mktemp "$1/new.XXXXXX")
	printf '%s' "$2" >"$file"
	printf '%s %s\n' "$(digest_of "$file")" "$(stat -c %s "$file")"
	mv "$file" "$1/$(sha256sum <"$file" | cut -c1-64)"
}

layout_files() { # DIR DESCRIPTOR [NAME]
	local name=${3:+,\"annotations\":{\"org.opencontainers.image.ref.name\":\"$3\"\}}
	printf '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
	printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s]}' \
		"${2%\}}$name}" >"$1/index.json"
}

# make_layout DIR [NAME [TEXT]]: an image layout with one image; prints its
# digest. NAME becomes its org.opencontainers.image.ref.name.
make_layout() {
	local descriptor
	descriptor=$(image_blobs "$1" "${3:-a layer}")
	layout_files "$1" "$descriptor" "${2-}"
	jq -r .digest <<<"$descriptor"
}

# make_index_layout DIR [NAME]: the same with an image index of two platforms.
# Its children's digests: `children DIR`.
make_index_layout() {
	local index
	index=$(index_blobs "$1" "${3:-a layer}")
	layout_files "$1" '{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"'"${index% *}"'","size":'"${index#* }"'}' "${2-}"
	printf '%s\n' "${index% *}"
}

index_blobs() { # DIR TEXT: prints "DIGEST SIZE" of the index
	local one two
	one=$(image_blobs "$1" "$2, first" amd64)
	two=$(image_blobs "$1" "$2, second" arm64)
	put_blob "$1/blobs/sha256" '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":['"$one,$two"']}'
}

children() { # DIR INDEX-DIGEST
	jq -r '.manifests[].digest' "$1/blobs/sha256/${2#sha256:}"
}

# --- pushing with curl alone ------------------------------------------------

push_blob() { # HOST/REPO FILE
	local host=${1%%/*} repo=${1#*/} where
	where=$(curl -sSf -X POST -o /dev/null -D - "http://$host/v2/$repo/blobs/uploads/" |
		sed -n 's/^[Ll]ocation: *\([^[:cntrl:]]*\).*/\1/p')
	case $where in /*) where=http://$host$where ;; esac
	case $where in *\?*) where=$where\& ;; *) where=$where\? ;; esac
	curl -sSf -X PUT -o /dev/null -H 'Content-Type: application/octet-stream' --data-binary "@$2" \
		"${where}digest=$(digest_of "$2")"
}

push_manifest() { # HOST/REPO TAG-OR-DIGEST FILE
	curl -sSf -X PUT -o /dev/null -H "Content-Type: $(jq -r .mediaType "$3")" --data-binary "@$3" \
		"http://${1%%/*}/v2/${1#*/}/manifests/$2"
}

# Pushes manifest DIGEST of layout DIR, and what it names, to HOST/REPO.
push_tree() { # DIR DIGEST HOST/REPO [TAG]
	local blobs=$1/blobs/sha256 digest
	for digest in $(jq -r '.manifests // [] | .[].digest' "$blobs/${2#sha256:}"); do
		push_tree "$1" "$digest" "$3" || return
	done
	for digest in $(jq -r '(.layers // []) + [.config // empty] | .[].digest' "$blobs/${2#sha256:}"); do
		push_blob "$3" "$blobs/${digest#sha256:}" || return
	done
	push_manifest "$3" "${4:-$2}" "$blobs/${2#sha256:}"
}

# push_image HOST/REPO[:TAG] [TEXT]: pushes a one-layer image; prints its digest.
push_image() {
	push_made make_layout "$@"
}

# push_index HOST/REPO[:TAG] [TEXT]: the same with an index of two platforms.
push_index() {
	push_made make_index_layout "$@"
}

push_made() { # MAKER HOST/REPO[:TAG] [TEXT]
	local dir digest path=${2#*/} tag=latest
	dir=$(mktemp -d "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/push.XXXXXX")
	case $path in *:*) tag=${path##*:} path=${path%:*} ;; esac
	digest=$("$1" "$dir" "" "${3:-$2}")
	push_tree "$dir" "$digest" "${2%%/*}/$path" "$tag" || return
	printf '%s\n' "$digest"
}

# --- keys ------------------------------------------------------------------

# make_keys [STEM [ALGORITHM]]: STEM.key and STEM.pub, plain PEM (an encrypted
# key costs 0.2 s an opening); ALGORITHM p256 (default) p384 p521 rsa ed25519.
make_keys() {
	local stem=${1:-cosign} how
	case ${2:-p256} in
	p256) how=(EC -pkeyopt ec_paramgen_curve:P-256) ;;
	p384) how=(EC -pkeyopt ec_paramgen_curve:P-384) ;;
	p521) how=(EC -pkeyopt ec_paramgen_curve:P-521) ;;
	rsa) how=(RSA -pkeyopt rsa_keygen_bits:2048) ;;
	ed25519) how=(ED25519) ;;
	*) return 1 ;;
	esac
	(umask 077 && openssl genpkey -quiet -algorithm "${how[@]}" -out "$stem.key" 2>/dev/null ||
		openssl genpkey -algorithm "${how[@]}" -out "$stem.key" 2>/dev/null) || return
	openssl pkey -in "$stem.key" -pubout -out "$stem.pub"
}

# What signs and verifies with a key alone, without any log or timestamp.
SIGN_KEY='--use-signing-config=false --tlog-upload=false --yes'
VERIFY_KEY='--insecure-ignore-tlog=true'
export SIGN_KEY VERIFY_KEY

# --- examples --------------------------------------------------------------

# run_examples COMMAND: runs the "$ ..." lines of its table as one script,
# where the test stands; what they need is made by the test before.
run_examples() {
	jq -r --arg name "$1" 'select(.name == $name) | ., (.verbs // [] | .[]) | .examples // empty' \
		"$TOP/cmd/spec.ndjson" | sed -n 's/^\$ //p' >"$BATS_TEST_TMPDIR/examples.sh"
	[ -s "$BATS_TEST_TMPDIR/examples.sh" ] || return
	(cd "$BATS_TEST_TMPDIR" && bash -e -o pipefail examples.sh)
}
