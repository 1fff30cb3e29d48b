-- bench/flood.lua: the requests of bench/flood.sh, and one line at the end: requests/s, p50 ms, p99 ms, max ms, answers 2xx, other answers, socket errors.
-- Run: wrk ... -s bench/flood.lua URL -- page|items|event [PAUSE_MS 0] [EVENTS_PER_REQUEST 1] [NAMES 1]
-- With a pause each connection waits about so long before a request: a steady probe instead of a closed loop.
local threads = {}
local bodies, turn = {}, 0
good, bad = 0, 0 -- global, so that done() can read them from the threads

function setup(thread) table.insert(threads, thread) end

local function event(i, names)
  local name = names == 1 and "page_view" or ("name_" .. i % names)
  return string.format('{"name":"%s","value":%d,"subject":"s%d","properties":{"path":"/","referrer":"none","session":"0123456789abcdef"}}', name, i * 7 % 1000, i % 5000)
end

function init(args)
  local what, pause, size, names = args[1], tonumber(args[2] or 0), tonumber(args[3] or 1), tonumber(args[4] or 1)
  if pause > 0 then delay = function() return math.floor(pause * (0.5 + math.random())) end end
  wrk.path = what == "page" and "/" or "/api/items"
  if what ~= "event" then wrk.method = "GET"; return end
  wrk.headers["Content-Type"] = "application/json"
  -- Enough different bodies for all the names; built once, so that the generator costs as little as it can.
  for b = 1, math.max(16, math.ceil(names / size)) do
    local events = {}
    for i = 1, size do events[i] = event(b * size + i, names) end
    bodies[b] = wrk.format("POST", "/api/events", nil, size == 1 and events[1] or "[" .. table.concat(events, ",") .. "]")
  end
  request = function() turn = turn % #bodies + 1; return bodies[turn] end
end

function response(status) if status < 300 then good = good + 1 else bad = bad + 1 end end

function done(summary, latency)
  local ok, other, e = 0, 0, summary.errors
  for _, thread in ipairs(threads) do ok, other = ok + thread:get("good"), other + thread:get("bad") end
  io.write(string.format("RESULT %.0f %.2f %.2f %.2f %d %d %d\n", ok / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    latency.max / 1000, ok, other, e.connect + e.read + e.write + e.timeout))
end
