#!/bin/bash
# bench/accounts.sh: what signing in costs: an anonymous request beside one with a cookie and one with an API key, sign-ins of 50 in parallel, and the start of
# the api until it is ready. Medians of the rounds. BEFORE=folder measures another checkout (built there with `dotnet publish`) beside this one, in turn.
# Run: bench/accounts.sh [ROUNDS 3] [SECONDS 8]
set -euo pipefail
cd "$(dirname "$0")/.." && source bench/lib.sh
ROUNDS=${1:-3} SECS=${2:-8} SECRET=secretOfTheBenchSecretOfTheBench PASSWORD=Marmot-Quilt-Tundra-42
HASH='AQAAAAIAAzRQAAAAEIJQNVxKDOQUserj9X+Bwq+KAdpNbHiB9bFMEIOzR43oKzdCiWjlREKI4gThB5sJvg==' # of the password, as Identity keeps it
need wrk wrk; need redis-server redis-server
PG=$(port) REDIS=$(port); declare -A FOLDER=([now]=$PWD) PORT PAGE
WHO=(now); [ -z "${BEFORE:-}" ] || { WHO+=(before); FOLDER[before]=$BEFORE; }
export RateLimits__Writes=1000000000 ASPNETCORE_FORWARDEDHEADERS_ENABLED=true Drain__Delay=00:00:00 ConnectionStrings__redis="127.0.0.1:$REDIS"
start_postgres "$PG"; start_redis "$REDIS"

api() { # WHO PORT: the api of that checkout
  exec env -C "$WORK/$1-Api" ConnectionStrings__db="Host=127.0.0.1;Port=$PG;Username=postgres;Database=$1" \
    ASPNETCORE_URLS="http://127.0.0.1:$2" dotnet LittleService.Api.dll
}
# Over plain HTTP curl keeps no cookie whose name begins with __Host-.
token() { curl -s -D "$WORK/$1.headers" "http://127.0.0.1:${PORT[$1]}/${PAGE[$1]}" | grep -o 'name="__RequestVerificationToken" value="[^"]*' | head -1 | sed 's/.*value="//'; }
cookies() { awk 'tolower($1) == "set-cookie:" { printf "%s%s", n++ ? " " : "", $2 }' "$WORK/$1.headers"; }

for who in "${WHO[@]}"; do
  for project in Api Worker; do (cd "${FOLDER[$who]}" && dotnet publish "LittleService.$project" -c Release -o "$WORK/$who-$project" -nologo -v q >&2); done
  sql "$PG" postgres -c "create database $who"
  ConnectionStrings__db="Host=127.0.0.1;Port=$PG;Username=postgres;Database=$who" dotnet "$WORK/$who-Worker/LittleService.Worker.dll" migrate >&2
  sql "$PG" "$who" -c "insert into accounts (id, name, role, password_hash, created_at)
    select gen_random_uuid(), 'bench' || i, 'writer', '$HASH', now() from generate_series(0, 49) i" -c "insert into api_keys (id, account_id, name, role,
      secret_hash, created_at, expires_at) select 'bench', id, 'bench', 'writer', sha256('$SECRET'), now(), now() + interval '1 day' from accounts
      where name = 'bench0'" -c "insert into items (id, name, quantity, description, date_added) select gen_random_uuid(), 'Item ' || i, i, '', now()
      from generate_series(1, 20) i" -c 'vacuum analyze'
  PORT[$who]=$(port) PAGE[$who]=sign-in; [ -f "${FOLDER[$who]}/LittleService.Api/Accounts/SignInPage.razor" ] || PAGE[$who]=login
  (api "$who" "${PORT[$who]}") >"$WORK/$who.log" 2>&1 </dev/null & PIDS=($! "${PIDS[@]}")
  until_ok 30 curl -sf "http://127.0.0.1:${PORT[$who]}/health"
  TOKEN=$(token "$who")
  cat >"$WORK/$who-sign-in.lua" <<LUA
