using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>Whether the members of audiences are those of now. A count that builds on the old members of another audience is as old as these, however often it is done: so an audience is also late through those that its rule names, in turn.</summary>
internal sealed class AudienceFreshness(DbConnection connection, DateTimeOffset now) : IDisposable
{
    private readonly DbCommand _read = connection.Prepare("""select "Name", "Kind", "State", "EvaluatedAt", "Failure", "RuleJson" from "Audiences" where "Id" = @0""", 1);
    private readonly Dictionary<long, Answer> _known = [];

    /// <param name="AsOf">The oldest moment that members are of, its own or those of an audience that it names.</param>
    /// <param name="Stale">The first reason why they may not be those of now; null when they are.</param>
    public sealed record Answer(DateTimeOffset AsOf, StaleAudience? Stale);

    public Answer Of(long id)
    {
        if (_known.TryGetValue(id, out var known)) return known;
        _known[id] = new Answer(now, null); // whoever comes back here in a circle finds nothing new
        return _known[id] = Read(id) is { } row ? Of(row) : new Answer(now, new StaleAudience(id.ToString(CultureInfo.InvariantCulture), StaleReason.Gone));
    }

    public void Dispose() => _read.Dispose();

    private Answer Of(Row row)
    {
        if (!row.IsLive) return new Answer(now, Own(row));
        var (asOf, stale) = (row.EvaluatedAt is { } at && at < now ? at : now, Own(row));
        foreach (var named in (RuleJson.Read(row.Json) is { IsOk: true } rule ? rule.Value.Audiences() : []).Select(Of))
        {
            if (named.AsOf < asOf) asOf = named.AsOf;
            if (named.Stale is { } culprit) stale ??= culprit with { NamedBy = row.Name };
        }
        return new Answer(asOf, stale);
    }

    private StaleAudience? Own(Row row)
    {
        if (row.IsFailed) return new StaleAudience(row.Name, StaleReason.Failed, Failure: row.Failure);
        if (row.EvaluatedAt is not { } at) return new StaleAudience(row.Name, StaleReason.NotCounted);
        return row.IsLive && now - at > ResolveAudience.Late ? new StaleAudience(row.Name, StaleReason.Late, at) : null;
    }

    private Row? Read(long id)
    {
        _read.Set(0, id);
        using var reader = _read.ExecuteReader();
        return reader.Read()
            ? new Row(
                reader.GetString(0), reader.GetString(1) is nameof(AudienceKind.Live), reader.GetString(2) is nameof(AudienceState.Failed), reader.NumberOrNull(3) is { } ticks ? Stored.Time(ticks) : null, reader.TextOrNull(4),
                reader.GetString(5))
            : null;
    }

    private sealed record Row(string Name, bool IsLive, bool IsFailed, DateTimeOffset? EvaluatedAt, string? Failure, string Json);
}
