namespace CampaignPortal.Web.Charts;

/// <summary>What <c>Chart</c> draws: the library's options, one sentence that says the same, and the data as a table.</summary>
/// <param name="Drawing">Serialised for the chart library; a text that begins with <c>--cp-</c> is a colour token.</param>
/// <param name="Summary">One sentence, generated from the data.</param>
/// <param name="Columns">Headings of the table.</param>
/// <param name="Rows">The data, as written.</param>
public sealed record ChartOptions(object Drawing, string Summary, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
