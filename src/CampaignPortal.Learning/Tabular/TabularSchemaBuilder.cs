using System.Globalization;
using System.Runtime.InteropServices;

namespace CampaignPortal.Learning.Tabular;

/// <summary>Learns a <see cref="TabularSchema"/> from a stream of training rows of texts.</summary>
/// <remarks>
/// A column is a number when every present training cell is one, else a category. Constant columns are left out, and those that name rows: texts that hardly
/// repeat, and whole numbers that never repeat and fill their range or only rise.
/// </remarks>
public sealed class TabularSchemaBuilder(IReadOnlyList<string> names)
{
    private const int MostDistinct = 1 << 16;

    private readonly Facts[] _facts = [.. names.Select(_ => new Facts())];

    /// <summary>Number of rows seen.</summary>
    public int RowCount { get; private set; }

    /// <summary>Looks at one training row.</summary>
    public void See(Func<int, ReadOnlySpan<char>> cell)
    {
        for (var j = 0; j < _facts.Length; j++) _facts[j].See(cell(j).Trim());
        RowCount++;
    }

    /// <summary>The schema of the columns that say something, but for those to leave out.</summary>
    public TabularSchema Build(IReadOnlyCollection<string> excluded)
    {
        var (columns, dropped) = (new List<TabularColumn>(), new List<string>());
        for (var j = 0; j < names.Count; j++)
        {
            if (excluded.Contains(names[j], StringComparer.Ordinal)) continue;
            var facts = _facts[j];
            if (facts.Counts.Count <= 1) dropped.Add($"{names[j]}: constant");
            else if (facts.NamesRows) dropped.Add($"{names[j]}: names rows");
            else if (facts.IsNumber) columns.Add(new TabularColumn(j, names[j], ColumnKind.Number, []));
            else columns.Add(new TabularColumn(j, names[j], ColumnKind.Category, facts.Dictionary()));
        }
        return new TabularSchema(columns, dropped);
    }

    /// <summary>A schema with a category beside each of these number columns, whose codes are their training texts.</summary>
    public TabularSchema WithCodes(TabularSchema schema, IEnumerable<int> columns) =>
        new([.. schema.Columns, .. columns.Select(j => schema.Columns[j] with { Kind = ColumnKind.Category, Categories = _facts[schema.Columns[j].Source].Dictionary() })
            .Select(c => new TabularColumn(c.Source, c.Name, c.Kind, c.Categories))], schema.Dropped);

    /// <summary>Whether a number column holds whole numbers that repeat: it may be a code.</summary>
    public bool MayBeCode(TabularColumn column)
    {
        var facts = _facts[column.Source];
        return column.Kind == ColumnKind.Number && facts.IsWhole && facts.Counts.Count is > 2 and < MostDistinct && facts.Present >= 3 * facts.Counts.Count;
    }

    private sealed class Facts
    {
        private double _last = double.NegativeInfinity, _lowest = double.PositiveInfinity, _highest = double.NegativeInfinity;
        private bool _rises = true;

        public Dictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

        public int Present { get; private set; }

        public bool IsNumber { get; private set; } = true;

        public bool IsWhole { get; private set; } = true;

        public bool NamesRows => IsNumber
            ? IsWhole && Present >= 100 && (Repeats == 0 || Counts.Count == MostDistinct) && (_rises || _highest - _lowest < 3.0 * Present)
            : Counts.Count > Present / 2 && Present >= 20;

        private int Repeats => Present - Counts.Count;

        public void See(ReadOnlySpan<char> cell)
        {
            if (TabularSchema.IsMissing(cell)) return;
            Present++;
            var lookup = Counts.GetAlternateLookup<ReadOnlySpan<char>>();
            if (Counts.Count < MostDistinct || lookup.ContainsKey(cell)) CollectionsMarshal.GetValueRefOrAddDefault(lookup, cell, out _)++;
            if (!IsNumber) return;
            if (!double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                IsNumber = false;
                return;
            }
            IsWhole &= number == Math.Floor(number);
            _rises &= number > _last;
            (_last, _lowest, _highest) = (number, Math.Min(_lowest, number), Math.Max(_highest, number));
        }

        /// <summary>The most frequent first: what an encoder cuts off is rare.</summary>
        public string[] Dictionary() => [.. Counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => c.Key)];
    }
}
