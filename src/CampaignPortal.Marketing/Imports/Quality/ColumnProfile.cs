using System.Globalization;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Values;

namespace CampaignPortal.Marketing.Imports.Quality;

/// <summary>Watches the cells of one column go by, in constant memory.</summary>
internal sealed class ColumnProfile
{
    private const double RobustLimit = 3.5, MadToSigma = 1.4826, FenceRanges = 1.5;

    private readonly string _column;
    private readonly ImportField? _field;
    private readonly NumberFormat _numbers;
    private readonly DateFormat _dates;
    private readonly long _latestTicks;
    private readonly ColumnType _kind;
    private readonly DistinctCounter _distinct = new();
    private readonly NumberHistogram? _histogram;
    private long _cells, _missing, _wrong, _impossible;
    private long _leastNumber = long.MaxValue, _largestNumber = long.MinValue;
    private bool _hasFraction;

    public ColumnProfile(string column, ImportField? field, ImportPlan plan, IEnumerable<string> sample, long latestTicks)
    {
        (_column, _field, _numbers, _latestTicks) = (column, field, plan.Numbers, latestTicks);
        _dates = plan.Dates.GetValueOrDefault(column, new DateFormat());
        _kind = KindOf([.. sample.Where(cell => cell.Length > 0)]);
        if (_kind is ColumnType.Number) _histogram = new NumberHistogram();
    }

    /// <summary>Takes in a cell without surrounding blanks; tells what is wrong with it, if anything.</summary>
    public QualityProblem? Add(ReadOnlySpan<char> cell)
    {
        _cells++;
        if (cell.Length is 0)
        {
            _missing++;
            return QualityProblem.Missing;
        }
        _distinct.Add(cell);
        return _kind switch
        {
            ColumnType.Number => AddNumber(cell),
            ColumnType.Moment => AddMoment(cell),
            _ => null,
        };
    }

    public ColumnQuality Report()
    {
        var isNumber = _kind is ColumnType.Number;
        var hasRange = _largestNumber >= _leastNumber;
        var isContact = _field?.Kind is FieldKind.Email or FieldKind.Phone || _field?.Name is "name" or "first_name" or "last_name" or "address";
        return new ColumnQuality(
            _column, _field?.Name, TypeOf(), _cells, _missing, _wrong, _distinct.Count, _distinct.IsExact,
            hasRange ? Write(_leastNumber) : null, hasRange ? Write(_largestNumber) : null,
            isContact ? null : _distinct.Mode, isNumber && _histogram!.Count > 0 ? NumbersOf(Numbers(_histogram)) : null, _impossible);
    }

    private QualityProblem? AddNumber(ReadOnlySpan<char> cell)
    {
        if (!_numbers.TryParse(cell, out var number))
        {
            _wrong++;
            return QualityProblem.Impossible;
        }
        _leastNumber = Math.Min(_leastNumber, number);
        _largestNumber = Math.Max(_largestNumber, number);
        if (number % 10_000 is not 0) _hasFraction = true;
        var value = number / 10_000.0;
        _histogram!.Add(value); // made with the kind
        if (_field?.Least is not { } least || value >= least) return null;
        _impossible++;
        return QualityProblem.Impossible;
    }

    private QualityProblem? AddMoment(ReadOnlySpan<char> cell)
    {
        if (!DateParser.TryParse(cell, _dates, out var stated))
        {
            _wrong++;
            return QualityProblem.Impossible;
        }
        _leastNumber = Math.Min(_leastNumber, stated.Ticks);
        _largestNumber = Math.Max(_largestNumber, stated.Ticks);
        // Local time may run a day ahead of UTC: only what is future everywhere counts.
        if (stated.Ticks >= new DateTime(1900, 1, 1).Ticks && stated.Ticks <= _latestTicks + TimeSpan.TicksPerDay) return null;
        _impossible++;
        return QualityProblem.Impossible;
    }

    private ColumnType KindOf(string[] sample)
    {
        switch (_field?.Kind)
        {
            case FieldKind.Number or FieldKind.Money: return ColumnType.Number;
            case FieldKind.Moment or FieldKind.Day: return ColumnType.Moment;
            case FieldKind.Flag: return ColumnType.Flag;
            case not null: return ColumnType.Text;
        }
        if (sample.Length is 0) return ColumnType.Empty;
        if (sample.Count(cell => _numbers.TryParse(cell, out _)) >= 0.95 * sample.Length) return ColumnType.Number;
        if (_dates.ShareOf(sample) >= 0.95) return ColumnType.Moment;
        return sample.All(cell => Flags.TryParse(cell, out _)) ? ColumnType.Flag : ColumnType.Text;
    }

    private ColumnType TypeOf()
    {
        if (_cells == _missing) return ColumnType.Empty;
        if (_kind is ColumnType.Number) return _hasFraction ? ColumnType.Number : ColumnType.WholeNumber;
        return _kind is ColumnType.Empty ? ColumnType.Text : _kind;
    }

    private string Write(long value) => _kind is ColumnType.Moment
        ? new DateTime(value).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
        : (value / 10_000m).ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>Exact while the column has few different values, else as fine as the bins are.</summary>
    private CountedNumbers Numbers(NumberHistogram histogram)
    {
        if (!_distinct.IsExact) return histogram.ToNumbers();
        var numbers = new List<(double Value, long Count)>();
        foreach (var (text, count) in _distinct.Counts)
        {
            if (_numbers.TryParse(text, out var number)) numbers.Add((number / 10_000.0, count));
        }
        return new CountedNumbers([.. numbers.OrderBy(n => n.Value)]);
    }

    private static NumberQuality NumbersOf(CountedNumbers numbers)
    {
        double quartile1 = numbers.Quantile(0.25), median = numbers.Quantile(0.5), quartile3 = numbers.Quantile(0.75);
        var range = quartile3 - quartile1;
        double low = quartile1 - FenceRanges * range, high = quartile3 + FenceRanges * range;
        var sigma = MadToSigma * numbers.MedianDistance(median);
        return new NumberQuality(
            quartile1, median, quartile3, low, high, numbers.CountOutside(low, high),
            sigma > 0 ? numbers.CountOutside(median - RobustLimit * sigma, median + RobustLimit * sigma) : null);
    }
}
