using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Insights;

public enum CustomerSort
{
    LastOrder, Orders, Spent, Expected, Purchase, Leave,
}

/// <summary>A page of the customer list.</summary>
/// <param name="Search">Three characters or more of a name, address, number or shop id; shorter texts find nobody.</param>
/// <param name="Stage">Only this life stage.</param>
/// <param name="Segment">Only this segment's number.</param>
/// <param name="Sort">What the list is ordered by; ties by the portal's number.</param>
/// <param name="IsAscending">Smallest first.</param>
/// <param name="After">Where the page before ended: its <see cref="CustomerList.Next"/>. Null begins.</param>
/// <param name="PageSize">1 to 200.</param>
public sealed record ListCustomers(string? Search, LifeStage? Stage, int? Segment, CustomerSort Sort, bool IsAscending, string? After, int PageSize = 50);

/// <param name="Rows">The page.</param>
/// <param name="TotalCount">Customers in the portal.</param>
/// <param name="MatchCount">Customers that match; equal to the total without filters.</param>
/// <param name="Next">Continues the list; null at its end.</param>
/// <param name="IsCut">The search found more than it shows: ask more precisely.</param>
/// <param name="AsOf">The moment that life stages count from.</param>
public sealed record CustomerList(IReadOnlyList<CustomerRow> Rows, long TotalCount, long MatchCount, string? Next, bool IsCut, DateTimeOffset AsOf);

/// <summary>Lists customers by key, never by offset: page 2,000 costs as much as page 1.</summary>
/// <remarks>
/// The order comes from one table (sums of orders, or scores of one model); customers whom that table does not know follow at the end
/// in the order of their numbers, whatever the direction. Only the lines of the page are then looked up in full.
/// </remarks>
public sealed class ListCustomersHandler(PortalDatabase database, ContactDirectory directory, CustomerRowReader rows, PageMoment moment)
{
    private const int MaxFound = 200;

