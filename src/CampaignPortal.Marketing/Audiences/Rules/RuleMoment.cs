namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>"Now" of an evaluation, and the zone in which days begin.</summary>
public sealed record RuleMoment(DateTimeOffset Now, TimeZoneInfo Zone)
{
    /// <summary>When the first message of a campaign went out, in UTC ticks; <see cref="long.MaxValue"/> while none did.</summary>
    internal Func<string, long> StartOfCampaign { get; init; } = _ => long.MaxValue;

    /// <summary>The border of a rank among all customers; null where nobody is ranked.</summary>
    internal Func<AttributeCondition, decimal?> BorderOf { get; init; } = _ => null;

    /// <summary>Category of an item of the catalogue; null where it has none.</summary>
    internal Func<long, string?> CategoryOf { get; init; } = _ => null;

    public DateOnly Today => DayOf(Now);

    public DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Zone).DateTime);

    /// <summary>Hour of the shop's clock, 0 to 23.</summary>
    public int HourOf(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).Hour;

    /// <summary>The first moment of a day of the shop.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (Zone.IsInvalidTime(local)) local = local.AddMinutes(30); // where clocks go forward at midnight
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
