# SPDX-License-Identifier: Apache-2.0
# The real services of Sigstore on loopback: `load services` after interop.
#
# start_services starts Fulcio with a CA in a file, Rekor v2 on files and the
# timestamp authority; the log of certificates and the issuer of tokens are
# test/fake/sigstore.c's. With INTEROP_REKOR1 set also Rekor v1 with
# Trillian on MariaDB. $REAL is the folder of trusted_root.json and
# signing_config.json (signing_config.v1.json for Rekor v1). $LOG1 is Rekor v1,
# the tests' own where the real one is not asked for, and the trusted root has it.
load ../lib/sigstore

# Ports for servers that cannot choose one and tell: they are kept by sockets
# that never listen, until stop_servers.
reserve_ports() { # COUNT: into the array ports
	start_server ports 's/^ports //p' python3 -u -c '
import signal, socket, sys
held = []
for _ in range(int(sys.argv[1])):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", 0))
    held.append(s)
print("ports", *(s.getsockname()[1] for s in held))
signal.pause()' "$1"
	read -ra ports <<<"$SERVER"
}

wait_until() { # COMMAND...
	local i
	for ((i = 0; i < 1500; i++)); do
		! "$@" || return 0
		sleep 0.02
	done
	echo "waited in vain: $*" >&2
	return 1
}

wait_for() { # URL
	wait_until curl -s -o /dev/null "$1"
}

new_key() { # FILE [ALGORITHM OPTION...]
	openssl genpkey -algorithm "${2:-EC}" ${3:+-pkeyopt "$3"} -out "$1" 2>/dev/null
}

# STEM.key and STEM.pem; ISSUER is another stem, or empty.
new_certificate() { # STEM ISSUER NAME EXTENSION...
	local stem=$1 issuer=$2 name=$3 by=()
	shift 3
	new_key "$stem.key" EC ec_paramgen_curve:P-256
	printf '%s\n' '[req]' 'distinguished_name=dn' '[dn]' '[ext]' 'subjectKeyIdentifier=hash' "$@" >"$stem.cnf"
	[ -z "$issuer" ] || by=(-CA "$issuer.pem" -CAkey "$issuer.key")
	openssl req -x509 -new -key "$stem.key" -subj "/O=interop/CN=$name" -days 3650 "${by[@]}" \
		-config "$stem.cnf" -extensions ext -out "$stem.pem" 2>/dev/null
}

make_authorities() {
	local ca='keyUsage=critical,keyCertSign,cRLSign'
	new_certificate caroot '' 'CA root' 'basicConstraints=critical,CA:TRUE' "$ca"
	new_certificate ca caroot CA 'basicConstraints=critical,CA:TRUE,pathlen:0' "$ca" 'extendedKeyUsage=codeSigning'
	openssl pkcs8 -topk8 -v2 aes-256-cbc -in ca.key -out ca.enc -passout pass:interop
	cat ca.pem caroot.pem >fulcio.pem
	new_certificate tsaroot '' 'TSA root' 'basicConstraints=critical,CA:TRUE' "$ca"
	new_certificate tsaca tsaroot TSA-CA 'basicConstraints=critical,CA:TRUE,pathlen:0' "$ca" 'extendedKeyUsage=timeStamping'
	new_certificate tsaleaf tsaca TSA 'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature' \
		'extendedKeyUsage=critical,timeStamping'
	cat tsaleaf.pem tsaca.pem tsaroot.pem >tsa.pem
}

# A server that needs not say anything.
start_quiet() { # NAME COMMAND...
	local name=$1
	shift
	start_server "$name" 's/^starting$/&/p' sh -c 'echo starting; exec "$@"' sh "$@"
}

start_fulcio() { # PORT GRPC METRICS [TYPE-OF-ISSUER]
	local type=${4:-email}
	printf '%s\n' 'oidc-issuers:' "  $OIDC_URL:" "    issuer-url: $OIDC_URL" '    client-id: sigstore' \
		"    type: $type" >"fulcio-$type.yaml"
	start_quiet "fulcio-$type" "$INTEROP_TOOLS/fulcio" serve --host 127.0.0.1 \
		--port "$1" --grpc-host 127.0.0.1 --grpc-port "$2" --metrics-port "$3" \
		--legacy-unix-domain-socket "@cosign-interop-$1" --config-path "$PWD/fulcio-$type.yaml" --ca fileca \
		--fileca-cert "$PWD/fulcio.pem" --fileca-key "$PWD/ca.enc" --fileca-key-passwd interop --fileca-watch=false \
		--ct-log-url "$CTLOG_URL/interop"
	wait_for "http://127.0.0.1:$1/api/v2/configuration"
	export FULCIO=http://127.0.0.1:$1
}

# Its metrics have a port that cannot be chosen: who needs one waits for the one of
# another file to end.
start_tsa() { # PORT
	local server=$INTEROP_TOOLS/timestamp-server
	flock -w 600 "$server" true
	start_quiet tsa flock -F "$server" "$server" serve \
		--host 127.0.0.1 --port "$1" --timestamp-signer file --file-signer-key-path "$PWD/tsaleaf.key" \
		--certificate-chain-path "$PWD/tsa.pem" --disable-ntp-monitoring
	wait_for "http://127.0.0.1:$1/ping"
	export TSA=http://127.0.0.1:$1/api/v1/timestamp
}

