#!/bin/sh
# Run once by the image, as superuser, when the cluster is new: the database and its owner. The owner may make logins,
# because `liuhen migrate` makes the one of the running archive (LIUHEN_DATABASE_URL), which owns nothing.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set password="$(cat /run/secrets/postgres_owner_password)" <<'SQL'
CREATE ROLE liuhen_owner LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE liuhen OWNER liuhen_owner;
SQL
