using System.Data.Common;
using System.Text.Json;

namespace CampaignPortal.Marketing.Database;

/// <summary>What the sample shop of this installation was made from: enough to make it again.</summary>
/// <param name="End">The end of its made-up history.</param>
/// <param name="FilledSequence">The newest number of the log when everything was in: events, models, scores; null before.</param>
public sealed record SampleFacts(long Seed, DateTimeOffset End, int CustomerCount, long? FilledSequence)
{
    public bool IsFilled => FilledSequence is not null;
}

/// <summary>Knows whether what lies in this portal is a sample shop. While it is, nothing may leave the building: whoever sends asks here.</summary>
public sealed class SampleData(PortalDatabase database)
{
    private const string FactsKey = "sample.facts", SecretsKey = "sample.secrets", RemovedKey = "sample.removed";

    private readonly Lock _reading = new();
    private volatile Known? _known;

    /// <summary>Whether the portal holds the sample shop instead of a real one.</summary>
    public bool IsPresent => Read() is not null;

    /// <summary>Null when there is no sample shop.</summary>
    public SampleFacts? Read() => Find().Facts;

    /// <summary>Passwords and keys of the sample shop as their owner sealed them; null when there are none.</summary>
    public string? ReadSecrets() => Find().Secrets;

    /// <summary>Whether nobody has put anything into the portal yet.</summary>
    public bool IsStoreEmpty()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select exists(select 1 from \"AspNetUsers\") or exists(select 1 from \"Events\") or exists(select 1 from \"Customers\") or exists(select 1 from \"Items\") or exists(select 1 from \"Settings\")";
        return command.ExecuteScalar() is 0L;
    }

    /// <summary>Whether there are no customers, goods, events, audiences and campaigns yet; somebody may have set the portal up.</summary>
    public bool HoldsNothing()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select exists(select 1 from \"Events\") or exists(select 1 from \"Customers\") or exists(select 1 from \"Items\") or exists(select 1 from \"Campaigns\") or exists(select 1 from \"Audiences\")";
        return command.ExecuteScalar() is 0L;
    }

    public Task MarkAsync(SampleFacts facts, CancellationToken ct) => SaveAsync(FactsKey, JsonSerializer.Serialize(facts), ct);

    /// <param name="sealedText">Unreadable without the keys of the installation.</param>
    public Task SaveSecretsAsync(string sealedText, CancellationToken ct) => SaveAsync(SecretsKey, sealedText, ct);

    /// <summary>Leaves a trace, so that the portal no longer counts as untouched and the sample shop does not come back by itself.</summary>
    public Task NoteRemovalAsync(CancellationToken ct) => SaveAsync(RemovedKey, "true", ct);

    private async Task SaveAsync(string key, string value, CancellationToken ct)
    {
        await database.WriteAsync(
            transaction => transaction.Execute("insert into \"Settings\" (\"Key\", \"Value\") values (@0, @1) on conflict (\"Key\") do update set \"Value\" = excluded.\"Value\"", key, value), ct);
        _known = null;
    }

    private Known Find()
    {
        if (_known is { } known) return known;
        lock (_reading)
        {
            using var connection = database.OpenReader();
            var facts = ReadValue(connection, FactsKey) is { } text ? JsonSerializer.Deserialize<SampleFacts>(text) : null;
            return _known = new Known(facts, ReadValue(connection, SecretsKey));
        }
    }

    private static string? ReadValue(DbConnection connection, string key)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"select \"Value\" from \"Settings\" where \"Key\" = '{key}'"; // one of the constants
        return command.ExecuteScalar() as string;
    }

    private sealed record Known(SampleFacts? Facts, string? Secrets);
}
