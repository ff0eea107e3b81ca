using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Web.Features.Customers;

/// <summary>A list that is too long for a waiting page.</summary>
/// <param name="Query">Filters and order as in the address; never a search text, which may name a person.</param>
/// <param name="Columns">Keys of the columns, as the preference writes them.</param>
/// <param name="Language">In which headings and words are written.</param>
/// <param name="Audience">Its members alone; null takes everybody who matches.</param>
public sealed record ExportListParameters(string Query, string Columns, string Language, long UserId, long? Audience = null);

/// <summary>Makes the file in the background; whoever asked fetches it within a day. One at a time for each person.</summary>
internal sealed class ExportCustomersJob(ExportCustomersHandler exports, SealedExports files, SegmentNamesHandler segments, ResolveAudience audiences, IDbContextFactory<PortalDbContext> databases) : IJobHandler
{
    public const string JobKey = "export-customers";

    public JobDefinition Definition { get; } = new(JobKey) { TimeLimit = TimeSpan.FromHours(1) };

    public string SingleFlightKeyOf(JsonElement parameters) => JobKey + "." + (parameters.TryGetProperty("userId", out var user) ? user.ToString() : "");

    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        var asked = job.ParametersAs<ExportListParameters>();
        var person = await PersonAsync(asked.UserId, ct);
        if (!person.Can(Capabilities.ExportCustomers)) throw new JobFailedException(new JobProblem("not-allowed", "Whoever asked may not export customers any more."));
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(asked.Language); // of this run alone
        var names = await segments.HandleAsync(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, ct);
        var address = QueryHelpers.ParseQuery(asked.Query);
        var query = CustomersAddress.Read(name => address.TryGetValue(name, out var value) ? value.ToString() : null) with { Scope = person.ScopeOfCustomers() };
        var audience = asked.Audience is { } id ? await AudienceAsync(id, ct) : null;
        var command = new ExportCustomers(query, audience?.Members, ExportedList.Columns(person, CustomerColumn.Parse(asked.Columns), names, audience?.Name), asked.UserId) { Of = audience?.Key };
        var mark = Say.With(CustomersWords.ExportMark, ("run", job.Run.Id.ToString(CultureInfo.InvariantCulture)), ("user", asked.UserId.ToString(CultureInfo.InvariantCulture)));
        var (count, parts) = await exports.InPartsAsync(command, CustomersWords.ExportMarkColumn, mark, done => job.Report("export", done.Done, done.Total), ct);
        await files.WriteAsync(job.Run.Id, parts, ct);
        return JobOutcome.Done(new { exported = count });
    }

    // Its members of now: the list was asked for a moment ago.
    private async Task<(IReadOnlySet<long> Members, string Name, string Key)?> AudienceAsync(long id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var name = await db.Audiences.AsNoTracking().Where(a => a.Id == id).Select(a => a.Name).FirstOrDefaultAsync(ct) ?? throw new JobFailedException(new JobProblem("audience-gone", "The audience does not exist any more."));
        var members = await audiences.HandleAsync(new AudienceSelection([id], []), ct);
        return (members.Customers.ToHashSet(), name, ExportedList.KeyOf(id));
    }

    // The rights of now, not of the moment in which the button was pressed.
    private async Task<ClaimsPrincipal> PersonAsync(long userId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var roles = await (from member in db.UserRoles join role in db.Roles on member.RoleId equals role.Id join user in db.Users on member.UserId equals user.Id
                           where member.UserId == userId && !user.IsDisabled select role.Name).ToListAsync(ct);
        var claims = roles.Where(name => name is not null).Select(name => new Claim(ClaimTypes.Role, name!)); // asked for above
        return new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, userId.ToString(CultureInfo.InvariantCulture)), .. claims], JobKey));
    }
}

/// <summary>The columns of an exported list.</summary>
internal static class ExportedList
{
    /// <summary>Number, name and address first, as the person may see them, then the chosen columns, then the audience that they are of.</summary>
    public static IReadOnlyList<(string Title, Func<CustomerRow, string> Cell)> Columns(ClaimsPrincipal reader, IReadOnlyList<CustomerColumn> chosen, IReadOnlyDictionary<int, string> segments, string? audience = null) =>
    [
        (CustomersWords.ShopNumber, row => row.ExternalId), (CustomersWords.Name, row => Masked.Name(row.Name, reader) ?? ""), (CustomersWords.Email, row => Masked.Email(row.Email, reader) ?? ""),
        .. chosen.Select(c => (c.Title(), (Func<CustomerRow, string>)(row => c.Text(row, segments)))),
        .. audience is null ? [] : new (string, Func<CustomerRow, string>)[] { (AudienceWords.PageTitle, _ => audience) },
    ];

    /// <summary>An audience as the audit names it.</summary>
    public static string KeyOf(long audience) => FormattableString.Invariant($"audience {audience}");
}
