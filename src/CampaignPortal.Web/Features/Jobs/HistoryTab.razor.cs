using System.Globalization;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Jobs;

public sealed partial class HistoryTab
{
    private readonly HashSet<long> _selected = [];
    private IReadOnlyList<string> _names = [];
    private IReadOnlyList<JobRun> _shown = [];

    [Inject] private ListJobRunsHandler Runs { get; set; } = null!; // injected before anything runs
    [Inject] private JobControl Control { get; set; } = null!; // as above
    [Inject] private Downloads Downloads { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above

    [SupplyParameterFromQuery(Name = "name")] private string? Name { get; set; }
    [SupplyParameterFromQuery(Name = "state")] private string? State { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }
    [SupplyParameterFromQuery(Name = "minutes")] private string? Minutes { get; set; }
    [SupplyParameterFromQuery(Name = "before")] private long? Before { get; set; }

    private static (string Minutes, string Words)[] Durations => [("1", JobsWords.Minute1), ("5", JobsWords.Minute5), ("30", JobsWords.Minute30)];

    private ListJobRuns Query => new(
        string.IsNullOrEmpty(Name) ? null : Name, Enum.TryParse<JobStatus>(State, ignoreCase: true, out var status) && Enum.IsDefined(status) ? status : null,
        string.IsNullOrWhiteSpace(Text) ? null : Text.Trim(), MinutesOf(Minutes), Before);

    private async Task<JobRunPage?> LoadAsync(CancellationToken ct)
    {
        var page = await Runs.HandleAsync(Query, ct);
        (_names, _shown) = (page.Names, page.Runs);
        StateHasChanged(); // the list of names stands beside the table
        return page;
    }

    private void Select((long RunId, bool IsOn) choice)
    {
        if (choice.IsOn) _selected.Add(choice.RunId);
        else _selected.Remove(choice.RunId);
    }

    private async Task RetryAsync()
    {
        await Control.RetryAsync(Viewer, [.. _shown.Where(r => _selected.Contains(r.Id))]);
        _selected.Clear();
    }

    private async Task ExportAsync()
    {
        var page = await Runs.HandleAsync(Query with { Before = null, PageSize = ListJobRuns.MaxPageSize }, CancellationToken.None);
        await Downloads.SaveCsvAsync("jobs", CsvText.File(
            ["run", "job", "state", "attempt", "started_by", "due_at", "started_at", "finished_at", "seconds", "reason", "result"],
            page.Runs.Select(r => (IEnumerable<string>)
            [
                r.Id.ToString(CultureInfo.InvariantCulture), r.SingleFlightKey, r.Status.ToString(), r.Attempt.ToString(CultureInfo.InvariantCulture), r.StartedBy, Stamp(r.DueAt), Stamp(r.StartedAt), Stamp(r.FinishedAt),
                r is { StartedAt: { } start, FinishedAt: { } end } ? (end - start).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) : "", r.Reason ?? "", r.Result ?? "",
            ])));
    }

    private void Go(ListJobRuns query) => Navigation.NavigateTo(Address(query));

    private static string Address(ListJobRuns query)
    {
        var address = "/jobs?tab=history";
        if (query.Name is not null) address += "&name=" + Uri.EscapeDataString(query.Name);
        if (query.Status is { } status) address += "&state=" + status;
        if (!string.IsNullOrWhiteSpace(query.Text)) address += "&q=" + Uri.EscapeDataString(query.Text);
        if (query.AtLeast is { } least) address += "&minutes=" + ((int)least.TotalMinutes).ToString(CultureInfo.InvariantCulture);
        return query.Before is { } before ? address + "&before=" + before.ToString(CultureInfo.InvariantCulture) : address;
    }

    private static string? Chosen(ChangeEventArgs e) => e.Value is string { Length: > 0 } text ? text : null;

    private static TimeSpan? MinutesOf(string? text) => int.TryParse(text, CultureInfo.InvariantCulture, out var minutes) && minutes > 0 ? TimeSpan.FromMinutes(minutes) : null;

    private static string Stamp(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
