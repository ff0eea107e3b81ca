using System.Net;
using System.Text.Json;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Jobs;
using CampaignPortal.Web.Tests.Identity;

namespace CampaignPortal.Web.Tests.Jobs;

/// <summary>The pages of jobs as each role gets them from the whole program.</summary>
public sealed class JobPagesByRoleTests : IAsyncLifetime
{
    private TestPortal _portal = null!; // started before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _portal = TestPortal.Start();
        await _portal.Get<SchedulesHandler>().AddMissingAsync(JobSchedules.All, Ct);
    }

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Theory]
    [InlineData(Roles.Admin, true), InlineData(Roles.Marketer, false), InlineData(Roles.Analyst, false)]
    public async Task Admins_steer_marketers_and_analysts_look_on(string role, bool steers)
    {
        var client = await SignedInAsync(role);
        var page = WebUtility.HtmlDecode(await client.GetStringAsync("/jobs", Ct));
        Assert.Contains("Clean-up", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(steers, page.Contains("title=\"Run now\"", StringComparison.Ordinal));

        var details = JsonDocument.Parse(await client.GetStringAsync("/health/details", Ct)).RootElement;
        Assert.Equal(JsonValueKind.Object, details.ValueKind);
        Assert.NotEmpty(details.EnumerateObject());
    }

    [Fact]
    public async Task Representatives_and_strangers_get_neither_pages_nor_figures()
    {
        var representative = await SignedInAsync(Roles.Representative);
        var stranger = _portal.CreateClient();
        foreach (var path in new[] { "/jobs", "/health/details" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await representative.GetAsync(path, Ct)).StatusCode);
            Assert.Contains((await stranger.GetAsync(path, Ct)).StatusCode, new[] { HttpStatusCode.Redirect, HttpStatusCode.Unauthorized });
        }
        Assert.DoesNotContain("href=\"/jobs\"", await representative.GetStringAsync("/", Ct), StringComparison.Ordinal);
    }

    private async Task<HttpClient> SignedInAsync(string role)
    {
        var email = $"{role}@example.org".ToLowerInvariant();
        await Doors.AddUserAsync(_portal, role, email);
        return await Doors.EnterAsync(_portal, email);
    }
}
