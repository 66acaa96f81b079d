-- What wrk sends. Its argument names a file that returns a table:
--   path, headers, bodies: requests of a read, sent in turn; @value@ in one becomes a number that never comes again;
--   or profiles: updates, each { id, etag, before, between, after }, of which each quotes the etag of the answer before.
local job, turn, free, known, value

-- Counts answers that are no success though their status says so; `done` reads it.
failed = 0

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

local function read()
  turn = turn % #job.requests + 1
  local made = job.requests[turn]
  if type(made) == "string" then return made end
  value = value + 1
  return wrk.format("POST", job.path, job.headers, made.before .. value .. made.after)
end

-- A profile is in the air once at most: whoever answers puts it back with its new etag.
local function update()
  local profile = table.remove(free)
  value = value + 1
  local body = profile.before .. profile.etag .. profile.between .. "Suite " .. value .. profile.after
  return wrk.format("POST", job.path, job.headers, body)
end

local function updated(status, headers, body)
  local id = body:match('"id":"([^"]+)"')
  local etag = body:match('"etag":"([^"]+)"')
  local profile = id and known[id]
  if profile and etag and etag ~= profile.etag then
    profile.etag = etag
    table.insert(free, 1, profile)
  else
    failed = failed + 1
  end
end

function init(args)
  job = dofile(args[1])
  if job.profiles then
    free, known, value = {}, {}, job.value
    for _, profile in ipairs(job.profiles) do
      table.insert(free, profile)
      known[profile.id] = profile
    end
    request, response = update, updated
  else
    turn, value, job.requests = 0, job.value, {}
    for _, body in ipairs(job.bodies) do
      local before, after = body:match("^(.-)@value@(.*)$")
      local ready = before and { before = before, after = after } or wrk.format("POST", job.path, job.headers, body)
      table.insert(job.requests, ready)
    end
    request = read
  end
end

function done(summary, latency, requests)
  local failures = 0
  for _, thread in ipairs(threads) do failures = failures + thread:get("failed") end
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "microseconds": %d, "bytes": %d, "errors": %d, "failed": %d, "p50": %d, "p99": %d}\n',
    summary.requests, summary.duration, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    failures, latency:percentile(50), latency:percentile(99)))
end
