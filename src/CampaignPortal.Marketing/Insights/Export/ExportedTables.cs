using CampaignPortal.Marketing.Predictions;

namespace CampaignPortal.Marketing.Insights;

/// <summary>How a stored value is written.</summary>
internal enum ExportedKind
{
    Text,
    Number,
    /// <summary>Ticks, written as a moment in UTC.</summary>
    Time,
    /// <summary>Ten-thousandths, written as a decimal.</summary>
    Money,
    Flag,
    /// <summary>JSON: an object in JSON lines, its text in CSV.</summary>
    Json,
    /// <summary>The customer's number here, replaced by the contact data from the vault: four columns.</summary>
    Contact,
    /// <summary>A segment's number, followed by its name.</summary>
    Segment,
}

internal sealed record ExportedColumn(string Name, ExportedKind Kind, string Sql);

/// <summary>A table as it leaves the portal: the shop's own numbers instead of the portal's, erased customers left out.</summary>
internal sealed record ExportedTable(string Name, IReadOnlyList<ExportedColumn> Columns, string From)
{
    private const string Known = "\"Customers\" c on c.\"Id\" = t.\"CustomerId\" and c.\"ErasedAt\" is null";

    private static readonly ExportedColumn Customer = new("customer", ExportedKind.Text, "c.\"ExternalId\"");

    public static IReadOnlyList<ExportedTable> All { get; } =
    [
        new(
            "customers",
            [
                Customer, Time("created_at", "c.\"CreatedAt\""), new("contact", ExportedKind.Contact, "c.\"Id\""), Number("orders", "coalesce(t.\"OrderCount\", 0)"),
                Money("revenue", "coalesce(t.\"Revenue\", 0)"), Money("returned", "coalesce(t.\"ReturnedAmount\", 0)"), Time("first_order_at", "t.\"FirstOrderAt\""), Time("last_order_at", "t.\"LastOrderAt\""),
                new("traits", ExportedKind.Json, "(select json_group_object(\"Name\", \"Value\") from (select \"Name\", \"Value\" from \"CustomerTraits\" where \"CustomerId\" = c.\"Id\" order by \"Name\"))"),
            ],
            "\"Customers\" c left join \"CustomerTotals\" t on t.\"CustomerId\" = c.\"Id\" where c.\"ErasedAt\" is null order by c.\"Id\""),
        new(
            "events",
            [
                Number("sequence", "t.\"Sequence\""), Text("source", "t.\"Source\""), Text("message_id", "t.\"MessageId\""), Text("type", "t.\"Type\""), Customer, Text("visitor", "v.\"ExternalId\""),
                Text("order", "t.\"OrderId\""), Text("item", "i.\"ExternalId\""), Text("campaign", "t.\"CampaignId\""), Text("variant", "t.\"VariantId\""), Number("quantity", "t.\"Quantity\""), Money("amount", "t.\"Amount\""),
                Text("currency", "t.\"Currency\""), Time("occurred_at", "t.\"OccurredAt\""), Time("received_at", "t.\"ReceivedAt\""), new("properties", ExportedKind.Json, "t.\"Properties\""),
            ],
            "\"Events\" t left join \"Identifications\" j on t.\"CustomerId\" is null and j.\"VisitorId\" = t.\"VisitorId\" and j.\"TakesHistory\" and t.\"Sequence\" < j.\"Sequence\" "
            + "left join \"Customers\" c on c.\"Id\" = coalesce(t.\"CustomerId\", j.\"CustomerId\") and c.\"ErasedAt\" is null left join \"Visitors\" v on v.\"Id\" = t.\"VisitorId\" left join \"Items\" i on i.\"Id\" = t.\"ItemId\" order by t.\"Sequence\""),
        new(
            "orders",
            [
                Text("order", "t.\"OrderId\""), Customer, Time("placed_at", "t.\"PlacedAt\""), Number("lines", "t.\"LineCount\""), Number("quantity", "t.\"Quantity\""), Money("amount", "t.\"Amount\""),
                Number("returned_lines", "t.\"ReturnedLineCount\""), Money("returned_amount", "t.\"ReturnedAmount\""),
            ],
            $"\"Orders\" t left join {Known} order by t.\"PlacedAt\", t.\"OrderId\""),
        new(
            "items",
            [
                Text("item", "t.\"ExternalId\""), Text("name", "t.\"Name\""), Text("description", "t.\"Description\""), Text("category", "t.\"Category\""), Money("price", "t.\"Price\""), Text("currency", "t.\"Currency\""),
                Number("stock", "t.\"Stock\""), Flag("offered", "t.\"IsOffered\""), Text("url", "t.\"Url\""), Text("image_url", "t.\"ImageUrl\""), new("attributes", ExportedKind.Json, "t.\"Attributes\""),
            ],
            "\"Items\" t order by t.\"Id\""),
        new(
            "scores",
            [
                Customer, Text("model", "t.\"Model\""), Number("version", "t.\"Version\""), Number("value", "t.\"Value\""), Number("lower", "t.\"Lower\""), Number("upper", "t.\"Upper\""),
                Number("percentile", "t.\"Percentile\""), Time("as_of", "t.\"AsOf\""), new("reasons", ExportedKind.Json, "t.\"Reasons\""),
            ],
            $"\"CustomerScores\" t join {Known} order by t.\"Model\", t.\"CustomerId\""),
        new(
            "segments",
            [Customer, new("segment", ExportedKind.Segment, "t.\"Value\""), Number("version", "t.\"Version\""), Time("as_of", "t.\"AsOf\"")],
            $"\"CustomerScores\" t join {Known} where t.\"Model\" = '{ModelNames.Segments}' order by t.\"CustomerId\""),
        new(
            "consents",
            [Customer, Text("channel", "t.\"Channel\""), Text("purpose", "t.\"Purpose\""), Flag("granted", "t.\"IsGranted\""), Time("changed_at", "t.\"ChangedAt\""), Text("basis", "t.\"Basis\""), Text("origin", "t.\"Origin\""), Number("limit_days", "t.\"LimitDays\""), Time("until", "t.\"Until\"")],
            $"\"Consents\" t join {Known} order by t.\"CustomerId\", t.\"Channel\", t.\"Purpose\""),
    ];

    public string Sql => $"select {string.Join(", ", Columns.Select(c => c.Sql))} from {From}";

    private static ExportedColumn Text(string name, string sql) => new(name, ExportedKind.Text, sql);

    private static ExportedColumn Number(string name, string sql) => new(name, ExportedKind.Number, sql);

    private static ExportedColumn Time(string name, string sql) => new(name, ExportedKind.Time, sql);

    private static ExportedColumn Money(string name, string sql) => new(name, ExportedKind.Money, sql);

    private static ExportedColumn Flag(string name, string sql) => new(name, ExportedKind.Flag, sql);
}
