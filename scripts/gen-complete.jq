# SPDX-License-Identifier: Apache-2.0
# cmd/spec.ndjson -> completions, for $shell = bash, zsh or fish. What is
# deprecated or not supported yet is understood, but not offered.
def offered: map(select(.gone == null and .later == null));
def commands: map(select(.name != "cosign" and .gone == null and (.hidden | not)));
def globals: map(select(.name == "cosign"))[0].flags | offered;
# Every command and verb as {path: "upload blob", …}, with the global flags.
def entries:
	globals as $globals | commands[] | . as $c |
	(if .verbs then .verbs[] | . + {path: "\($c.name) \(.name)"} else . + {path: .name} end) |
	(.flags | map(.name)) as $own |
	.flags = (.flags | offered) + ($globals | map(select(.name as $n | $own | index([$n]) | not)));
def takes: .kind != "bool";
def note: "# Made from cmd/spec.ndjson by `make generate`.";

def bash:
	def quoted: "'\(.)'";
	def spelled: "--\(.name)", (if .letter then "-\(.letter)" else empty end);
	def action: if .words then "words \(.words | join(" "))"
		elif .complete then .complete else "none" end;
	def every: ({path: "cosign", flags: globals, args: []}, entries);
	. as $all |
	"# SPDX-License-Identifier: Apache-2.0", note,
	"_cosign_commands=\($all | commands | map(.name) + ["help"] | join(" ") | quoted)",
	"",
	"_cosign_verbs() {",
	"\tcase $1 in",
	($all | commands[] | select(.verbs) | "\t\(.name)) echo \([.verbs[].name] | join(" ") | quoted) ;;"),
	"\tesac",
	"}",
	"",
	"_cosign_flags() {",
	"\tcase $1 in",
	($all | every | "\t\(.path | quoted)) echo \([.flags[] | "--\(.name)"] + ["--help"] | join(" ") | quoted) ;;"),
	"\tesac",
	"}",
	"",
	"# What follows a flag (or, as the flag \"arg\", stands alone).",
	"_cosign_value() {",
	"\tcase $1 in",
	($all | every | .path as $path |
		(.flags[] | select(takes) | [spelled | "\($path) \(.)" | quoted] + [action | quoted]),
		(.args | last // empty | [("\($path) arg" | quoted), (action | quoted)]) |
		"\t\(.[:-1] | join(" | ")) ) echo \(.[-1]) ;;"),
	"\tesac",
	"}",
	"",
	"_cosign_offer() { # ACTION WORD",
	"\tcase $1 in",
	"\twords*) COMPREPLY=($(compgen -W \"${1#words}\" -- \"$2\")) ;;",
	"\tfile) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$2\")) ;;",
	"\tdir) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- \"$2\")) ;;",
	"\tesac",
	"}",
	"",
	"_cosign() {",
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev='' i path='' verbs='' action skip=''",
	"\tCOMPREPLY=()",
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do",
	"\t\tif [ -n \"$skip\" ]; then",
	"\t\t\tskip=",
	"\t\telif [[ ${COMP_WORDS[i]} == -* ]]; then",
	"\t\t\tcase $(_cosign_value \"${path:-cosign} ${COMP_WORDS[i]}\") in ?*) skip=1 ;; esac",
	"\t\t\t[[ ${COMP_WORDS[i + 1]-} != = ]] || skip=",
	"\t\telif [[ ${COMP_WORDS[i]} == = ]]; then",
	"\t\t\tskip=1",
	"\t\telif [ -z \"$path\" ]; then",
	"\t\t\tpath=${COMP_WORDS[i]} verbs=$(_cosign_verbs \"${COMP_WORDS[i]}\")",
	"\t\telif [ -n \"$verbs\" ]; then",
	"\t\t\tpath+=\" ${COMP_WORDS[i]}\" verbs=",
	"\t\tfi",
	"\tdone",
	"\t# The shell cuts --flag=value at the equals sign.",
	"\tprev=${COMP_WORDS[COMP_CWORD - 1]}",
	"\tif [[ $cur == = ]]; then",
	"\t\tcur=",
	"\telif [[ $prev == = ]]; then",
	"\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}",
	"\tfi",
	"\taction=$(_cosign_value \"${path:-cosign} $prev\")",
	"\tif [[ $prev == -* && -n $action ]]; then",
	"\t\t_cosign_offer \"$action\" \"$cur\"",
	"\telif [[ $cur == -* ]]; then",
	"\t\t_cosign_offer \"words $(_cosign_flags \"${path:-cosign}\")\" \"$cur\"",
	"\telif [ -z \"$path\" ] || [ \"$path\" = help ]; then",
	"\t\t_cosign_offer \"words $_cosign_commands\" \"$cur\"",
	"\telif [ -n \"$verbs\" ]; then",
	"\t\t_cosign_offer \"words $verbs\" \"$cur\"",
	"\telse",
	"\t\t_cosign_offer \"$(_cosign_value \"$path arg\")\" \"$cur\"",
	"\tfi",
	"}",
	"",
	"complete -F _cosign cosign";

def zsh:
	def quoted: "'\(gsub("'"; "'\\''"))'";
	def plain: gsub("(?<c>[\\[\\]:\\\\])"; "\\\(.c)");
	def action: if .words then "(\(.words | map(plain) | join(" ")))"
		elif .complete == "file" then "_files"
		elif .complete == "dir" then "_files -/"
		else " " end;
	def repeats: if .kind == "list" or .kind == "csv" then "*" else "" end;
	def spec: "[\(.help // "" | plain)]" + (if takes then ":\(.arg | plain):\(action)" else "" end);
	def specs: (repeats + "--\(.name)" + (if takes then "=" else "" end) + spec),
		(if .letter then repeats + "-\(.letter)" + (if takes then "+" else "" end) + spec else empty end);
	def arguments: .args[] | (if .many then "*" else "" end) + ":\(.arg):\(action)";
	def fn: "_cosign_" + gsub("[ -]"; "_");
	def list: map("\t\t\("\(.name):\(.brief | plain)" | quoted)");
	. as $all |
	"#compdef cosign", "# SPDX-License-Identifier: Apache-2.0", note, "",
	($all | entries |
		"\(.path | fn)() {",
		"\t_arguments -s -S \\",
		([(.flags[] | specs), "--help[show the flags]", arguments] | map("\t\t\(quoted)") | join(" \\\n")),
		"}",
		""),
	($all | commands[] | select(.verbs) |
		"\(.name | fn)() {",
		"\tlocal -a verbs=(",
		(.verbs | list[]),
		"\t)",
		"\tif ((CURRENT == 2)); then",
		"\t\t_describe command verbs",
		"\telif (($+functions[\(.name | fn)_${words[2]//-/_}])); then",
		"\t\tlocal verb=$words[2]",
		"\t\tshift words",
		"\t\t((CURRENT--))",
		"\t\t\(.name | fn)_${verb//-/_}",
		"\tfi",
		"}",
		""),
	"_cosign() {",
	"\tlocal -a commands=(",
	($all | commands + [{name: "help", brief: "Show the manual page of a command"}] | list[]),
	"\t)",
	"\tif ((CURRENT == 2)) || [[ $words[2] == help ]]; then",
	"\t\t_describe command commands",
	"\telif (($+functions[_cosign_${words[2]//-/_}])); then",
	"\t\tlocal command=$words[2]",
	"\t\tshift words",
	"\t\t((CURRENT--))",
	"\t\t_cosign_${command//-/_}",
	"\tfi",
	"}",
	"",
	"if [[ $funcstack[1] == _cosign ]]; then",
	"\t_cosign \"$@\"",
	"else",
	"\tcompdef _cosign cosign",
	"fi";

def fish:
	def quoted: "'\(gsub("\\\\"; "\\\\") | gsub("'"; "\\'"))'";
	def action: if .words then " -x -a \(.words | join(" ") | quoted)"
		elif .complete == "file" then " -r -F"
		elif .complete == "dir" then " -x -a '(__fish_complete_directories)'"
		else " -x" end;
	def flag: "-l \(.name)" + (if .letter then " -s \(.letter)" else "" end) +
		(if takes then action else "" end) + " -d \(.help // "" | quoted)";
	. as $all | ($all | commands | map(.name) | join(" ")) as $names |
	"# SPDX-License-Identifier: Apache-2.0", note, "",
	"# The words after cosign without flags and values of global flags.",
	"function __cosign_words",
	"\tset -l skip 0",
	"\tfor word in (commandline -opc)[2..-1]",
	"\t\tif test $skip = 1",
	"\t\t\tset skip 0",
	"\t\telse if contains -- $word \([$all | globals[] | select(takes) | "--\(.name)", (.letter // empty | "-\(.)")] | join(" "))",
	"\t\t\tset skip 1",
	"\t\telse if not string match -q -- '-*' $word",
	"\t\t\techo $word",
	"\t\tend",
	"\tend",
	"end",
	"",
	"function __cosign_at # COMMAND [VERB]",
	"\tset -l words (__cosign_words)",
	"\tset -l n (count $argv)",
	"\ttest (count $words) -ge $n; and test \"$words[1..$n]\" = \"$argv\"",
	"end",
	"",
	"function __cosign_start",
	"\ttest (count (__cosign_words)) -eq 0",
	"end",
	"",
	"complete -c cosign -f",
	($all | commands[] | "complete -c cosign -n __cosign_start -a \(.name) -d \(.brief | quoted)"),
	"complete -c cosign -n __cosign_start -a help -d 'Show the manual page of a command'",
	"complete -c cosign -n '__cosign_at help' -a \($names | quoted)",
	($all | globals[] | "complete -c cosign -n __cosign_start \(flag)"),
	($all | commands[] | select(.verbs) | . as $c | ([.verbs[].name] | join(" ")) as $verbs | .verbs[] |
		"complete -c cosign -n '__cosign_at \($c.name); and not __fish_seen_subcommand_from \($verbs)' -a \(.name) -d \(.brief | quoted)"),
	($all | entries | .path as $path |
		(.flags[] | "complete -c cosign -n '__cosign_at \($path)' \(flag)"),
		(.args | last // empty | select(.words or .complete == "file" or .complete == "dir") |
			"complete -c cosign -n '__cosign_at \($path)'" + (action | sub(" -x"; " -f") | sub(" -r"; "")) ));

if $shell == "bash" then bash elif $shell == "zsh" then zsh else fish end
