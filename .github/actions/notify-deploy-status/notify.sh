#!/usr/bin/env bash
# Posts one status callback to the console: signs it, or has GitHub say whose it is, sends it,
# tries again where that can help, and says in one line what came of it.
#
# Called by start.sh, which has seen to it that there are bash 4.4, curl, openssl and the
# commands of POSIX, and which gives the secret on file descriptor 3, and what GitHub gives identity
# tokens for on 4. None of them is on a command line, in a process's environment, or ever printed.
#
# Exit status: 0 the console took it · 1 it was not delivered, or was refused · 2 this action is used wrongly.
set -euo pipefail

# Before anything else is started, which would inherit it.
read -r -d '' -a secrets <&3 || :
read -r -d '' request_token <&4 || :
exec 3<&- 4<&-

# All that the programs below are to know of the environment. The rest may come from
# earlier steps of this job: OPENSSL_CONF alone would have openssl load a library.
passed_on=' HOME PATH TMPDIR CURL_CA_BUNDLE SSL_CERT_DIR SSL_CERT_FILE'
passed_on+=' ALL_PROXY HTTPS_PROXY NO_PROXY all_proxy http_proxy https_proxy no_proxy '
while read -r _ _ name; do
  name=${name%%=*}
  [[ $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ && $passed_on != *" $name "* ]] || continue
  # shellcheck disable=SC2163 # the variable of this name
  export -n "$name"
done < <(export -p)

# Characters, not bytes: a log line must not be cut in the middle of one.
export LC_ALL=C.UTF-8

