# shellcheck shell=bash
# Identity tokens of GitHub Actions: by which the console knows which run sent a callback, without a
# shared secret. GitHub gives them to a job with `permissions: id-token: write`, for whoever they are
# made out to: the audience.
#
# Neither the token nor what it is asked for with is on a command line or in a file: curl reads them
# from pipes.

# The form of both. Nothing in it means anything to curl's settings.
readonly TOKEN='^[A-Za-z0-9._~+/=-]+$'

# Whether GitHub gives this job tokens.
may_have_identity() {
  [[ $request_token =~ $TOKEN && ${ACTIONS_ID_TOKEN_REQUEST_URL:-} =~ ^https?://[^[:space:][:cntrl:]]+$ ]]
}

# authorization SCHEME TOKEN → the header, as curl's settings have it.
authorization() { printf 'header = "Authorization: %s %s"\n' "$1" "$2"; }

# ask_for_identity AUDIENCE: sets `identity` to a new token, or fails with `http_status` as `post` sets
# it. A new one for every try: they are good for five minutes.
ask_for_identity() {
  local audience=$1 answer value='"value"[[:space:]]*:[[:space:]]*"([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)"'
  identity=
  answer=$(
    authorization bearer "$request_token" | curl -q --globoff --silent --show-error \
      --proto '=http,https' --connect-timeout 5 --max-time 8 --max-filesize 65536 \
      --config - --get --data-urlencode "audience=$audience" \
      --write-out '\n%{http_code}' --url "$ACTIONS_ID_TOKEN_REQUEST_URL" 2>"$work/curl-error"
  ) || { http_status=000; return 1; }
  http_status=${answer##*$'\n'}
  [[ $http_status == 200 ]] || return 1
  [[ $answer =~ $value ]] || fail 1 "$status: GitHub answered 200, but gave no identity token."
  identity=${BASH_REMATCH[1]}
  mask "$identity"
}
