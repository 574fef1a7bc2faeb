// Each grain interface says which Orleans clients may call it.
global using Cycles.Contracts.Security;
// Orleans has an ErrorCode of its own, which nothing here means.
global using ErrorCode = Cycles.Protocol.Errors.ErrorCode;
