using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace CampaignPortal.Web.Features.Customers;

public sealed partial class SearchPalette
{
    private const int ShownCount = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    private string _text = "";
    private IReadOnlyList<CustomerRow> _hits = [];
    private long _matchCount;
    private bool _isCut;
    private int _selected;
    private DateTimeOffset _asOf;
    private TypingPause _pause = null!; // made before the first letter

    [Inject] private ListCustomersHandler Customers { get; set; } = null!; // injected before anything runs
    [Inject] private TimeProvider Clock { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    protected override void OnInitialized() => _pause = new TypingPause(Clock, Pause);

    private async Task TypeAsync(ChangeEventArgs e)
    {
        _text = (string?)e.Value ?? "";
        if (await _pause.WaitAsync() is not { } letter) return;
        if (_text.Trim().Length < ContactDirectory.MinFragmentLength)
        {
            _hits = [];
            return;
        }
        var found = await Customers.HandleAsync(new ListCustomers(_text.Trim(), null, null, CustomerSort.LastOrder, false, null), CancellationToken.None);
        if (_pause.IsNewest(letter)) (_hits, _matchCount, _isCut, _selected, _asOf) = ([.. found.Rows.Take(ShownCount)], found.MatchCount, found.IsCut, 0, found.AsOf);
    }

    // Enter is the shell script's: it clicks the selected line, as a person would.
    private void Move(KeyboardEventArgs e)
    {
        if (_hits.Count == 0) return;
        if (e.Key is "ArrowDown") _selected = (_selected + 1) % _hits.Count;
        else if (e.Key is "ArrowUp") _selected = (_selected + _hits.Count - 1) % _hits.Count;
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
        var at = text.IndexOf(_text.Trim(), StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            builder.AddContent(0, text);
            return;
        }
        var length = Math.Min(_text.Trim().Length, text.Length - at);
        builder.AddContent(1, text[..at]);
        builder.OpenElement(2, "b");
        builder.AddContent(3, text.Substring(at, length));
        builder.CloseElement();
        builder.AddContent(4, text[(at + length)..]);
    };
}
