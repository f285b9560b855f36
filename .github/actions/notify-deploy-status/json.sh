# shellcheck shell=bash
# JSON text from shell values. In bash, because a runner of one's own need not have jq.

# json_string TEXT → TEXT as a JSON string, quotes included.
#
# RFC 8259 §7 asks for three things to be escaped: the quotation mark, the
# backslash, and U+0001 to U+001F (a shell value cannot hold U+0000). All else
# may stand as it is, in UTF-8.
json_string() {
  local text=$1 code control escape
  # shellcheck disable=SC1003 # two backslashes, not an escaped quote
  text=${text//\\/'\\'}
  text=${text//\"/'\"'}
  for code in {1..31}; do
    printf -v escape '\\u%04x' "$code"
    printf -v control '%b' "\\x${escape: -2}"
    text=${text//"$control"/"$escape"}
  done
  printf '"%s"' "$text"
}

# json_text NAME JSON → the plain text of the first member NAME of JSON that is a
# string; nothing where there is none. For showing a few known members of an
# answer in a log, not for parsing: escapes stay as they are, and what is longer
# than 300 characters is cut.
json_text() {
  local pattern="\"$1\"[[:space:]]*:[[:space:]]*\"(([^\"\\]|\\\\.)*)\"" text
  [[ $2 =~ $pattern ]] || return 0
  text=$(one_line "${BASH_REMATCH[1]}")
  printf '%s' "${text:0:300}"
}

# one_line TEXT → TEXT as it may stand in a line of the log: without control
# characters, some of which end a line for the runner, and without `##[`, which
# it takes for a command anywhere in a line.
one_line() {
  local text=${1//[[:cntrl:]]/ }
  printf '%s' "${text//'##['/'## ['}"
}
