# SPDX-License-Identifier: Apache-2.0
# cmd/spec.ndjson -> the mdoc between the markers of a page. $block says
# which: "COMMANDS", "OPTIONS cosign", "OPTIONS verify", "OPTIONS upload blob",
# "EXAMPLES verify".
def text: gsub("\\\\"; "\\e") | gsub("^(?<c>[.'])"; "\\&\(.c)");
# A macro's argument: words that are macros themselves are protected.
def arg: text | gsub("\""; "\\(dq") | if test("^[A-Z][a-z0-9]$|[ \t]") then "\"\(.)\"" else . end;
def sentence: sub("\\.*$"; ".");
def ending: (.[0:1] | ascii_upcase) + .[1:] | sentence | text;
def flag:
	".It " + (if .letter then "Fl \(.letter) , " else "" end) + "Fl Fl \(.name)" +
		(if .kind == "bool" then "" else " Ar \(.arg | arg)" end),
	(.help // "" | ending),
	(if .words then "One of", (.words[:-1][] | ".Cm \(arg) ,"), ".Cm \(.words[-1] | arg) ." else empty end),
	(if .default and .default != "" and .default != "false" then "The default is", ".Cm \(.default | arg) ." else empty end),
	(if .kind == "list" or .kind == "csv" then "May be given more than once." else empty end),
	(if .required then "Must be given." else empty end),
	(if .later then "Not supported yet: \(.later | text)." else empty end),
	(if .gone then "Deprecated: \(.gone | text)." else empty end);
def flags: if length == 0 then empty else ".Bl -tag -width Ds", (.[] | flag), ".El" end;
def entry($path): .[] | select(.name == $path[0]) |
	if $path[1] then .verbs[] | select(.name == $path[1]) else . end;
def options($path):
	entry($path) | (.flags | flags),
	(if .name == "cosign" then empty
	else (if .flags == [] then empty else ".Pp" end),
		(if .flags == [] then "There are no flags but the global ones of" else "The global flags of" end),
		".Xr cosign 1",
		(if .flags == [] then empty else "apply too." end) end) |
	select(. != null);
def listing:
	def list: ".Bl -tag -width Ds", (.[] | ".It Xr cosign-\(.name) 1", (.brief | sentence | text)), ".El";
	map(select(.name != "cosign" and (.hidden | not))) |
	(map(select(.plumbing | not)) | list),
	(map(select(.plumbing)) | if length == 0 then empty else ".Pp", "Plumbing, for scripts and pipes:", list end);

# Lines "# what it does" become text, the commands behind them displays.
def examples($path):
	entry($path).examples // "" | split("\n") | map(select(. != "")) |
	reduce .[] as $line ({out: [], open: false};
		if $line | startswith("#") then
			(if .open then .out += [".Ed", ".Pp"] else . end) | .open = false |
			.out += [$line | ltrimstr("#") | ltrimstr(" ") | ending]
		else
			(if .open then . else .out += [".Bd -literal -offset indent"] end) | .open = true |
			.out += [$line | text]
		end) |
	.out[], (if .open then ".Ed" else empty end);

($block | split(" ")) as $words |
if $block == "COMMANDS" then listing
elif $words[0] == "EXAMPLES" then examples($words[1:])
else [options($words[1:])] | (if .[-1] == ".Xr cosign 1" then .[-1] = ".Xr cosign 1 ." else . end) | .[] end
