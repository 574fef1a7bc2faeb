-- Shared by all scripts: the plan of the run, unique keys, and one line of result that the bench reads.
-- wrk calls setup() and done() in its main state, init(), request() and response() in the state of its (one) thread.

local threads = {}

function setup(thread)
  thread:set("thread_id", #threads)
  threads[#threads + 1] = thread
end

-- args[0] is the address, args[1] the plan that the bench wrote.
function init(args)
  plan = dofile(args[1])
  templates = #plan.templates
  count = 0
  succeeded = 0  -- what the row counts, where wrk's own count of requests is not it
  refused = 0    -- answers that were not wanted
  turned_away = 0  -- those of them that said 503
  refusal = ""   -- the first that said anything else
  if plan.pause then
    -- wrk calls it before each request of a connection, if there is one.
    function delay() return plan.pause end
  end
end

-- Fixed width, so that the Content-Length in the plan is right.
function next_key()
  count = count + 1
  return string.format("%s-%d-%09d", plan.run, thread_id, count)
end

-- The next request of the plan; tenants take turns.
function next_request()
  local key = next_key()
  local template = plan.templates[count % templates + 1]
  return template[1] .. key .. template[2]
end

function refuse(status, body)
  refused = refused + 1
  if status == 503 then
    turned_away = turned_away + 1
  elseif refusal == "" then
    refusal = (status .. " " .. string.sub(body or "", 1, 300)):gsub('[%c"\\]', " ")
  end
end

function done(summary, latency, requests)
  local thread = threads[1]
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"duration_us":%d,"p50_us":%d,"p95_us":%d,"p99_us":%d,"error_statuses":%d,"socket_errors":%d,' ..
    '"client_cpu_us":%d,"succeeded":%d,"refused":%d,"turned_away":%d,"refusal":"%s"}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(95), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, os.clock() * 1e6, thread:get("succeeded"), thread:get("refused"), thread:get("turned_away"), thread:get("refusal")))
end
