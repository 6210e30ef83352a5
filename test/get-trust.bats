# SPDX-License-Identifier: Apache-2.0
load lib/helpers
load lib/tuf

setup_file() {
	make_first_tufrepo
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	ROOT=$TOP/test/vectors/good/tlog/trusted_root.json
}

teardown() {
	stop_servers
}

get() {
	cosign get-trust "$@"
}

same_root() {
	get >got.json
	cmp "$ROOT" got.json
}

@test "prints the trusted root, and keeps what it learned" {
	new_tufrepo
	same_root
	[ "$(cd "$KEPT" && find . -type f | LC_ALL=C sort | paste -sd ' ')" = \
		"./root.json ./snapshot.json ./targets.json ./targets/trusted_root.json ./timestamp.json" ]
	cmp "$KEPT/timestamp.json" "$TUF_REPO/timestamp.json"
	cmp "$KEPT/targets/trusted_root.json" "$ROOT"
	[ "$(jq -r 'keys[]' "$KEPT.json")" = lastTimestamp ]
	[ "$(stat -c %a "$KEPT")" = 700 ]
	expect_status 0 get --target trusted_root.json
	refuses not-found 1 get --target other
	refuses usage 2 get --target ''
	refuses usage 2 get argument
}

@test "the examples of get-trust" {
	new_tufrepo 'add("signing_config.v0.2.json", "{}"); commit()'
	run_examples get-trust
}

@test "asks for nothing that it has" {
	new_tufrepo
	serve_tufrepo
	same_root
	[ "$(asked | sed 's/[0-9a-f]\{64\}/HASH/')" = "2.root.json timestamp.json 2.snapshot.json 2.targets.json targets/HASH.trusted_root.json" ]
	same_root
	[ "$(asked)" = "2.root.json timestamp.json" ]
	tufrepo 'publish("timestamp")'
	same_root
	[ "$(asked)" = "2.root.json timestamp.json" ]
	[ "$(version_of "$KEPT/timestamp.json")" = 3 ]
}

