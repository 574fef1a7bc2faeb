namespace Cycles.Silo;

/// <summary>The process cannot start for a reason that its operator can remove; the message is the one line that says which.</summary>
public sealed class StartUpException : Exception
{
    /// <summary>With the reason.</summary>
    public StartUpException(string message)
        : base(message)
    {
    }

    /// <summary>With the reason and what is behind it.</summary>
    public StartUpException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
