#!/bin/bash
# bench/flood.sh: what a flood of POST /api/events from 64 connections does to GET /api/items and GET / of the same api. Single events, then batches.
# Run: bench/flood.sh [SECONDS 60] [EVENTS_PER_BATCH 100], or bench/flood.sh --growth [SECONDS 15] [EVENTS_PER_BATCH 100] for what events cost with 1 to
# 1,000 names, in an empty table of sums and then in one of ROWS (10000000) rows.
# Probes wait about 80 ms between requests (8 connections, 100/s, nice -5 so that the generator does not slow them); "closed" is a loop without pauses.
# PEERS (../shared/peers) names a folder with flood.sh and web/server.sh: those of WHO ("kestrel node django") that start are measured in the same run;
# its README says what to install for them.
set -euo pipefail
cd "$(dirname "$0")/.." && source bench/lib.sh
GROWTH=; [ "${1:-}" != --growth ] || { GROWTH=1; shift; }
SECS=${1:-${GROWTH:+15}} SECS=${SECS:-60} BATCH=${2:-100} PEERS=${PEERS:-../shared/peers} ROWS=${ROWS:-10000000} CONNECTIONS=64
need wrk wrk; need redis-server redis-server
PG=$(port) REDIS=$(port) OURS=$(port) WORKER=$(port) URL=

serve() {
  say "publishing"
  for project in Api Worker; do dotnet publish "LittleService.$project" -c Release -o "$WORK/$project" -nologo -v q >&2; done
  start_postgres "$PG"; start_redis "$REDIS"
  sql "$PG" postgres -c 'create database ours'
  export ConnectionStrings__db="Host=127.0.0.1;Port=$PG;Username=postgres;Database=ours" ConnectionStrings__redis="127.0.0.1:$REDIS" Stats__NamesPerDay=2000
  start worker env -C "$WORK/Worker" ASPNETCORE_URLS="http://127.0.0.1:$WORKER" Drain__Delay=00:00:00 Accounts__AdminPassword=Marmot-Quilt-Tundra-88 dotnet LittleService.Worker.dll
  until_ok 60 curl -sf "http://127.0.0.1:$WORKER/health"
  sql "$PG" ours -c "insert into items (id, name, quantity, description, date_added) select lpad(to_hex(i), 32, '0')::uuid, 'Item ' || i, i % 100,
    'A small thing on the shelf, number ' || i || ', kept for the benchmark', now() - i * interval '1 minute' from generate_series(1, 1000) i" -c 'vacuum analyze'
  start api env -C "$WORK/Api" ASPNETCORE_URLS="http://127.0.0.1:$OURS" Drain__Delay=00:00:00 dotnet LittleService.Api.dll
  URL=http://127.0.0.1:$OURS
  until_ok 60 curl -sf "$URL/health"
}

