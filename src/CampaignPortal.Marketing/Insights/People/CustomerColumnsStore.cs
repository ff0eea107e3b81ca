using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Privacy;
using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Insights;

/// <summary>Keeps <see cref="CustomerColumns"/> as fresh as their cost allows: a small shop reads them anew whenever something changed, a large one in the background.</summary>
public sealed partial class CustomerColumnsStore(PortalDatabase database, PageMoment moment, ScoreWriter scores, ContactVault vault, TimeProvider clock, ILogger<CustomerColumnsStore> logger) : IDisposable
{
    /// <summary>What takes longer than this is not done while somebody waits.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(80);
    /// <summary>At most a tenth of one core goes into keeping the copy fresh.</summary>
    private const int Rest = 10;

    private readonly Lock _building = new();
    private volatile Known? _known;
    private int _isRefreshing;
    private long _erasures;
    private bool _listens;

    /// <summary>The newest columns that are there at once; the first call builds them.</summary>
    public CustomerColumns Read()
    {
        if (_known is not { } known) return Build().Columns;
        var stamp = ReadStamp();
        if (stamp == known.Stamp) return known.Columns;
        if (known.Cost <= Quick) return Build().Columns;
        if (clock.GetElapsedTime(known.BuiltAt) >= known.Cost * Rest && Interlocked.Exchange(ref _isRefreshing, 1) == 0) _ = Task.Run(Refresh);
        return known.Columns;
    }

    public void Dispose() => vault.Changed -= CountErasure;

    private void Refresh()
    {
        try
        {
            Build();
        }
        catch (DbException e)
        {
            RefreshFailed(logger, e); // the old columns stay; the next reader tries again
        }
        finally
        {
            Volatile.Write(ref _isRefreshing, 0);
        }
    }

    private Known Build()
    {
        lock (_building)
        {
            if (!_listens)
            {
                vault.Changed += CountErasure;
                _listens = true;
            }
            var started = clock.GetTimestamp();
            var stamp = ReadStamp();
            if (_known is { } known && known.Stamp == stamp) return known; // somebody else was first
            using var connection = database.OpenReader();
            using var snapshot = database.BeginSnapshot(connection);
            var columns = CustomerColumnsReader.Read(connection, moment.Read());
            return _known = new Known(stamp, columns, clock.GetTimestamp(), clock.GetElapsedTime(started));
        }
    }

    // An erasure changes no checkpoint; it does destroy contact data.
    private void CountErasure(IReadOnlyList<long> customers) => Interlocked.Increment(ref _erasures);

    /// <summary>Changes whenever the columns might: how far projections are, scores, owners, erasures, the hour.</summary>
    private string ReadStamp()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = """
            select (select group_concat("Name" || ':' || "Version" || ':' || "Sequence") from "ProjectionCheckpoints"), (select count(*) from "CustomerOwners"),
              (select max("AssignedAt") from "CustomerOwners"), (select max("Id") from "Customers")
            """;
        using var reader = command.ExecuteReader();
        reader.Read();
        var hour = moment.Read().UtcTicks / TimeSpan.TicksPerHour;
        return string.Create(CultureInfo.InvariantCulture, $"{reader[0]}/{reader[1]}/{reader[2]}/{reader[3]}/{scores.ChangeCount}/{Interlocked.Read(ref _erasures)}/{hour}");
    }

    private sealed record Known(string Stamp, CustomerColumns Columns, long BuiltAt, TimeSpan Cost);

    [LoggerMessage(2201, LogLevel.Warning, "The columns of all customers could not be read anew; the older ones stay")]
    private static partial void RefreshFailed(ILogger logger, Exception e);
}
