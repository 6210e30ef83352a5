# SPDX-License-Identifier: Apache-2.0
# UPDATE=1 bats test/help.bats rewrites test/later.txt.
# What every program has because it comes from its table, and what is made
# from the tables.
load lib/helpers

# Paths of all commands and verbs, a line each.
every_command() {
	jq -r 'select(.name != "cosign") | .name as $n | $n, (.verbs // [] | .[] | "\($n) \(.name)")' "$TOP/cmd/spec.ndjson"
}

later_flags() {
	jq -r '. as $c | ., (.verbs // [] | .[]) |
		(if .name == $c.name then .name else "\($c.name) \(.name)" end) as $path |
		.flags[] | select(.later) | "\($path) --\(.name)"' "$TOP/cmd/spec.ndjson" | LC_ALL=C sort
}

@test "every command prints help on stdout" {
	every_command | while read -r line; do
		expect_status 0 cosign $line --help
		[ -z "$stderr" ]
		[ "${lines[0]%% [A-Z\[]*}" = "Usage: cosign $line" ] || { echo "$line: ${lines[0]}"; exit 1; }
		expect_status 0 cosign $line -h
		grep -q -- --output-file <<<"$output"
	done
}

@test "every command says what each flag and argument is for" {
	jq -e -s '[.[] | ., (.verbs // [] | .[]) | .name as $c |
		(select(.brief == "" or .brief == null) | "\($c): no brief"),
		(.flags[] | select((.help // "") == "") | "\($c) --\(.name): no help")] |
		if length == 0 then true else (.[] | debug) | false end' "$TOP/cmd/spec.ndjson"
}

@test "every command refuses what it does not know" {
	every_command | while read -r line; do
		expect_status 2 cosign $line --no-such-flag-here
		has 'unknown flag: --no-such-flag-here' "$stderr"
		[ -z "$output" ]
	done
}

@test "flags whose work comes later are those of test/later.txt" {
	[ -z "${UPDATE-}" ] || later_flags >"$TOP/test/later.txt"
	diff -u "$TOP/test/later.txt" <(later_flags)
}

@test "flags whose work comes later are refused by name" {
	jq -r '. as $c | select(.verbs == null) | .flags[] | select(.later) |
		"\($c.name) \(if .kind == "bool" then "--\(.name)=\(if .default == "true" then "false" else "true" end)"
		else "--\(.name)=\(if .kind == "int" then "77" elif .kind == "duration" then "77s" else "other" end)" end)"' \
		"$TOP/cmd/spec.ndjson" |
		while read -r command flag; do
			expect_status 2 cosign "$command" "$flag" --json </dev/null
			jq -e --arg flag "${flag%%=*}" '.reason == "unsupported" and (.message | contains($flag))' \
				<<<"${stderr##*$'\n'}" || { echo "$command $flag: $stderr"; exit 1; }
		done
}

@test "the pages are good mdoc" {
	command -v mandoc >/dev/null || skip 'mandoc is not installed'
	run mandoc -T lint -W warning "$TOP"/man/*.[1-9]
	[ -z "$output" ]
}

@test "every flag is on its page" {
	jq -r '. as $c | ., (.verbs // [] | .[]) | .flags[] | "\($c.name) \(.name)"' "$TOP/cmd/spec.ndjson" |
		while read -r name flag; do
			page=$TOP/man/cosign-$name.1
			[ "$name" != cosign ] || page=$TOP/man/cosign.1
			[ -e "$page" ] || continue # check-pairs tells
			grep -q "^\\.It .*Fl Fl $flag\\b" "$page" || { echo "$page: no --$flag"; exit 1; }
		done
}

@test "what is generated is what was committed" {
	"$TOP/scripts/check-generated"
}
