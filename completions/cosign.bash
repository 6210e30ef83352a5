# SPDX-License-Identifier: Apache-2.0
# Made from cmd/spec.ndjson by `make generate`.
_cosign_commands='completion env version help'

_cosign_verbs() {
	case $1 in
	esac
}

_cosign_flags() {
	case $1 in
	'cosign') echo '--output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'completion') echo '--output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'env') echo '--show-descriptions --show-sensitive-values --output-file --verbose --timeout --json --retry --retry-max-time --help' ;;
	'version') echo '--json --output-file --verbose --timeout --retry --retry-max-time --help' ;;
	esac
}

# What follows a flag (or, as the flag "arg", stands alone).
_cosign_value() {
	case $1 in
	'cosign --output-file' ) echo 'file' ;;
	'cosign --timeout' | 'cosign -t' ) echo 'none' ;;
	'cosign --retry' ) echo 'none' ;;
	'cosign --retry-max-time' ) echo 'none' ;;
	'completion --output-file' ) echo 'file' ;;
	'completion --timeout' | 'completion -t' ) echo 'none' ;;
	'completion --retry' ) echo 'none' ;;
	'completion --retry-max-time' ) echo 'none' ;;
	'completion arg' ) echo 'words bash zsh fish' ;;
	'env --output-file' ) echo 'file' ;;
	'env --timeout' | 'env -t' ) echo 'none' ;;
	'env --retry' ) echo 'none' ;;
	'env --retry-max-time' ) echo 'none' ;;
	'version --output-file' ) echo 'file' ;;
	'version --timeout' | 'version -t' ) echo 'none' ;;
	'version --retry' ) echo 'none' ;;
	'version --retry-max-time' ) echo 'none' ;;
	esac
}

_cosign_offer() { # ACTION WORD
	case $1 in
	words*) COMPREPLY=($(compgen -W "${1#words}" -- "$2")) ;;
	file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$2")) ;;
	dir) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$2")) ;;
	esac
}

_cosign() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev='' i path='' verbs='' action skip=''
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [ -n "$skip" ]; then
			skip=
		elif [[ ${COMP_WORDS[i]} == -* ]]; then
			case $(_cosign_value "${path:-cosign} ${COMP_WORDS[i]}") in ?*) skip=1 ;; esac
			[[ ${COMP_WORDS[i + 1]-} != = ]] || skip=
		elif [[ ${COMP_WORDS[i]} == = ]]; then
			skip=1
		elif [ -z "$path" ]; then
			path=${COMP_WORDS[i]} verbs=$(_cosign_verbs "${COMP_WORDS[i]}")
		elif [ -n "$verbs" ]; then
			path+=" ${COMP_WORDS[i]}" verbs=
		fi
	done
	# The shell cuts --flag=value at the equals sign.
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	action=$(_cosign_value "${path:-cosign} $prev")
	if [[ $prev == -* && -n $action ]]; then
		_cosign_offer "$action" "$cur"
	elif [[ $cur == -* ]]; then
		_cosign_offer "words $(_cosign_flags "${path:-cosign}")" "$cur"
	elif [ -z "$path" ] || [ "$path" = help ]; then
		_cosign_offer "words $_cosign_commands" "$cur"
	elif [ -n "$verbs" ]; then
		_cosign_offer "words $verbs" "$cur"
	else
		_cosign_offer "$(_cosign_value "$path arg")" "$cur"
	fi
}

complete -F _cosign cosign
