#!/usr/bin/env bash
# Runs $CONFIGURED_COMMAND. One that is not set is an error: a gate that checks
# nothing must not look like a gate that passed.
set -euo pipefail

if [[ ! ${CONFIGURED_COMMAND:-} =~ [^[:space:]] ]]; then
  printf '::error title=%s is not set::Set the repository variable %s to the command to run, or to "true" if there is nothing to do.\n' \
    "$CONFIGURED_VARIABLE" "$CONFIGURED_VARIABLE"
  exit 1
fi

exec bash -euo pipefail -c "$CONFIGURED_COMMAND"
