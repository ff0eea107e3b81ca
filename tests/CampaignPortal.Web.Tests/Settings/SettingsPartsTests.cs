using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Testing;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Settings;
using CampaignPortal.Web.Tests.Components;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Tests.Settings;

public sealed class SettingsPartsTests
{
    private static readonly DateTimeOffset Noon = ManualClock.Noon;

    public SettingsPartsTests() => PartsTests.Speak("en-GB", "en");

    [Fact]
    public void A_form_counts_its_changes_and_gives_way_to_others_or_not()
    {
        var form = new SettingsForm(new Dictionary<string, string> { [KnownSettings.ShopName] = "Fern", [KnownSettings.Currency] = "EUR" });
        Assert.Empty(form.Changes);
        form[KnownSettings.ShopName] = " Fern ";
        Assert.Empty(form.Changes);
        form[KnownSettings.ShopName] = "";
        Assert.Equal(KnownSettings.ShopName, form.FirstWrong);
        form[KnownSettings.ShopName] = "Hearth";
        form[KnownSettings.Currency] = "USD";
        Assert.Equal(2, form.Changes.Count);

        var theirs = new SettingConflict(KnownSettings.Currency, "GBP", "Ben", Noon);
        form.Resolve(theirs, keepMine: true);
        Assert.Contains(new SettingChange(KnownSettings.Currency, "GBP", "USD"), form.Changes);
        form.Resolve(theirs, keepMine: false);
        Assert.Equal("GBP", form[KnownSettings.Currency]);
        form.Discard();
        Assert.Equal(("Fern", "GBP"), (form[KnownSettings.ShopName], form[KnownSettings.Currency]));
        form[KnownSettings.ShopName] = "Hearth";
        form.Accept();
        Assert.Empty(form.Changes);
    }

    [Fact]
    public async Task A_conflict_names_the_person_and_the_value_and_offers_both_ways()
    {
        var chosen = new List<bool>();
        var part = await PartsTests.Rendered<ConflictNotice>(new()
        {
            ["Conflicts"] = new[] { new SettingConflict(KnownSettings.Currency, "GBP", "Ben Ray", Noon) },
            ["Label"] = (Func<string, string>)(_ => "Currency"),
            ["OnResolve"] = EventCallback.Factory.Create<(SettingConflict Conflict, bool KeepMine)>(new object(), choice => chosen.Add(choice.KeepMine)),
        });
        Assert.Contains("“Currency” was set to “GBP” by Ben Ray", part.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await part.ClickAsync("button:nth-of-type(1)");
        await part.ClickAsync("button:nth-of-type(2)");
        Assert.Equal([false, true], chosen);
    }

    [Fact]
    public async Task Devices_can_be_signed_out_except_the_one_in_use()
    {
        var ended = new List<long?>();
        var part = await PartsTests.Rendered<SessionList>(new()
        {
            ["Rows"] = new[] { Session(1, "Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36 Edg/140"), Session(2, "Mozilla/5.0 (iPhone) Version/19 Mobile Safari/604.1"), Session(3, null) },
            ["Own"] = 1L,
            ["OnEnd"] = EventCallback.Factory.Create<long?>(new object(), ended.Add),
        });
        Assert.Equal(["Edge on Windows", "Safari on iPhone", "Unknown browser"], part.FindAll("li .grow > div:first-child").Select(e => e.FirstChild!.TextContent.Trim()));
        Assert.Equal(2, part.FindAll("li button").Count);
        await part.ClickAsync("li:nth-child(2) button");
        await part.ClickAsync("ul + button");
        Assert.Equal([2L, null], ended);
    }

    [Fact]
    public async Task An_entry_shows_before_and_after_and_where_from()
    {
        var row = new AuditRow(7, Noon, "1", "Ada", "settings.write", "shop.name", null, "192.0.2.7", "Fern", "<b>Hearth</b>", IsSealed: true);
        var part = await PartsTests.Rendered<AuditTable>(new() { ["Rows"] = new[] { row } });
        Assert.Equal(("Fern", "<b>Hearth</b>"), (part.Find("del").TextContent, part.Find("ins").TextContent));
        Assert.Contains("192.0.2.7", part.Find("tbody tr").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29", 23), InlineData("Europe/Berlin", "2026-10-25", 25), InlineData("Asia/Shanghai", "2026-03-29", 24)]
    [InlineData("America/Santiago", "2026-09-06", 23), InlineData("Africa/Cairo", "2026-04-24", 23), InlineData("Australia/Lord_Howe", "2026-04-05", 24.5)]
    public void A_day_of_the_wall_clock_is_as_long_as_it_is(string zone, string day, double hours)
    {
        var query = AuditQuery.Of(null, null, null, day, day, null, TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal(hours, (query.To - query.From)?.TotalHours);
    }

    [Fact]
    public void The_address_of_a_filter_reads_back_as_the_filter()
    {
        var suffix = AuditQuery.Suffix("a&b=ü", "users", null, "2026-03-09", null, 12);
        Assert.Equal("?q=a%26b%3D%C3%BC&area=users&from=2026-03-09&before=12", suffix);
        Assert.Null(AuditQuery.Of(" ", "", null, "yesterday", "2026-02-30", null, TimeZoneInfo.Utc).From);
    }

    [Theory]
    [InlineData("en-GB", "en", "1,234", "€12.50", "36.2%", "Mon 9 Mar 2026, 13:00 (Europe/Berlin)")]
    [InlineData("zh-CN", "zh-Hans", "1,234", "€12.50", "36.2%", "2026年3月9日 周一 13:00 (Europe/Berlin)")]
    [InlineData("de-DE", "en", "1.234", "€12,50", "36,2%", null)]
    public void Numbers_money_and_times_follow_the_language(string culture, string language, string count, string money, string rate, string? stamp)
    {
        PartsTests.Speak(culture, language);
        Assert.Equal((count, money, rate), (Figures.Count(1234), Figures.Money(12.5m, "EUR"), Figures.Rate(0.3619)));
        if (stamp is not null) Assert.Equal(stamp, Figures.Stamp(Noon, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")));
    }

    [Fact]
    public void Each_right_of_the_table_has_words_in_both_languages()
    {
        foreach (var language in new[] { "en", "zh-Hans" })
        {
            PartsTests.Speak(language is "en" ? "en-GB" : "zh-CN", language);
            Assert.All(Web.Identity.RoleCapabilities.Rows.Where(r => r.Capabilities[0] != Web.Identity.Capabilities.WriteEvents), row => Assert.DoesNotContain('.', Vocabulary.Right(row.Capabilities[0])));
            Assert.All(ApiScopes.All, scope => Assert.DoesNotContain(':', Vocabulary.Scope(scope)));
            Assert.True(Countries.All().Count > 150);
        }
    }

    private static SessionRow Session(long id, string? agent) => new(id, agent, "192.0.2.7", Noon.AddDays(-1), Noon);
}
