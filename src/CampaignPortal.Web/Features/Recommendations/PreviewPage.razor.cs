using System.Globalization;
using CampaignPortal.Marketing.Recommendations.Serving;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Recommendations;

/// <summary>The lists that a customer or a new visitor would see. Who, what and which strategies stand in the address.</summary>
public sealed partial class PreviewPage
{
    private const int ListLength = 10;

    private IReadOnlyList<FoundItem> _items = [];
    private string? _itemText;

    [Inject] private RecommendHandler Recommendations { get; set; } = null!; // injected before anything runs
    [Inject] private FindItemsHandler Items { get; set; } = null!; // as above
    [Inject] private LiveRecommendations Live { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    [SupplyParameterFromQuery(Name = "customer")] private long? CustomerId { get; set; }
    [SupplyParameterFromQuery(Name = "item")] private string? Item { get; set; }
    [SupplyParameterFromQuery(Name = "a")] private string? A { get; set; }
    [SupplyParameterFromQuery(Name = "b")] private string? B { get; set; }

    /// <summary>Whoever may not read customers previews visitors only, whatever the address says.</summary>
    private long? Customer => Viewer.User.Can(Capabilities.ReadCustomers) ? CustomerId : null;

    private string First => A is { } key && Strategies.KindOf(key) is not null ? key : Strategies.ForYou;

    private string? Second => B is { } key && Strategies.KindOf(key) is not null ? key : null;

    protected override void OnParametersSet() => _itemText = Item;

    private async Task<Preview?> LoadAsync(CancellationToken ct)
    {
        if (await Live.ReadAsync(ct) is not { } serving) return null;
        var looked = Item is null ? null : serving.Catalogue.FirstOrDefault(i => string.Equals(i.ExternalId, Item, StringComparison.OrdinalIgnoreCase))?.Id;
        Task<Served?> Ask(string strategy) => Recommendations.HandleAsync(new Recommend(strategy, Customer, Strategies.NeedsItem(strategy) ? looked : null, Count: ListLength, Explain: true), ct);
        if (await Ask(First) is not { } first) return null;
        return new Preview(first, Second is null ? null : await Ask(Second), id => serving.Items.TryGetValue(id, out var item) ? item.Name ?? item.ExternalId : id.ToString(CultureInfo.InvariantCulture));
    }

    private async Task FindItemsAsync(ChangeEventArgs change) => _items = await Items.HandleAsync(change.Value?.ToString() ?? "", CancellationToken.None);

    private async Task ChooseItemAsync(ChangeEventArgs change)
    {
        var text = change.Value?.ToString()?.Trim() ?? "";
        var found = await Items.HandleAsync(text, CancellationToken.None);
        GoTo(Customer, found.Count > 0 ? found[0].Code : null, First, Second);
    }

    private void GoTo(long? customer, string? item, string first, string? second) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters("/recommendations/preview", new Dictionary<string, object?>
    {
        ["customer"] = customer, ["item"] = item, ["a"] = first, ["b"] = string.IsNullOrEmpty(second) ? null : second,
    }));

    /// <param name="Names">Name of a product.</param>
    public sealed record Preview(Served First, Served? Second, Func<long, string> Names);
}
