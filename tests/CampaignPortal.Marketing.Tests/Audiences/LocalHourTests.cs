using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Audiences;

/// <summary>What the customers' own clocks show, and members that follow them hour by hour.</summary>
public sealed class LocalHourTests
{
    private static readonly string[] Zones = ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca"];
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void The_next_change_is_the_first_minute_with_another_answer_also_when_clocks_go_forward_or_back()
    {
        var rng = new Rng(3);
        var spring = new DateTimeOffset(2026, 3, 27, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 120; i++)
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(Zones[rng.NextInt(Zones.Length)]);
            var from = rng.NextInt(24);
            var condition = new LocalHourCondition(from, (from + rng.NextInt(22)) % 24 + 1);
            var moment = new RuleMoment(spring.AddDays(rng.NextInt(2) is 0 ? 0 : 210).AddMinutes(rng.NextInt(5 * 1_440)), TimeZoneInfo.Utc);
            var next = condition.NextChange(moment, zone);
            var minute = new DateTimeOffset(moment.Now.Ticks - moment.Now.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
            var isNow = condition.Matches(moment, zone);
            DateTimeOffset? expected = null;
            for (var at = minute.AddMinutes(1); expected is null && at < minute.AddDays(2); at = at.AddMinutes(1))
            {
                if (condition.Matches(moment with { Now = at }, zone) != isNow) expected = at;
            }
            Assert.True(expected?.UtcTicks == next, $"{condition} in {zone.Id} at {moment.Now:O}: {expected:O}, not {next}");
        }
        Assert.Null(new LocalHourCondition(0, 24).NextChange(new RuleMoment(spring, TimeZoneInfo.Utc), null)); // always
    }

    [Fact]
    public async Task Members_come_and_go_by_their_own_clock_without_any_event()
    {
        await using var store = await TestStore.OpenAsync(now: AudienceShop.Now); // noon in UTC
        foreach (var (customer, zone) in new[] { ("c-1", "Asia/Tokyo"), ("c-2", "America/New_York"), ("c-3", "Mars/Base") })
            await store.Log.AppendAsync(An.Batch(An.Event(customer, "profile_updated", customer, AudienceShop.Now, item: null) with { Properties = $$$"""{"traits":{"time_zone":"{{{zone}}}"}}""" }), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        var shop = store.Get<AudienceEngine>().Moment().HourOf(AudienceShop.Now);
        var id = await SaveAsync(store, new LocalHourCondition(shop, shop + 1));
        Assert.Equal(new long[] { 3 }, await MembersAsync(store, id)); // an unknown zone is that of the shop

        var seen = new List<(int Hour, long[] Members)>();
        for (var hour = 1; hour <= 24; hour++)
        {
            store.Clock.Advance(TimeSpan.FromHours(1));
            var turn = await store.Get<AudienceKeeper>().TurnAsync(Ct);
            Assert.InRange(turn.Touched, 0, 2); // only those whose hour begins or ends
            if (await MembersAsync(store, id) is { Length: > 0 } members) seen.Add((hour, members));
        }
        Assert.Equal(3, seen.Count);
        Assert.Equal(new long[] { 3 }, seen[^1].Members);
        Assert.Equal(new HashSet<long> { 1, 2, 3 }, seen.SelectMany(s => s.Members).ToHashSet());
    }

    [Fact]
    public async Task When_a_whole_country_changes_at_once_the_audience_is_counted_and_nobody_is_asked_singly()
    {
        await using var store = await TestStore.OpenAsync(now: AudienceShop.Now);
        await store.Get<PortalDatabase>().WriteAsync(
            transaction => transaction.Execute("with recursive n(i) as (select 1 union all select i + 1 from n where i < 10001) insert into \"Customers\" (\"Id\", \"ExternalId\", \"CreatedAt\") select i, 'c-' || i, 0 from n"), Ct);
        var id = await SaveAsync(store, new LocalHourCondition(0, 1));
        Assert.Empty(await MembersAsync(store, id));

        store.Clock.Advance(TimeSpan.FromHours(12)); // midnight
        var turn = await store.Get<AudienceKeeper>().TurnAsync(Ct);
        Assert.Equal(new KeeperTurn(1, 0, 10_001), turn);
        Assert.Equal(new KeeperTurn(0, 0, 0), await store.Get<AudienceKeeper>().TurnAsync(Ct));
    }

    private static async Task<long> SaveAsync(TestStore store, Rule rule) =>
        (await store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, "By the clock", null, new AudienceRule(new RuleGroup(GroupKind.All, [rule]), []), null, 1), Ct)).Value.Id;

    private static async Task<long[]> MembersAsync(TestStore store, long id)
    {
        await using var db = await store.ContextAsync();
        return await db.AudienceMembers.Where(m => m.AudienceId == id).OrderBy(m => m.CustomerId).Select(m => m.CustomerId).ToArrayAsync(Ct);
    }
}
