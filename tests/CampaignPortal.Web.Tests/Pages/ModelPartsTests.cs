using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Recommendations;
using CampaignPortal.Marketing.Recommendations.Serving;
using CampaignPortal.Testing;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Predictions;
using CampaignPortal.Web.Features.Recommendations;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using static CampaignPortal.Web.Tests.Identity.RoleCapabilitiesTests;

namespace CampaignPortal.Web.Tests.Pages;

/// <summary>Parts of the pages of models and recommendations in their states, without a server.</summary>
public sealed class ModelPartsTests
{
    private static readonly DateTimeOffset Noon = ManualClock.Noon;

    public ModelPartsTests() => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (CultureInfo.GetCultureInfo("en-GB"), CultureInfo.GetCultureInfo("en"));

    [Theory]
    [InlineData(0.05, "ok"), InlineData(0.15, "warn"), InlineData(0.3, "bad")]
    public async Task Drift_is_calm_amber_or_red(double psi, string tone) =>
        Assert.Contains(tone, (await Rendered<DriftBadge>(new() { ["Value"] = psi })).Find(".b").ClassList);

    [Fact]
    public async Task Missing_data_are_told_with_what_is_needed_and_what_is_there()
    {
        var row = new ModelRow("purchase-30", ModelState.Failed) { History = [], Problems = [new DataProblem("propensity.history", "Needs 120 days.", "120", "45")] };
        var part = await Rendered<MissingData>(new() { ["Row"] = row });
        var bar = part.Find("[role=progressbar]");
        Assert.Equal(("120", "45"), (bar.GetAttribute("aria-valuemax"), bar.GetAttribute("aria-valuenow")));
    }

    [Fact]
    public async Task A_model_worse_than_the_simple_rule_says_so_in_red()
    {
        var row = new ModelRow("purchase-30", ModelState.NotPromoted) { History = [], Version = Version(2, metric: new ModelMetric("auc", 0.6, 0.58, 0.62, 0.7, "rfm")), Reason = "worse" };
        Assert.Contains("Worse than the simple rule. Not switched on.", (await Rendered<ModelAlerts>(new() { ["Row"] = row })).Find(".alert.bad").TextContent, StringComparison.Ordinal);
        var fine = row with { State = ModelState.Live, Version = Version(2, isLive: true) };
        Assert.Empty((await Rendered<ModelAlerts>(new() { ["Row"] = fine })).FindAll(".alert"));
    }

    [Fact]
    public async Task Only_who_may_activate_sees_the_buttons()
    {
        var page = Page(Version(2, isLive: true), Version(1));
        Assert.Single((await Rendered<VersionsTab>(new() { ["Page"] = page }, Roles.Admin)).FindAll("td button"));
        Assert.Empty((await Rendered<VersionsTab>(new() { ["Page"] = page }, Roles.Marketer)).FindAll("td button"));
        Assert.Empty((await Rendered<VersionsTab>(new() { ["Page"] = page }, Roles.Analyst)).FindAll("td button"));
    }

    [Fact]
    public async Task A_refused_version_asks_for_the_reason_before_it_is_switched_on()
    {
        var asked = new List<Activation>();
        var part = await Rendered<VersionsTab>(new()
        {
            ["Page"] = Page(Version(2) with { WasRefused = true, Remark = "Log-loss is worse." }, Version(1, isLive: true)),
            ["OnActivate"] = EventCallback.Factory.Create<Activation>(this, asked.Add),
        });
        await part.ClickAsync("td button");
        Assert.Contains("Log-loss is worse.", part.Find(".why").TextContent, StringComparison.Ordinal);
        await part.ClickAsync(".why .btn.p");
        Assert.Empty(asked);
        Assert.NotNull(part.Find(".why [role=alert]"));

        await part.RaiseAsync("#why", "oninput", new ChangeEventArgs { Value = "a trial" });
        await part.ClickAsync(".why .btn.p");
        Assert.Equal(new Activation("purchase-30", 2, 1, "a trial"), Assert.Single(asked));
    }

