#!/bin/bash
# bench/web.sh: counter, list (JSON), page (HTML) and POST of items, beside a bare Kestrel + Npgsql reference and Django: requests/s and p99 at 32
# connections, medians of the rounds. All middleware is on; our POST also commits a job and a row of the audit. The ratio of the page is to our own list.
# Run: bench/web.sh [ROUNDS 3] [SECONDS 10] [counter items page post]. Peers are those of ../shared/peers/web (PEERS=folder) whose packages are there; else ours is measured alone.
set -euo pipefail
cd "$(dirname "$0")/.." && source bench/lib.sh
ROUNDS=${1:-3} SECS=${2:-10} REFERENCE=${PEERS:-../shared/peers}/web
need wrk wrk; need redis-server redis-server
PG=$(port) REDIS=$(port) OURS=$(port) KESTREL=$(port) DJANGO=$(port) WHO=(ours) KEY=ls_bench_secretOfTheBenchSecretOfTheBench
[ -d "$REFERENCE/kestrel" ] && WHO+=(kestrel) || say "no reference at $REFERENCE"
[ -d "$REFERENCE/django" ] && /usr/bin/python3 -c 'import django, psycopg2, celery' 2>/dev/null && command -v gunicorn >/dev/null && WHO+=(django) || say "no Django here"

say "publishing"
for project in Api Worker; do dotnet publish "LittleService.$project" -c Release -o "$WORK/$project" -nologo -v q >&2; done
start_postgres "$PG"; start_redis "$REDIS"

sql "$PG" postgres -c 'create database ours'
export ConnectionStrings__db="Host=127.0.0.1;Port=$PG;Username=postgres;Database=ours" ConnectionStrings__redis="127.0.0.1:$REDIS"
dotnet "$WORK/Worker/LittleService.Worker.dll" migrate >&2
sql "$PG" ours -c "insert into items (id, name, quantity, description, date_added)
  select lpad(to_hex(i), 32, '0')::uuid, 'Item ' || i, i % 100, 'A small thing on the shelf, number ' || i || ', kept for the benchmark',
    now() - i * interval '1 minute' from generate_series(1, 1000) i" -c "with writer as (
    insert into accounts (id, name, role, password_hash, created_at) values (gen_random_uuid(), 'bench', 'writer', '', now()) returning id)
  insert into api_keys (id, account_id, name, role, secret_hash, created_at, expires_at)
  select 'bench', id, 'bench', 'writer', sha256('${KEY#ls_bench_}'), now(), now() + interval '1 day' from writer" -c 'vacuum analyze'
export RateLimits__Writes=1000000000 # counted, and never reached
start ours env -C "$WORK/Api" ASPNETCORE_URLS="http://127.0.0.1:$OURS" Drain__Delay=00:00:00 dotnet LittleService.Api.dll
until_ok 30 curl -sf "http://127.0.0.1:$OURS/health"

has() { [[ " ${WHO[*]} " == *" $1 "* ]]; }
if has kestrel || has django; then sql "$PG" postgres -c 'create database peers'; sql "$PG" peers -f "$REFERENCE/schema.sql" >/dev/null 2>&1; fi
if has kestrel; then
  cp -r "$REFERENCE/kestrel" "$WORK/source"
  (cd "$WORK/source" && dotnet publish -c Release -o "$WORK/reference" -nologo -v q >&2)
  start kestrel dotnet "$WORK/reference/kestrel-peer.dll" web "$KESTREL" "$PG" "$REDIS"
  until_ok 30 curl -sf "http://127.0.0.1:$KESTREL/items"
fi
if has django; then
  start django env -C "$REFERENCE/django" PYTHONDONTWRITEBYTECODE=1 PEERS_PG_PORT="$PG" PEERS_BROKER="redis://127.0.0.1:$REDIS/0" PYTHONPATH="$REFERENCE/django" \
    /usr/bin/python3 "$(command -v gunicorn)" -b "127.0.0.1:$DJANGO" -w 3 -k gthread --threads 8 --keep-alive 30 site_app.wsgi
  until_ok 30 curl -sf "http://127.0.0.1:$DJANGO/items"
fi
cat >"$WORK/post.lua" <<'LUA'
wrk.method, wrk.headers["Content-Type"] = "POST", "application/json"
wrk.body = '{"name":"Lamp","quantity":3,"description":"A lamp for the reading corner, added by the benchmark"}'
LUA

url() {
  local port=$OURS api=/api; case $1 in kestrel) port=$KESTREL api=;; django) port=$DJANGO api=;; esac
  case $2 in counter) echo "$port/";; page) echo "$port/items";; *) echo "$port$api/items";; esac
}
measured() { [ "$2" != page ] || [ "$1" = ours ]; } # peers have no such page
measure() { # WHO WHAT SECONDS: "requests/s p99-in-ms"
  local with=(); [ "$2" != post ] || with=(-s "$WORK/post.lua" -H "Authorization: Bearer $KEY")
  wrk -t2 -c32 "-d${3}s" --latency "${with[@]}" "http://127.0.0.1:$(url "$1" "$2")" | tee "$WORK/wrk.log" | awk '
    $1 == "99%" { p = $2 + 0; if ($2 ~ /us$/) p /= 1000; else if ($2 !~ /ms$/) p *= 1000 } $1 == "Requests/sec:" { r = $2 } END { print r, p }'
  ! grep -E "Non-2xx|Socket errors" "$WORK/wrk.log" >&2 || { say "$1 $2 answered with errors"; exit 1; }
}

machine
WHAT=("${@:3}"); [ ${#WHAT[@]} -gt 0 ] || WHAT=(counter items page post)
for what in "${WHAT[@]}"; do for who in "${WHO[@]}"; do ! measured "$who" "$what" || measure "$who" "$what" 3 >/dev/null; done; done
for ((round = 1; round <= ROUNDS; round++)); do for what in "${WHAT[@]}"; do for who in "${WHO[@]}"; do
  measured "$who" "$what" || continue
  read -r rate p99 <<<"$(measure "$who" "$what" "$SECS")"
  say "round $round, $what, $who: $rate requests/s, p99 $p99 ms"
  echo "$rate" >>"$WORK/$what-$who-rate"; echo "$p99" >>"$WORK/$what-$who-p99"
done; done; done

rate() { cat "$WORK/$1-rate" 2>/dev/null | median; }
ratio() { awk -v a="$1" -v b="${2:-0}" 'BEGIN { print (b > 0 ? sprintf("%.2f", a / b) : "-") }'; }
printf '%-8s %-8s %12s %9s %11s %10s\n' what who requests/s "p99 ms" "to kestrel" "to django"
for what in "${WHAT[@]}"; do for who in "${WHO[@]}"; do
  measured "$who" "$what" || continue
  mine=$(rate "$what-$who")
  printf '%-8s %-8s %12.0f %9.2f %11s %10s\n' "$what" "$who" "$mine" "$(median <"$WORK/$what-$who-p99")" "$(ratio "$mine" "$(rate "$what-kestrel")")" "$(ratio "$mine" "$(rate "$what-django")")"
done; done
[[ " ${WHAT[*]} " != *" page "* ]] || say "the page makes $(ratio "$(rate page-ours)" "$(rate items-ours)") of our list"
