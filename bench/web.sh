#!/bin/bash
# bench/web.sh: GET / and GET /api/items of the api beside a bare Kestrel + Npgsql reference: requests/s and p99 at 32 connections, medians of the rounds.
# Run: bench/web.sh [ROUNDS 3] [SECONDS 10]. The reference is ../shared/peers/web/kestrel (PEERS=folder); without it ours is measured alone.
set -euo pipefail
cd "$(dirname "$0")/.." && source bench/lib.sh
ROUNDS=${1:-3} SECS=${2:-10} REFERENCE=${PEERS:-../shared/peers}/web
need wrk wrk; need redis-server redis-server
PG=$(port) REDIS=$(port) OURS=$(port) THEIRS=$(port) WHO=(ours)
[ -d "$REFERENCE/kestrel" ] && WHO+=(reference) || say "no reference at $REFERENCE: ours is measured alone"

say "publishing"
for project in Api Worker; do dotnet publish "LittleService.$project" -c Release -o "$WORK/$project" -nologo -v q >&2; done
start_postgres "$PG"; start_redis "$REDIS"

sql "$PG" postgres -c 'create database ours'
export ConnectionStrings__db="Host=127.0.0.1;Port=$PG;Username=postgres;Database=ours" ConnectionStrings__redis="127.0.0.1:$REDIS"
dotnet "$WORK/Worker/LittleService.Worker.dll" migrate >&2
sql "$PG" ours -c "insert into items (id, name, quantity, description, date_added)
  select lpad(to_hex(i), 32, '0')::uuid, 'Item ' || i, i % 100, 'A small thing on the shelf, number ' || i || ', kept for the benchmark',
    now() - i * interval '1 minute' from generate_series(1, 1000) i" -c 'vacuum analyze'
start ours env -C "$WORK/Api" ASPNETCORE_URLS="http://127.0.0.1:$OURS" Drain__Delay=00:00:00 dotnet LittleService.Api.dll
until_ok 30 curl -sf "http://127.0.0.1:$OURS/health"

if [ ${#WHO[@]} = 2 ]; then
  cp -r "$REFERENCE/kestrel" "$WORK/source"
  (cd "$WORK/source" && dotnet publish -c Release -o "$WORK/reference" -nologo -v q >&2)
  sql "$PG" postgres -c 'create database peers'; sql "$PG" peers -f "$REFERENCE/schema.sql" >/dev/null 2>&1
  start reference dotnet "$WORK/reference/kestrel-peer.dll" web "$THEIRS" "$PG" "$REDIS"
  until_ok 30 curl -sf "http://127.0.0.1:$THEIRS/items"
fi

url() { case $1-$2 in ours-counter) echo "$OURS/";; ours-items) echo "$OURS/api/items";; reference-counter) echo "$THEIRS/";; *) echo "$THEIRS/items";; esac; }
measure() { # WHO WHAT SECONDS: "requests/s p99-in-ms"
  wrk -t2 -c32 "-d${3}s" --latency "http://127.0.0.1:$(url "$1" "$2")" | tee "$WORK/wrk.log" | awk '
    $1 == "99%" { p = $2 + 0; if ($2 ~ /us$/) p /= 1000; else if ($2 !~ /ms$/) p *= 1000 } $1 == "Requests/sec:" { r = $2 } END { print r, p }'
  ! grep -E "Non-2xx|Socket errors" "$WORK/wrk.log" >&2 || { say "$1 $2 answered with errors"; exit 1; }
}

machine
for what in counter items; do for who in "${WHO[@]}"; do measure "$who" "$what" 4 >/dev/null; done; done
for ((round = 1; round <= ROUNDS; round++)); do for what in counter items; do for who in "${WHO[@]}"; do
  read -r rate p99 <<<"$(measure "$who" "$what" "$SECS")"
  say "round $round, $what, $who: $rate requests/s, p99 $p99 ms"
  echo "$rate" >>"$WORK/$what-$who-rate"; echo "$p99" >>"$WORK/$what-$who-p99"
done; done; done

printf '%-8s %-10s %12s %9s %7s\n' what who requests/s "p99 ms" ratio
for what in counter items; do for who in "${WHO[@]}"; do
  rate=$(median <"$WORK/$what-$who-rate") base=$(cat "$WORK/$what-reference-rate" 2>/dev/null | median)
  printf '%-8s %-10s %12.0f %9.2f %7s\n' $what "$who" "$rate" "$(median <"$WORK/$what-$who-p99")" "$(awk -v a="$rate" -v b="${base:-0}" 'BEGIN { print (b > 0 ? sprintf("%.2f", a / b) : "-") }')"
done; done
