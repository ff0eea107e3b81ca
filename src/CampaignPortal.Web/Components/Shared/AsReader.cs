namespace CampaignPortal.Web.Components.Shared;

/// <summary>Carries out what another thread says in the name of a page's reader.</summary>
/// <remarks>Language and formats travel with the flow of execution. A job or the log that raises an event has its own, and a part drawn again in that flow would change into it.</remarks>
internal static class AsReader
{
    /// <summary>Call it where the reader's own flow is at hand: as a part begins.</summary>
    public static Action Of(Action action)
    {
        var reader = ExecutionContext.Capture();
        return reader is null ? action : () => ExecutionContext.Run(reader, _ => action(), null);
    }

    /// <inheritdoc cref="Of(Action)"/>
    public static Action<T> Of<T>(Action<T> action)
    {
        var reader = ExecutionContext.Capture();
        return reader is null ? action : value => ExecutionContext.Run(reader, _ => action(value), null);
    }
}
