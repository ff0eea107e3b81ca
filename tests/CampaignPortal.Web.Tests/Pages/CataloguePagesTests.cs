using System.Text.Json.Nodes;
using CampaignPortal.Marketing.DataQuality;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Events.Catalogue;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Testing;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Data;
using CampaignPortal.Web.Identity;
using Microsoft.Extensions.DependencyInjection;
using static CampaignPortal.Web.Tests.Components.PartsTests;
using static CampaignPortal.Web.Tests.Identity.RoleCapabilitiesTests;

namespace CampaignPortal.Web.Tests.Pages;

/// <summary>Parts of the pages on events, attributes, quality and features, over a real store.</summary>
public sealed class CataloguePagesTests : IAsyncLifetime
{
    private TestStore _store = null!; // opened before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Speak("en-GB", "en");
        _store = await TestStore.OpenAsync();
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task The_panel_of_an_event_shows_its_properties_and_keeps_samples_of_people_back()
    {
        await AppendAsync(Own("1", """{"name":"rated","stars":5}"""), Own("2", """{"name":"rated","stars":"five"}"""));
        var part = await PanelAsync(Roles.Admin);
        Assert.Contains("stars", part.Html, StringComparison.Ordinal);
        Assert.Contains("No samples", part.Html, StringComparison.Ordinal);
        Assert.Equal(3, part.FindAll("[role=switch]").Count);
        Assert.Contains("Was number, and text came", part.Find(".alert.warn").TextContent, StringComparison.Ordinal);

        await part.ClickAsync(".alert.warn button");
        Assert.Empty(part.FindAll(".alert.warn"));
    }

    [Fact]
    public async Task A_marketer_may_hide_an_event_but_not_block_it_and_an_analyst_only_reads()
    {
        await AppendAsync(Own("1", """{"name":"rated","stars":5}"""));
        Assert.Single((await PanelAsync(Roles.Marketer)).FindAll("[role=switch]"));
        var analyst = await PanelAsync(Roles.Analyst);
        Assert.Empty(analyst.FindAll("[role=switch]"));
        Assert.Empty(analyst.FindAll("form"));
    }

    [Fact]
    public async Task The_stream_shows_new_events_pauses_and_keeps_customers_from_an_analyst()
    {
        await AppendAsync(An.Event("1"));
        var part = await StreamAsync(Roles.Admin);
        Assert.Single(part.FindAll("tbody tr"));
        Assert.Single(part.FindAll("a[href='/customers/1']"));
        await part.ClickAsync("button.link");
        Assert.Contains("\"source\"", part.Find("pre").TextContent, StringComparison.Ordinal);
        await part.ClickAsync("button[data-key]");
        Assert.Equal("true", part.Find("button[data-key]").GetAttribute("aria-pressed"));

        Assert.Empty((await StreamAsync(Roles.Analyst)).FindAll("tbody a"));
    }

    [Fact]
    public async Task A_copied_call_sends_an_event_like_the_one_that_came()
    {
        var e = new StreamedEvent(7, KnownEvents.Custom, "it's rated", "shop", ManualClock.Noon, ManualClock.Noon, 1, "Lamp", "i-1", null, null, 9.5m, """{"name":"it's rated","stars":5}""");
        var call = TestCall.Of(e, "https://portal.example/");
        var json = JsonNode.Parse(call[(call.IndexOf("-d '", StringComparison.Ordinal) + 4)..^1].Replace("'\\''", "'", StringComparison.Ordinal))!;
        using var batch = System.Text.Json.JsonDocument.Parse(json["batch"]!.ToJsonString());
        var report = await _store.Get<IngestEventsHandler>().HandleAsync("shop", batch.RootElement, null, isPublic: false, Ct);
        Assert.Equal(1, report!.Accepted);
        Assert.DoesNotContain("customers/1", call, StringComparison.Ordinal);
        Assert.Equal("it's rated", (string?)json["batch"]![0]!["event"]);
    }

    [Fact]
    public async Task Quality_says_what_fails_and_only_an_admin_may_let_a_run_through()
    {
        await AppendAsync([.. Enumerable.Range(0, 10).Select(i => An.OrderLine(FormattableString.Invariant($"o-{i}"), 1, amount: 0))]);
        Assert.Contains("have not been checked yet", (await QualityAsync(Roles.Admin)).Html, StringComparison.Ordinal);
        await _store.Get<CheckDataQualityHandler>().HandleAsync(Ct);

        var admin = await QualityAsync(Roles.Admin);
        Assert.Contains("Orders: 100.0% with an impossible amount", admin.Html, StringComparison.Ordinal);
        Assert.Equal(DataQualityGate.DependentJobs.Count, admin.FindAll(".held button").Count);
        Assert.Empty((await QualityAsync(Roles.Marketer)).FindAll(".held button"));
    }

