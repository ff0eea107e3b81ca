using System.Collections.Concurrent;
using System.Collections.Frozen;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events.Catalogue;

/// <summary>What people decided about events, and how many names a source has used: asked for each event that comes in, so it lives in memory.</summary>
public sealed class EventPolicies(PortalDatabase database)
{
    private volatile Known? _known;
    private readonly Lazy<ConcurrentDictionary<string, ConcurrentDictionary<string, bool>>> _namesOfSources = new(() => ReadNames(database));

    /// <summary>Names that are never shown to people without the right to see who a customer is.</summary>
    public IReadOnlySet<string> PrivateNames => Read().Private;

    /// <summary>Names that are left out of lists and timelines.</summary>
    public IReadOnlySet<string> HiddenNames => Read().Hidden;

    /// <summary>Forgets what is known after a change.</summary>
    public void Changed() => _known = null;

    /// <summary>Why the door refuses an event of this name; null when it may come in.</summary>
    public string? RefusalOf(string source, string name)
    {
        if (Read().Blocked.Contains(name)) return $"Events called '{name}' are blocked in the event catalogue.";
        if (KnownEvents.Contains(name)) return null;
        var names = _namesOfSources.Value.GetOrAdd(source, _ => new ConcurrentDictionary<string, bool>(StringComparer.Ordinal));
        if (names.ContainsKey(name)) return null;
        if (names.Count >= CatalogueProjection.MaxNameCount) return $"This source has used {CatalogueProjection.MaxNameCount} names of events already; '{name}' would be one more.";
        names[name] = true;
        return null;
    }

    private Known Read() => _known ??= Load();

    private Known Load()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Name\", \"IsHidden\", \"IsBlocked\", \"IsPrivate\" from \"CatalogueEntries\" where \"Scope\" = 'Event' and \"Property\" = ''";
        using var reader = command.ExecuteReader();
        var entries = new List<(string Name, bool IsHidden, bool IsBlocked, bool IsPrivate)>();
        while (reader.Read()) entries.Add((reader.GetString(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetBoolean(3)));
        return new Known(Of(e => e.IsBlocked), Of(e => e.IsPrivate), Of(e => e.IsHidden));

        FrozenSet<string> Of(Func<(string Name, bool IsHidden, bool IsBlocked, bool IsPrivate), bool> which) => entries.Where(which).Select(e => e.Name).ToFrozenSet(StringComparer.Ordinal);
    }

    private static ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> ReadNames(PortalDatabase database)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Source\", \"Name\" from \"EventTypes\"";
        using var reader = command.ExecuteReader();
        var names = new ConcurrentDictionary<string, ConcurrentDictionary<string, bool>>(StringComparer.Ordinal);
        while (reader.Read()) names.GetOrAdd(reader.GetString(0), _ => new ConcurrentDictionary<string, bool>(StringComparer.Ordinal))[reader.GetString(1)] = true;
        return names;
    }

    private sealed record Known(FrozenSet<string> Blocked, FrozenSet<string> Private, FrozenSet<string> Hidden);
}
