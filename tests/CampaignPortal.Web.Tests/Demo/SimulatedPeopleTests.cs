using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Simulation;
using CampaignPortal.Testing;
using CampaignPortal.Web.Demo;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Web.Tests.Demo;

/// <summary>People of the sample shop over several processes, on a clock that is moved by hand.</summary>
public sealed class SimulatedPeopleTests
{
    private const int StepCount = 60;

    private static readonly DemoOptions Fast = new() { CustomerCount = 80, FastDay = TimeSpan.FromSeconds(2), FastDayCount = 30 };
    private static readonly ShopSimulator Shop = new(new ShopOptions(ManualClock.Noon) { CustomerCount = 80, DayCount = 120 });

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(7), InlineData(20), InlineData(21)]
    public async Task A_process_that_ends_in_between_changes_nothing_of_what_people_do(int endsAfter)
    {
        var whole = await LiveAsync(endsAfter: null, forgetsLastStep: false);
        Assert.Contains(whole, line => line.StartsWith(KnownEvents.MessageClicked, StringComparison.Ordinal));
        Assert.Contains(whole, line => line.StartsWith(KnownEvents.OrderPlaced, StringComparison.Ordinal));
        Assert.Equal(whole, await LiveAsync(endsAfter, forgetsLastStep: false));
    }

    [Theory]
    [InlineData(8), InlineData(33)]
    public async Task What_was_written_but_not_noted_when_the_process_ended_is_not_written_twice(int endsAfter) =>
        Assert.Equal(await LiveAsync(endsAfter: null, forgetsLastStep: false), await LiveAsync(endsAfter, forgetsLastStep: true));

    [Fact]
    public async Task The_subject_the_discount_and_the_goods_of_the_version_that_was_sent_are_what_people_react_to()
    {
        await using var store = await TestStore.OpenAsync();
        var campaign = await store.Get<CreateCampaignHandler>().HandleAsync(
            new CreateCampaign("1") { Name = "Towels", Contents = [Mail("Fresh towels", "All towels 20% off this week."), Mail("Made of 100% linen", "Have a look at our mugs.")] }, Ct);
        await using var db = await store.ContextAsync();
        var versions = await db.CampaignVariants.Where(v => v.CampaignId == campaign).OrderBy(v => v.Position).Select(v => v.Id).ToListAsync(Ct);
        await SendAsync(store, campaign, versions[0], [Shop.People[0].Id]);
        await SendAsync(store, campaign, versions[1], [Shop.People[1].Id]);

        var (messages, _) = await Sent(store).AfterAsync(0, until: null, Ct);
        Assert.Equal(["Fresh towels", "Made of 100% linen"], messages.Select(m => m.Facts.Subject));
        Assert.Equal([0.2, 0], messages.Select(m => m.Facts.Discount));
        Assert.Equal(MessageReading.DepartmentsIn("towels"), messages[0].Facts.Departments);
        Assert.Equal(MessageReading.DepartmentsIn("a mug in linen"), messages[1].Facts.Departments);
    }

    /// <summary>Everything that people did, in words, after so many steps of half a second.</summary>
    /// <param name="endsAfter">After this step another process takes over.</param>
    /// <param name="forgetsLastStep">The process had written the step's events, and not that it did.</param>
    private static async Task<IReadOnlyList<string>> LiveAsync(int? endsAfter, bool forgetsLastStep)
    {
        await using var store = await TestStore.OpenAsync();
        var people = await WakeAsync(store);
        for (var step = 0; step < StepCount; step++)
        {
            if (step is 2 or 9) await SendAsync(store, campaign: 900 + step, variant: 1, Shop.People.Select(p => p.Id));
            var before = new DemoMemory(store.Database).ReadMoment();
            store.Clock.Advance(TimeSpan.FromMilliseconds(500));
            await people.LiveAsync(store.Clock.GetUtcNow(), Ct);
            if (step != endsAfter) continue;
            if (forgetsLastStep) await new DemoMemory(store.Database).SaveAsync(before!, heard: null, Ct); // it has lived before
            people = await WakeAsync(store);
            if (!forgetsLastStep) continue;
            store.Clock.Advance(TimeSpan.FromMilliseconds(500)); // the step is lived once more
            await people.LiveAsync(store.Clock.GetUtcNow(), Ct);
        }
        await using var db = await store.ContextAsync();
        var events = await db.Events.Where(e => e.Source == ShopEvents.Source).Select(e => new { e.Type, e.MessageId, e.CustomerId, e.CampaignId, e.Amount }).ToListAsync(Ct);
        return [.. events.Select(e => $"{e.Type} {e.MessageId} {e.CustomerId} {e.CampaignId} {e.Amount}").Order(StringComparer.Ordinal)];
    }

    private static Task<SimulatedPeople> WakeAsync(TestStore store) => SimulatedPeople.WakeAsync(Shop, Sent(store), new DemoMemory(store.Database), store.Log, Fast, store.Clock.GetUtcNow(), Ct);

    private static SentMessages Sent(TestStore store) => new(store.Database, store.Get<ReadMessageFactsHandler>(), store.Get<BodyStore>(), Shop);

    private static Task SendAsync(TestStore store, long campaign, long variant, IEnumerable<string> customers) => store.Log.AppendAsync(
        new EventBatch(MessageEvents.Source, [.. customers.Select(c => new NewEvent
        {
            MessageId = FormattableString.Invariant($"m-{campaign}-{variant}-{c}"), Type = KnownEvents.MessageSent, OccurredAt = store.Clock.GetUtcNow(), Customer = c,
            CampaignId = FormattableString.Invariant($"{campaign}"), VariantId = FormattableString.Invariant($"{variant}"), Properties = """{"channel":"email","subject":"20% off towels you will like"}""",
        })]),
        Ct);

    private static MessageContent Mail(string subject, string body) => new() { Subject = subject, Body = body };
}
