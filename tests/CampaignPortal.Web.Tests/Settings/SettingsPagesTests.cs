using System.Net;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Testing;
using CampaignPortal.Web.Features.Settings;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Tests.Identity;

namespace CampaignPortal.Web.Tests.Settings;

public sealed class SettingsPagesTests : IAsyncDisposable
{
    private readonly TestPortal _portal = TestPortal.Start();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Theory]
    [InlineData(Roles.Admin), InlineData(Roles.Marketer), InlineData(Roles.Analyst), InlineData(Roles.Representative)]
    public async Task Each_page_opens_for_the_roles_of_the_table_and_tells_others_nothing(string role)
    {
        await _portal.Get<ApiKeyStore>().CreateAsync("warehouse-key", [ApiScopes.EventsWrite], null, Stop);
        await Doors.AddUserAsync(_portal, Roles.Admin, "somebody.else@example.com");
        await Doors.AddUserAsync(_portal, role, "me@example.com");
        var client = await Doors.EnterAsync(_portal, "me@example.com");
        foreach (var section in SettingsSection.All)
        {
            var response = await client.GetAsync("/settings/" + section.Path, Stop);
            var isOpen = role is Roles.Admin || section.Capability == Capabilities.Open;
            Assert.Equal((section.Path, isOpen ? HttpStatusCode.OK : HttpStatusCode.Forbidden), (section.Path, response.StatusCode));
            var page = await response.Content.ReadAsStringAsync(Stop);
            if (role is Roles.Admin) Assert.Equal((section.Path, false), (section.Path, page.Contains("class=\"state\" role=\"alert\"", StringComparison.Ordinal)));
            else Assert.DoesNotMatch("warehouse-key|somebody\\.else", page);
        }
        Assert.Equal(role is Roles.Admin ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await client.GetAsync("/settings/audit/export", Stop)).StatusCode);
    }

    [Fact]
    public async Task The_export_of_the_log_has_a_line_for_each_entry_and_notes_itself()
    {
        await Doors.AddUserAsync(_portal, Roles.Admin, "me@example.com");
        var client = await Doors.EnterAsync(_portal, "me@example.com");
        var response = await client.GetAsync("/settings/audit/export?area=sessions", Stop);
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        var lines = (await response.Content.ReadAsStringAsync(Stop)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("sessions.start", lines[1], StringComparison.Ordinal);
        Assert.Contains("audit.export", await (await client.GetAsync("/settings/audit/export", Stop)).Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_package_of_the_build_has_its_licence_in_the_list()
    {
        var shipped = ThirdParty.Packages(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "src", "CampaignPortal.Web", "bin", "Release", "net10.0", "CampaignPortal.Web.deps.json")).ToArray();
        Assert.NotEmpty(shipped);
        var listed = File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "src", "CampaignPortal.Web", "Features", "Settings", "third-party.csv")).Skip(1).Select(l => l.Split(',')[0]).ToArray();
        Assert.Equal(listed.Distinct(StringComparer.Ordinal), listed); // two branches may add the same package
        Assert.DoesNotContain(shipped, p => !listed.Contains(p.Name, StringComparer.Ordinal));

        using var npm = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "wwwroot-assets", "package.json")));
        foreach (var package in npm.RootElement.GetProperty("dependencies").EnumerateObject())
            Assert.Contains(ThirdParty.All, n => n.Name == package.Name && n.Version == package.Value.GetString());
    }
}
