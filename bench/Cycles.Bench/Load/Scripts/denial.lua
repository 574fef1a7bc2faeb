-- Denials: only the wanted status with the wanted error code counts.

dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "common.lua")

function request()
  return next_request()
end

function response(status, headers, body)
  if status == 409 and string.find(body, "BUDGET_EXCEEDED", 1, true) then
    succeeded = succeeded + 1
  else
    refuse(status, body)
  end
end
