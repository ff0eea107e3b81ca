using System.Globalization;
using System.Text;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Data;

/// <summary>Rows that were refused, in groups of equal errors: corrected in place and run again, or taken away as a file.</summary>
public sealed partial class QuarantinePage
{
    private static readonly IReadOnlyDictionary<long, string[]> None = new Dictionary<long, string[]>();

    private readonly Dictionary<long, string[]> _corrections = [];
    private int _version;

    [Inject] private ListQuarantineHandler Quarantine { get; set; } = null!; // injected before anything runs
    [Inject] private RerunQuarantineHandler Rerun { get; set; } = null!; // as above
    [Inject] private DiscardQuarantineHandler Discard { get; set; } = null!; // as above
    [Inject] private QuarantineFile File { get; set; } = null!; // as above
    [Inject] private Downloads Downloads { get; set; } = null!; // as above
    [Inject] private Toaster Toasts { get; set; } = null!; // as above
    [Inject] private Confirmation Confirmation { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    [SupplyParameterFromQuery(Name = "import")] private long? Import { get; set; }
    [SupplyParameterFromQuery(Name = "reason")] private string? Reason { get; set; }
    [SupplyParameterFromQuery(Name = "field")] private string? Field { get; set; }

    private bool MayImport => Viewer.User.Can(Capabilities.ImportCustomers);

    private async Task<Page?> LoadAsync(CancellationToken ct)
    {
        var groups = await Quarantine.GroupsAsync(Import, ct);
        var shown = groups.FirstOrDefault(g => g.Reason == Reason && g.Field == Field && (Import is null || g.ImportId == Import)) ?? (groups.Count > 0 ? groups[0] : null);
        return new Page(groups, shown, shown is null ? [] : await Quarantine.RowsAsync(shown.ImportId, shown.Reason, shown.Field, 0, ct));
    }

    private string ValueOf(QuarantineItem row, int index) => _corrections.TryGetValue(row.Id, out var cells) ? cells[index] : row.Cells[index].Value;

    private void Correct(QuarantineItem row, int index, string? value)
    {
        if (!_corrections.TryGetValue(row.Id, out var cells)) _corrections[row.Id] = cells = [.. row.Cells.Select(c => c.Value)];
        cells[index] = value ?? "";
    }

    private async Task RerunAsync(long importId, IReadOnlyDictionary<long, string[]> corrections)
    {
        if (!MayImport) return;
        var answer = await Rerun.HandleAsync(new RerunQuarantine(importId, new Dictionary<long, string>(), Viewer.User.ActorName()) { Cells = corrections }, CancellationToken.None);
        if (answer.Problem is { } problem) Toasts.Failed(problem.Message);
        else Toasts.Done(Say.With(DataWords.RerunDone, ("moved", Figures.Count(answer.Value.Moved)), ("refused", Figures.Count(answer.Value.Refused))));
        _corrections.Clear();
        _version++;
    }

    private async Task DiscardAsync(QuarantineGroup group)
    {
        if (!MayImport || !await Confirmation.AskAsync(new Question(Say.Counted(group.Count, DataWords.DiscardQuestionOne, DataWords.DiscardQuestionMany), DataWords.DiscardText, DataWords.Discard, IsDangerous: true))) return;
        var count = await Discard.HandleAsync(new DiscardQuarantine(group.ImportId, group.Reason, group.Field, Viewer.User.ActorName()), CancellationToken.None);
        Toasts.Done(Say.Counted(count, DataWords.DiscardedOne, DataWords.DiscardedMany));
        _version++;
    }

    private async Task DownloadAsync(long importId)
    {
        if (!MayImport) return;
        await using var text = new StringWriter(CultureInfo.InvariantCulture);
        var written = await File.WriteAsync(importId, text, CancellationToken.None);
        if (written.Problem is { } problem) Toasts.Failed(problem.Message);
        else await Downloads.SaveCsvAsync(string.Create(CultureInfo.InvariantCulture, $"import-{importId}-refused"), Encoding.UTF8.GetBytes('\uFEFF' + text.ToString()));
    }

    private void Open(QuarantineGroup group) => Navigation.NavigateTo(Address(group));

    private static string Address(QuarantineGroup group) =>
        "/data/quarantine?" + (group.ImportId is { } id ? string.Create(CultureInfo.InvariantCulture, $"import={id}&") : "") + "reason=" + Uri.EscapeDataString(group.Reason) + (group.Field is { } field ? "&field=" + Uri.EscapeDataString(field) : "");

    private sealed record Page(IReadOnlyList<QuarantineGroup> Groups, QuarantineGroup? Shown, IReadOnlyList<QuarantineItem> Rows);
}
