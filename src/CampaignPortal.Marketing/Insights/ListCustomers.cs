using System.Globalization;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Insights;

public enum CustomerSort
{
    LastOrder, Orders, Spent, Expected, Purchase, Leave,
    /// <summary>When something was last heard of them.</summary>
    LastSeen,
    /// <summary>First order.</summary>
    Since,
}

/// <summary>A page of the customer list.</summary>
/// <param name="Search">Three characters or more of a name, address, number or shop id; shorter texts find nobody.</param>
/// <param name="Filter">Who is shown.</param>
/// <param name="Sort">What the list is ordered by; ties by the portal's number.</param>
/// <param name="IsAscending">Smallest first.</param>
/// <param name="After">Where the page before ended: its <see cref="CustomerList.Next"/>. Null begins.</param>
/// <param name="PageSize">1 to 200.</param>
public sealed record ListCustomers(string? Search, CustomerFilter Filter, CustomerSort Sort, bool IsAscending, string? After, int PageSize = 50)
{
    /// <summary>Whose customers the reader may see.</summary>
    public CustomerScope Scope { get; init; }
}

/// <param name="Rows">The page.</param>
/// <param name="TotalCount">Customers whom the reader may see.</param>
/// <param name="MatchCount">Customers that match; equal to the total without filters.</param>
/// <param name="Next">Continues the list; null at its end.</param>
/// <param name="IsCut">The search found more than it shows: ask more precisely.</param>
/// <param name="AsOf">The moment that life stages count from.</param>
public sealed record CustomerList(IReadOnlyList<CustomerRow> Rows, long TotalCount, long MatchCount, string? Next, bool IsCut, DateTimeOffset AsOf)
{
    /// <summary>Names and addresses like the one that nobody has.</summary>
    public IReadOnlyList<CustomerRow> Similar { get; init; } = [];
}

/// <summary>Lists customers by key, never by offset: page 10,000 costs as much as page 1.</summary>
/// <remarks>
/// Order, filters and counts come from <see cref="CustomerColumns"/>; customers without a value follow at the end in the order of their
/// numbers, whatever the direction. Only the lines of the page are then looked up in full, with what is true now.
/// </remarks>
public sealed class ListCustomersHandler(ContactDirectory directory, CustomerRowReader rows, CustomerColumnsStore columns)
{
    private const int MaxFound = 200;
    private const int SimilarCount = 5;

    public async Task<CustomerList> HandleAsync(ListCustomers query, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, 200);
        var known = columns.Read();
        return string.IsNullOrWhiteSpace(query.Search) ? Page(query, known) : await FoundAsync(query, known, ct);
    }

    /// <summary>The numbers of everybody who matches, in the order of the list: what an export or a selection of all takes.</summary>
    public async Task<IReadOnlyList<long>> NumbersAsync(ListCustomers query, CancellationToken ct)
    {
        var known = columns.Read();
        if (!string.IsNullOrWhiteSpace(query.Search)) return [.. (await FoundAsync(query, known, ct)).Rows.Select(r => r.Id)];
        var match = query.Filter.Compile(known, query.Scope);
        return [.. known.OrderBy(query.Sort).FromStart(query.IsAscending).Where(match).Select(row => known.Ids[row])];
    }

    /// <summary>Countries that customers live in, by name.</summary>
    public IReadOnlyList<string> Countries() => [.. columns.Read().Countries.Order(StringComparer.CurrentCulture)];

    private CustomerList Page(ListCustomers query, CustomerColumns known)
    {
        var order = known.OrderBy(query.Sort);
        var match = query.Filter.Compile(known, query.Scope);
        var positions = Cursor.Parse(query.After) is { } cursor
            ? order.After(cursor.Key, RowBefore(known, cursor, query.IsAscending), query.IsAscending, cursor.IsRest)
            : order.FromStart(query.IsAscending);
        var page = positions.Where(match).Take(query.PageSize + 1).ToArray();
        var shown = page.AsSpan(0, Math.Min(page.Length, query.PageSize)).ToArray();
        var next = page.Length > query.PageSize ? Cursor.Of(order, known, shown[^1]).ToString() : null;
        return new CustomerList(
            rows.Read([.. shown.Select(row => known.Ids[row])], known.AsOf, query.Scope), known.CountOf(CustomerFilter.None, query.Scope), known.CountOf(query.Filter, query.Scope), next, false, known.AsOf);
    }

    // A cursor names a customer, not a row: customers may have come or gone since. Between two rows, the one before in the list's direction.
    private static int RowBefore(CustomerColumns known, Cursor cursor, bool isAscending)
    {
        var row = Array.BinarySearch(known.Ids, cursor.Id);
        if (row >= 0) return row;
        return isAscending || cursor.IsRest ? ~row - 1 : ~row;
    }

    private async Task<CustomerList> FoundAsync(ListCustomers query, CustomerColumns known, CancellationToken ct)
    {
        var ids = await FindAsync(query.Search!, ct); // not blank
        var match = query.Filter.Compile(known, query.Scope);
        // Somebody too new for the columns has nothing that a filter could ask for.
        var matching = ids.Take(MaxFound).Where(id => known.RowOf(id) is >= 0 and var row ? match(row) : query.Filter.IsEmpty).ToArray();
        var keys = known.OrderBy(query.Sort).Keys;
        long KeyOf(long id) => known.RowOf(id) is >= 0 and var row ? keys[row] : CustomerOrder.NoKey;
        var keyed = matching.Where(id => KeyOf(id) != CustomerOrder.NoKey);
        var ordered = query.IsAscending ? keyed.OrderBy(KeyOf).ThenBy(id => id) : keyed.OrderByDescending(KeyOf).ThenByDescending(id => id);
        var shown = rows.Read([.. ordered, .. matching.Where(id => KeyOf(id) == CustomerOrder.NoKey)], known.AsOf, query.Scope);
        return new CustomerList(shown, known.CountOf(CustomerFilter.None, query.Scope), shown.Count, null, ids.Count > MaxFound, known.AsOf)
        {
            Similar = shown.Count > 0 ? [] : rows.Read(await directory.FindSimilarAsync(query.Search!, SimilarCount, ct), known.AsOf, query.Scope), // as above
        };
    }

    // A phone number is stored without blanks and punctuation, and typed with them.
    private async Task<IReadOnlyList<long>> FindAsync(string text, CancellationToken ct)
    {
        var found = await directory.FindAsync(text, MaxFound + 1, ct);
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        var isNumber = digits.Length >= ContactDirectory.MinFragmentLength && digits.Length < text.Trim().Length && !text.Any(char.IsLetter);
        return found.Count > 0 || !isNumber ? found : await directory.FindAsync(digits, MaxFound + 1, ct);
    }

    /// <summary>Where a page ended: the key and the customer, or only the customer among those without a key.</summary>
    private sealed record Cursor(bool IsRest, long Key, long Id)
    {
        public static Cursor Of(CustomerOrder order, CustomerColumns known, int row) => new(order.Keys[row] == CustomerOrder.NoKey, order.Keys[row], known.Ids[row]);

        /// <summary>Null for anything that is no cursor: the address may be mistyped.</summary>
        public static Cursor? Parse(string? text)
        {
            if (text?.Split('_') is not [("r" or "k") and var kind, var key, var id]) return null;
            if (!long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var k) || !long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var i)) return null;
            return new Cursor(kind is "r", k, i);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsRest ? 'r' : 'k')}_{(IsRest ? 0 : Key)}_{Id}");
    }
}
