namespace CampaignPortal.Simulation.Tests;

public sealed class HistoryTests
{
    [Fact]
    public void Equal_options_give_equal_histories_and_another_seed_another()
    {
        var one = Shops.Small().History().ToArray();

        Assert.Equal(one, Shops.Small().History());
        Assert.NotEqual(one.Take(50), Shops.Small(seed: 2).History().Take(50));
    }

    [Fact]
    public void How_time_is_cut_does_not_change_what_happens()
    {
        var shop = Shops.Small();
        var life = shop.Open();
        var inSteps = new List<ShopEvent>();
        for (var at = shop.Start.AddHours(5); at < Shops.End; at = at.AddHours(53)) inSteps.AddRange(life.AdvanceTo(at));
        inSteps.AddRange(life.AdvanceTo(Shops.End));

        Assert.Equal(shop.Open().AdvanceTo(Shops.End), inSteps);
    }

    [Fact]
    public void It_runs_in_order_of_time_from_registration_to_the_end_with_ids_of_its_own()
    {
        var shop = Shops.Small();
        var history = shop.History().ToArray();

        Assert.Equal(history.Length, history.Select(e => e.Id).Distinct().Count());
        Assert.Equal(history.Select(e => e.At).Order(), history.Select(e => e.At));
        Assert.All(history, e => Assert.InRange(e.At, shop.Start, Shops.End));
        Assert.All(history.GroupBy(e => e.Customer), events => Assert.Equal(ShopEventKind.Registered, events.First().Kind));
        Assert.Equal(shop.People.Count, history.Count(e => e.Kind is ShopEventKind.Registered));
    }

    [Fact]
    public void An_order_has_lines_of_known_goods_at_their_price_and_what_comes_back_was_bought()
    {
        var shop = Shops.Small();
        var history = shop.History().ToArray();
        var lines = history.Where(e => e.Kind is ShopEventKind.OrderPlaced).ToArray();

        Assert.All(lines, line =>
        {
            var price = shop.Catalogue.Items[line.Item!.Value].Price;
            Assert.Equal(Math.Round(price * line.Quantity!.Value * (decimal)(1 - line.Discount), 2), line.Amount);
        });
        var bought = lines.Select(l => (l.Order, l.Item)).ToHashSet();
        var returned = history.Where(e => e.Kind is ShopEventKind.OrderReturned).ToArray();
        Assert.All(returned, r => Assert.Contains((r.Order, r.Item), bought));
        Assert.InRange(returned.Length / (double)lines.Length, 0.02, 0.08);
        Assert.Contains(history, e => e.Kind is ShopEventKind.ReviewWritten && e.Rating is 1 or 2);
    }

    [Fact]
    public void Nobody_is_written_to_without_consent_or_after_leaving_the_list()
    {
        var shop = Shops.Small();
        var left = new HashSet<int>();
        foreach (var e in shop.History())
        {
            if (e.Kind is ShopEventKind.Unsubscribed or ShopEventKind.MessageBounced) left.Add(e.Customer);
            if (e.Kind is not ShopEventKind.MessageSent) continue;
            Assert.True(shop.People[e.Customer].AcceptsEmail);
            Assert.DoesNotContain(e.Customer, left);
        }
        Assert.NotEmpty(left);
    }

    [Fact]
    public void Past_campaigns_hold_a_fifth_out_and_halve_the_rest()
    {
        var shop = new ShopSimulator(new ShopOptions(Shops.End) { CustomerCount = 3_000 });
        var history = shop.History().Where(e => e.Campaign is not null).ToArray();
        var (a, b, out_) = (Count("A"), Count("B"), history.Count(e => e is { Kind: ShopEventKind.Assigned, Variant: null }));
        int Count(string variant) => history.Count(e => e.Kind is ShopEventKind.MessageSent && e.Variant == variant);
        double all = a + b + out_;

        Assert.InRange(shop.PastCampaigns.Count, 16, 18);
        Assert.Equal(all, history.Count(e => e.Kind is ShopEventKind.Assigned));
        Assert.InRange(out_ / all, 0.2 - 4 * Math.Sqrt(0.16 / all), 0.2 + 4 * Math.Sqrt(0.16 / all));
        Assert.InRange(a / all, 0.4 - 4 * Math.Sqrt(0.24 / all), 0.4 + 4 * Math.Sqrt(0.24 / all));
    }

    [Fact]
    public void Whom_past_campaigns_leave_out_they_neither_assign_nor_reach()
    {
        var quarter = Shops.End.AddDays(-92);
        var shop = new ShopSimulator(Shops.Small().Options with { LeavesOut = (id, at) => id.EndsWith('7') && at >= quarter });
        var left = shop.People.Where(p => p.Id.EndsWith('7')).Select(p => p.Index).ToHashSet();
        var touched = shop.History().Where(e => e.Kind is ShopEventKind.Assigned or ShopEventKind.MessageSent).ToLookup(e => (IsLeftOut: left.Contains(e.Customer), IsLate: e.At >= quarter));

        Assert.Empty(touched[(true, true)]);
        Assert.NotEmpty(touched[(true, false)]);
        Assert.NotEmpty(touched[(false, true)]);
    }

    [Fact]
    public void Ten_thousand_customers_of_eighteen_months_are_drawn_within_seconds()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var count = new ShopSimulator(new ShopOptions(Shops.End)).History().Count();

        Assert.InRange(count, 250_000, 600_000);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 40); // two seconds on a quiet machine
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} events in {clock.Elapsed.TotalSeconds:0.0} s");
    }
}
