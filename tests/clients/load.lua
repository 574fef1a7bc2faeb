-- Each thread reserves one cent and commits one cent, in turn. Reservations of one thread may be committed over any of its connections.
local key, tenant = os.getenv("CYCLES_KEY"), os.getenv("CYCLES_TENANT")
local headers = { ["X-Cycles-API-Key"] = key, ["Content-Type"] = "application/json" }
local cost = '{"unit":"USD_MICROCENTS","amount":1000000}'

local threads = {}
function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init()
  sent, reserved, committed, refused = 0, 0, 0, 0
  uncommitted = {}
end

function request()
  sent = sent + 1
  local id = table.remove(uncommitted)
  if id then
    return wrk.format("POST", "/v1/reservations/" .. id .. "/commit", headers,
      string.format('{"idempotency_key":"commit-%d-%d","actual":%s}', number, sent, cost))
  end
  return wrk.format("POST", "/v1/reservations", headers,
    string.format('{"idempotency_key":"reserve-%d-%d","subject":{"tenant":"%s","agent":"load-%d"},' ..
      '"action":{"kind":"llm.completion","name":"a-model"},"estimate":%s,"ttl_ms":600000}', number, sent, tenant, number, cost))
end

function response(status, _, body)
  if status < 200 or status > 299 then
    refused = refused + 1
    if refused == 1 then print(status .. " " .. body) end
    return
  end
  local id = body:match('"reservation_id"%s*:%s*"([^"]+)"')
  if id then
    reserved = reserved + 1
    table.insert(uncommitted, id)
  else
    committed = committed + 1
  end
end

function done(summary)
  local total = { reserved = 0, committed = 0, refused = 0 }
  for _, thread in ipairs(threads) do
    for name, count in pairs(total) do total[name] = count + thread:get(name) end
  end
  local errors = summary.errors
  print(string.format('result {"reserved":%d,"committed":%d,"refused":%d,"broken":%d}',
    total.reserved, total.committed, total.refused, errors.connect + errors.read + errors.write + errors.timeout))
end