load() { wrk -t1 "-c$1" "-d${2}s" --timeout 10s -s bench/flood.lua "$URL" -- "${@:3}" | sed -n 's/^RESULT //p'; }
probe() { nice -n -5 wrk -t1 -c8 "-d${2}s" --timeout 10s -s bench/flood.lua "$URL" -- "$1" 80 | sed -n 's/^RESULT //p'; }
closed() { load 8 "$2" "$1"; }
field() { cut -d' ' -f"$2" <<<"$1"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'; }
cpu() { # PID...: seconds of processor that they and their children have used
  local all=("$@"); for pid in "$@"; do all+=($(ps -o pid= --ppid "$pid")); done
  cat $(printf '/proc/%s/stat ' "${all[@]}") 2>/dev/null | sed 's/.*) //' | awk -v hz="$(getconf CLK_TCK)" '{ t += $12 + $13 + $14 + $15 } END { printf "%.2f", t / hz }'
}
counted() { sql "$PG" ours -At -c "select coalesce(sum(count), 0)::bigint from event_stats where grain = 2 and name <> '' and name not like 'page:%'"; }
drained() { [ "$(redis-cli -p "$REDIS" xlen '{events}:stream')" = 0 ]; }

flood() { # NAME SIZE NAMES SECONDS: runs the command after -- meanwhile, then waits until all is counted
  local name=$1 size=$2 names=$3 secs=$4; shift 5
  local counting=("${PIDS[1]}" "${PIDS[3]}") # the worker and Postgres
  local before=$(counted) used=$(cpu "${PIDS[@]}") used_counting=$(cpu "${counting[@]}")
  load $CONNECTIONS "$secs" event 0 "$size" "$names" >"$WORK/flood" & local pid=$!
  sleep 1.5; "$@"; wait $pid
  local from=$(date +%s.%N); until_ok 120 drained
  local drain=$(awk -v a="$from" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }') result=$(<"$WORK/flood")
  local sent=$(($(field "$result" 5) * size)) found=$(($(counted) - before))
  local missing=$((sent > found ? sent - found : 0))
  awk -v n="$name" -v s="$sent" -v t="$secs" -v p="$(field "$result" 3)" -v o="$(field "$result" 6)" -v e="$(field "$result" 7)" -v d="$drain" -v m="$missing" -v c="$(awk -v a="$used" -v b="$(cpu "${PIDS[@]}")" 'BEGIN { print b - a }')" \
    -v w="$(awk -v a="$used_counting" -v b="$(cpu "${counting[@]}")" 'BEGIN { print b - a }')" \
    'BEGIN { printf "%-24s %9.0f events/s   p99 %7.1f ms   turned away %d   socket errors %d   drained in %s s   missing %d   %.1f s of processor per million events, %.1f to count them\n", n, s / t, p, o, e, d, m, s ? c / s * 1e6 : 0, s ? w / s * 1e6 : 0 }' | tee -a "$WORK/floods"
}

watch() { # SHAPE SECONDS: the probes under the flood, each for a quarter of the time
  local part=$(($2 < 8 ? 1 : $2 / 4)); for what in items page; do probe $what $part >"$WORK/$1-$what"; closed $what $part >"$WORK/$1-$what-closed"; done
}

growth() {
  for names in 1 10 100 1000; do flood "$names names" "$BATCH" $names "$SECS" -- true; done
  say "filling the table of sums with $ROWS rows"
  sql "$PG" ours -c "select event_partition('event_stats_minute', d, d + interval '1 day') from generate_series(date_trunc('day', now() - ($ROWS / 1000 + 60) * interval '1 minute', 'UTC'), now(), interval '1 day') d" \
    -c "insert into event_stats select 0, date_trunc('minute', now()) - interval '1 hour' - m * interval '1 minute', 'name_' || n, 7, 7, 49, 1, 13, null, null
        from generate_series(1, $ROWS / 1000) m, generate_series(0, 999) n" -c 'vacuum analyze event_stats' >/dev/null
  for names in 1 1000; do flood "$names names, $ROWS rows" "$BATCH" $names "$SECS" -- true; done
}

serve; machine
[ -z "$GROWTH" ] || { flood "warm-up" "$BATCH" 1 3 -- true; growth; exit 0; }
for what in items page; do probe $what 3 >/dev/null; closed $what 3 >/dev/null; done
flood "warm-up" "$BATCH" 1 3 -- true
watch alone "$SECS"
flood "single events" 1 1 "$SECS" -- watch single "$((SECS - 4))"
flood "batches of $BATCH" "$BATCH" 1 "$SECS" -- watch batch "$((SECS - 4))"
sleep 2; watch after 20
printf '\n%-8s %-6s %9s %9s %7s %12s %7s\n' during what "p50 ms" "p99 ms" ratio "closed req/s" ratio
for shape in alone single batch after; do for what in items page; do
  base=$(<"$WORK/alone-$what") is=$(<"$WORK/$shape-$what") base_closed=$(<"$WORK/alone-$what-closed") is_closed=$(<"$WORK/$shape-$what-closed")
  printf '%-8s %-6s %9s %9s %7s %12s %7s\n' $shape $what "$(field "$is" 2)" "$(field "$is" 3)" "$(ratio "$(field "$is" 3)" "$(field "$base" 3)")" "$(field "$is_closed" 1)" "$(ratio "$(field "$is_closed" 1)" "$(field "$base_closed" 1)")"
done; done
for pid in "${PIDS[@]}"; do say "$(sed -n 's/^Name:\t//p' "/proc/$pid/status") $(tr '\0' ' ' <"/proc/$pid/cmdline" | cut -c1-60): at most $(awk '/VmHWM/ { printf "%d MB", $2 / 1024 }' "/proc/$pid/status")"; done

[ -x "$PEERS/flood.sh" ] || { say "no peers at $PEERS: ours is measured alone"; exit 0; }
for pid in "${PIDS[@]}"; do kill -STOP "$pid"; done # ours rest meanwhile
for who in ${WHO:-kestrel node django}; do
  peer=$("$PEERS/web/server.sh" start "$who") && "$PEERS/flood.sh" "$peer" "$who" $CONNECTIONS "$((SECS < 8 ? 2 : SECS / 4))" || say "$who did not start"
  "$PEERS/web/server.sh" stop
done
for pid in "${PIDS[@]}"; do kill -CONT "$pid"; done
