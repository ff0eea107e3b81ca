using System.Globalization;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.LifetimeValue;

/// <summary>What known customers will spend. Horizon, discount, margin and view stand in the address.</summary>
public sealed partial class LifetimeValuePage
{
    private const int LargestDiscount = 50;

    [Inject] private ReadLifetimeValueHandler Handler { get; set; } = null!; // injected before anything runs
    [Inject] private ExportLifetimeValueHandler Exports { get; set; } = null!; // as above
    [Inject] private StepUpPrompt StepUp { get; set; } = null!; // as above
    [Inject] private Downloads Downloads { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above

    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    [SupplyParameterFromQuery(Name = "months")] private int? Months { get; set; }
    /// <summary>Percent a year.</summary>
    [SupplyParameterFromQuery(Name = "discount")] private int? Discount { get; set; }
    /// <summary>Percent of the revenue.</summary>
    [SupplyParameterFromQuery(Name = "margin")] private int? Margin { get; set; }
    [SupplyParameterFromQuery(Name = "view")] private string? View { get; set; }

    private bool IsCohorts => Navigation.ToBaseRelativePath(Navigation.Uri).StartsWith("lifetime-value/cohorts", StringComparison.OrdinalIgnoreCase);

    private double ShownDiscount => Math.Clamp(Discount ?? 0, 0, LargestDiscount) / 100.0;

    private double ShownMargin => Math.Clamp(Margin ?? 100, 1, 100) / 100.0;

    /// <summary>The months asked for where they are offered; otherwise the longest up to a year.</summary>
    private int ShownMonths(LifetimeOverview page) => page.Horizons.Any(h => h.IsOffered && h.Months == Months)
        ? Months!.Value // it equals one of them
        : page.Horizons.Where(h => h.IsOffered && h.Months <= 12).Max(h => h.Months);

    private async Task<LifetimeOverview?> LoadAsync(CancellationToken ct) => await Handler.HandleAsync(ct);

    private void Go(string? months) =>
        Navigation.NavigateTo(Address(IsCohorts, months: int.TryParse(months, CultureInfo.InvariantCulture, out var count) ? count : Months));

    // The figures follow at once; the address is replaced, so that one step back leaves the page and does not walk through every digit.
    private void Change((double Discount, double Margin) choice) =>
        Navigation.NavigateTo(Address(IsCohorts, discount: (int)Math.Round(choice.Discount * 100), margin: (int)Math.Round(choice.Margin * 100)), replace: true);

    private async Task ExportAsync()
    {
        if (!await StepUp.AskAsync(Viewer.User, Capabilities.ExportCustomers)) return; // the button is not the only guard
        var file = await Exports.HandleAsync(new ExportLifetimeValue(Viewer.User.ActorName()), CancellationToken.None);
        await Downloads.SaveCsvAsync("lifetime-value", file.Csv);
    }

    private string Address(bool cohorts, int? months = null, int? discount = null, int? margin = null, string? view = null)
    {
        var parts = new List<string>();
        void Add(string name, object? value, object standard)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture);
            if (!string.IsNullOrEmpty(text) && !Equals(value, standard)) parts.Add(name + "=" + Uri.EscapeDataString(text));
        }
        Add("months", months ?? Months, 0);
        Add("discount", discount ?? Discount, 0);
        Add("margin", margin ?? Margin, 100);
        Add("view", view ?? View, "money");
        return (cohorts ? "/lifetime-value/cohorts" : "/lifetime-value") + (parts.Count == 0 ? "" : "?" + string.Join('&', parts));
    }
}
