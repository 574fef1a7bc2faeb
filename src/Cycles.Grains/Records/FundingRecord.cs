using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Records;

/// <summary>A funding as it is kept for replay.</summary>
/// <param name="PayloadHash">The canonical hash of the body.</param>
/// <param name="Response">What was answered.</param>
internal sealed record FundingRecord(string PayloadHash, BudgetFundingResponse Response);
