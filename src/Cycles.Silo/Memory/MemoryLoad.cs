namespace Cycles.Silo.Memory;

/// <summary>How full the memory is that the process may use.</summary>
public enum MemoryLoad
{
    /// <summary>There is room.</summary>
    Low,

    /// <summary>Nothing new should begin.</summary>
    High,

    /// <summary>Nothing at all should be taken on.</summary>
    Full,
}
