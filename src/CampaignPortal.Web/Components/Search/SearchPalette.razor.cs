using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Customers;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace CampaignPortal.Web.Components.Search;

public sealed partial class SearchPalette
{
    private const int ShownCount = 8;
    private const int PlaceCount = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    private string _text = "";
    private IReadOnlyList<Destination> _places = [];
    private IReadOnlyList<CustomerRow> _hits = [];
    private long _matchCount;
    private bool _isCut;
    private bool _isAsking;
    private int _selected;
    private DateTimeOffset _asOf;
    private TypingPause _pause = null!; // made before the first letter

    [Inject] private ListCustomersHandler Customers { get; set; } = null!; // injected before anything runs
    [Inject] private TimeProvider Clock { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    private int Count => _places.Count + _hits.Count;

    private bool CanReadCustomers => Viewer.User.Can(Capabilities.ReadCustomers);

    private string Hint => CanReadCustomers ? Words.TypeThreeCharacters : Words.TypeAPage;

    private string Nothing => CanReadCustomers && Needle.Length < ContactDirectory.MinFragmentLength ? Words.TypeThreeCharacters
        : Say.With(CanReadCustomers ? Words.NoCustomerWith : Words.NothingWith, ("text", Needle));

    /// <summary>What is looked for, without the sign that narrows the search.</summary>
    private string Needle => _text.Trim().TrimStart('@', '>').Trim();

    protected override void OnInitialized() => _pause = new TypingPause(Clock, Pause);

    private async Task TypeAsync(ChangeEventArgs e)
    {
        _text = (string?)e.Value ?? "";
        var isForCustomers = CanReadCustomers && !_text.TrimStart().StartsWith('>') && Needle.Length >= ContactDirectory.MinFragmentLength;
        (_places, _selected, _isAsking) = (FindPlaces(), 0, isForCustomers); // at once: they need no question to the store
        if (!isForCustomers) _hits = [];
        if (await _pause.WaitAsync() is not { } letter || !isForCustomers) return;
        var found = await Customers.HandleAsync(new ListCustomers(Needle, CustomerFilter.None, CustomerSort.LastOrder, false, null) { Scope = Viewer.User.ScopeOfCustomers() }, CancellationToken.None);
        if (_pause.IsNewest(letter)) (_hits, _matchCount, _isCut, _asOf, _isAsking) = ([.. found.Rows.Take(ShownCount)], found.MatchCount, found.IsCut, found.AsOf, false);
    }

    private IReadOnlyList<Destination> FindPlaces()
    {
        var text = _text.TrimStart();
        if (Needle.Length == 0 && !text.StartsWith('>')) return [];
        if (text.StartsWith('@')) return [];
        var all = text.StartsWith('>') ? Destinations.Commands() : [.. Destinations.Pages(Viewer.User), .. Destinations.Commands()];
        return [.. all.Where(place => place.Matches(Needle)).Take(text.StartsWith('>') ? all.Count : PlaceCount)];
    }

    // Enter is the shell script's: it clicks the selected line, as a person would.
    private void Move(KeyboardEventArgs e)
    {
        if (Count == 0) return;
        if (e.Key is "ArrowDown") _selected = (_selected + 1) % Count;
        else if (e.Key is "ArrowUp") _selected = (_selected + Count - 1) % Count;
    }

    private string Title(CustomerRow row) => Masked.Name(row.Name, Viewer.User) ?? Masked.Email(row.Email, Viewer.User) ?? Say.With(Words.CustomerNumber, ("number", row.ExternalId));

    private string Second(CustomerRow row) => string.Join(" · ", new[]
    {
        row.Name is null ? null : Masked.Email(row.Email, Viewer.User),
        row.ExternalId,
        Figures.Money(row.Spent, Viewer.Shop.Currency),
        row.LastOrderAt is { } last ? Say.With(Words.LastOrderOn, ("day", Figures.Day(last, Viewer.Zone, _asOf))) : Words.StageNoOrder,
    }.OfType<string>());

    /// <summary>The text with the matching part bold.</summary>
    private RenderFragment Marked(string text) => builder =>
    {
        var at = Needle.Length == 0 ? -1 : text.IndexOf(Needle, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            builder.AddContent(0, text);
            return;
        }
        var length = Math.Min(Needle.Length, text.Length - at);
        builder.AddContent(1, text[..at]);
        builder.OpenElement(2, "b");
        builder.AddContent(3, text.Substring(at, length));
        builder.CloseElement();
        builder.AddContent(4, text[(at + length)..]);
    };
}