here=${BASH_SOURCE[0]%/*}
# shellcheck source-path=SCRIPTDIR source=json.sh
source "$here/json.sh"
# shellcheck source-path=SCRIPTDIR source=sign.sh
source "$here/sign.sh"
# shellcheck source-path=SCRIPTDIR source=identity.sh
source "$here/identity.sh"

readonly MAX_ATTEMPTS=4
readonly TIME_BUDGET_SECONDS=40
# Escaping makes a character six bytes at most, and the console takes 64 KiB.
readonly MAX_LOG_CHARACTERS=8000
# What the console keeps of a name, and what GitHub keeps of the name of a job.
readonly MAX_LEG_NAME_CHARACTERS=100
# The first pause, if NOTIFY_BACKOFF_SECONDS says no other; each later one is twice as long.
readonly BACKOFF_SECONDS=1

# annotate LEVEL TITLE MESSAGE: an annotation on the run.
annotate() {
  local message
  message=$(one_line "$3")
  printf '::%s title=%s::%s\n' "$1" "$2" "${message//%/%25}"
}

# fail EXIT_STATUS MESSAGE: ends with an annotation on the run.
fail() {
  annotate error 'Deploy status not delivered' "$2"
  exit "$1"
}

check_inputs() {
  local hex='[0-9a-fA-F]' host='[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?'
  [[ $deploy_id =~ ^$hex{8}(-$hex{4}){3}-$hex{12}$ ]] ||
    fail 2 'console_deploy_id is not a UUID.'
  [[ $status =~ ^[a-z_]+$ ]] ||
    fail 2 'status is empty, or not a word of small letters and underscores.'
  [[ $failure_stage =~ ^[a-z_]*$ ]] ||
    fail 2 'failure_stage is not a word of small letters and underscores.'
  [[ $console_url =~ ^https?://($host|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~%/-]*)?$ ]] ||
    fail 2 'console_url is not an http(s) address, of a host and at most a port and a path. Is the variable CONSOLE_URL set?'
  ((${#secrets[@]} > 0)) || may_have_identity ||
    fail 2 'hmac_secret is empty. Is the secret DEPLOY_CALLBACK_HMAC_SECRET set, and may this job read it? Without a secret, the job needs permissions: id-token: write.'
}

# Digits, and nothing else: bash evaluates text in arithmetic, and that can run
# commands. In base ten, because 08 would be a mistake in octal.
check_backoff() {
  if [[ $backoff_seconds =~ ^[0-9]{1,3}$ ]]; then
    backoff_seconds=$((10#$backoff_seconds))
    return
  fi
  backoff_seconds=$BACKOFF_SECONDS
  annotate warning 'Pause not taken' \
    "NOTIFY_BACKOFF_SECONDS is not a whole number below 1000. The pauses begin with $BACKOFF_SECONDS s."
}

# What is no commit is left out, not refused: the status must not be lost over it.
check_commit() {
  [[ -n $commit && ! $commit =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]] || return 0
  commit=
  annotate warning 'Commit not reported' \
    "$status: sent without it. The input commit is not the full id of one (40 or 64 lower-case hex digits)."
}

# A job that is no leg has a total of 1, by GitHub's `strategy`. What is no number is refused, not
# left out: without its leg, the status would be that of the whole deploy.
check_leg() {
  [[ $leg_total =~ ^[0-9]{0,3}$ && $leg_index =~ ^[0-9]{0,3}$ ]] ||
    fail 2 'leg_index or leg_total is not a whole number below 1000.'
  ((10#0$leg_total >= 2)) || leg_total=
  [[ -z $leg_total || ($leg_index && 10#$leg_index -lt 10#$leg_total) ]] ||
    fail 2 "leg_index is not one of 0 to $((10#$leg_total - 1)), though leg_total is $leg_total."
}

# When the commit was made, if this job runs in a check-out that has it. Elsewhere
# it is not known, and not sent: the console does without. The settings there may be the
# commit's own; none of them is to start a program.
commit_time() {
  local time
  [[ -n $commit ]] || return 0
  time=$(
    GIT_NO_LAZY_FETCH=1 git -C "${GITHUB_WORKSPACE:-.}" --no-pager --no-replace-objects \
      show --no-patch --no-show-signature --format=%cI "$commit" -- 2>/dev/null
  ) || return 0
  [[ ! $time =~ ^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}(Z|[+-][0-9]{2}:[0-9]{2})$ ]] || printf '%s' "$time"
}

# GitHub masks the secret as a whole; during a rotation it is a list, of which
# each part has to be masked too. Only where a runner reads the command:
# elsewhere it would be the very thing that prints the secret.
mask() {
  [[ ${GITHUB_ACTIONS:-} == true && $# -gt 0 ]] || return 0
  printf '::add-mask::%s\n' "${@//%/%25}"
}

read_keys() {
  local secret key
  for secret in "${secrets[@]}"; do
    key=$(key_hex "$secret") ||
      fail 2 'hmac_secret starts with whsec_, but what follows is not base64.'
    keys+=("$key")
  done
}

callback_body() {
  printf '{"console_deploy_id":%s,"status":%s' \
    "$(json_string "$deploy_id")" "$(json_string "$status")"
  [[ -z $log_line ]] ||
    printf ',"log_line":%s' "$(json_string "${log_line:0:MAX_LOG_CHARACTERS}")"
  [[ -z $failure_stage ]] ||
    printf ',"failure_stage":%s' "$(json_string "$failure_stage")"
  [[ -z $commit ]] || printf ',"commit":%s' "$(json_string "$commit")"
  [[ -z $committed_at ]] || printf ',"committed_at":%s' "$(json_string "$committed_at")"
  [[ -z $leg_total ]] || printf ',"leg":%s' "$(leg_json)"
  [[ ! ${GITHUB_RUN_ID:-} =~ ^[1-9][0-9]*$ ]] || printf ',"run_id":%s' "$GITHUB_RUN_ID"
  [[ ! ${GITHUB_RUN_ATTEMPT:-} =~ ^[1-9][0-9]*$ ]] || printf ',"run_attempt":%s' "$GITHUB_RUN_ATTEMPT"
  printf '}'
}

leg_json() {
  printf '{"index":%d,"total":%d' "$((10#$leg_index))" "$((10#$leg_total))"
  [[ -z $leg_name ]] ||
    printf ',"name":%s' "$(json_string "${leg_name:0:MAX_LEG_NAME_CHARACTERS}")"
  printf '}'
}

# One delivery. Sets `asked` (who answered), `http_status` (000: no answer) and `retry_after` (seconds).
# A fresh timestamp and signature, or token, every time: the console takes only what was
# made within the last five minutes. The delivery id stays, so that a callback
# whose answer was lost is recognised and not counted twice.
post() {
  local timestamp
  retry_after=
  : >"$work/headers"
  : >"$work/answer"
  if ((${#keys[@]} == 0)); then
    asked='GitHub, asked for an identity token,'
    ask_for_identity "$console_url" || return 0
  fi
  asked='the console'
  printf -v timestamp '%(%s)T' -1
  if ((${#keys[@]} > 0)); then
    send "$timestamp" --header "Webhook-Signature: $(webhook_signature "$delivery_id" "$timestamp" "$body" "${keys[@]}")"
  else
    send "$timestamp" --config <(authorization Bearer "$identity")
  fi
}

# send TIMESTAMP OPTION…: posts the body, with the option of curl that proves whose it is.
send() {
  local name value
  http_status=$(
    printf '%s' "$body" | curl -q --globoff --silent --show-error \
      --proto '=http,https' --connect-timeout 5 --max-time 8 \
      --header 'Content-Type: application/json' \
      --header "Webhook-Id: $delivery_id" \
      --header "Webhook-Timestamp: $1" "${@:2}" \
      --data-binary @- --dump-header "$work/headers" --output "$work/answer" \
      --write-out '%{http_code}' --url "$url" 2>"$work/curl-error"
  ) || http_status=000

  while IFS=: read -r name value; do
    value=${value//[[:space:]]/}
    # The other form, a date, is not worth a parser here: the usual pause is taken.
    [[ ${name,,} != retry-after || ! $value =~ ^[0-9]{1,9}$ ]] || retry_after=$((10#$value))
  done <"$work/headers"
}

may_succeed_later() { [[ $http_status =~ ^(000|408|429|5..)$ ]]; }

# What the console said, for a person.
answer() {
  local text code detail
  if [[ $http_status == 000 ]]; then
    printf 'no answer (%s)' "$(one_line "$(<"$work/curl-error")")"
    return
  fi
  text=$(head -c 65536 "$work/answer" | tr -d '\0')
  code=$(json_text code "$text")
  detail=$(json_text detail "$text")
  printf '%s%s%s' "$http_status" "${code:+ $code}" "${detail:+ ($detail)}"
}

# What a person can do about a refusal.
advice() {
  if [[ $asked != 'the console' ]]; then
    printf 'Has this job permissions: id-token: write?'
    return
  fi
  case $http_status in
    3??) printf 'Redirects are not followed: CONSOLE_URL has to be where the console itself answers.' ;;
    401) advice_on_proof ;;
    404) printf 'Is CONSOLE_URL the console that asked for this deploy?' ;;
    409) printf 'The deploy has gone on without this callback, or has ended; the console heals what it missed from the record of this run.' ;;
    422) printf 'Does this console know the status yet?' ;;
    *) printf 'Trying again would not help.' ;;
  esac
}

advice_on_proof() {
  if ((${#keys[@]} > 0)); then
    printf 'Is DEPLOY_CALLBACK_HMAC_SECRET the same here and at the console, and is the clock of this machine right?'
  else
    printf 'Has the app callback_identity = "github" or "either" in console.toml, and does it name this workflow file and ref? Without it, hmac_secret must not be empty.'
  fi
}

report_accepted() {
  local text outcome
  text=$(head -c 65536 "$work/answer" | tr -d '\0')
  outcome=$(json_text outcome "$text")
  [[ -n $outcome ]] ||
    fail 1 "$status: $url answered 200, but not as a console does. Is CONSOLE_URL right?"
  printf 'Callback %s: %s (delivery %s, attempt %d).\n' "$status" "$outcome" "$delivery_id" "$attempt"
  report_freeze "$text"
}

# Sets the outputs `freeze` and `freeze_reason` to what the console answered, if it
# did. Neither can hold the end of a line, so neither can set another output.
report_freeze() {
  local verdict reason
  verdict=$(json_text verdict "$1")
  [[ -n $verdict && -n ${GITHUB_OUTPUT:-} ]] || return 0
  reason=$(json_text reason "$1")
  printf 'freeze=%s\nfreeze_reason=%s\n' "$verdict" "$reason" >>"$GITHUB_OUTPUT"
}

deliver() {
  local pause
  for ((attempt = 1; ; attempt++)); do
    post
    if [[ $http_status == 200 ]]; then
      report_accepted
      return
    fi
    may_succeed_later ||
      fail 1 "$status: $asked answered $(answer). $(advice)"
    pause=${retry_after:-$((backoff_seconds * 2 ** (attempt - 1)))}
    if ((attempt == MAX_ATTEMPTS || SECONDS + pause > TIME_BUDGET_SECONDS)); then
      fail 1 "$status: given up after $attempt attempts; the last one: $(answer)${retry_after:+, asked to wait $retry_after s}."
    fi
    printf 'Callback %s: %s; attempt %d in %d s.\n' "$status" "$(answer)" "$((attempt + 1))" "$pause"
    sleep "$pause"
  done
}

SECONDS=0
deploy_id=${NOTIFY_DEPLOY_ID:-}
status=${NOTIFY_STATUS:-}
log_line=${NOTIFY_LOG_LINE:-}
failure_stage=${NOTIFY_FAILURE_STAGE:-}
commit=${NOTIFY_COMMIT:-}
leg_index=${NOTIFY_LEG_INDEX:-}
leg_total=${NOTIFY_LEG_TOTAL:-}
leg_name=${NOTIFY_LEG_NAME:-}
console_url=${NOTIFY_CONSOLE_URL:-}
console_url=${console_url%/}
backoff_seconds=${NOTIFY_BACKOFF_SECONDS:-$BACKOFF_SECONDS}
keys=()

check_inputs
check_leg
mask "${secrets[@]}"
read_keys
check_backoff
check_commit
committed_at=$(commit_time)

work=$(mktemp -d "${RUNNER_TEMP:-/tmp}/notify-deploy-status.XXXXXX")
trap 'rm -rf "$work"' EXIT

url=$console_url/api/internal/deploys/$deploy_id/callback
delivery_id=msg_$(openssl rand -hex 16)
body=$(callback_body)
deliver
