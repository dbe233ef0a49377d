#!/bin/sh
# Makes what compose.yaml reads from docker/secrets/: passwords, and the addresses that hold them. What is there already
# is kept, so it may be run again. The certificate it makes is for trying out only: put your own in its place.
#   docker/make-secrets.sh [HOST NAME]
set -eu
host="${1:-localhost}"
cd "$(dirname "$0")/secrets"
# The folder is closed to all but its owner; the files are open to read, because the containers' users are others, and
# compose mounts files with the rights they have here.
chmod 700 .
umask 022

random() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
keep() { [ -s "$1" ] || printf '%s' "$2" >"$1"; }

keep postgres_password "$(random)"
keep postgres_owner_password "$(random)"
keep postgres_run_password "$(random)"
keep postgres_sequencer_password "$(random)"
keep postgres_verifier_password "$(random)"
keep redis_password "$(random)"
keep s3_access_key "liuhen-$(random | cut -c1-8)"
keep s3_secret_key "$(random)"
keep metrics_token "$(random)"

keep database_owner_url "postgresql://liuhen_owner:$(cat postgres_owner_password)@postgres:5432/liuhen"
keep database_url "postgresql://liuhen_run:$(cat postgres_run_password)@postgres:5432/liuhen"
# Logins of the worker alone: one that grows the log of events, one that can only read and watches over it.
keep ledger_database_url "postgresql://liuhen_log:$(cat postgres_sequencer_password)@postgres:5432/liuhen"
keep verifier_database_url "postgresql://liuhen_watch:$(cat postgres_verifier_password)@postgres:5432/liuhen"
keep redis_url "redis://:$(cat redis_password)@redis:6379"
keep redis_conf "requirepass $(cat redis_password)
"

if [ ! -s tls_certificate ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj "/CN=$host" \
    -addext "subjectAltName=DNS:$host" -keyout tls_key -out tls_certificate 2>/dev/null
  echo "Made a certificate for $host that no browser trusts. Replace tls_certificate and tls_key in $PWD." >&2
fi
chmod 644 ./*