local n = 0
request = function()
  n = n + 1
  return wrk.format("POST", "/${PAGE[$who]}", { ["Content-Type"] = "application/x-www-form-urlencoded", Cookie = "$(cookies "$who")",
    ["X-Forwarded-For"] = "192.0.2." .. n % 50 },
    "_handler=${PAGE[$who]}&Form.Name=bench" .. n % 50 .. "&Form.Password=$PASSWORD&__RequestVerificationToken=$TOKEN")
end
response = function(status) if status ~= 302 then print("refused: " .. status) end end
LUA
  curl -sf -D "$WORK/$who.session" -H "Cookie: $(cookies "$who")" -o "$WORK/$who.html" --data-urlencode "__RequestVerificationToken=$TOKEN" \
    -d "_handler=${PAGE[$who]}&Form.Name=bench0&Form.Password=$PASSWORD" "http://127.0.0.1:${PORT[$who]}/${PAGE[$who]}"
  mv "$WORK/$who.session" "$WORK/$who.headers"
done

measure() { # WHO WHAT SECONDS: "requests/s p50-in-ms" in the file result
  local with=() path=/api/items
  case $2 in
    cookie) with=(-H "Cookie: $(cookies "$1")") path=/api/items;; key) with=(-H "Authorization: Bearer ls_bench_$SECRET");;
    sign-in) with=(-c50 -s "$WORK/$1-sign-in.lua") path=;;
  esac
  wrk -t2 -c32 --timeout 30s "-d${3}s" --latency "${with[@]}" "http://127.0.0.1:${PORT[$1]}$path" | tee "$WORK/wrk.log" | awk '
    $1 == "50%" { p = $2 + 0; if ($2 ~ /us$/) p /= 1000; else if ($2 !~ /ms$/) p *= 1000 } $1 == "Requests/sec:" { r = $2 } END { print r, p }' >"$WORK/result"
  ! grep -m 3 -E "Non-2xx|Socket errors|refused" "$WORK/wrk.log" >&2 || { say "$1 $2 answered with errors"; exit 1; }
}
starts() { # WHO: milliseconds until it is ready
  local port begun pid; port=$(port) begun=$(date +%s%N)
  (api "$1" "$port") >"$WORK/start.log" 2>&1 </dev/null & pid=$!
  until curl -sf -o "$WORK/start.html" "http://127.0.0.1:$port/health"; do sleep 0.01; done
  echo $((($(date +%s%N) - begun) / 1000000)); kill -TERM $pid; wait $pid || true
}

machine
for what in anonymous cookie key sign-in; do for who in "${WHO[@]}"; do measure "$who" "$what" 3; done; done
for ((round = 1; round <= ROUNDS; round++)); do
  for what in anonymous cookie key sign-in; do for who in "${WHO[@]}"; do
    measure "$who" "$what" "$SECS"; read -r rate p50 <"$WORK/result"
    say "round $round, $what, $who: $rate requests/s, p50 $p50 ms"
    echo "$rate" >>"$WORK/$what-$who-rate"; echo "$p50" >>"$WORK/$what-$who-p50"
  done; done
  for i in 1 2 3; do for who in "${WHO[@]}"; do starts "$who" >>"$WORK/start-$who"; done; done
done

printf '%-10s %-7s %12s %9s %13s\n' what who requests/s "p50 ms" "to anonymous"
for what in anonymous cookie key sign-in; do for who in "${WHO[@]}"; do
  mine=$(median <"$WORK/$what-$who-rate")
  printf '%-10s %-7s %12.0f %9.2f %13s\n' "$what" "$who" "$mine" "$(median <"$WORK/$what-$who-p50")" \
    "$(awk -v a="$mine" -v b="$(median <"$WORK/anonymous-$who-rate")" 'BEGIN { printf "%.2f", a / b }')"
done; done
for who in "${WHO[@]}"; do printf 'start      %-7s ready after %s ms\n' "$who" "$(median <"$WORK/start-$who")"; done
