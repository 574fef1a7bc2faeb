using System.Text.Json.Nodes;
using Cycles.Contracts.Scopes;

namespace Cycles.Grains.Scopes;

/// <summary>What the audit log says of a change of a budget's settings.</summary>
internal static class BudgetChanges
{
    /// <summary>Says which members differ, and the overdraft limit before and after when that is among them: it is how much may be owed.</summary>
    /// <param name="before">The budget as it was.</param>
    /// <param name="after">The budget as it is.</param>
    /// <param name="said">What is said of it besides.</param>
    public static void Describe(BudgetRecord before, BudgetRecord after, JsonObject said)
    {
        var changed = new JsonArray();
        Add("overdraft_limit", before.OverdraftLimit == after.OverdraftLimit);
        Add("commit_overage_policy", before.CommitOveragePolicy == after.CommitOveragePolicy);
        Add("metadata", before.Metadata == after.Metadata);
        said["changed_fields"] = changed;
        if (before.OverdraftLimit != after.OverdraftLimit)
        {
            said["previous_overdraft_limit"] = before.OverdraftLimit;
            said["new_overdraft_limit"] = after.OverdraftLimit;
        }

        void Add(string name, bool isSame)
        {
            if (!isSame)
            {
                changed.Add((JsonNode)name);
            }
        }
    }
}
