# Sourced by postgres.sh and redis.sh: makes $SERVER_DATA ours, for one server at a time. $pid_file is that of a server that may be left over.
umask 077
mkdir -p "$SERVER_DATA"
as=
if [ -n "$SERVER_USER" ]; then
  chown -R "$SERVER_USER:" "$SERVER_DATA"
  as="setpriv --reuid=$SERVER_USER --regid=$(id -g "$SERVER_USER") --clear-groups"
fi
cd "$SERVER_DATA"

# The lock on the folder is inherited by the server, so it lasts exactly as long as any process of that server does, kill -9 or not.
# The app host has made sure that no other app host uses the folder: who still holds the lock was left behind by a killed one.
if command -v flock >/dev/null; then
  exec 9<.
  if ! flock -n 9; then
    old=$(head -n 1 "$pid_file" 2>/dev/null || true)
    echo "Stopping the server that a killed app host left behind (process ${old:-unknown})."
    [ -z "$old" ] || kill -INT "$old" 2>/dev/null || true
    flock -w 20 9 || { echo "$SERVER_DATA is still in use by process ${old:-unknown}; stop it first." >&2; exit 1; }
  fi
  rm -f "$pid_file" # nobody holds the lock, so whoever has this process id now is not our server
fi
