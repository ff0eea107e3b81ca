using CampaignPortal.Learning.Persistence;
using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Resampling;

namespace CampaignPortal.Marketing.Predictions.LifetimeValue;

/// <summary>A calendar month, counted from the year 0: arithmetic on months without days.</summary>
public readonly record struct MonthNumber(int Value) : IComparable<MonthNumber>
{
    /// <summary>Month of a day (<see cref="DateOnly.DayNumber"/>).</summary>
    public static MonthNumber Of(int day)
    {
        var date = DateOnly.FromDayNumber(day);
        return new MonthNumber(date.Year * 12 + date.Month - 1);
    }

    /// <summary>Number of its first day (<see cref="DateOnly.DayNumber"/>).</summary>
    public int FirstDay => new DateOnly(Value / 12, Value % 12 + 1, 1).DayNumber;

    public int Days => (this + 1).FirstDay - FirstDay;

    public int CompareTo(MonthNumber other) => Value.CompareTo(other.Value);

    public static bool operator <(MonthNumber a, MonthNumber b) => a.Value < b.Value;

    public static bool operator >(MonthNumber a, MonthNumber b) => a.Value > b.Value;

    public static bool operator <=(MonthNumber a, MonthNumber b) => a.Value <= b.Value;

    public static bool operator >=(MonthNumber a, MonthNumber b) => a.Value >= b.Value;

    public static MonthNumber operator +(MonthNumber month, int count) => new(month.Value + count);

    public static int operator -(MonthNumber a, MonthNumber b) => a.Value - b.Value;
}

/// <summary>A part of a month, so that both calendar months and "twelve months from today" are sums of whole parts.</summary>
/// <param name="Month">Its calendar month.</param>
/// <param name="Ahead">Whole months between the day of the forecast and the part: 0 for the first month ahead.</param>
public readonly record struct ForecastPart(MonthNumber Month, int Ahead);

/// <summary>What the customers of a forecast, those with a first purchase in one month, were expected to do.</summary>
/// <param name="Month">Of the first purchase.</param>
/// <param name="Money">Expected money in each part.</param>
/// <param name="Purchases">Expected purchase days in each part.</param>
/// <param name="Buyers">Expected customers with a purchase, by calendar month of the forecast.</param>
public sealed record CohortForecast(MonthNumber Month, int CustomerCount, double[] Money, double[] Purchases, double[] Buyers);

/// <summary>An earlier forecast beside what came: the same customers, the same calendar month.</summary>
public sealed record BackTestMonth(MonthNumber Month, double Forecast, double Actual);

/// <summary>The futures of all customers with a purchase that a training simulated: 24 months, cut at the first of each month and at the day of the forecast.</summary>
/// <remarks>Money is revenue, neither discounted nor reduced to a margin: a page applies what its reader chooses to expectations and draws alike.</remarks>
public sealed class LifetimeForecast : IStorable<LifetimeForecast>
{
    public const int MonthCount = 24;

    private readonly double[][] _draws;

    internal LifetimeForecast(int fromDay, IReadOnlyList<CohortForecast> cohorts, double[][] draws, IReadOnlyList<BackTestMonth> backTest, int backTestDay)
    {
        (FromDay, Cohorts, _draws, BackTest, BackTestDay) = (fromDay, cohorts, draws, backTest, backTestDay);
        (Parts, _) = PartsFrom(fromDay, MonthCount);
        Expected = [.. Enumerable.Range(0, Parts.Count).Select(part => cohorts.Sum(c => c.Money[part]))];
    }

    public static string Kind => "lifetime-forecast";

    /// <summary>First day that is not known yet.</summary>
    public int FromDay { get; }

    public IReadOnlyList<ForecastPart> Parts { get; }

    /// <summary>Expected money of each part.</summary>
    public IReadOnlyList<double> Expected { get; }

    public IReadOnlyList<CohortForecast> Cohorts { get; }

    /// <summary>Empty where the history is too short for one.</summary>
    public IReadOnlyList<BackTestMonth> BackTest { get; }

    /// <summary>First day that the back-test did not know.</summary>
    public int BackTestDay { get; }

    public int CustomerCount => Cohorts.Sum(c => c.CustomerCount);

    public int DrawCount => _draws.Length;

    /// <summary>First calendar month of the forecast; partly known unless the forecast begins on its first day.</summary>
    public MonthNumber FirstMonth => MonthNumber.Of(FromDay);

