#!/bin/sh
# redis.sh: runs a Redis of our own until told to stop. Started by the app host, which sets the variables.
set -eu
pid_file="$SERVER_DATA/redis.pid"
. "$(dirname "$0")/own-folder.sh"

# Through standard input, so that the password stands neither on a command line nor in a file.
exec $as env -u SERVER_PASSWORD "$SERVER_PROGRAM" - <<CONFIG
port $SERVER_PORT
bind 127.0.0.1 -::1
dir "$SERVER_DATA"
pidfile "$SERVER_DATA/redis.pid"
requirepass "$SERVER_PASSWORD"
appendonly yes
appendfsync $REDIS_FSYNC
save ""
maxmemory-policy noeviction
CONFIG
