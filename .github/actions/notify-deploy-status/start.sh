# shellcheck shell=sh
# What runs first, in any POSIX shell: takes the secret out of the environment, sees what
# this machine has, and hands over to notify.sh. Sourced by the step in action.yml.
#
# GitHub gives a step its secrets as environment variables, and what a process was started
# with can be read in /proc/PID/environ by every process of the same user, for as long as
# it runs; `unset` changes nothing there. So this process does not wait for another one,
# and is replaced (`exec`) within milliseconds. The secret goes on by a pipe, which
# notify.sh reads to its end and closes before anything else.

# As little as possible of what earlier steps may have put into the environment: no option
# that exports or prints every variable, and none of the functions that bash takes from
# there, also where it is called sh.
{ set +ax; } 2>/dev/null
unset -f command echo

# This run was not requested by a console. That is no error, even if other inputs are missing.
case ${NOTIFY_DEPLOY_ID:-} in '') exit 0 ;; esac

# Unset first: a variable that came with the environment would go back into it.
unset notify_secret
notify_secret=${NOTIFY_HMAC_SECRET:-}
unset NOTIFY_HMAC_SECRET
# What GitHub gives an identity token for. It gives it to every step of the job.
unset notify_request_token
notify_request_token=${ACTIONS_ID_TOKEN_REQUEST_TOKEN:-}
unset ACTIONS_ID_TOKEN_REQUEST_TOKEN

# Not the PATH of the job, to which every earlier step may have added.
PATH=$NOTIFY_PATH
export PATH

# The first bash that is new enough: on macOS, /bin/bash is not.
set -f
IFS=:
notify_bash='' notify_found='' notify_missing=''
for notify_directory in $PATH; do
  # shellcheck disable=SC2016 # for that bash to expand
  notify_version=$(
    "$notify_directory/bash" -p -c 'echo "${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}"' 2>/dev/null
  ) || continue
  case $notify_version in
    4.[4-9] | [5-9].* | [1-9][0-9].*)
      notify_bash=$notify_directory/bash
      break
      ;;
    *) notify_found=" (only $notify_version is there)" ;;
  esac
done
case $notify_bash in '') notify_missing=", bash 4.4 or newer$notify_found" ;; esac

for notify_tool in openssl curl cat head mktemp od rm sleep tr; do
  command -v "$notify_tool" >/dev/null 2>&1 || notify_missing="$notify_missing, $notify_tool"
done
case $notify_missing in
  '') ;;
  *)
    notify_missing="This runner has no ${notify_missing#, }. Install what is missing; it is looked for in $PATH."
    echo "::error title=Deploy status not delivered::$notify_missing"
    exit 1
    ;;
esac

# -p: it takes no functions and no options from the environment, and no BASH_ENV.
exec "$notify_bash" -p "$GITHUB_ACTION_PATH/notify.sh" 3<<END_OF_SECRET 4<<END_OF_TOKEN
$notify_secret
END_OF_SECRET
$notify_request_token
END_OF_TOKEN
