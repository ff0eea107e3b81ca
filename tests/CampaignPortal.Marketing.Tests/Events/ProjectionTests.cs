using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Events;

public sealed class ProjectionTests
{
    private static readonly string[] Tables = ["Orders", "CustomerTotals", "CustomerProfiles", "CustomerTraits", "Consents", "Suppressions", "ConsentLedger", "EventTypes", "EventHours", "EventProperties", "ProjectionCheckpoints"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_three_line_order_counts_once()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1, amount: 10), An.OrderLine("o-1", 2, amount: 20), An.OrderLine("o-1", 3, amount: 30.5m)), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);

        await using var db = await store.ContextAsync();
        var order = await db.Orders.SingleAsync(Ct);
        Assert.Equal((3, 60.5m), (order.LineCount, order.Amount));
        var totals = await db.CustomerTotals.SingleAsync(Ct);
        Assert.Equal((1, 60.5m), (totals.OrderCount, totals.Revenue));
    }

    [Fact]
    public async Task A_return_lowers_no_order_count_and_is_kept_apart()
    {
        await using var store = await TestStore.OpenAsync();
        var returned = An.OrderLine("C-1", 1, amount: 4) with { Type = KnownEvents.OrderReturned };
        await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1, amount: 10), returned), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);

        await using var db = await store.ContextAsync();
        var totals = await db.CustomerTotals.SingleAsync(Ct);
        Assert.Equal((1, 10m, 4m), (totals.OrderCount, totals.Revenue, totals.ReturnedAmount));
    }

    [Fact]
    public async Task The_newest_statement_of_a_trait_wins_whatever_the_order_of_arrival()
    {
        await using var store = await TestStore.OpenAsync();
        static NewEvent Says(string id, string city, int hour) => An.Event(id, KnownEvents.ProfileUpdated, at: ManualClock.Noon.AddHours(hour)) with { Properties = $$$"""{"traits":{"city":"{{{city}}}"}}""" };
        await store.Log.AppendAsync(An.Batch(Says("1", "Berlin", 2), Says("2", "Ulm", 1)), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);

        await using var db = await store.ContextAsync();
        Assert.Equal("Berlin", (await db.CustomerTraits.SingleAsync(Ct)).Value);
    }

    [Fact]
    public async Task An_import_never_grants_again_what_a_customer_withdrew()
    {
        await using var store = await TestStore.OpenAsync();
        static NewEvent Consent(string id, string state, int hour, string origin) =>
            An.Event(id, KnownEvents.ConsentChanged, at: ManualClock.Noon.AddHours(hour)) with { Properties = $$"""{"channel":"email","state":"{{state}}","origin":"{{origin}}"}""" };
        await store.Log.AppendAsync(An.Batch(Consent("1", "granted", 0, "form"), Consent("2", "withdrawn", 1, "form"), Consent("3", "granted", 2, "import")), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using var db = await store.ContextAsync();
        Assert.False((await db.Consents.AsNoTracking().SingleAsync(Ct)).IsGranted);

        await store.Log.AppendAsync(An.Batch(Consent("4", "granted", 3, "form")), Ct); // the person's own act does
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        Assert.True((await db.Consents.AsNoTracking().SingleAsync(Ct)).IsGranted);
    }

    [Fact]
    public async Task Rebuilding_gives_the_same_bytes()
    {
        await using var store = await TestStore.OpenAsync();
        var host = store.Get<ProjectionHost>();
        var rng = new Rng(7);
        for (var batch = 0; batch < 12; batch++)
        {
            await store.Log.AppendAsync(new EventBatch("shop", [.. Enumerable.Range(0, 150).Select(i => RandomEvent(rng, batch * 1_000 + i))]), Ct);
            if (batch % 3 is 0) await host.CatchUpAsync(Ct); // cuts the log into other pages than the rebuild will
        }
        await host.CatchUpAsync(Ct);
        var before = store.Dump(Tables);

        foreach (var size in new[] { 1, 120, 900, 8_000 }) // wherever the pages are cut
        {
            foreach (var name in host.Names)
            {
                host.PageSize = size;
                await host.RebuildAsync(name, Ct);
            }
            Assert.Equal(before, store.Dump(Tables));
        }
        Assert.Contains("[Orders]", before, StringComparison.Ordinal);
        await using var db = await store.ContextAsync();
        Assert.True(await db.Orders.CountAsync(Ct) > 50);
        Assert.True(await db.EventHours.CountAsync(Ct) > 50);
        Assert.True(await db.Consents.AnyAsync(Ct));
        Assert.True(await db.Suppressions.AnyAsync(Ct));
    }

    [Fact]
    public async Task A_projection_of_another_version_is_rebuilt_by_itself()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1)), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using var db = await store.ContextAsync();
        await db.Database.ExecuteSqlRawAsync("update ProjectionCheckpoints set Version = 0 where Name = 'orders'", Ct);
        await db.Database.ExecuteSqlRawAsync("update Orders set Amount = 999", Ct);

        await store.Get<ProjectionHost>().CatchUpAsync(Ct);

        Assert.Equal(10m, (await db.Orders.AsNoTracking().SingleAsync(Ct)).Amount);
    }

    private static NewEvent RandomEvent(Rng rng, int number)
    {
        var id = FormattableString.Invariant($"e-{number}");
        var customer = FormattableString.Invariant($"c-{rng.NextInt(20)}");
        var at = ManualClock.Noon.AddMinutes(rng.NextInt(100_000) - 50_000);
        return rng.NextInt(6) switch
        {
            0 => An.Event(id, KnownEvents.ConsentChanged, customer, at) with { Properties = rng.NextInt(2) is 0 ? """{"state":"granted"}""" : """{"state":"withdrawn"}""" },
            1 => An.Event(id, KnownEvents.ProfileUpdated, customer, at) with { Properties = $$$"""{"traits":{"age":{{{rng.NextInt(90)}}}}}""" },
            2 => An.Event(id, KnownEvents.MessageBounced, customer, at) with { Properties = """{"kind":"hard"}""" },
            _ => An.OrderLine(FormattableString.Invariant($"o-{rng.NextInt(200)}"), number, customer, rng.NextInt(100), 1, at) with { MessageId = id, Properties = """{"country":"Malta"}""" },
        };
    }
}
