using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>How fast mails really leave: measured on the newest ones, while there was something to send.</summary>
public sealed class SendingRateReader(PortalDatabase database, TimeProvider clock)
{
    // Enough for a stable figure, and read from an index in milliseconds.
    private const int Looked = 20_000, FewMessages = 50;
    private static readonly TimeSpan Lookback = TimeSpan.FromDays(30), Break = TimeSpan.FromMinutes(1);

    /// <summary>Messages a minute; null where too few left within thirty days.</summary>
    public double? Read()
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare(
            FormattableString.Invariant($"select \"EndedAt\" from \"Messages\" where \"EndedAt\" > @0 and \"State\" = {(int)MessageState.Accepted} order by \"EndedAt\" desc limit {Looked}"), 1);
        command.Set(0, Stored.Ticks(clock.GetUtcNow() - Lookback));
        using var rows = command.ExecuteReader();
        var newestFirst = new List<long>();
        while (rows.Read()) newestFirst.Add(rows.GetInt64(0));
        return PerMinute(newestFirst);
    }

    /// <summary>Over the stretches without a break: hours in which nothing was to be sent say nothing.</summary>
    /// <param name="newestFirst">Moments as ticks.</param>
    internal static double? PerMinute(IReadOnlyList<long> newestFirst)
    {
        var (count, busy, begin) = (0, TimeSpan.Zero, 0);
        for (var i = 1; i <= newestFirst.Count; i++)
        {
            if (i < newestFirst.Count && newestFirst[i - 1] - newestFirst[i] <= Break.Ticks) continue;
            if (i - begin >= FewMessages)
            {
                count += i - begin - 1; // so many gaps lie between them
                busy += TimeSpan.FromTicks(newestFirst[begin] - newestFirst[i - 1]);
            }
            begin = i;
        }
        return count > 0 && busy > TimeSpan.Zero ? count / busy.TotalMinutes : null;
    }
}

/// <summary>How a sending fits into its time.</summary>
/// <param name="PerMinute">Messages a minute.</param>
/// <param name="EndsAt">When the last would leave; the end of their usefulness where not all do.</param>
/// <param name="LeftOver">Messages that would be too late.</param>
/// <param name="IsInterrupted">Whether quiet hours or a free day come in between.</param>
public sealed record SendingForecast(double PerMinute, DateTimeOffset EndsAt, long LeftOver, bool IsInterrupted)
{
    // One step for each stretch between two quiet times: more than a useful time can hold.
    private const int MaxStretches = 1_000;

    /// <param name="calendar">When nobody is written to.</param>
    /// <param name="place">The zone and the country of the shop, for customers of whom nobody knows more.</param>
    /// <param name="start">When the first may leave.</param>
    /// <param name="until">When they are useless.</param>
    public static SendingForecast Of(SendingCalendar calendar, (TimeZoneInfo Zone, string? Country) place, DateTimeOffset start, DateTimeOffset until, long count, double perMinute)
    {
        var needed = TimeSpan.FromMinutes(count / perMinute);
        var at = calendar.NextAllowed(start, place.Zone, place.Country);
        for (var i = 0; i < MaxStretches && at < until; i++)
        {
            var end = calendar.NextForbidden(at, until, place.Zone, place.Country);
            if (needed <= end - at) return new SendingForecast(perMinute, at + needed, 0, i > 0);
            needed -= end - at;
            if (end >= until) break;
            at = calendar.NextAllowed(end, place.Zone, place.Country);
        }
        return new SendingForecast(perMinute, until, Math.Max(1, (long)Math.Round(needed.TotalMinutes * perMinute)), IsInterrupted: true);
    }
}
