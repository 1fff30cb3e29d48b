#!/bin/bash
# bench/graph.sh: the whole graph on this machine: time from `dotnet run --no-build` of the app host to an api that is ready through its address, time
# from Ctrl-C to no process left, and the memory (sum of PSS) at rest. Run: bench/graph.sh [ROUNDS 3] [ARGUMENTS OF THE APP HOST...]
# The first start makes its database cluster and is shown apart; the rounds find the data of the one before. The fixed ports have to be free.
set -euo pipefail
cd "$(dirname "$0")/.." && source bench/lib.sh
ROUNDS=${1:-3}; shift || true
# Every process that the graph starts inherits this, the ones that detach themselves too. Postgres and Redis overwrite their
# environment with a title, so children count as well; containers don't.
export TMPDIR=$WORK/tmp; mkdir -m 1777 "$TMPDIR"

family() { # pids of all that is alive of the graph
  local marked=" $(grep -lasz "^TMPDIR=$TMPDIR\$" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 | tr '\n' ' ')"
  ps -eo pid=,ppid= --sort=pid | awk -v marked="$marked" -v me=$$ '
    BEGIN { n = split(marked, m); for (i = 1; i <= n; i++) in_it[m[i]] = 1 } { parent[$1] = $2 }
    END { do { more = 0; for (p in parent) if (!(p in in_it) && parent[p] in in_it) in_it[p] = more = 1 } while (more)
          for (p in in_it) if (p in parent && p != me && parent[p] != me) print p }'
}

pss() { for pid in $(family); do awk -v name="$(cat "/proc/$pid/comm")" '/^Pss:/ { print name, $2 }' "/proc/$pid/smaps_rollup" 2>/dev/null || true; done; }
seconds() { awk -v from="$1" -v to="$(date +%s.%N)" 'BEGIN { printf "%.2f\n", to - from }'; }
address() { grep -aoE '^api: http[^ ]+' "$WORK/apphost.log" | tail -n 1 | cut -d' ' -f2; }
ready() { curl -sf "$(address)/health"; }

run() { # NAME: one start and one stop
  local from
  : >"$WORK/apphost.log"
  set -m # a group of its own, and SIGINT not ignored: what a terminal gives
  from=$(date +%s.%N)
  dotnet run --no-build --project LittleService.AppHost -- "--DataFolder=$WORK/data" "${@:2}" >"$WORK/apphost.log" 2>&1 </dev/null &
  local group=$!; PIDS=($group)
  set +m
  until_ok 60 ready
  seconds "$from" >>"$WORK/$1-start"
  sleep 10 # at rest
  pss >"$WORK/$1-pss"
  awk '{ sum += $2 } END { printf "%.0f\n", sum / 1024 }' "$WORK/$1-pss" >>"$WORK/$1-memory"
  from=$(date +%s.%N)
  kill -INT -- -$group
  while [ -n "$(family)" ]; do sleep 0.05; [ "$(seconds "$from" | cut -d. -f1)" -lt 60 ] || { say "still there: $(ps -o pid,args $(family))"; exit 1; }; done
  seconds "$from" >>"$WORK/$1-stop"
  PIDS=(); wait $group || true
  say "$1: ready after $(tail -n 1 "$WORK/$1-start") s, gone after $(tail -n 1 "$WORK/$1-stop") s, $(tail -n 1 "$WORK/$1-memory") MB"
}

say "building"; dotnet build LittleService.AppHost -nologo -v q >&2
machine
run first "$@"
for ((round = 1; round <= ROUNDS; round++)); do run again "$@"; done

printf '%-28s %8s %8s\n' "" first "again (median of $ROUNDS)"
for what in start stop memory; do printf '%-28s %8s %8s\n' "$what ($([ $what = memory ] && echo 'MB PSS' || echo s))" "$(cat "$WORK/first-$what")" "$(median <"$WORK/again-$what")"; done
say "memory by program:"; awk '{ mb[$1] += $2 / 1024; n[$1]++ } END { for (p in mb) printf "%7.0f MB  %2d x %s\n", mb[p], n[p], p }' "$WORK/again-pss" | sort -rn