start_rekor2() { # PORT GRPC METRICS
	new_key rekor2.key ED25519
	openssl pkey -in rekor2.key -pubout -out rekor2.pub
	start_quiet rekor2 "$INTEROP_TOOLS/posix" serve \
		--http-port "$1" --grpc-port "$2" --http-metrics-port "$3" --hostname 127.0.0.1 --signer-filepath "$PWD/rekor2.key" \
		--storage-dir "$PWD/rekor2" --checkpoint-interval 200ms --batch-max-age 20ms
	wait_for "http://127.0.0.1:$1/healthz"
	export REKOR2=http://127.0.0.1:$1
}

# Trillian keeps the tree in MariaDB, a server and a signer of it; Rekor asks them.
start_database() { # PORT
	local by=()
	[ "$(id -u)" -ne 0 ] || by=(--user=root)
	mariadb-install-db --no-defaults "${by[@]}" --datadir="$PWD/database" --auth-root-authentication-method=normal \
		--skip-test-db >database.log 2>&1
	start_quiet database mariadbd --no-defaults "${by[@]}" \
		--datadir="$PWD/database" --socket="$PWD/database.socket" --bind-address=127.0.0.1 --port="$1" \
		--innodb-flush-log-at-trx-commit=0 --skip-log-bin
	wait_until database_answers
	database -e "CREATE DATABASE trillian; CREATE USER t@localhost IDENTIFIED BY 't';
		GRANT ALL ON trillian.* TO t@localhost"
	database trillian <"$TRILLIAN_SCHEMA"
}

database() {
	mariadb --no-defaults --user=root --socket="$PWD/database.socket" "$@"
}

database_answers() {
	database -e 'SELECT 1' >/dev/null 2>&1
}

start_rekor1() { # FIVE PORTS
	local sql="t:t@tcp(127.0.0.1:$1)/trillian" tree
	start_database "$1"
	start_quiet trillian "$INTEROP_TOOLS/trillian_log_server" \
		--storage_system=mysql --quota_system=noop --mysql_uri="$sql" --rpc_endpoint="127.0.0.1:$2" --http_endpoint= \
		--alsologtostderr
	start_quiet trillian-signer "$INTEROP_TOOLS/trillian_log_signer" \
		--storage_system=mysql --quota_system=noop --mysql_uri="$sql" --rpc_endpoint="127.0.0.1:$3" --http_endpoint= \
		--force_master --sequencer_interval=50ms --batch_size=100 --alsologtostderr
	tree=$("$INTEROP_TOOLS/createtree" --admin_server="127.0.0.1:$2" --rpc_deadline=30s)
	openssl ecparam -name prime256v1 -genkey -noout -out rekor1.key
	openssl pkcs8 -topk8 -v2 aes-256-cbc -in rekor1.key -out rekor1.enc -passout pass:interop
	openssl pkey -in rekor1.key -pubout -out rekor1.pub
	start_quiet rekor1 "$INTEROP_TOOLS/rekor-server" serve \
		--host 127.0.0.1 --port "$4" --rekor_server.hostname 127.0.0.1 --rekor_server.signer "$PWD/rekor1.key" \
		--trillian_log_server.port "$2" --trillian_log_server.tlog_id "$tree" --enabled_api_endpoints \
		createLogEntry,getLogEntryByIndex,getLogEntryByUUID,searchLogQuery,getLogInfo,getPublicKey,getLogProof
	wait_for "http://127.0.0.1:$4/ping"
	export REKOR1=http://127.0.0.1:$4
}

# What sigstore-python takes for both.
trust_config() { # TRUSTED-ROOT SIGNING-CONFIG FILE
	jq -n --slurpfile root "$1" --slurpfile config "$2" \
		'{mediaType: "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json", trustedRoot: $root[0],
		signingConfig: $config[0]}' >"$3"
}

write_trust() {
	local start=start-time=2020-01-01T00:00:00Z key=rekor1.pub
	local service=$start,operator=interop,api-version
	[ -n "${REKOR1-}" ] || key=$SIGDIR/rekor.pub
	export LOG1=${REKOR1:-$REKOR1_URL}
	ours trusted-root create --fulcio "url=$FULCIO,certificate-chain=fulcio.pem" --tsa "url=$TSA,certificate-chain=tsa.pem" \
		--rekor "url=$REKOR2,public-key=rekor2.pub,origin=127.0.0.1,$start" --rekor "url=$LOG1,public-key=$key,$start" \
		--ctfe "url=$CTLOG_URL/interop,public-key=$SIGDIR/ctfe.pub,$start" --out trusted_root.json
	ours signing-config create --fulcio "url=$FULCIO,$service=1" --oidc-provider "url=$OIDC_URL,$service=1" \
		--rekor "url=$REKOR2,$service=2" --rekor-config ANY --tsa "url=$TSA,$service=1" --tsa-config ANY \
		--out signing_config.json
	[ -n "${REKOR1-}" ] || return 0
	ours signing-config create --fulcio "url=$FULCIO,$service=1" --oidc-provider "url=$OIDC_URL,$service=1" \
		--rekor "url=$REKOR1,$service=1" --rekor-config ANY --tsa-config ANY --out signing_config.v1.json
}

start_services() {
	export REAL=$BATS_FILE_TMPDIR/real
	mkdir -p "$REAL"
	start_sigstore
	cd "$REAL"
	reserve_ports 16
	make_authorities
	start_fulcio "${ports[@]:0:3}"
	start_tsa "${ports[3]}"
	start_rekor2 "${ports[@]:4:3}"
	[ -z "${INTEROP_REKOR1-}" ] || start_rekor1 "${ports[@]:8:5}"
	write_trust
}
