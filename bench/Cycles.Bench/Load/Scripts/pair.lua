-- Reserve and commit. wrk's connections share this state and response() does not say which connection it is called for, so reservations
-- that wait for their commit stand in a queue, first in, first out. wrk calls request() for a connection soon after response() of the
-- same connection, so a commit mostly goes out on the connection that reserved, but nothing depends on it.
-- A pair counts when its commit is answered with COMMITTED.

dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "common.lua")

local waiting, first, last = {}, 1, 0

function request()
  if first > last then
    return next_request()
  end

  local id = waiting[first]
  waiting[first] = nil
  first = first + 1
  return plan.commit[1] .. id .. plan.commit[2] .. next_key() .. plan.commit[3]
end

function response(status, headers, body)
  local id = status == 200 and string.match(body, '"reservation_id":"([^"]+)"')
  if id then
    last = last + 1
    waiting[last] = id
  elseif status == 200 and string.find(body, '"status":"COMMITTED"', 1, true) then
    succeeded = succeeded + 1
  else
    refuse(status, body)
  end
end
