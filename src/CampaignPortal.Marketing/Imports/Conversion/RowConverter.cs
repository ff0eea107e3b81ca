using System.Globalization;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Storage;
using CampaignPortal.Marketing.Imports.Values;

namespace CampaignPortal.Marketing.Imports.Conversion;

/// <summary>What the conversion of one file shares from row to row.</summary>
/// <param name="StartedAt">When the import began: the moment of rows that state none.</param>
/// <param name="Fingerprint">Keyed hash of contact data, so that an id that is made of them tells nothing about them.</param>
internal sealed record ConversionContext(ImportPlan Plan, DateTimeOffset StartedAt, Func<string, byte[]> Fingerprint)
{
    private const long SecondsAhead = 5 * 60;

    /// <summary>Finds customers by contact data where a row has no id; null takes them all for new.</summary>
    public CustomerMatcher? Matcher { get; init; }

    public TextPool Texts { get; } = new();

    public RowIdentity Identity { get; } = new();

    public LocalClock Clock { get; } = LocalClock.Find(Plan.Zone) ?? throw new InvalidOperationException($"The zone {Plan.Zone} was not checked.");

    public ImportCounts Counts { get; } = new();

    /// <summary>Moments behind it are in the future, clock skew allowed for (DI-11).</summary>
    public long LatestTicks { get; } = StartedAt.UtcTicks + SecondsAhead * TimeSpan.TicksPerSecond;
}

/// <summary>Distinct ids in the rows that are good.</summary>
internal sealed class ImportCounts
{
    private readonly CountedHashes _customers = new(), _items = new(), _orders = new();
    private string? _lastCustomer, _lastOrder;

    public int Customers => _customers.DistinctCount;

    public int Items => _items.DistinctCount;

    public int Orders => _orders.DistinctCount;

    public void Customer(string? id)
    {
        if (id is not null && !ReferenceEquals(id, _lastCustomer)) _customers.Add(QuickHash.Of(_lastCustomer = id));
    }

    public void Item(string? id)
    {
        if (id is not null) _items.Add(QuickHash.Of(id));
    }

    public void Order(string? id)
    {
        if (id is not null && !ReferenceEquals(id, _lastOrder)) _orders.Add(QuickHash.Of(_lastOrder = id));
    }
}

/// <summary>Turns one row into what it means. State that outlives a row may only be what an earlier row of the same file set: a resumed import reads those again.</summary>
internal abstract class RowConverter(ConversionContext context)
{
    /// <summary>The longest id of a customer, order or item.</summary>
    private const int LongestId = 200;

    protected ConversionContext Context { get; } = context;

    protected ImportPlan Plan => Context.Plan;

    /// <summary>Adds to the chunk what the row means, or says why it cannot; a refused row leaves no trace in the chunk.</summary>
    public abstract Refusal? Convert(ImportRow row, ImportChunk chunk);

    protected int ColumnOf(string field) => Plan.ColumnOf(field);

    protected Cell CellOf(string field) => new(ColumnOf(field), Plan);

    protected string? Text(ImportRow row, Cell cell) => row[cell.Column] is { Length: > 0 } text ? Context.Texts.Get(text) : null;

    /// <summary>The same, for a column that often repeats the cell above; <paramref name="last"/> remembers it.</summary>
    protected string? Text(ImportRow row, Cell cell, ref string last) => row[cell.Column] is { Length: > 0 } text ? Context.Texts.Get(text, ref last) : null;

    protected static Refusal? CheckId(ImportRow row, Cell cell)
    {
        var text = row[cell.Column];
        if (text.Length > LongestId) return cell.Refuse(QuarantineReasons.FieldLength, text, $"An id has at most {LongestId} characters; this one has {text.Length}.");
        return text.ContainsAnyInRange('\0', '\u001F') ? cell.Refuse(QuarantineReasons.IdInvalid, text, "An id holds no control characters.") : null;
    }

    /// <summary>Reads a number; an empty cell is <paramref name="missing"/>, or refused when that is null.</summary>
    protected Refusal? Number(ImportRow row, Cell cell, long? missing, out long tenThousandths)
    {
        var text = row[cell.Column];
        tenThousandths = missing ?? 0;
        if (text.Length is 0) return missing is null ? cell.Missing() : null;
        return Plan.Numbers.TryParse(text, out tenThousandths) ? null : cell.Refuse(QuarantineReasons.FieldType, text, Plan.Numbers.Explain(text));
    }

    /// <summary>Reads a moment as UTC ticks; an empty cell is <paramref name="missing"/>, or refused when that is null.</summary>
    protected Refusal? Moment(ImportRow row, Cell cell, long? missing, out long utcTicks)
    {
        var text = row[cell.Column];
        utcTicks = missing ?? 0;
        if (text.Length is 0) return missing is null ? cell.Missing() : null;
        if (!DateParser.TryParse(text, cell.Date, out var stated)) return cell.Refuse(QuarantineReasons.FieldType, text, $"A moment was expected, such as {cell.Date.Describe()}.");
        if (stated.Ticks < Earliest.Ticks) return cell.Refuse(QuarantineReasons.FieldRange, text, "The moment lies before 1900.");
        utcTicks = stated.IsUtc ? stated.Ticks : Context.Clock.ToUtc(stated.Ticks);
        return utcTicks > Context.LatestTicks ? cell.Refuse(QuarantineReasons.TimeFuture, text, "The moment lies in the future.") : null;
    }

    protected static DateTimeOffset At(long utcTicks) => new(utcTicks - utcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    /// <summary>Ten-thousandths as a number without needless zeros.</summary>
    protected static decimal Amount(long tenThousandths)
    {
        var size = Math.Abs(tenThousandths);
        byte scale = 4;
        for (; scale > 0 && size % 10 is 0; scale--) size /= 10;
        return new decimal((int)size, (int)(size >> 32), 0, tenThousandths < 0, scale);
    }

    /// <summary>Pieces times price in ten-thousandths, rounded half away from zero; false when it does not fit.</summary>
    protected static bool TryMultiply(long pieces, long price, out long amount)
    {
        if (Math.Abs(pieces) <= int.MaxValue && Math.Abs(price) <= int.MaxValue)
        {
            var small = pieces * price;
            amount = (small + (small < 0 ? -5_000 : 5_000)) / 10_000;
            return true;
        }
        var product = (Int128)pieces * price;
        var rounded = (product + (product < 0 ? -5_000 : 5_000)) / 10_000;
        amount = (long)rounded;
        return rounded <= long.MaxValue && rounded >= long.MinValue;
    }

    private static readonly DateTime Earliest = new(1900, 1, 1);
}

/// <summary>A mapped column as converters use it.</summary>
internal readonly record struct Cell(int Column, string Name, DateFormat Date)
{
    public Cell(int column, ImportPlan plan)
        : this(column, column < 0 ? "" : plan.Columns[column], column >= 0 && plan.Dates.TryGetValue(plan.Columns[column], out var date) ? date : new DateFormat())
    {
    }

    public bool IsMapped => Column >= 0;

    public Refusal Missing() => new(QuarantineReasons.FieldMissing, Name, $"{Name} is empty and is needed.");

    /// <summary>Refuses the row because of this cell, whose text is quoted, at most its first 80 characters.</summary>
    public Refusal Refuse(string reason, ReadOnlySpan<char> text, string expected) =>
        new(reason, Name, string.Create(CultureInfo.InvariantCulture, $"{expected} Found in {Name}: '{(text.Length > 80 ? string.Concat(text[..80], "…") : text)}'."));
}
