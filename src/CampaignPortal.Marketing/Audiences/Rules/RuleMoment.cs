namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>"Now" of an evaluation, and the zone in which days begin.</summary>
public sealed record RuleMoment(DateTimeOffset Now, TimeZoneInfo Zone)
{
    public DateOnly Today => DayOf(Now);

    public DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Zone).DateTime);

    /// <summary>The first moment of a day of the shop.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (Zone.IsInvalidTime(local)) local = local.AddMinutes(30); // where clocks go forward at midnight
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
