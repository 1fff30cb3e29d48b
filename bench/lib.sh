# bench/lib.sh: servers of their own for a benchmark, on free ports of 127.0.0.1, stopped by pid when the script ends. Source it.
WORK=$(mktemp -d "${TMPDIR:-/tmp}/littleservice-bench-XXXXXX") && chmod 755 "$WORK"
PGBIN=$(dirname "$(readlink -f "$(command -v postgres || ls /usr/lib/postgresql/*/bin/postgres)")")
PIDS=()

say() { echo "# $*" >&2; }

need() { command -v "$1" >/dev/null || { say "$1 is missing: apt-get install $2"; exit 1; }; }

port() { # one that nobody answers on
  local port
  while port=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo $port
}

start() { # NAME COMMAND...: in the background, with a log
  local name=$1; shift
  "$@" >"$WORK/$name.log" 2>&1 </dev/null & PIDS=($! "${PIDS[@]}")
}

stop_all() { # newest first
  for pid in "${PIDS[@]}"; do kill -TERM "$pid" 2>/dev/null && wait "$pid"; done
  rm -rf "$WORK"
}
trap stop_all EXIT

until_ok() { # SECONDS COMMAND...: repeats the command until it succeeds
  local end=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || { say "gave up on: $*"; tail -n 20 "$WORK"/*.log >&2; exit 1; }; sleep 0.05; done
}

start_postgres() { # PORT; fsync and synchronous_commit stay on
  local dir=$WORK/postgres as=()
  mkdir "$dir"
  [ "$(id -u)" != 0 ] || { chown postgres "$dir"; as=(setpriv --reuid postgres --regid postgres --clear-groups); }
  (cd "$dir" && "${as[@]}" "$PGBIN/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 --locale=C --no-sync) >"$WORK/initdb.log"
  start postgres env -C "$dir" "${as[@]}" "$PGBIN/postgres" -D "$dir/data" -p "$1" -k "$dir" -c listen_addresses=127.0.0.1 \
    -c shared_buffers=256MB -c max_wal_size=2GB -c max_connections=200
  until_ok 30 sql "$1" postgres -c 'select 1'
}

start_redis() { # PORT
  mkdir "$WORK/redis"
  start redis redis-server --port "$1" --bind 127.0.0.1 --dir "$WORK/redis" --save "" --appendonly yes
}

sql() { local port=$1 database=$2; shift 2; "$PGBIN/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U postgres -d "$database" "$@"; }

median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

machine() { say "$(date -u +%FT%TZ), $(nproc) cores, .NET $(dotnet --version), $("$PGBIN/postgres" -V), load before: $(cut -d' ' -f1 /proc/loadavg)"; }
