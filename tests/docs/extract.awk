# SPDX-License-Identifier: Apache-2.0
#
# Takes the tested examples out of Markdown files:
#
#	awk -v work=DIRECTORY -f extract.awk FILE...
#
# For the n-th ```c block, its text goes to work/n.c, the C in its marker to work/n.setup, the ```output block behind it
# to work/n.output, and a line "n|file|line|kind|argument" to standard output. What breaks a rule is said on standard
# error.

function complain(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what >"/dev/stderr"
	wrong = 1
}

# A marker: <!-- test: KIND ARGUMENT -->, or the same with lines of C before the -->.
function begin_marker(text) {
	sub(/^<!-- test:[ \t]*/, "", text)
	in_marker = !sub(/[ \t]*-->$/, "", text)
	kind = text
	sub(/[: \t].*/, "", kind)
	argument = substr(text, length(kind) + 1)
	gsub(/^[: \t]+|[ \t]+$/, "", argument)
	setup = ""
	if (kind == "none" && argument == "")
		complain("\"test: none\" needs a reason")
}

function begin_block() {
	if (kind == "") {
		complain("a c block without a test marker: write <!-- test: … --> before it")
		kind = "none"
	}
	if (kind == "none") {
		target = "/dev/null"
		last = 0
		return
	}
	last = ++blocks
	target = work "/" last ".c"
	printf "" >target
	printf "%s", setup >(work "/" last ".setup")
	printf "%d|%s|%d|%s|%s\n", last, FILENAME, FNR, kind, argument
}

function begin_output() {
	if (!last)
		complain("an output block that follows no tested example")
	target = last ? work "/" last ".output" : "/dev/null"
	printf "" >target
	last = 0
}

FNR == 1 {
	if (fenced || in_marker)
		complain("the file before ends inside of a block")
	fenced = in_marker = last = 0
	kind = ""
}

in_marker {
	if ($0 == "-->")
		in_marker = 0
	else
		setup = setup $0 "\n"
	next
}

fenced && /^[ \t]*```[ \t]*$/ {
	fenced = 0
	kind = ""
	close(target)
	next
}
fenced {
	print >target
	next
}

/^<!-- test:/ {
	begin_marker($0)
	next
}
/^[ \t]*```/ {
	fenced = 1
	target = "/dev/null"
	if (/^[ \t]+```c/)
		complain("a c block must not be indented")
	else if (/^```c[ \t]*$/)
		begin_block()
	else if (/^```output[ \t]*$/)
		begin_output()
	else
		last = 0
	next
}
NF {
	if (kind != "")
		complain("a test marker without a c block behind it")
	kind = ""
	last = 0
}

END {
	if (fenced || in_marker)
		complain("the file ends inside of a block")
	exit wrong
}
