using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>Who is never written to, whatever the consent.</summary>
public sealed partial class SuppressionsPage
{
    private string _lines = "", _note = "", _search = ""; // what is sought is an address: it must not stand in the browser's history
    private string? _problem;
    private AddedSuppressions? _added;
    private int _version;

    [Inject] private ManageSuppressionsHandler Suppressions { get; set; } = null!; // injected before anything runs
    [Inject] private Confirmation Confirmation { get; set; } = null!; // as above
    [Inject] private Actors Actors { get; set; } = null!; // as above
    [Inject] private Toaster Toaster { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;
    [SupplyParameterFromQuery(Name = "before")] private long? Before { get; set; }

    private async Task<SuppressionPage?> LoadAsync(CancellationToken ct) => await Suppressions.ListAsync(_search.Trim(), Before, ct);

    private async Task AddAsync()
    {
        if (!Viewer.User.Can(Capabilities.ManageConnections) || Viewer.User.UserId() is not { } user) return;
        var added = await Suppressions.AddAsync(_lines, _note, user, Actors.Of(Viewer.User), CancellationToken.None);
        (_problem, _added) = (added.Problem is { } problem ? Problem(problem.Field) : null, added.IsOk ? added.Value : null);
        if (!added.IsOk) return;
        _lines = string.Join('\n', added.Value.Refused); // what could not be read stays to be mended
        _note = "";
        _version++;
    }

    private async Task RemoveAsync(SuppressionRow row)
    {
        var question = new Question(DeliveryWords.RemoveTitle, DeliveryWords.RemoveText, DeliveryWords.Remove, IsDangerous: true);
        if (!Viewer.User.Can(Capabilities.ManageConnections) || !await Confirmation.AskAsync(question)) return;
        await Suppressions.RemoveAsync(row.Id, Actors.Of(Viewer.User), CancellationToken.None);
        Toaster.Done(DeliveryWords.Removed);
        _version++;
    }

    private static string Problem(string? field) => field is "note" ? DeliveryWords.NoteWrong : DeliveryWords.LinesWrong;
}
