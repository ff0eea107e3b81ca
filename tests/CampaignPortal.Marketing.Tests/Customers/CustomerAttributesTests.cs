using System.Globalization;
using CampaignPortal.Marketing.Customers.Attributes;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Customers;

public sealed class CustomerAttributesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AttributeKind.Text, "oat", "oat"), InlineData(AttributeKind.Number, "1.234,5", "1234.5"), InlineData(AttributeKind.Money, "12,40", "12.40"), InlineData(AttributeKind.Boolean, "Yes", "true")]
    [InlineData(AttributeKind.Date, "9.3.2026", "2026-03-09"), InlineData(AttributeKind.DateTime, "2026-03-09T14:00:00+08:00", "2026-03-09T14:00:00+08:00")]
    [InlineData(AttributeKind.List, "sage, oat", """["sage","oat"]"""), InlineData(AttributeKind.Map, "size: M, colour: blue", """{"size":"M","colour":"blue"}""")]
    public void A_typed_value_is_understood_as_its_kind_and_recognised_again(AttributeKind kind, string typed, string stored)
    {
        var value = AttributeValue.Parse(kind, typed, CultureInfo.GetCultureInfo("de-DE"));
        Assert.Equal(stored, value.Value);
        Assert.Equal(kind is AttributeKind.Money ? AttributeKind.Number : kind, AttributeValue.KindOf(stored));
    }

    [Theory]
    [InlineData(AttributeKind.Number, "many"), InlineData(AttributeKind.Date, "soon"), InlineData(AttributeKind.Boolean, "perhaps"), InlineData(AttributeKind.Map, "no pair"), InlineData(AttributeKind.Text, "lena@example.com"), InlineData(AttributeKind.Text, " ")]
    public void What_does_not_fit_is_refused(AttributeKind kind, string typed) => Assert.False(AttributeValue.Parse(kind, typed, CultureInfo.InvariantCulture).IsOk);

    [Fact]
    public async Task The_history_says_who_when_what_and_from_where()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(
            new EventBatch("import", [An.Event(type: KnownEvents.ProfileUpdated, item: null, at: ManualClock.Noon.AddDays(-3)) with { Properties = """{"traits":{"country":"Germany","shoeSize":41}}""" }]), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using (var db = await store.ContextAsync())
        {
            db.Users.Add(new Marketing.Database.PortalUser { Id = 7, UserName = "ada", DisplayName = "Ada" });
            await db.SaveChangesAsync(Ct);
        }
        var attributes = store.Get<CustomerAttributes>();
        Assert.True((await attributes.SetAsync(new SetCustomerTrait(1, "country", null, "Austria", By: 7), CultureInfo.InvariantCulture, Ct)).IsOk);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await attributes.SetAsync(new SetCustomerTrait(1, "budget", AttributeKind.Money, "120.50", By: 7), CultureInfo.InvariantCulture, Ct)).IsOk);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await attributes.RemoveAsync(1, "shoeSize", by: 7, Ct)).IsOk);

        Assert.Equal([("budget", AttributeKind.Money, "120.50"), ("country", AttributeKind.Text, "AT")], (await attributes.ListAsync(1, Ct)).Select(a => (a.Name, a.Kind, a.Value)));
        Assert.Equal(
            [("shoeSize", null, "portal", "Ada"), ("budget", "120.50", "portal", "Ada"), ("country", "AT", "portal", "Ada"), ("country", "DE", "import", null), ("shoeSize", "41", "import", (string?)null)],
            (await attributes.HistoryAsync(1, Ct)).Select(c => (c.Name, c.Value, c.Source, c.Author)));
        Assert.Equal("Austria", (await attributes.ListAsync(1, Ct)).Single(a => a.Name == "country").Said);
        Assert.Equal(["Austria", "Germany"], (await attributes.HistoryAsync(1, Ct)).Where(c => c.Name == "country").Select(c => c.Said));
    }

    [Fact]
    public async Task The_wording_of_a_value_that_is_gone_is_not_shown_beside_the_new_one()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1, at: ManualClock.Noon.AddDays(-2)) with { Properties = """{"country":"EIRE"}""" }), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        var attributes = store.Get<CustomerAttributes>();
        var stated = Assert.Single(await attributes.ListAsync(1, Ct));
        Assert.Equal(("country", "IE", "EIRE"), (stated.Name, stated.Value, stated.Said));

        Assert.True((await attributes.SetAsync(new SetCustomerTrait(1, "country", null, "FR", By: 7), CultureInfo.InvariantCulture, Ct)).IsOk);
        var changed = Assert.Single(await attributes.ListAsync(1, Ct));
        Assert.Equal(("FR", null), (changed.Value, changed.Said));
    }

    [Theory]
    [InlineData(AttributeKind.Text, "oat"), InlineData(AttributeKind.Number, "1234.5"), InlineData(AttributeKind.Money, "12.40"), InlineData(AttributeKind.Boolean, "true"), InlineData(AttributeKind.Date, "2026-03-09")]
    [InlineData(AttributeKind.DateTime, "2026-03-09T14:00:00+08:00"), InlineData(AttributeKind.List, """["sage","oat"]"""), InlineData(AttributeKind.Map, """{"size":"M","colour":"blue"}""")]
    public async Task A_value_of_each_kind_goes_through_the_log_and_comes_back_the_same(AttributeKind kind, string stored)
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.Event()), Ct);
        var attributes = store.Get<CustomerAttributes>();
        Assert.Equal(stored, (await attributes.SetAsync(new SetCustomerTrait(1, "own", kind, string.Join(", ", AttributeValue.Parts(stored)), By: 7), CultureInfo.InvariantCulture, Ct)).Value);
        var line = Assert.Single(await attributes.ListAsync(1, Ct));
        Assert.Equal((kind, stored), (line.Kind, line.Value));
        Assert.Equal(stored, Assert.Single(await attributes.HistoryAsync(1, Ct)).Value);
    }

    [Theory]
    [InlineData("email"), InlineData("name"), InlineData("1st"), InlineData("a b"), InlineData("")]
    public async Task Names_of_contact_data_and_nonsense_are_refused(string name)
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.Event()), Ct);
        Assert.False((await store.Get<CustomerAttributes>().SetAsync(new SetCustomerTrait(1, name, null, "x", By: 7), CultureInfo.InvariantCulture, Ct)).IsOk);
    }
}