@test "several targets of one refresh, a line each" {
	new_tufrepo 'add("signing_config.v0.2.json", "{}"); add("other", "no newline"); commit()'
	serve_tufrepo
	expect_status 0 get --target signing_config.v0.2.json --target trusted_root.json --target other
	[ "$output" = "{}
$(cat "$ROOT")
no newline" ]
	[ "$(asked | grep -o timestamp.json | wc -l)" = 1 ]
	# All or nothing.
	refuses not-found 1 get --target signing_config.v0.2.json --target nothing
	[ -z "$output" ]
	refuses usage 2 get --target trusted_root.json --target ''
}

@test "a failure is a record on standard output for programs that ask so" {
	new_tufrepo
	expect_status 1 get --target none --report
	[ "$(jq -r .reason <<<"$output")" = not-found ]
	[ -z "$stderr" ]
}

@test "keys rotate, of every kind" {
	new_tufrepo 'rotate("timestamp"); key("snapshot", "ed25519"); key("snapshot", "rsa"); key("targets", "p384"); meta("root")["roles"]["snapshot"]["threshold"] = 3; rotate("root"); publish("root"); commit()'
	same_root
	[ "$(version_of "$KEPT/root.json")" = 4 ]
	tufrepo 'rotate("root"); rotate("root"); commit()'
	same_root
	[ "$(version_of "$KEPT/root.json")" = 6 ]
	# From the new ones alone, where nobody has the old.
	export TUF_ROOT_JSON=$TUF_REPO/6.root.json TUF_ROOT=$PWD/other
	same_root
}

@test "keys are read in each way that others write them" {
	new_tufrepo
	for change in 'v["public"] = "\n" + v["public"] + "\n \n"' 'v["public"] = v["public"].strip()' \
		'v["public"] = v["public"].replace("\n", "\r\n")' 'v["private"] = ""; key["keyid_hash_algorithms"] = ["md5"]' \
		'v["public"] = openssl("pkey", "-pubin", "-outform", "DER", data=v["public"].encode())[-65:].hex()' \
		'key["keytype"] = key["scheme"]' 'v["public"] = v["public"].upper()'; do
		tufrepo "key = meta('root')['keys'][state['signers']['timestamp'][0]]; v = key['keyval']
$change
publish('root', 'timestamp')"
		same_root
	done
	[ "$(version_of "$KEPT/root.json")" = 8 ]
	# Of kinds that nobody knows they are in nobody's way.
	tufrepo 'meta("root")["keys"]["x"] = {"keytype": "sigstore-oidc", "scheme": "Fulcio", "keyval": {"identity": "a"}}
meta("root")["roles"]["timestamp"]["keyids"] += ["x", "nowhere"]; publish("root", "timestamp")'
	same_root
}

@test "one key signs once, under whatever names" {
	new_tufrepo 'keys = meta("root")["keys"]; mine = state["signers"]["timestamp"][0]
keys["again"] = dict(keys[mine], extra=1); state["kinds"]["again"] = "ecdsa"; state["signers"]["timestamp"].append("again")
put("../keys/again.pem", open(key_file(mine), "rb").read())
meta("root")["roles"]["timestamp"].update(keyids=[mine, mine, "again"], threshold=2); publish("root", "timestamp")'
	refuses unsigned-metadata 1 get
	tufrepo 'key("timestamp"); publish("root", "timestamp")'
	same_root
}

@test "a root that its predecessor did not sign is refused" {
	new_tufrepo
	same_root
	tufrepo 'state["signers"]["root"] = []; key("root"); publish("root"); commit()'
	refuses unsigned-metadata 1 get
	[ "$(version_of "$KEPT/root.json")" = 1 ]
}

@test "metadata that goes back is refused" {
	new_tufrepo 'commit()'
	cp -R "$TUF_REPO" old
	tufrepo 'commit()'
	same_root
	cp old/timestamp.json "$TUF_REPO/timestamp.json"
	refuses rollback 1 get
	tufrepo 'version("snapshot", 1); publish("snapshot", "timestamp")'
	refuses rollback 1 get
	tufrepo 'version("snapshot", 8); version("targets", 1); publish("targets", "snapshot", "timestamp")'
	refuses rollback 1 get
	[ "$(version_of "$KEPT/targets.json")" = 4 ]
}

@test "what is frozen is refused when it expires" {
	new_tufrepo 'expire("timestamp", "2020-01-01T00:00:00Z"); publish("timestamp")'
	refuses expired-metadata 1 get
	tufrepo 'expire("timestamp", 30); expire("targets", "2020-01-01T00:00:00Z"); publish("targets", "snapshot", "timestamp")'
	refuses expired-metadata 1 get
	tufrepo 'expire("targets", 30); expire("snapshot", "2020-01-01T00:00:00Z"); publish("targets", "snapshot", "timestamp")'
	refuses expired-metadata 1 get
	tufrepo 'expire("snapshot", 30); publish("snapshot", "timestamp"); expire("root", "2020-01-01T00:00:00Z"); publish("root")'
	refuses expired-metadata 1 get
	tufrepo 'expire("root", 30); publish("root")'
	same_root
}

@test "targets are found through delegations" {
	new_tufrepo 'delegate("first", paths=["a/*"]); delegate("second/../x", paths=["a/*", "b/?"]); delegate("third", by="first", paths=["a/*.json"]); add("a/t.json", "third", "third"); add("b/2", "second", "second/../x"); commit()'
	expect_status 0 get --target a/t.json
	[ "$output" = third ]
	expect_status 0 get --target b/2
	[ "$output" = second ]
	refuses not-found 1 get --target b/22
	[ -e "$KEPT/second%2F..%2Fx.json" ]
	[ -e "$KEPT/targets/a%2Ft.json" ]
}

@test "targets are found by the hash of their path, and in bins" {
	new_tufrepo 'delegate("other"); delegate("mine"); digest = hashlib.sha256(b"a/b").hexdigest()
for role, prefix in zip(meta("targets")["delegations"]["roles"], ("1" if digest[0] == "0" else "0", digest[:3].upper())):
    del role["paths"]
    role["path_hash_prefixes"] = [prefix]
add("a/b", "by hash", "mine"); commit()'
	expect_status 0 get --target a/b
	[ "$output" = "by hash" ]
	[ ! -e "$KEPT/other.json" ]
	tufrepo 'meta("targets")["delegations"]["roles"][0].update(path_hash_prefixes=[""], terminating=True); commit()'
	refuses not-found 1 get --target a/b
	[ -e "$KEPT/other.json" ]
	tufrepo 'del meta("targets")["delegations"]; name = "bin-%02x" % (int(hashlib.sha256(b"a/b").hexdigest()[:2], 16) >> 1)
delegate(name); d = meta("targets")["delegations"]
d["succinct_roles"] = {"keyids": d.pop("roles")[0]["keyids"], "threshold": 1, "bit_length": 7, "name_prefix": "bin"}
add("a/b", "in a bin", name); commit()'
	expect_status 0 get --target a/b
	[ "$output" = "in a bin" ]
}

# graph EDGE...: BY:NAME[:PATTERN[:terminating]]; asks for a target that is nowhere.
graph() {
	local code= edge by name pattern end
	for edge; do
		IFS=: read -r by name pattern end <<<"$edge"
		code+="delegate('$name', by='$by', paths=['${pattern:-*}'], terminating=bool('$end'))"$'\n'
	done
	rm -rf "$TUF_DIR" "$TUF_ROOT"
	cp -R "$BATS_FILE_TMPDIR/first-tuf" "$TUF_DIR"
	tufrepo "${code}commit()"
	asked >/dev/null
	refuses not-found 1 get --target missing
	WALK=$(asked | sed 's/^2.root.json timestamp.json 3.snapshot.json 3.targets.json *//; s/1\.\([A-Z]\)\.json/\1/g; s/ //g')
}

@test "delegations are followed depth first, in their order" {
	new_tufrepo
	serve_tufrepo
	graph targets:A targets:B A:C C:D
	[ "$WALK" = ACDB ]
	graph targets:A targets:B 'A:C:*:terminating' A:D
	[ "$WALK" = AC ]
	graph targets:A targets:B B:C C:D D:B
	[ "$WALK" = ABCD ]
	graph 'targets:A:*.py' targets:B A:C B:D
	[ "$WALK" = BD ]
}

@test "each delegator judges for itself" {
	new_tufrepo 'delegate("A", paths=["a/*"]); delegate("B", paths=["b/*"]); delegate("C", by="A", paths=["a/*"])
mine = list(state["signers"]["C"])
meta("B")["delegations"] = {"keys": {}, "roles": [{"name": "C", "keyids": [], "threshold": 1, "terminating": False, "paths": ["b/*"]}]}
add("a/t", "by A", "C"); add("b/t", "by B", "C"); commit()'
	expect_status 0 get --target a/t
	refuses unsigned-metadata 1 get --target b/t
}

@test "targets and roles named like paths stay where they belong" {
	new_tufrepo 'delegate("../role", paths=["*", "*/*", "*/*/*"]); add("../../up", "up", "../role"); add("/top", "top"); commit()'
	expect_status 0 get --target ../../up
	[ "$output" = up ]
	expect_status 0 get --target /top
	[ "$(cd "$TUF_ROOT" && find . -type f | LC_ALL=C sort | sed "s,./$(basename "$KEPT"),," | paste -sd ' ')" = \
		".json /..%2Frole.json /root.json /snapshot.json /targets.json /targets/%2Ftop /targets/..%2F..%2Fup /timestamp.json" ]
}

@test "names with blanks and signs, from a folder and from a server" {
	new_tufrepo 'delegate("ro le", paths=["x/*"]); add("x/y", "delegated", "ro le")
for name in ("a b/c d", "a+b", "ü (1)&=@:,;!~", "50%41", "q?r#s", "none"): add(name, name if name != "none" else "")
commit()'
	for from in folder server "server's folder"; do
		[ "$from" != server ] || serve_tufrepo
		# A server looks for what the encoded name means.
		[ "$from" = folder ] || mv "$TUF_REPO/1.ro%20le.json" "$TUF_REPO/1.ro le.json" 2>/dev/null || true
		[ "$from" != "server's folder" ] || use_tufrepo "file://$TUF_REPO"
		rm -rf "$TUF_ROOT"
		for name in "a b/c d" "a+b" "ü (1)&=@:,;!~" "50%41" "q?r#s"; do
			expect_status 0 get --target "$name"
			[ "$output" = "$name" ]
		done
		expect_status 0 get --target x/y
		[ "$output" = delegated ]
	done
	serve_tufrepo
	expect_status 0 get --target none
	[ -z "$output" ]
	[[ "$(asked)" = *none ]]
	expect_status 0 get --target none
	[[ "$(asked)" != *none ]]
}

@test "a mirror is no path" {
	new_tufrepo
	export TUF_MIRROR=http://.. TUF_ROOT=$PWD/cache
	refuses usage 2 get
	[ ! -e root.json ] && [ ! -e cache ]
}

@test "bytes of another target are refused" {
	new_tufrepo
	same_root
	rm "$KEPT/targets/trusted_root.json"
	name=$(echo "$TUF_REPO"/targets/*.trusted_root.json)
	sed 's/rekor/rokor/' "$ROOT" >"$name"
	refuses digest-mismatch 1 get
	: >"$name"
	refuses digest-mismatch 1 get
	{ cat "$ROOT"; echo; } >"$name"
	refuses too-large 1 get
	cp "$ROOT" "$name"
	same_root
	# So are those that are kept; they are fetched again.
	echo changed >"$KEPT/targets/trusted_root.json"
	same_root
	cmp "$KEPT/targets/trusted_root.json" "$ROOT"
}

@test "what is kept and broken is fetched again" {
	new_tufrepo
	same_root
	for name in root timestamp snapshot targets; do
		echo '{}' >"$KEPT/$name.json"
		same_root
		cmp "$KEPT/$name.json" "$TUF_REPO/$(case $name in root) echo 1. ;; timestamp) ;; *) echo 2. ;; esac)$name.json"
	done
}

@test "a server that never ends, stalls, resets or answers something else" {
	new_tufrepo
	serve_tufrepo
	for pair in endless:too-large noise:protocol status/400:http status/404:not-found; do
		echo "/${pair%:*}" >"$TUF_REPO/timestamp.json.fault"
		refuses "${pair##*:}" 1 get
		[ ! -e "$KEPT/timestamp.json" ]
	done
	for fault in reset stall halfbody status/503; do
		echo "/$fault" >"$TUF_REPO/timestamp.json.fault"
		expect_status 1 get --retry 0 --timeout 2s --json
		case $(tail -n 1 <<<"$stderr" | jq -r .reason) in network | timeout | http) ;; *) false ;; esac
	done
	echo /endless >"$TUF_REPO/2.root.json.fault"
	refuses too-large 1 get
	rm "$TUF_REPO"/*.fault
	same_root
}

@test "redirects are followed, but not from there into a file" {
	new_tufrepo
	cp "$TUF_REPO/timestamp.json" "$TUF_REPO/elsewhere.json"
	serve_tufrepo
	echo "/to?302%20/files/elsewhere.json" >"$TUF_REPO/timestamp.json.fault"
	same_root
	rm -r "$KEPT"
	echo "/to?302%20file://$TUF_REPO/elsewhere.json" >"$TUF_REPO/timestamp.json.fault"
	expect_status 1 get
}

@test "without a network what is kept serves until it expires" {
	new_tufrepo
	serve_tufrepo
	same_root
	echo /reset >"$TUF_REPO/2.root.json.fault"
	expect_status 0 get --retry 0
	[ "$output" = "$(cat "$ROOT")" ]
	has "what is stored serves" "$stderr"
	refuses not-found 1 get --retry 0 --target other
	rm "$TUF_REPO"/*.fault
	tufrepo 'expire("timestamp", "2020-01-01T00:00:00Z"); publish("timestamp")'
	cp "$TUF_REPO/timestamp.json" "$KEPT"
	echo /reset >"$TUF_REPO/2.root.json.fault"
	refuses network 1 get --retry 0
	has "expired" "$(jq -r .hint <<<"$error")"
	rm -r "$KEPT"
	refuses network 1 get --retry 0
	has "nothing is stored" "$(jq -r .hint <<<"$error")"
}

@test "a directory that cannot be written to costs a warning" {
	new_tufrepo
	echo a file >file
	for top in file /proc/nowhere; do
		TUF_ROOT=$top expect_status 0 get
		[ "$output" = "$(cat "$ROOT")" ]
		has "not kept" "$stderr"
		[ "$(wc -l <<<"$stderr")" = 1 ]
	done
	unset TUF_ROOT HOME
	expect_status 0 get
	[ -z "$stderr" ]
}

@test "a note that cannot be written is nobody's business" {
	new_tufrepo
	same_root
	rm "$KEPT.json"
	mkdir "$KEPT.json"
	expect_status 0 get
	[ -z "$stderr" ]
	[ "$output" = "$(cat "$ROOT")" ]
}

@test "a folder that is not mounted is a server that does not answer" {
	new_tufrepo
	same_root
	mv "$TUF_REPO" away
	export TUF_ROOT_JSON=away/1.root.json
	expect_status 0 get
	[ "$output" = "$(cat "$ROOT")" ]
	has "what is stored serves" "$stderr"
	rm -r "$KEPT"
	refuses not-found 1 get
	# There, but without the file that counts.
	mkdir "$TUF_REPO"
	cp away/*.root.json "$TUF_REPO"
	refuses not-found 1 get
	has timestamp.json "$(jq -r .message <<<"$error")"
}

@test "a version that has no next one is refused" {
	new_tufrepo 'version("root", 2 ** 63 - 3); publish("root")'
	export TUF_ROOT_JSON=$TUF_REPO/9223372036854775806.root.json
	same_root
	tufrepo 'publish("root")'
	refuses bad-metadata 1 get
	TUF_ROOT_JSON=$TUF_REPO/9223372036854775807.root.json refuses bad-metadata 1 get
}

@test "nothing is written with SIGSTORE_NO_CACHE, nor without a place" {
	new_tufrepo
	export SIGSTORE_NO_CACHE=1
	same_root
	[ ! -e "$TUF_ROOT" ]
}

@test "the place is below HOME where nobody says otherwise" {
	new_tufrepo
	unset TUF_ROOT
	export HOME=$PWD/home
	same_root
	[ -e "home/.sigstore/root/file---$(tr / - <<<"${TUF_REPO,,}")/root.json" ]
}

@test "another repository needs a root to begin with" {
	new_tufrepo
	unset TUF_ROOT_JSON
	refuses not-found 1 get
	has "cosign initialize --mirror" "$(jq -r .hint <<<"$error")"
	TUF_ROOT_JSON=none refuses not-found 1 get
	TUF_MIRROR=ftp://example.com TUF_ROOT_JSON=$TUF_REPO/1.root.json refuses usage 2 get
	mkdir -p "$KEPT"
	for text in '' '{' '{}'; do
		echo "$text" >"$KEPT/root.json"
		expect_status 1 get --json
		has "$KEPT" "$(jq -r .message <<<"$stderr")"
		has "cosign initialize --mirror $TUF_MIRROR" "$(jq -r .hint <<<"$stderr")"
	done
	rm -r "$KEPT"
	echo nonsense >"$TUF_ROOT/remote.json"
	unset TUF_MIRROR
	refuses bad-config 1 get
}

@test "a repository that began anew is another" {
	new_tufrepo
	same_root
	rm -r "$TUF_DIR"
	TUF_DIR=$BATS_TEST_TMPDIR/tuf tufrepo 'init(); add("trusted_root.json", "other"); commit()'
	expect_status 0 get
	[ "$output" = other ]
}

@test "many at once, of one new directory, while the repository changes" {
	new_tufrepo
	for i in $(seq 8); do
		get >"got.$i" 2>"said.$i" 3>&- &
		pids="${pids-} $!"
	done
	tufrepo 'rotate("timestamp"); commit(); commit()'
	for i in $(seq 8); do
		get >"more.$i" 2>>"said.$i" 3>&- &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait "$pid" || true
	done
	for i in $(seq 8); do
		# One that looked in the middle of a commit may have failed.
		[ ! -s "got.$i" ] || cmp "$ROOT" "got.$i"
	done
	same_root
	[ "$(version_of "$KEPT/root.json")" = 2 ]
	cmp "$KEPT/timestamp.json" "$TUF_REPO/timestamp.json"
	[ -z "$(find "$TUF_ROOT" -name '*.json.*')" ]
}

@test "runs that are killed in between are in nobody's way" {
	new_tufrepo
	serve_tufrepo
	for file in 2.root.json timestamp.json 2.snapshot.json 2.targets.json "$(cd "$TUF_REPO" && echo targets/*.trusted_root.json)"; do
		echo /stall >"$TUF_REPO/$file.fault"
		: >"$ASKED"
		pids=
		for i in 1 2 3; do
			get >/dev/null 2>&1 3>&- &
			pids="$pids $!"
		done
		until [ "$(grep -c "$file" "$ASKED")" = 3 ]; do sleep 0.02; done
		rm "$TUF_REPO/$file.fault"
		# Beside those that hang, and after them.
		same_root
		kill -9 $pids
		for pid in $pids; do
			wait "$pid" || true
		done
		same_root
		rm -r "$KEPT"
	done
}

@test "a trusted root is made of the keys of an old repository" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 \
		-subj /O=old/CN=root 2>/dev/null
	openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null >log.key ||
		openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null >log.key
	openssl pkey -in log.key -pubout >log.pub
	new_tufrepo 'drop("trusted_root.json")
for name, usage in (("fulcio.crt.pem", "Fulcio"), ("rekor.pub", "Rekor"), ("ct.key", "CTFE")):
    add(name, open("ca.pem" if usage == "Fulcio" else "log.pub").read(), custom={"sigstore": {"usage": usage, "status": "Active", "uri": "https://" + usage.lower() + ".example"}})
commit()'
	expect_status 0 get
	[ "$(jq -r '.certificateAuthorities[0].uri, .tlogs[0].baseUrl, .ctlogs[0].baseUrl' <<<"$output" | paste -sd ' ')" = \
		"https://fulcio.example https://rekor.example https://ctfe.example" ]
	[ "$(jq -r '.tlogs[0].logId.keyId' <<<"$output" | base64 -d | od -An -tx1 | tr -d ' \n')" = \
		"$(openssl pkey -pubin -in log.pub -outform DER | sha256sum | cut -c1-64)" ]
	# Without what their names say, by the names themselves.
	tufrepo 'drop("fulcio.crt.pem"); drop("rekor.pub"); drop("ct.key"); add("ctfe.pub", open("log.pub").read()); commit()'
	expect_status 0 get
	[ "$(jq -c 'keys' <<<"$output")" = '["ctlogs","mediaType"]' ]
	tufrepo 'drop("ctfe.pub"); commit()'
	refuses not-found 1 get
}

@test "the roots that come along are those of the public instance and its staging" {
	new_tufrepo
	export TUF_MIRROR=https://tuf-repo-cdn.sigstore.dev TUF_ROOT_JSON=/nowhere
	export https_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1
	refuses network 1 get --retry 0
	has 16.root.json "$(jq -r .message <<<"$error")"
	unset TUF_ROOT_JSON
	export TUF_MIRROR=https://tuf-repo-cdn.sigstage.dev
	refuses network 1 get --retry 0
	has 15.root.json "$(jq -r .message <<<"$error")"
}

@test "verifying asks the repository when no trusted root is named" {
	new_tufrepo
	good=$TOP/test/vectors/good/tlog
	make_keys
	make_layout image v1 >/dev/null
	cosign sign --key cosign.key $SIGN_KEY oci:image:v1
	# There is no entry in a log; but it is that repository's logs that are asked for.
	expect_status 12 cosign verify --key cosign.pub oci:image:v1
	has "not-logged" "$(cosign verify --json --key cosign.pub oci:image:v1 2>&1 || true)"
	[ -e "$KEPT/root.json" ]
	# What is kept serves --offline.
	expect_status 12 cosign verify --key cosign.pub --offline oci:image:v1
	has 'no transparency log entry' "$stderr"
	if command -v strace >/dev/null; then
		ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -e trace=execve,socket,openat \
			cosign verify --key cosign.pub --offline oci:image:v1 || [ $? = 12 ]
		grep -q verify trace
		! grep -E 'get-trust|remote-http|socket\(|O_CREAT' trace
	fi
	rm -r "$TUF_ROOT"
	expect_status 0 cosign verify --key cosign.pub --insecure-ignore-tlog oci:image:v1
	expect_status 12 cosign verify --key cosign.pub --trusted-root "$good/trusted_root.json" oci:image:v1
	refuses not-found 1 cosign verify --key cosign.pub --offline oci:image:v1
	has 'cosign initialize' "$error"
	[ ! -e "$TUF_ROOT" ]
	tufrepo 'expire("root", "2020-01-01T00:00:00Z"); publish("root")'
	refuses expired-metadata 1 cosign verify --key cosign.pub oci:image:v1
	refuses expired-metadata 1 cosign verify --key cosign.pub --offline oci:image:v1
}
