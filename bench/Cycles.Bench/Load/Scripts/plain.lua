-- No-op and reserve. There is no response() on purpose: it costs wrk a tenth of what the no-op can do on the same cores, and a lower
-- ceiling flatters every ratio. wrk itself counts each answer of status 400 or above, and done() hands that count on.

dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "common.lua")

function request()
  return next_request()
end
