// Orleans has an ErrorCode of its own, which nothing here means.
global using ErrorCode = Cycles.Protocol.Errors.ErrorCode;
