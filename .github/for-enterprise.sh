#!/bin/sh
# Writes the workflows as GitHub Enterprise servers take them, into a folder:
#
#   .github/for-enterprise.sh OWNER/REPO@COMMIT FOLDER
#
# OWNER/REPO is a repository of that server which holds .github/actions of this one, and
# COMMIT the full id of the commit there. Four things differ from github.com:
#
# - There is no `$/…`: actions are named by repository and commit. That keeps what `$/…` is
#   for: a report needs no check-out.
# - There is no `queue` in `concurrency`: a run that waits is cancelled when a newer one comes.
# - Runners are one's own, and may be older than actions/checkout of today takes (2.327). The
#   older version runs on them and on newer ones, and is among the actions of every server.
# - There are no runners of GitHub.
set -eu

actions=${1-} folder=${2-}
if ! printf '%s\n' "$actions" | grep -Eqx '[A-Za-z0-9._-]+/[A-Za-z0-9._-]+@[0-9a-f]{40}' || [ -z "$folder" ]; then
  echo 'usage: .github/for-enterprise.sh OWNER/REPO@COMMIT FOLDER (COMMIT: all 40 digits)' >&2
  exit 2
fi
repository=${actions%@*} commit=${actions#*@}
checkout='actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2'

mkdir -p "$folder"
for file in "$(dirname "$0")"/workflows/deploy-*.yml; do
  name=${file##*/}
  {
    printf '# For GitHub Enterprise servers: made from %s.\n#\n' "$name"
    sed \
      -e '/^# `\$\/…` is /,/^#$/d' \
      -e '/^  # A run that waits keeps its turn/,/^  queue: max$/c\
  # Of the runs that wait, the server keeps the newest, and cancels the others.' \
      -e "s|uses: \\\$/\\(.*\\)\$|uses: $repository/\\1@$commit|" \
      -e "s|uses: actions/checkout@.*|uses: $checkout|" \
      -e 's|runs-on: ubuntu-24.04|runs-on: [self-hosted, linux]|' \
      "$file"
  } >"$folder/$name"
done
