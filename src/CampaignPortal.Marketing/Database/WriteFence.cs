using System.Data.Common;

namespace CampaignPortal.Marketing.Database;

/// <summary>A check that stands before every write of the current flow of calls: how a background run that lost its lease is kept from changing anything.</summary>
/// <remarks>It follows <c>await</c>, <see cref="Task.Run(Action)"/> and <see cref="Parallel"/>. It covers <see cref="PortalDatabase"/>; contexts of EF Core do not pass here.</remarks>
public static class WriteFence
{
    private static readonly AsyncLocal<Action<DbTransaction>?> Current = new();

    /// <summary>Sets the check for this flow and what it starts; whoever called is not touched when the caller is an asynchronous method.</summary>
    /// <param name="check">Throws when the transaction must not happen.</param>
    public static void Set(Action<DbTransaction> check) => Current.Value = check;

    /// <summary>The check of this flow, for work that another flow will write; null where there is none.</summary>
    internal static Action<DbTransaction>? Captured => Current.Value;

    internal static void Check(DbTransaction transaction) => Current.Value?.Invoke(transaction);
}