    public async Task<CustomerList> HandleAsync(ListCustomers query, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.PageSize, 200);
        var now = moment.Read();
        if (!string.IsNullOrWhiteSpace(query.Search)) return Found(query, await FindAsync(query.Search, ct), now);
        return Page(query, now);
    }

    // A phone number is stored without blanks and punctuation, and typed with them.
    private async Task<IReadOnlyList<long>> FindAsync(string text, CancellationToken ct)
    {
        var found = await directory.FindAsync(text, MaxFound + 1, ct);
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        var isNumber = digits.Length >= ContactDirectory.MinFragmentLength && digits.Length < text.Trim().Length && !text.Any(char.IsLetter);
        return found.Count > 0 || !isNumber ? found : await directory.FindAsync(digits, MaxFound + 1, ct);
    }

    private CustomerList Found(ListCustomers query, IReadOnlyList<long> ids, DateTimeOffset now)
    {
        var all = rows.Read([.. ids.Take(MaxFound)], now)
            .Where(row => (query.Stage is null || row.LifeStage == query.Stage) && (query.Segment is null || row.Segment == query.Segment));
        var known = all.Where(row => KeyOf(row, query.Sort) is not null);
        IEnumerable<CustomerRow> ordered = query.IsAscending
            ? known.OrderBy(row => KeyOf(row, query.Sort)).ThenBy(row => row.Id)
            : known.OrderByDescending(row => KeyOf(row, query.Sort)).ThenByDescending(row => row.Id);
        CustomerRow[] shown = [.. ordered, .. all.Where(row => KeyOf(row, query.Sort) is null)];
        using var connection = database.OpenReader();
        return new CustomerList(shown, Count(connection, """select count(*) from "Customers" where "ErasedAt" is null"""), shown.Length, null, ids.Count > MaxFound, now);
    }

    private CustomerList Page(ListCustomers query, DateTimeOffset now)
    {
        var source = Source.Of(query, now);
        using var connection = database.OpenReader();
        var total = Count(connection, """select count(*) from "Customers" where "ErasedAt" is null""");
        var matches = query.Stage is null && query.Segment is null ? total : CountMatches(connection, query, now);

        var cursor = Cursor.Parse(query.After, source.IsReal);
        var ids = new List<(long Id, Cursor At)>();
        if (cursor is not { IsRest: true }) ids.AddRange(Keyed(connection, source, query, cursor));
        if (ids.Count <= query.PageSize && source.Rest is not null)
            ids.AddRange(Rest(connection, source, cursor is { IsRest: true } ? cursor.Id : 0, query.PageSize + 1 - ids.Count));
        var page = ids.Take(query.PageSize).ToArray();
        var next = ids.Count > query.PageSize ? page[^1].At.ToString() : null;
        return new CustomerList(rows.Read([.. page.Select(p => p.Id)], now), total, matches, next, false, now);
    }

    private static List<(long Id, Cursor At)> Keyed(DbConnection connection, Source source, ListCustomers query, Cursor? after)
    {
        var (compare, direction) = query.IsAscending ? (">", "asc") : ("<", "desc");
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            select k, id from (select {source.Key} as k, {source.Id} as id from {source.From} where {source.Where})
            where k is not null {(after is null ? "" : $"and (k, id) {compare} (@k, @id)")} order by k {direction}, id {direction} limit {(query.PageSize + 1).ToString(CultureInfo.InvariantCulture)}
            """;
        if (after is not null)
        {
            Add(command, "@k", after.Value(source.IsReal));
            Add(command, "@id", after.Id);
        }
        var found = new List<(long, Cursor)>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var id = reader.GetInt64(1);
            var key = source.IsReal ? reader.GetDouble(0).ToString("R", CultureInfo.InvariantCulture) : reader.GetInt64(0).ToString(CultureInfo.InvariantCulture);
            found.Add((id, new Cursor(false, key, id)));
        }
        return found;
    }

    private static List<(long Id, Cursor At)> Rest(DbConnection connection, Source source, long after, int count)
    {
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"{source.Rest} and c.\"Id\" > {after} order by c.\"Id\" limit {count}");
        var found = new List<(long, Cursor)>();
        using var reader = command.ExecuteReader();
        while (reader.Read()) found.Add((reader.GetInt64(0), new Cursor(true, "", reader.GetInt64(0))));
        return found;
    }

    private static long CountMatches(DbConnection connection, ListCustomers query, DateTimeOffset now)
    {
        var conditions = new List<string> { "c.\"ErasedAt\" is null" };
        if (query.Stage is LifeStage.NoOrder) conditions.Add("not exists (select 1 from \"CustomerTotals\" t where t.\"CustomerId\" = c.\"Id\" and t.\"LastOrderAt\" is not null)");
        else if (query.Stage is { } stage) conditions.Add(Source.HasStage("c.\"Id\"", stage, now));
        if (query.Segment is { } segment) conditions.Add(Source.InSegment("c.\"Id\"", segment));
        return Count(connection, $"select count(*) from \"Customers\" c where {string.Join(" and ", conditions)}");
    }

    private static long Count(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    private static double? KeyOf(CustomerRow row, CustomerSort sort) => sort switch
    {
        CustomerSort.LastOrder => row.LastOrderAt?.UtcTicks,
        CustomerSort.Orders => row.OrderCount,
        CustomerSort.Spent => (double)row.Spent,
        CustomerSort.Expected => row.Expected?.Value,
        CustomerSort.Purchase => row.Purchase?.Value,
        CustomerSort.Leave => row.Leave?.Value,
        _ => null,
    };

    /// <summary>Where a page ended: the last line's key and number.</summary>
    /// <param name="IsRest">In the part without keys.</param>
    /// <param name="Key">The last key, written so that it reads back exactly.</param>
    /// <param name="Id">The last customer.</param>
    private sealed record Cursor(bool IsRest, string Key, long Id)
    {
        /// <summary>Null for none, and for whatever somebody typed into the address.</summary>
        public static Cursor? Parse(string? text, bool isReal)
        {
            if (text?.Split('_') is not [var kind, var key, var id] || !long.TryParse(id, CultureInfo.InvariantCulture, out var number)) return null;
            var cursor = new Cursor(kind == "r", key, number);
            return cursor.IsRest || (isReal ? double.TryParse(key, CultureInfo.InvariantCulture, out _) : long.TryParse(key, CultureInfo.InvariantCulture, out _)) ? cursor : null;
        }

        // Without the cast both arms would become a double, and times would lose their last digits.
        public object Value(bool isReal) => isReal ? double.Parse(Key, CultureInfo.InvariantCulture) : (object)long.Parse(Key, CultureInfo.InvariantCulture);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsRest ? 'r' : 'k')}_{Key}_{Id}");
    }

    /// <summary>Where the order of a list comes from.</summary>
    private sealed record Source(string From, string Id, string Key, string Where, string? Rest, bool IsReal)
    {
        public static Source Of(ListCustomers query, DateTimeOffset now) => query.Sort switch
        {
            CustomerSort.LastOrder => OfTotals(query, now, "t.\"LastOrderAt\""),
            CustomerSort.Orders => OfTotals(query, now, "t.\"OrderCount\""),
            CustomerSort.Spent => OfTotals(query, now, "t.\"Revenue\" - t.\"ReturnedAmount\""),
            CustomerSort.Expected => OfScores(query, now, ModelNames.LifetimeValue),
            CustomerSort.Purchase => OfScores(query, now, ModelNames.Purchase),
            CustomerSort.Leave => OfScores(query, now, ModelNames.Churn),
            _ => throw new ArgumentOutOfRangeException(nameof(query), query.Sort, "Unknown sort"),
        };

        public static string HasStage(string id, LifeStage stage, DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture,
            $"exists (select 1 from \"CustomerTotals\" t where t.\"CustomerId\" = {id} and {LifeStages.Sql(Stored.Ticks(now))} = {(int)stage})");

        public static string InSegment(string id, int segment) => string.Create(CultureInfo.InvariantCulture,
            $"exists (select 1 from \"CustomerScores\" g where g.\"CustomerId\" = {id} and g.\"Model\" = '{ModelNames.Segments}' and g.\"Value\" = {segment})");

        private static Source OfTotals(ListCustomers query, DateTimeOffset now, string key)
        {
            var stage = query.Stage is { } s ? string.Create(CultureInfo.InvariantCulture, $"{LifeStages.Sql(Stored.Ticks(now))} = {(int)s}") : "t.\"LastOrderAt\" is not null";
            var segment = query.Segment is { } g ? " and " + InSegment("t.\"CustomerId\"", g) : "";
            var rest = query.Stage is null or LifeStage.NoOrder
                ? Everybody + " and not exists (select 1 from \"CustomerTotals\" t where t.\"CustomerId\" = c.\"Id\" and t.\"LastOrderAt\" is not null)"
                    + (query.Segment is { } g2 ? " and " + InSegment("c.\"Id\"", g2) : "")
                : null;
            // Those who only returned something have sums without an order; they are part of the rest.
            return new Source("\"CustomerTotals\" t", "t.\"CustomerId\"", key, query.Stage is LifeStage.NoOrder ? "1 = 0" : NotErased("t.\"CustomerId\"") + " and " + stage + segment, rest, false);
        }

        private static Source OfScores(ListCustomers query, DateTimeOffset now, string model)
        {
            var filters = Filters("v.\"CustomerId\"", query, now);
            var rest = Everybody + $" and not exists (select 1 from \"CustomerScores\" v where v.\"CustomerId\" = c.\"Id\" and v.\"Model\" = '{model}')" + Filters("c.\"Id\"", query, now);
            return new Source("\"CustomerScores\" v", "v.\"CustomerId\"", "v.\"Value\"", $"v.\"Model\" = '{model}' and " + NotErased("v.\"CustomerId\"") + filters, rest, true);
        }

        private const string Everybody = "select c.\"Id\" from \"Customers\" c where c.\"ErasedAt\" is null";

        private static string NotErased(string id) => $"exists (select 1 from \"Customers\" e where e.\"Id\" = {id} and e.\"ErasedAt\" is null)";

        private static string Filters(string id, ListCustomers query, DateTimeOffset now)
        {
            var stage = query.Stage switch
            {
                null => "",
                LifeStage.NoOrder => $" and not exists (select 1 from \"CustomerTotals\" t where t.\"CustomerId\" = {id} and t.\"LastOrderAt\" is not null)",
                { } s => " and " + HasStage(id, s, now),
            };
            return stage + (query.Segment is { } g ? " and " + InSegment(id, g) : "");
        }
    }
}
