using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Settings;

public sealed class SettingsTests : IAsyncLifetime
{
    private static readonly Actor Ann = new("ann", null), Ben = new("ben", null);
    private TestStore _store = null!; // opened before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SettingsHandler Settings => _store.Get<SettingsHandler>();

    public async ValueTask InitializeAsync() => _store = await TestStore.OpenAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Saved_values_hold_at_once_and_the_log_says_before_and_after()
    {
        Assert.Equal("My shop", _store.Get<ShopSettingsStore>().Read().Name);
        var saved = await Settings.SaveAsync([new(KnownSettings.ShopName, "My shop", "Fern & Hearth"), new(KnownSettings.Country, "", "DE")], Ann, Stop);
        Assert.Empty(saved.Value.Conflicts);

        var shop = _store.Get<ShopSettingsStore>().Read();
        Assert.Equal(("Fern & Hearth", "DE"), (shop.Name, shop.Country));
        await using var db = await _store.ContextAsync();
        var entry = await db.AuditEntries.SingleAsync(e => e.Target == KnownSettings.ShopName, Stop);
        Assert.Equal(("ann", "settings.write", "My shop", "Fern & Hearth"), (entry.Actor, entry.Action, entry.Before, entry.After));
        Assert.NotNull(entry.Seal);
    }

    [Fact]
    public async Task What_somebody_else_changed_meanwhile_stops_the_whole_save_and_is_named()
    {
        await Settings.SaveAsync([new(KnownSettings.Currency, "EUR", "GBP")], Ben, Stop);
        var mine = await Settings.SaveAsync([new(KnownSettings.ShopName, "My shop", "Mine"), new(KnownSettings.Currency, "EUR", "USD")], Ann, Stop);

        var conflict = Assert.Single(mine.Value.Conflicts);
        Assert.Equal((KnownSettings.Currency, "GBP", "ben"), (conflict.Key, conflict.Current, conflict.ChangedBy));
        var shop = _store.Get<ShopSettingsStore>().Read();
        Assert.Equal(("My shop", "GBP"), (shop.Name, shop.Currency));
        await using var db = await _store.ContextAsync();
        Assert.Equal(1, await db.AuditEntries.CountAsync(Stop));

        Assert.Empty((await Settings.SaveAsync([new(KnownSettings.Currency, "GBP", "USD")], Ann, Stop)).Value.Conflicts);
        Assert.Empty((await Settings.SaveAsync([new(KnownSettings.Currency, "EUR", "USD")], Ben, Stop)).Value.Conflicts); // the same wish is no conflict
    }

    [Theory]
    [InlineData(KnownSettings.ShopName, "  "), InlineData(KnownSettings.ShopName, "a\nb"), InlineData(KnownSettings.Currency, "XXX"), InlineData(KnownSettings.TimeZone, "Moon/Crater")]
    [InlineData(KnownSettings.Country, "de"), InlineData(KnownSettings.Language, "fr"), InlineData(KnownSettings.QuarantineDays, "6"), InlineData(KnownSettings.SessionDays, "-30"), InlineData("shop.secret", "1")]
    public async Task A_value_that_is_not_allowed_is_refused(string key, string value)
    {
        Assert.Equal(key, (await Settings.SaveAsync([new(key, "", value)], Ann, Stop)).Problem?.Field);
        await using var db = await _store.ContextAsync();
        Assert.Equal(0, await db.Settings.CountAsync(Stop));
    }

    [Fact]
    public async Task Retention_deletes_what_is_older_and_nothing_else()
    {
        var sessions = _store.Get<SessionStore>();
        var old = await sessions.StartAsync(1, null, null, Stop);
        await _store.Get<InvitationStore>().InviteAsync("a@example.com", "Admin", 1, Stop);
        _store.Clock.Advance(TimeSpan.FromDays(95)); // the session is 95 days old, the link ran out 88 days ago
        var recent = await sessions.StartAsync(1, null, null, Stop);

        var retention = _store.Get<RetentionHandler>();
        Assert.Equal(new RetentionCounts(0, 1, 0), await retention.PreviewAsync(Stop));
        Assert.Equal(new RetentionCounts(0, 1, 0), await retention.ApplyAsync(Stop));
        Assert.Equal(0, (await retention.ApplyAsync(Stop)).Total);
        await using var db = await _store.ContextAsync();
        Assert.Equal([recent], await db.PortalSessions.Select(s => s.Id).ToListAsync(Stop));
        Assert.NotEqual(old, recent);
        Assert.Equal(1, await db.AuditEntries.CountAsync(e => e.Action == "retention.write delete", Stop));

        await Settings.SaveAsync([new(KnownSettings.InvitationDays, "90", "30")], Ann, Stop);
        Assert.Equal(1, (await retention.PreviewAsync(Stop)).Invitations);
    }

    [Fact]
    public async Task Wordings_get_versions_and_the_earlier_ones_stay()
    {
        var wordings = _store.Get<ConsentWordingsHandler>();
        Assert.Null(await wordings.CurrentVersionAsync("email", "marketing", Stop));
        Assert.Equal(1, (await wordings.AddAsync("email", "marketing", "Yes, write to me.", Ann, Stop)).Value);
        Assert.Equal(1, (await wordings.AddAsync("email", "marketing", " Yes, write to me. ", Ann, Stop)).Value);
        Assert.Equal(2, (await wordings.AddAsync("email", "marketing", "Yes, write to me twice a month.", Ben, Stop)).Value);
        Assert.Equal(1, (await wordings.AddAsync("sms", "marketing", "Yes, by SMS.", Ann, Stop)).Value);
        Assert.Equal("text", (await wordings.AddAsync("sms", "marketing", new string('x', 2_001), Ann, Stop)).Problem?.Field);

        var rows = await wordings.ListAsync(Stop);
        Assert.Equal([("email", 2, 1), ("sms", 1, 0)], rows.Select(r => (r.Channel, r.Version, r.Earlier.Count)));
        Assert.Equal("Yes, write to me.", rows[0].Earlier[0].Text);
        Assert.Equal(2, await wordings.CurrentVersionAsync("email", "marketing", Stop));
    }
}