    /// <summary>Expected total and the range that it will lie in.</summary>
    /// <param name="months">Whole months from the day of the forecast, 1 to 24.</param>
    /// <param name="annualDiscount">0.1 is 10 % a year, taken from the second month on.</param>
    /// <param name="margin">Share of the revenue that is kept.</param>
    /// <param name="confidence">Of the range.</param>
    public Estimate Total(int months, double annualDiscount = 0, double margin = 1, double confidence = 0.8)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(months, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(months, MonthCount);
        var weights = Parts.Select(p => p.Ahead < months ? margin * Math.Pow(1 + annualDiscount, -p.Ahead / 12.0) : 0).ToArray();
        return Weighted(weights, confidence);
    }

    /// <summary>Expected money of one calendar month from the day of the forecast on, with its range.</summary>
    public Estimate OfMonth(MonthNumber month, double confidence) => Weighted([.. Parts.Select(p => p.Month == month ? 1.0 : 0)], confidence);

    private Estimate Weighted(double[] weights, double confidence)
    {
        double Sum(IReadOnlyList<double> values)
        {
            double sum = 0;
            for (var i = 0; i < weights.Length; i++) sum += weights[i] * values[i];
            return sum;
        }
        var totals = Array.ConvertAll(_draws, draw => Sum(draw));
        Array.Sort(totals);
        var tail = (1 - confidence) / 2;
        return new Estimate(Sum(Expected), Quantiles.OfSorted(totals, tail), Quantiles.OfSorted(totals, 1 - tail), confidence);
    }

    /// <summary>Parts of the months after a day, and where each ends, in days from it.</summary>
    internal static (IReadOnlyList<ForecastPart> Parts, double[] EndDays) PartsFrom(int fromDay, int monthCount)
    {
        var from = DateOnly.FromDayNumber(fromDay);
        var last = from.AddMonths(monthCount).DayNumber;
        var cuts = new SortedSet<int>(Enumerable.Range(1, monthCount).SelectMany(k => new[] { (MonthNumber.Of(fromDay) + k).FirstDay, from.AddMonths(k).DayNumber }).Where(day => day <= last));
        var (parts, ends) = (new List<ForecastPart>(), new List<double>());
        var begin = fromDay;
        foreach (var end in cuts)
        {
            var ahead = Enumerable.Range(1, monthCount).First(k => from.AddMonths(k).DayNumber >= end) - 1;
            parts.Add(new ForecastPart(MonthNumber.Of(begin), ahead));
            ends.Add(end - fromDay);
            begin = end;
        }
        return (parts, [.. ends]);
    }

    public void Store(ModelPart part)
    {
        part.Settings["from_day"] = FromDay;
        part.Settings["back_test_day"] = BackTestDay;
        part.Settings["draws"] = _draws.Length;
        part.Put("draws", _draws.SelectMany(d => d).ToArray());
        part.Put("cohort_months", Cohorts.Select(c => c.Month.Value).ToArray());
        part.Put("cohort_sizes", Cohorts.Select(c => c.CustomerCount).ToArray());
        part.Put("cohort_money", Cohorts.SelectMany(c => c.Money).ToArray());
        part.Put("cohort_purchases", Cohorts.SelectMany(c => c.Purchases).ToArray());
        part.Put("cohort_buyers", Cohorts.SelectMany(c => c.Buyers).ToArray());
        part.Put("back_test_months", BackTest.Select(m => m.Month.Value).ToArray());
        part.Put("back_test_values", BackTest.SelectMany(m => new[] { m.Forecast, m.Actual }).ToArray());
    }

    public static LifetimeForecast Restore(ModelPart part)
    {
        var fromDay = part.Setting<int>("from_day");
        var (parts, _) = PartsFrom(fromDay, MonthCount);
        var bucketCount = parts[^1].Month - parts[0].Month + 1;
        var months = part.Get<int>("cohort_months");
        var sizes = part.Get<int>("cohort_sizes", months.Length);
        var money = Rows(part.Get<double>("cohort_money", months.Length * parts.Count), parts.Count);
        var purchases = Rows(part.Get<double>("cohort_purchases", months.Length * parts.Count), parts.Count);
        var buyers = Rows(part.Get<double>("cohort_buyers", months.Length * bucketCount), bucketCount);
        var backMonths = part.Get<int>("back_test_months");
        var backValues = part.Get<double>("back_test_values", 2 * backMonths.Length);
        return new LifetimeForecast(
            fromDay,
            [.. months.Select((month, i) => new CohortForecast(new MonthNumber(month), sizes[i], money[i], purchases[i], buyers[i]))],
            Rows(part.Get<double>("draws", part.Setting<int>("draws") * parts.Count), parts.Count),
            [.. backMonths.Select((month, i) => new BackTestMonth(new MonthNumber(month), backValues[2 * i], backValues[2 * i + 1]))],
            part.Setting<int>("back_test_day"));
    }

    private static double[][] Rows(double[] values, int length) => [.. values.Chunk(length)];
}
