# SPDX-License-Identifier: Apache-2.0
load lib/helpers

# What bash would offer for these words, the last of which is being written.
offered() {
	bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cosign; printf "%s\n" "${COMPREPLY[@]}"' \
		"$TOP/completions/cosign.bash" "$@"
}

@test "completion prints the committed scripts" {
	cosign completion bash | cmp - "$TOP/completions/cosign.bash"
	cosign completion zsh | cmp - "$TOP/completions/_cosign"
	cosign completion fish | cmp - "$TOP/completions/cosign.fish"
}

@test "completion refuses other shells" {
	refuses unsupported 2 cosign completion powershell
	refuses usage 2 cosign completion tcsh
	refuses usage 2 cosign completion
	refuses usage 2 cosign completion bash zsh
}

@test "bash completes commands, flags, words and files" {
	[ "$(offered cosign versio)" = version ]
	[ "$(offered cosign -d --timeout 3s versio)" = version ]
	[ "$(offered cosign help versio)" = version ]
	[ "$(offered cosign version --js)" = --json ]
	[ "$(offered cosign completion '' | xargs)" = 'bash zsh fish' ]
	[ "$(offered cosign completion z)" = zsh ]
	cd "$BATS_TEST_TMPDIR"
	touch one.txt
	[ "$(offered cosign version --output-file on)" = one.txt ]
	[ "$(offered cosign version --output-file = on)" = one.txt ]
	[ "$(offered cosign version --output-file =)" = one.txt ]
	[ -z "$(offered cosign version --timeout '')" ]
}

@test "bash offers no flag that is deprecated or comes later" {
	jq -r 'select(.name != "cosign" and .gone == null) | .name as $n | .verbs // [.] | .[] |
		.name as $v | (if $v == $n then $n else "\($n) \($v)" end) as $path |
		.flags[] | select(.gone or .later) | "\($path) --\(.name)"' "$TOP/cmd/spec.ndjson" |
		while read -r line; do
			! offered cosign $line | grep -qx -- "${line##* }" || { echo "offered: $line"; exit 1; }
		done
}

@test "fish completes commands, flags and words" {
	command -v fish >/dev/null || skip 'fish is not installed'
	fish_offers() { fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$TOP/completions/cosign.fish" "$1"; }
	[ "$(fish_offers 'cosign versio' | cut -f1)" = version ]
	[ "$(fish_offers 'cosign --timeout 3s version --js' | cut -f1)" = --json ]
	[ "$(fish_offers 'cosign completion ' | cut -f1 | sort | xargs)" = 'bash fish zsh' ]
	[ "$(fish_offers 'cosign help versio' | cut -f1)" = version ]
}

@test "zsh reads its script and completes in it" {
	command -v zsh >/dev/null || skip 'zsh is not installed'
	zsh -n "$TOP/completions/_cosign"
	cat >"$BATS_TEST_TMPDIR/drive.zsh" <<'EOF'
zmodload zsh/zpty
zpty z zsh -f -i
expect() { # KEYS PATTERN
	local said= chunk i
	zpty -w -n z $1
	for ((i = 0; i < 400; i++)); do
		while zpty -r -t z chunk; do said+=$chunk; done
		[[ $said == *${~2}* ]] && return 0
		zselect -t 2
	done
	print -r -- "no $2 in: ${(V)said}" >&2
	exit 1
}
zmodload zsh/zselect
expect "PS1='rea''dy> '"$'\n' 'ready> '
expect "fpath=(${(q)1} \$fpath); autoload -U compinit; compinit -D -u; print lo''aded"$'\n' 'loaded*ready> '
expect $'cosign versi\t' 'version '
expect $'--js\t' '--json'
expect $'\x15cosign completion z\t' 'zsh'
expect $'\x15cosign version --outp\t' '--output-file'
EOF
	TERM=dumb zsh -f "$BATS_TEST_TMPDIR/drive.zsh" "$TOP/completions"
}

@test "the examples of completion run" {
	run_examples completion
}
