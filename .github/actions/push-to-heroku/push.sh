#!/usr/bin/env bash
# Pushes $HEROKU_COMMIT to the Heroku app $HEROKU_APP, and returns once Heroku runs it.
#
# That the push went well says too little: the release phase may still turn the release
# down, and a commit that Heroku has already is neither built nor released again. So
# Heroku is asked: its newest release has to have succeeded, and to be of this commit.
set -euo pipefail

readonly GIT_URL=${HEROKU_GIT_URL:-https://git.heroku.com}
readonly API_URL=${HEROKU_API_URL:-https://api.heroku.com}
readonly POLL_SECONDS=${HEROKU_POLL_SECONDS:-5}
answer='' status='' slug='' commit=''

fail() {
  printf '::error title=Not deployed to Heroku::%s\n' "$1"
  exit 1
}

check_inputs() {
  [[ ${HEROKU_APP:-} =~ ^[a-z][a-z0-9-]*$ ]] ||
    fail 'app is not the name of a Heroku app. Is the variable HEROKU_APP set?'
  [[ ${HEROKU_COMMIT:-} =~ ^[0-9a-f]{40}$ ]] || fail 'commit is not a commit in full.'
  [[ ${HEROKU_API_KEY:-} =~ ^[A-Za-z0-9_-]+$ ]] ||
    fail 'api_key is not a Heroku API key. Is the secret HEROKU_API_KEY set, and may this job read it?'
}

# The key is in the environment of the helper alone, not in an argument, in a URL or in
# a file. Forced, because an older commit may be deployed too.
push() {
  # shellcheck disable=SC2016 # git runs the helper in a shell of its own
  GIT_TERMINAL_PROMPT=0 git -c credential.helper= \
    -c credential.helper='!f() { printf "username=heroku\npassword=%s\n" "$HEROKU_API_KEY"; }; f' \
    push --force "$GIT_URL/$HEROKU_APP.git" "$HEROKU_COMMIT:refs/heads/main"
}

# ask PATH [OPTION…] sets `answer` to what the Platform API says, without blanks.
ask() {
  answer=$(
    printf 'header = "Authorization: Bearer %s"\n' "$HEROKU_API_KEY" |
      curl -q --globoff --config - --silent --show-error --fail --max-time 20 --retry 3 \
        --header 'Accept: application/vnd.heroku+json; version=3' "${@:2}" "$API_URL$1" |
      tr -d '[:space:]'
  ) || fail "It was pushed, but Heroku does not say what became of it. See heroku releases --app $HEROKU_APP"
}

# take NAME JSON sets NAME to the text that follows this JSON in the answer.
take() {
  [[ $answer =~ $2\"([^\"\\]*)\" ]] || fail "It was pushed, but what Heroku answered has no $1."
  printf -v "$1" '%s' "${BASH_REMATCH[1]}"
}

newest_release() {
  ask "/apps/$HEROKU_APP/releases" --header 'Range: version ..; order=desc,max=1'
  take status '"status":'
}

check_inputs
push || fail 'The push failed. The lines above say why.'

newest_release
while [[ $status == pending ]]; do
  printf 'The release phase is under way.\n'
  sleep "$POLL_SECONDS"
  newest_release
done
[[ $status == succeeded ]] ||
  fail "Heroku's newest release is $status. Its output: heroku releases:output --app $HEROKU_APP"

take slug '"slug":\{"id":'
ask "/apps/$HEROKU_APP/slugs/$slug"
take commit '"commit":'
[[ $commit == "$HEROKU_COMMIT" ]] ||
  fail "Heroku runs $commit. It had $HEROKU_COMMIT already and released nothing; was it rolled back since?"
printf 'Heroku runs %s.\n' "$commit"
