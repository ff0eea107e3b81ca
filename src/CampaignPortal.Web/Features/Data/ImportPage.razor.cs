using System.Globalization;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Data;

/// <summary>The import wizard. The draft and its step stand in the address, everything else with the draft: whoever leaves comes back to it.</summary>
public sealed partial class ImportPage
{
    private int _version;
    private bool _remember = true;
    private string? _problem;

    [Inject] private ImportDrafts Drafts { get; set; } = null!; // injected before anything runs
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    [SupplyParameterFromQuery(Name = "draft")] private long? Draft { get; set; }
    [SupplyParameterFromQuery(Name = "step")] private int? Step { get; set; }

    private int Shown => Math.Clamp(Step ?? 2, 2, 4);

    private bool MayImport => Viewer.User.Can(Capabilities.ImportCustomers);

    protected override void OnParametersSet() => _problem = null;

    private async Task<Answer?> LoadAsync(CancellationToken ct)
    {
        var answer = await Drafts.ReadAsync(Draft!.Value, ct); // the markup asks only with a draft
        return new Answer(answer.IsOk ? answer.Value : null, answer.Problem?.Message);
    }

    private void Renew() => _version++;

    private async Task AskAsync(PlanRequest request)
    {
        if (!MayImport) return;
        var answer = await Drafts.ReadAnewAsync(Draft!.Value, request, CancellationToken.None); // as above
        _problem = answer.Problem?.Message;
        if (answer.IsOk) Renew();
    }

    private async Task SaveAsync(ImportPlan plan)
    {
        if (!MayImport) return;
        await Drafts.SaveAsync(Draft!.Value, plan, CancellationToken.None); // as above
        Renew();
    }

    // Formats of dates and numbers are told from the cells of the columns that are mapped, so the file is looked at again.
    private Task MapAsync(ImportDraftView view, IReadOnlyDictionary<string, string> fields) => AskAsync(new PlanRequest(view.Plan.Preset)
    {
        Fields = fields, Format = FormatOf(view.Plan.Format), Zone = view.Plan.Zone, Currency = view.Plan.Currency, Consent = view.Plan.Consent, Kept = view.Plan,
    });

    private static FormatOverride FormatOf(FileFormat format) => new(format.Encoding, format.Kind is FileKind.Delimited ? format.Delimiter : null, format.HasHeader, format.Part);

    private void ToCheck(ImportDraftView view)
    {
        _problem = view.Problem?.Message;
        if (view.Problem is null) Go(view.Draft.Id, 4);
    }

    private async Task StartAsync(ImportDraftView view)
    {
        if (!MayImport) return;
        if (view.Check is null)
        {
            _problem = DataWords.StillChecking;
            return;
        }
        var name = $"{view.Plan.Preset}: {view.Draft.FileName}";
        var started = await Drafts.StartAsync(view, _remember ? name[..Math.Min(100, name.Length)] : null, Viewer.User.ActorName(), CancellationToken.None);
        _problem = started.Problem?.Message;
        if (started.IsOk) Navigation.NavigateTo(string.Create(CultureInfo.InvariantCulture, $"/data/imports/{started.Value}"));
    }

    private async Task CancelAsync(ImportDraftView view)
    {
        if (!MayImport) return;
        await Drafts.RemoveAsync(view.Draft.Id, CancellationToken.None);
        Navigation.NavigateTo("/data");
    }

    private void Go(long draft, int step) => Navigation.NavigateTo(Address(draft, step));

    private static string Address(long draft, int step) => string.Create(CultureInfo.InvariantCulture, $"/data/import?draft={draft}&step={step}");

    private sealed record Answer(ImportDraftView? View, string? Problem);
}
