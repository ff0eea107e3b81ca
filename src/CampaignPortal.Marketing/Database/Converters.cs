using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace CampaignPortal.Marketing.Database;

/// <summary>How values lie in the database (ARCHITECTURE.md §4): the same for EF Core and for the bulk paths.</summary>
public static class Stored
{
    /// <summary>UTC ticks, cut to whole microseconds.</summary>
    public static long Ticks(DateTimeOffset at) => at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>Ten-thousandths, rounded half away from zero.</summary>
    /// <exception cref="OverflowException">The amount does not fit: 922 337 203 685 477 is the largest.</exception>
    public static long TenThousandths(decimal amount) => decimal.ToInt64(decimal.Round(amount * 10_000m, 0, MidpointRounding.AwayFromZero));

    public static decimal Amount(long tenThousandths) => tenThousandths / 10_000m;
}

/// <summary>SQLite cannot order a <see cref="DateTimeOffset"/>; a number it can.</summary>
public sealed class UtcTicksConverter() : ValueConverter<DateTimeOffset, long>(at => Stored.Ticks(at), ticks => Stored.Time(ticks));

/// <summary>SQLite keeps a decimal as text. Trap: never multiply or divide a converted column by a decimal inside a query, the result is wrong by 10 000.</summary>
public sealed class TenThousandthsConverter() : ValueConverter<decimal, long>(amount => Stored.TenThousandths(amount), stored => Stored.Amount(stored));
