#!/usr/bin/env bash
# Requests made up from the served OpenAPI description, by an admin and by somebody who may see one app: no answer may be
# a 500, or one that is not described.
#
#   run.sh <deploy-console binary> <schemathesis>
set -euo pipefail

binary=$1 schemathesis=$2
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
log=$folder/server.log
DEPLOY_CALLBACK_HMAC_SECRET=$(head -c 24 /dev/urandom | base64)
export DEPLOY_CALLBACK_HMAC_SECRET

cd "$folder"
export DATABASE_URL=sqlite://$folder/check.db
: >"$log"
CONSOLE_SIGN_IN=rehearsal CONSOLE_LISTEN=127.0.0.1:0 RUST_LOG=warn,server::run=info "$binary" rehearse --no-jobs 2>>"$log" &
server=$!
trap 'kill "$server"; wait "$server" || true; rm -r "$folder"' EXIT

# The line comes, or the server has ended. (The pipe breaks when the line has come.)
CONSOLE_URL=$(tail --pid="$server" -n +1 -f "$log" | sed -n '/listening on/{s/.*listening on //p;q}' || true)
[[ $CONSOLE_URL == http://* ]] || { cat "$log" >&2; exit 1; }
export CONSOLE_URL

# The command that makes tokens knows apps by a file; a rehearsal has none.
cat >apps.toml <<'APPS'
[[app]]
name = "billing-api"
repo = "acme/billing-api"
workflow = "deploy.yml"
ref = "main"
environments = [{ name = "production", freeze_check = true }]
APPS
token() {
  CONSOLE_CONFIG=apps.toml "$binary" token create "$@" | grep -o 'dct_[0-9A-Za-z]*'
}

# A stream of events has no end that could be waited for.
check() {
  SCHEMATHESIS_HOOKS=$here/hooks.py "$schemathesis" run "$CONSOLE_URL/api/internal/openapi.json" \
    --url "$CONSOLE_URL" --header "Authorization: Bearer $1" --max-examples "$2" \
    --exclude-path /api/internal/events --no-color --phases coverage,fuzzing --warnings off \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance
}

CONSOLE_TOKEN=$(token --name admin --role admin)
export CONSOLE_TOKEN
check "$CONSOLE_TOKEN" "${MAX_EXAMPLES:-100}"
check "$(token --name viewer --role viewer --app billing-api)" "$((${MAX_EXAMPLES:-100} / 5))"