    [Theory]
    [InlineData(Roles.Admin, 7), InlineData(Roles.Marketer, 7), InlineData(Roles.Analyst, 4), InlineData(Roles.Representative, 0)]
    public async Task Tabs_show_what_a_role_may_open(string role, int count) =>
        Assert.Equal(count, (await RenderAsync<DataTabs>([], role)).FindAll("a").Count);

    [Fact]
    public async Task A_feature_shows_its_distribution_in_words_and_where_it_is_used()
    {
        var distribution = new FeatureDistribution(10, 2, 4.5, [0, 1, 2, 4, 7, 9, 9, 9], [-0.5, 0.5, 1.5], [4, 6]);
        var row = new FeatureRow("recency_days", FeatureUnit.Days, FeatureTheme.Recency, "days since the last order", distribution, [new FeatureUseRow(ModelNames.Purchase, 3, 0.31)]);
        var part = await RenderAsync<FeaturePanel>(new() { ["Row"] = row, ["CloseHref"] = "/data/features" }, Roles.Analyst);
        Assert.Contains("Half of 10 customers lie between 2 and 7; the median is 4.", part.Html, StringComparison.Ordinal);
        Assert.Contains("31% of the effect", part.Html, StringComparison.Ordinal);
        Assert.Contains("16.7%", part.Html, StringComparison.Ordinal);

        var nobody = await RenderAsync<FeaturePanel>(new() { ["Row"] = row with { Distribution = new FeatureDistribution(0, 12, 0, [], [], []), Uses = [] }, ["CloseHref"] = "/" }, Roles.Analyst);
        Assert.Contains("defined for no customer yet", nobody.Html, StringComparison.Ordinal);
        Assert.Contains("No live model reads it", nobody.Html, StringComparison.Ordinal);
    }

    private static NewEvent Own(string id, string properties) => An.Event(id, KnownEvents.Custom, item: null) with { Properties = properties };

    private async Task AppendAsync(params NewEvent[] events)
    {
        await _store.Log.AppendAsync(An.Batch(events), Ct);
        await _store.Get<ProjectionHost>().CatchUpAsync(Ct);
    }

    private async Task<RenderedPart> PanelAsync(string role)
    {
        var rows = (await _store.Get<ReadEventCatalogueHandler>().HandleAsync(Ct)).Rows;
        return await RenderAsync<EventPanel>(new() { ["Row"] = rows.Single(r => r.Name == "rated"), ["CloseHref"] = "/data/events" }, role);
    }

    private async Task<RenderedPart> StreamAsync(string role) =>
        await RenderAsync<LiveEvents>(new() { ["Names"] = (await _store.Get<ReadEventCatalogueHandler>().HandleAsync(Ct)).Rows }, role);

    private Task<RenderedPart> QualityAsync(string role) => RenderAsync<QualityPage>([], role);

    private Task<RenderedPart> RenderAsync<T>(Dictionary<string, object?> parameters, string role) where T : Microsoft.AspNetCore.Components.IComponent => RenderedPart.RenderAsync<Host>(
        new Dictionary<string, object?> { ["Part"] = typeof(T), ["Parameters"] = parameters, ["Viewer"] = Viewer.Nobody with { User = User(role) } },
        services => services
            .AddSingleton<TimeProvider>(_store.Clock)
            .AddSingleton(_store.Log)
            .AddSingleton(_store.Get<ReadEventCatalogueHandler>())
            .AddSingleton(_store.Get<ReadEventPropertiesHandler>())
            .AddSingleton(_store.Get<ReadNewestEventsHandler>())
            .AddSingleton(_store.Get<ReadDataQualityHandler>())
            .AddSingleton(_store.Get<SaveCatalogueEntryHandler>())
            .AddSingleton(_store.Get<DataQualityGate>())
            .AddSingleton(_store.Get<CheckDataQualityHandler>())
            .AddSingleton<Toaster>().AddSingleton<Confirmation>().AddSingleton<Downloads>().AddSingleton<CatalogueControl>());
}
