using System.Globalization;
using System.Net;
using System.Text;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Testing;
using CampaignPortal.Web.Features.Customers;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Tests.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Pages;

/// <summary>A list that is too long for a waiting page becomes a file of a job.</summary>
public sealed class LongExportTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private TestPortal _portal = null!; // started before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _portal = TestPortal.Start(configure: services => services.AddSingleton<TimeProvider>(_clock));
        await SampleShop.FillAsync(_portal.Services, ManualClock.Noon, customerCount: 12);
    }

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task The_file_is_sealed_marked_audited_and_gone_after_a_day()
    {
        var admin = await UserAsync(Roles.Admin);
        var run = await ExportAsync(admin);
        Assert.Equal((JobStatus.Succeeded, null), (run.Status, run.Error));

        var files = _portal.Get<SealedExports>();
        var lines = Encoding.UTF8.GetString(await files.ReadAsync(run.Id, Ct) ?? []).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(13, lines.Length);
        Assert.All(lines.Skip(1), line => Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $"\"export {run.Id}, user {admin}\""), line, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("lena.marten@example.com", StringComparison.Ordinal));
        var folder = Path.Combine(_portal.Get<Marketing.Database.DataDirectory>().Path, "exports");
        Assert.DoesNotContain("lena.marten", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(folder)), Ct)), StringComparison.Ordinal);
        await using (var db = await _portal.Get<IDbContextFactory<Marketing.Database.PortalDbContext>>().CreateDbContextAsync(Ct))
            Assert.Equal("12 customers", (await db.AuditEntries.SingleAsync(a => a.Action == "customers.export list", Ct)).Target);

        _clock.Advance(SealedExports.Lifetime);
        Assert.Null(files.Until(run.Id));
        Assert.Null(await files.ReadAsync(run.Id, Ct));
        Assert.Equal(1, await files.CleanUpAsync(Ct));
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task The_file_of_an_audience_has_its_members_alone_and_the_chosen_columns()
    {
        var admin = await UserAsync(Roles.Admin);
        var list = (await _portal.Get<FixAudienceHandler>().HandleAsync(new FixAudience("Few", [1, 2, 3], null, admin), Ct)).Value;
        var run = await ExportAsync(admin, list);

        Assert.Equal((JobStatus.Succeeded, null), (run.Status, run.Error));
        var lines = Encoding.UTF8.GetString(await _portal.Get<SealedExports>().ReadAsync(run.Id, Ct) ?? []).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Contains("Life stage,Orders,Audiences,", lines[0].Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.Contains("Few", line, StringComparison.Ordinal));
        await using var db = await _portal.Get<IDbContextFactory<Marketing.Database.PortalDbContext>>().CreateDbContextAsync(Ct);
        Assert.Equal(FormattableString.Invariant($"audience {list}"), (await db.AuditEntries.SingleAsync(a => a.Action == "customers.export list", Ct)).Detail);
    }

    [Fact]
    public async Task Who_lost_the_right_before_the_job_began_gets_nothing()
    {
        var run = await ExportAsync(await UserAsync(Roles.Marketer));
        Assert.Equal((JobStatus.Failed, "not-allowed"), (run.Status, run.ReasonCode));
        Assert.Null(_portal.Get<SealedExports>().Until(run.Id));
    }

    [Fact]
    public async Task Only_whoever_asked_sees_the_page_of_the_file()
    {
        var admin = await UserAsync(Roles.Admin);
        var run = await ExportAsync(admin);
        var path = string.Create(CultureInfo.InvariantCulture, $"/customers/exports/{run.Id}");
        Assert.Contains("data-download", await (await Doors.EnterAsync(_portal, "admin@example.org")).GetStringAsync(path, Ct), StringComparison.Ordinal);
        await Doors.AddUserAsync(_portal, Roles.Admin, "second@example.org");
        Assert.DoesNotContain("data-download", await (await Doors.EnterAsync(_portal, "second@example.org")).GetStringAsync(path, Ct), StringComparison.Ordinal);
        await UserAsync(Roles.Analyst);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await Doors.EnterAsync(_portal, "analyst@example.org")).GetAsync(path, Ct)).StatusCode);
    }

    private async Task<long> UserAsync(string role)
    {
        var email = role.ToLowerInvariant() + "@example.org";
        await Doors.AddUserAsync(_portal, role, email);
        await using var db = await _portal.Get<IDbContextFactory<Marketing.Database.PortalDbContext>>().CreateDbContextAsync(Ct);
        return (await db.Users.SingleAsync(u => u.Email == email, Ct)).Id;
    }

    private async Task<JobRun> ExportAsync(long userId, long? audience = null)
    {
        var by = userId.ToString(CultureInfo.InvariantCulture);
        var id = (await _portal.Get<StartJobHandler>().HandleAsync(new StartJob(ExportCustomersJob.JobKey, new ExportListParameters("", "stage,orders", "en", userId, audience), by), Ct)).Value.RunId;
        for (var i = 0; i < 1_000; i++)
        {
            if (await _portal.Get<JobRuns>().FindAsync(id, Ct) is { FinishedAt: not null } run) return run;
            await Task.Delay(20, Ct);
        }
        throw new TimeoutException("The export did not end.");
    }
}
