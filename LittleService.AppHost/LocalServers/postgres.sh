#!/bin/sh
# postgres.sh: initialises and runs a Postgres of our own until told to stop. Started by the app host, which sets the variables.
set -eu
pid_file="$SERVER_DATA/data/postmaster.pid"
. "$(dirname "$0")/own-folder.sh"

if [ ! -e data ]; then
  case $(uname) in Darwin) locale=en_US.UTF-8 ;; *) locale=C.UTF-8 ;; esac
  export locale
  rm -rf new
  # Inside the other user's shell, since a pipe made by root cannot be opened by name there. A folder that is half done never gets its name.
  $as sh -c 'printf "%s\n" "$SERVER_PASSWORD" | "$(dirname "$SERVER_PROGRAM")/initdb" -D new -U postgres -E UTF8 --locale="$locale" \
    --auth=scram-sha-256 --pwfile=/dev/stdin --no-instructions'
  mv new data
fi

unset SERVER_PASSWORD
$as "$SERVER_PROGRAM" -D data -p "$SERVER_PORT" -c listen_addresses=localhost -c unix_socket_directories= &
server=$!

# On SIGTERM Postgres would wait for its clients to leave; SIGINT sends them away.
trap 'kill -INT "$server" 2>/dev/null || true' TERM INT HUP
while kill -0 "$server" 2>/dev/null; do code=0; wait "$server" || code=$?; done
exit "$code"