    [Fact]
    public async Task A_group_outside_its_interval_is_marked_and_no_group_says_what_is_missing()
    {
        var report = new ModelReport { Groups = [Group("France", 0.5), Group("Germany", 0.31)] };
        var part = await Rendered<FairnessTab>(new() { ["Report"] = report });
        Assert.Equal(["promises too much", "fits"], part.FindAll("tbody .b").Select(b => b.TextContent.Trim()));
        Assert.Contains("For 1 of 2 groups", part.Find(".sum").TextContent, StringComparison.Ordinal);
        Assert.Contains("at least 30", (await Rendered<FairnessTab>(new() { ["Report"] = new ModelReport() })).Find(".need").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inputs_stand_with_the_most_moved_one_first()
    {
        var drift = new ModelDrift { Model = "purchase-30", Version = 1, AsOf = Noon, Mean = 0.2, Themes = "{\"Recency\":0.2}", Inputs = "[{\"feature\":\"order_count\",\"theme\":\"Frequency\",\"edges\":[1],\"then\":[0.5,0.5],\"now\":[0.5,0.5],\"missingThen\":0,\"missingNow\":0,\"psi\":0.01},{\"feature\":\"recency_days\",\"theme\":\"Recency\",\"edges\":[1],\"then\":[0.5,0.5],\"now\":[0.1,0.9],\"missingThen\":0,\"missingNow\":0.25,\"psi\":0.4}]" };
        var part = await Rendered<InputsTab>(new() { ["Report"] = new ModelReport(), ["Drifts"] = new[] { drift } });
        var first = part.FindAll("tbody tr")[0].TextContent;
        Assert.Contains("ast order", first, StringComparison.Ordinal);
        Assert.Contains("0.40", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_card_can_be_printed_and_holds_purpose_data_limits_and_review()
    {
        var part = await Rendered<CardTab>(new() { ["Model"] = "purchase-30", ["Version"] = Version(2, isLive: true), ["Review"] = new ModelReview(2, "Ada Admin", Noon) });
        Assert.Equal(["Purpose", "Learns from", "Method", "Quality", "Groups", "Limits", "Version", "Last review"], part.FindAll("dt").Select(t => t.TextContent));
        Assert.Contains("Ada Admin", part.Find("dl").TextContent, StringComparison.Ordinal);
        Assert.NotNull(part.Find("button[data-print].no-print"));
        Assert.Single((await Rendered<CardTab>(new() { ["Model"] = "purchase-30", ["Version"] = Version(2) }, Roles.Analyst)).FindAll("button"));
    }

    [Fact]
    public async Task Rules_can_be_changed_by_those_who_write_content_only()
    {
        RuleRow[] rules = [new(new RecommendationRule { Id = 1, Kind = RecommendationRule.Pin, ItemId = 4, Place = 2, CreatedAt = Noon, CreatedBy = "1" }, "Blue cup", "B-4", "Mo", false)];
        var marketer = await Rendered<RulesCard>(new() { ["Rules"] = rules }, Roles.Marketer);
        Assert.Contains("pinned at 2", marketer.Find("tbody").TextContent, StringComparison.Ordinal);
        Assert.Equal(2, marketer.FindAll("button").Count);
        Assert.Empty((await Rendered<RulesCard>(new() { ["Rules"] = rules }, Roles.Analyst)).FindAll("button"));
        Assert.NotNull((await Rendered<RulesCard>(new() { ["Rules"] = Array.Empty<RuleRow>() })).Find(".need"));
    }

    [Fact]
    public async Task A_previewed_list_shows_reasons_bars_and_what_rules_changed()
    {
        var pin = new RecommendationRule { Id = 1, Kind = RecommendationRule.Pin, ItemId = 4, Place = 1, CreatedAt = Noon, CreatedBy = "1" };
        var served = new Served(Strategies.ForYou,
        [
            new ServedItem(new ItemRow(4, "B-4", "Blue cup", null, 3.5, null, true), 1, RecommendationLevel.Personal, new RecommendationReason(RecommendationReason.Pinned), pin),
            new ServedItem(new ItemRow(5, "B-5", "Red cup", null, null, null, true), 0.5, RecommendationLevel.BestSellers, new RecommendationReason(RecommendationReason.BestSeller, "12"), null),
        ], RecommendationLevel.BestSellers, RecommendationReply.UnknownCustomer, 3, [new RuleEffect(4, RecommendationRule.Pin, 1, null, 1)], null, null);
        var part = await Rendered<PreviewList>(new() { ["Served"] = served, ["Names"] = (Func<long, string>)(id => id == 4 ? "Blue cup" : "?") });
        var lines = part.FindAll("ol > li");
        Assert.Contains("Pinned by a rule", lines[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Bought by 12 customers · bestsellers of the shop", lines[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("width:50%", lines[1].QuerySelector(".score i")!.GetAttribute("style"));
        Assert.Contains("Blue cup: pinned at 1", part.Html, StringComparison.Ordinal);
        Assert.Contains("begins further down the ladder", part.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_price_of_variety_between_two_measured_settings_lies_on_the_line()
    {
        DiversityPoint[] points = [new(0, 0.4, 0.2, 0.3), new(0.5, 0.3, 0.4, 0.5), new(1, 0.1, 0.6, 0.9)];
        Assert.Equal(0.35, DiversityPlot.At(points, 0.25).HitRate, 1e-9);
        Assert.Equal(0.6, DiversityPlot.At(points, 1).Coverage, 1e-9);
    }

    private static GroupQuality Group(string country, double predicted) => new("country", country, 200, predicted, new MeasuredShare(0.3, 0.24, 0.37), null, 0.1);

    private static ModelVersionRow Version(int number, bool isLive = false, ModelMetric? metric = null) =>
        new(number, "blend", Noon, Noon, isLive, new ModelReport { Metrics = [metric ?? new ModelMetric("auc", 0.8, 0.78, 0.82, 0.7, "rfm")] }) { IsStored = true, Fingerprint = "abc", Seed = 1 };

    private static ModelPage Page(params ModelVersionRow[] versions) =>
        new(new ModelRow("purchase-30", ModelState.Live) { History = [], Version = versions.First(v => v.IsLive) }, versions);

    private static Task<RenderedPart> Rendered<T>(Dictionary<string, object?> parameters, string role = Roles.Admin) where T : IComponent
    {
        var viewer = new Viewer(User(role), ShopSettings.Default, TimeZoneInfo.Utc, new ManualClock());
        RenderFragment content = builder =>
        {
            builder.OpenComponent<T>(0);
            builder.AddMultipleAttributes(1, parameters.Select(p => KeyValuePair.Create(p.Key, p.Value!)));
            builder.CloseComponent();
        };
        return RenderedPart.RenderAsync<CascadingValue<Viewer>>(
            new Dictionary<string, object?> { ["Value"] = viewer, ["ChildContent"] = content },
            services => services.AddSingleton<TimeProvider>(viewer.Clock).AddScoped<Toaster>().AddScoped<Confirmation>().AddScoped<Downloads>().AddSingleton(new ChangeRulesHandler(null!, null!, viewer.Clock)));
    }
}
