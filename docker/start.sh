#!/bin/sh
# The first word is what to run: api, worker, signer, or a verb of the command line (migrate, check, status …).
set -eu
what="${1:-api}"
case "$what" in
  api | worker | signer) exec node --enable-source-maps "/app/dist/apps/$what/src/main.js" ;;
  *) exec node --enable-source-maps /app/dist/apps/cli/src/main.js "$@" ;;
esac
