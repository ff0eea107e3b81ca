using System.Net;
using System.Text;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Testing;
using CampaignPortal.Web.Features.Data;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Tests.Identity;

namespace CampaignPortal.Web.Tests.Data;

public sealed class DataPagesTests : IAsyncDisposable
{
    private const string Lines = "InvoiceNo;StockCode;Description;Quantity;InvoiceDate;UnitPrice;CustomerID;Country\n1;11111;LAMP;2;13.01.2011 10:00;5,50;k1;France\n2;22222;RUG;none;14.01.2011 10:00;9,00;k2;France\n";

    private readonly TestPortal _portal = TestPortal.Start();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Theory]
    [InlineData(Roles.Admin, true), InlineData(Roles.Marketer, true), InlineData(Roles.Analyst, false), InlineData(Roles.Representative, false)]
    public async Task The_pages_open_for_whoever_may_import_and_tell_others_nothing(string role, bool isOpen)
    {
        var draft = await BeginAsync("secret-orders.csv");
        await Doors.AddUserAsync(_portal, role, "me@example.com");
        var client = await Doors.EnterAsync(_portal, "me@example.com");
        foreach (var path in new[] { "/data", "/data/import", $"/data/import?draft={draft}&step=3", "/data/imports/1", "/data/quarantine" })
        {
            var response = await client.GetAsync(path, Stop);
            Assert.Equal((path, isOpen ? HttpStatusCode.OK : HttpStatusCode.Forbidden), (path, response.StatusCode));
            if (!isOpen) Assert.DoesNotContain("secret-orders", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_draft_comes_back_where_it_was_with_everything_that_was_detected()
    {
        var client = await AdminAsync();
        Assert.Contains("No data yet", await client.GetStringAsync("/data", Stop), StringComparison.Ordinal);
        var draft = await BeginAsync("orders.csv");
        var look = await client.GetStringAsync($"/data/import?draft={draft}", Stop);
        Assert.Contains("13.01.2011 10:00", look, StringComparison.Ordinal);
        Assert.Contains("What is in it?", look, StringComparison.Ordinal);
        var match = await client.GetStringAsync($"/data/import?draft={draft}&step=3", Stop);
        Assert.Contains("8 of 8 matched", match, StringComparison.Ordinal);
        Assert.Contains("semicolon", match, StringComparison.Ordinal);
        Assert.Contains("orders.csv", await client.GetStringAsync("/data", Stop), StringComparison.Ordinal);
        Assert.Contains("cannot be imported", await client.GetStringAsync("/data/import?draft=999", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_result_and_its_quarantine_show_what_became_of_each_row()
    {
        var client = await AdminAsync();
        var drafts = _portal.Get<ImportDrafts>();
        var draft = await BeginAsync("orders.csv");
        var view = (await drafts.ReadAsync(draft, Stop)).Value;
        var checkedPlan = (await drafts.CheckAsync(view, null, Stop)).Value;
        Assert.Contains("Why rows are refused", await client.GetStringAsync($"/data/import?draft={draft}&step=4", Stop), StringComparison.Ordinal);
        var source = Marketing.Imports.Reading.ImportSource.FromBytes("orders.csv", Encoding.UTF8.GetBytes(Lines));
        var report = (await _portal.Get<ImportService>().RunAsync(new ImportRequest(source, view.Plan) { Check = checkedPlan }, null, Stop)).Value;

        var page = await client.GetStringAsync($"/data/imports/{report.ImportId}", Stop);
        Assert.Contains("1 new, 0 changed, 0 unchanged, 1 in quarantine", page, StringComparison.Ordinal);
        Assert.Contains("Undo this import (until", page, StringComparison.Ordinal);
        var quarantine = await client.GetStringAsync($"/data/quarantine?import={report.ImportId}", Stop);
        Assert.Contains("not the expected kind of value", quarantine, StringComparison.Ordinal);
        Assert.Contains("value=\"none\"", quarantine, StringComparison.Ordinal);
        Assert.Contains("There is no such import", await client.GetStringAsync("/data/imports/999", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_steps_name_the_current_one_and_lead_back()
    {
        var part = await RenderedPart.RenderAsync<WizardSteps>(new Dictionary<string, object?> { ["Current"] = 3, ["LinkOf"] = (Func<int, string?>)(step => step is 2 ? "/back" : null) });
        Assert.Equal("step", part.FindAll("li")[2].GetAttribute("aria-current"));
        Assert.Equal(["/back"], part.FindAll("a").Select(a => a.GetAttribute("href")));
        Assert.Equal(2, part.FindAll("li.later").Count);
    }

    private async Task<HttpClient> AdminAsync()
    {
        await Doors.AddUserAsync(_portal, Roles.Admin, "me@example.com");
        return await Doors.EnterAsync(_portal, "me@example.com");
    }

    private async Task<long> BeginAsync(string name) => (await _portal.Get<ImportDrafts>().BeginAsync(name, new MemoryStream(Encoding.UTF8.GetBytes(Lines)), null, "1", Stop)).Value;
}
