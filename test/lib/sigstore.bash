# SPDX-License-Identifier: Apache-2.0
# A private Sigstore for tests: `load lib/sigstore` after lib/helpers.
#
# start_sigstore [OPTION...] starts test/fake/sigstore.c. $SIGDIR is the folder
# of what clients need (trusted_root.json, signing_config.json and its variants,
# fulcio.pem, tsa.pem, ctfe.pub, rekor.pub, rekor2.pub), and FULCIO_URL,
# CTLOG_URL, REKOR1_URL, REKOR1B_URL, REKOR2_URL, REKOR2B_URL, TSA_URL, TSAB_URL
# and OIDC_URL are where the services are. Called again, it replaces the one
# before. stop_servers of lib/helpers stops it too.
start_sigstore() {
	SIGDIR=$(servers)/sigstore.d
	SIGLOG=$SIGDIR/log
	export SIGDIR SIGLOG
	stop_server sigstore
	mkdir -p "$SIGDIR"
	: >"$SIGLOG"
	start_server sigstore 's/^ready$/&/p' "$BUILD/fake/sigstore" --log "$SIGLOG" "$@" "$SIGDIR" || return
	set -a
	. "$SIGDIR/env"
	set +a
}

# misdo 'SERVICE N DEED [ARGUMENT]'...: what goes wrong from now on, instead of
# what was to go wrong before; without arguments nothing. See
# test/fake/sigstore.c.
misdo() {
	printf '%s\n' forget "$@" | curl -sSf --data-binary @- "$OIDC_URL/_control"
}

# SERVICE METHOD PATH STATUS, a line a request since the last asked_reset; those
# of a service alone when it is named. STATUS is - where nothing was answered.
asked() { # [SERVICE]
	if [ $# = 0 ]; then
		cat "$SIGLOG"
	else
		sed -n "s/^$1 //p" "$SIGLOG"
	fi
}

asked_reset() {
	: >"$SIGLOG"
}

# An identity token of $OIDC_URL, by default for alice@example.com; see
# test/fake/sigstore.c for the options.
id_token() { # [OPTION...]
	[ $# -gt 0 ] || set -- --email alice@example.com
	"$BUILD/fake/sigstore" token --dir "$SIGDIR" "$@"
}

# The files of older days, as the environment names them.
sigstore_old_env() {
	export SIGSTORE_ROOT_FILE=$SIGDIR/fulcio.pem SIGSTORE_REKOR_PUBLIC_KEY=$SIGDIR/rekor.pub
	export SIGSTORE_CT_LOG_PUBLIC_KEY_FILE=$SIGDIR/ctfe.pub SIGSTORE_TSA_CERTIFICATE_FILE=$SIGDIR/tsa.pem
}

# Every request of these, broken in each way; what is right is said in
# test/fake/servicefaults.py.
service_faults() { # OPERATION...
	run python3 "$TOP/test/fake/servicefaults.py" "$@"
	echo "$output"
	[ "$status" = 0 ]
	has ' 0 wrong'
}
