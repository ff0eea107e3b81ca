using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Web.Demo;

/// <summary>How far the simulated people have lived.</summary>
/// <param name="Simulated">Everything that happened before is in the log.</param>
/// <param name="FastUntil">Simulated end of the fast days.</param>
/// <param name="Sequence">How far the log was read for messages.</param>
internal sealed record DemoMoment(DateTimeOffset Simulated, DateTimeOffset FastUntil, long Sequence);

/// <summary>When the people heard of the messages in a stretch of the log.</summary>
internal sealed record HeardMessages(DateTimeOffset Simulated, long After, long Until);

/// <summary>Remembers what the people of the sample shop lived through, so that the next process goes on where this one ended.</summary>
/// <remarks>
/// Lives are drawn from fixed generators: who plays the history again and hands over the same messages at the same moments has the same
/// people, down to the order that somebody will place next week. So little has to be remembered.
/// </remarks>
internal sealed class DemoMemory(PortalDatabase database)
{
    private const string MomentKey = "sample.moment", HeardKey = "sample.heard.";

    /// <summary>Null before anybody lived on.</summary>
    public DemoMoment? ReadMoment() => Read(MomentKey) is [var text] ? JsonSerializer.Deserialize<DemoMoment>(text) : null;

    /// <summary>In the order in which they were heard.</summary>
    public IReadOnlyList<HeardMessages> ReadHeard() => [.. Read(HeardKey + "%").Select(text => JsonSerializer.Deserialize<HeardMessages>(text)!)]; // written below, never null

    /// <param name="moment">How far the people have lived.</param>
    /// <param name="heard">Messages of this moment; null when there were none.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task SaveAsync(DemoMoment moment, HeardMessages? heard, CancellationToken ct) => database.WriteAsync(
        transaction =>
        {
            using var save = transaction.Prepare("insert into \"Settings\" (\"Key\", \"Value\") values (@0, @1) on conflict (\"Key\") do update set \"Value\" = excluded.\"Value\"", 2);
            save.Run(MomentKey, JsonSerializer.Serialize(moment));
            if (heard is not null) save.Run(HeardKey + heard.Until.ToString("D19", CultureInfo.InvariantCulture), JsonSerializer.Serialize(heard));
        },
        ct);

    private List<string> Read(string key)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare("select \"Value\" from \"Settings\" where \"Key\" like @0 order by \"Key\"", 1);
        command.Set(0, key);
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read()) values.Add(reader.GetString(0));
        return values;
    }
}
