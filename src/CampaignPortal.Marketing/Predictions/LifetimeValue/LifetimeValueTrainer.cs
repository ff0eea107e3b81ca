using System.Globalization;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Lifetime;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Predictions.LifetimeValue;

/// <summary>A forecast made with what was known some time ago, judged on what happened since.</summary>
/// <param name="Forecast">Money forecast for the days held back, in total.</param>
/// <param name="Actual">Money that was spent on them.</param>
/// <param name="RankCorrelation">Spearman, forecast against actual.</param>
/// <param name="RankCorrelationOfPastRate">The same for the simple baseline: money a day so far.</param>
/// <param name="AucBuysAgain">Area under ROC of the forecast for "buys at all".</param>
/// <param name="TopTenthShare">Share of the actual money that the tenth ranked highest spent.</param>
public sealed record LifetimeBackTest(
    int Days, int CustomerCount, double Forecast, double Actual, double? RankCorrelation, double? RankCorrelationOfPastRate,
    double? AucBuysAgain, double TopTenthShare, double MeanAbsoluteError)
{
    /// <summary>The same forecast by calendar month.</summary>
    public IReadOnlyList<BackTestMonth> Months { get; init; } = [];
}

/// <summary>A trained lifetime value with what pages and the registry keep of it.</summary>
/// <param name="Total">Value of all customers together, with the range that it will lie in.</param>
/// <param name="Notes">Codes: <c>no-dropout</c> when the fit stopped at the NBD limit.</param>
public sealed record TrainedLifetimeValue(
    LifetimeValueModel Model, double PurchaseLogLikelihood, double SpendLogLikelihood, int CustomerCount, int RepeatCustomerCount,
    Estimate Total, LifetimeBackTest? BackTest, IReadOnlyList<string> Notes, IReadOnlyList<ScoreRow> Scores, IReadOnlyDictionary<long, CustomerValue> Values)
{
    /// <summary>The simulated futures behind the range of the total.</summary>
    public LifetimeForecast? Forecast => Model.Forecast;
}

/// <summary>Fits BG/NBD and Gamma-Gamma, values every customer, and judges the same fit on a period held back.</summary>
public static class LifetimeValueTrainer
{
    public const string NoDropout = "no-dropout";
    public const string AlivePart = "alive", OrdersPart = "orders", Value3Part = "value-3", Value24Part = "value-24", NextOrderPart = "next-order";

    private const double LongestWaitDays = 365;

    public static TrainingResult<TrainedLifetimeValue> Train(EventTable table, LifetimeValueSettings settings, Rng rng, CancellationToken ct = default)
    {
        var purchases = PurchaseDays.Of(table);
        var end = purchases.Calendar.CutDay(table.AsOf);
        var histories = HistoriesAt(purchases, end);
        var problems = Missing(purchases, histories, settings);
        if (problems.Count > 0) return TrainingResult.TooLittle<TrainedLifetimeValue>(problems, PastRates(table, purchases, end, settings));

        ct.ThrowIfCancellationRequested();
        var fit = Fit(histories);
        if (fit.Problem is { } problem) return TrainingResult.Failed<TrainedLifetimeValue>(problem, PastRates(table, purchases, end, settings));
        var (buying, spending) = (fit.Purchases!, fit.Spend!); // both are there when there is no problem

        var model = new LifetimeValueModel(buying.Model, spending.Model, settings);
        var values = histories.ToDictionary(h => table.CustomerIds[h.Customer], h => model.For(h.History));
        ct.ThrowIfCancellationRequested();
        var test = BackTest(purchases, end, settings);
        var forecast = LifetimeForecaster.Make(
            buying, spending, histories, purchases, end, (end - settings.BackTestDays, test?.Months ?? []), rng.Fork(1), settings.TotalDrawCount, ct);
        if (!forecast.IsOk) return TrainingResult.Failed<TrainedLifetimeValue>(NoOptimum(forecast.Reason), PastRates(table, purchases, end, settings));
        return TrainingResult.Of(new TrainedLifetimeValue(
            model.With(forecast.Value), buying.LogLikelihood, spending.LogLikelihood, histories.Count, histories.Count(h => h.History.Purchases.Frequency > 0),
            TotalOf(forecast.Value, values, settings), test, buying.Model.IsNbdLimit ? [NoDropout] : [], ScoresOf(model, values), values));
    }

    /// <summary>The sum of the customers' values, with the range of the simulated futures around it.</summary>
    private static Estimate TotalOf(LifetimeForecast forecast, Dictionary<long, CustomerValue> values, LifetimeValueSettings settings)
    {
        var point = values.Values.Sum(v => v.Value);
        var cost = settings.AcquisitionCost * values.Count;
        var simulated = forecast.Total(Math.Min(settings.MonthCount, LifetimeForecast.MonthCount), settings.AnnualDiscountRate, settings.Margin, confidence: 0.95);
        // Months of the calendar and months of 30.4 days differ by a day or two: the range keeps its shape around the sum of the customers.
        var scale = simulated.Point > 0 ? (point + cost) / simulated.Point : 0;
        return new Estimate(point, scale * simulated.Lower - cost, scale * simulated.Upper - cost, simulated.Confidence);
    }

    /// <summary>Values every customer with a stored model, as of the table's "now".</summary>
    public static IReadOnlyList<ScoreRow> Score(LifetimeValueModel model, EventTable table, CancellationToken ct = default)
    {
        var purchases = PurchaseDays.Of(table);
        var histories = HistoriesAt(purchases, purchases.Calendar.CutDay(table.AsOf));
        ct.ThrowIfCancellationRequested();
        return ScoresOf(model, histories.ToDictionary(h => table.CustomerIds[h.Customer], h => model.For(h.History)));
    }

    /// <summary>What the models know of every customer with a purchase before a day; times in weeks.</summary>
    internal static List<(int Customer, CustomerHistory History)> HistoriesAt(PurchaseDays purchases, int until)
    {
        List<(int, CustomerHistory)> histories = [];
        for (var customer = 0; customer < purchases.CustomerCount; customer++)
        {
            var (days, values) = purchases.Before(customer, until);
            if (days.IsEmpty) continue;
            var repeats = days.Length - 1;
            double recency = (days.Span[^1] - days.Span[0]) / LifetimeValueModel.DaysPerWeek, age = (until - days.Span[0]) / LifetimeValueModel.DaysPerWeek;
            double spent = 0;
            foreach (var value in values.Span[1..]) spent += value;
            histories.Add((customer, new CustomerHistory(
                PurchaseHistory.Create(repeats, recency, age).Value, SpendHistory.Create(repeats, repeats > 0 ? spent / repeats : 0).Value)));
        }
        return histories;
    }

    private static (BetaGeometricFit? Purchases, GammaGammaFit? Spend, DataProblem? Problem) Fit(List<(int, CustomerHistory History)> histories)
    {
        var buying = BetaGeometric.Fit([.. histories.Select(h => h.History.Purchases)]);
        if (!buying.IsOk) return (null, null, NoOptimum(buying.Reason));
        var spending = GammaGamma.Fit([.. histories.Select(h => h.History.Spend)]);
        if (!spending.IsOk) return (null, null, NoOptimum(spending.Reason));
        if (spending.Value.Model.Q <= 1) return (null, null, NoOptimum(Reasons.MeanUndefined));
        return (buying.Value, spending.Value, null);
    }

    private static DataProblem NoOptimum(string? reason) =>
        new("lifetime.no-optimum", $"The purchase histories have no stable fit ({reason}); the value of past purchases is shown instead.", reason ?? "");

    private static LifetimeBackTest? BackTest(PurchaseDays purchases, int end, LifetimeValueSettings settings)
    {
        var back = end - settings.BackTestDays;
        var histories = HistoriesAt(purchases, back);
        if (Missing(purchases, histories, settings, until: back, historyDays: settings.BackTestDays).Count > 0) return null;
        var fit = Fit(histories);
        if (fit.Problem is not null) return null;
        var model = new LifetimeValueModel(fit.Purchases!.Model, fit.Spend!.Model, settings); // both are there when there is no problem
        var horizon = settings.BackTestDays / LifetimeValueModel.DaysPerWeek;
        var (forecast, actual, past) = (new double[histories.Count], new double[histories.Count], new double[histories.Count]);
        for (var i = 0; i < forecast.Length; i++)
        {
            var (customer, history) = histories[i];
            forecast[i] = model.Purchases.ExpectedPurchases(history.Purchases, horizon) * model.ValuePerPurchase(history.Spend);
            actual[i] = purchases.ValueBetween(customer, back, end);
            past[i] = purchases.ValueBetween(customer, int.MinValue, back) / Math.Max(30, history.Purchases.Age * LifetimeValueModel.DaysPerWeek);
        }
        return Judge(settings.BackTestDays, forecast, actual, past) with { Months = LifetimeForecaster.BackTest(model, histories, purchases, back, end) };
    }

    private static LifetimeBackTest Judge(int days, double[] forecast, double[] actual, double[] past)
    {
        var top = Enumerable.Range(0, forecast.Length).OrderByDescending(i => forecast[i]).ThenBy(i => i).Take(Math.Max(1, forecast.Length / 10)).Sum(i => actual[i]);
        var all = actual.Sum();
        return new LifetimeBackTest(
            days, forecast.Length, forecast.Sum(), all, Ranks.Correlation(forecast, actual), Ranks.Correlation(past, actual),
            Ranks.Auc(forecast, Array.ConvertAll(actual, a => a > 0)), all > 0 ? top / all : 0,
            forecast.Zip(actual, (f, a) => Math.Abs(f - a)).Average());
    }

    /// <summary>The floor: what is missing, in words.</summary>
    private static List<DataProblem> Missing(
        PurchaseDays purchases, List<(int, CustomerHistory History)> histories, LifetimeValueSettings settings, int? until = null, int? historyDays = null)
    {
        List<DataProblem> problems = [];
        var repeats = histories.Count(h => h.History.Purchases.Frequency > 0);
        var days = purchases.Range is { } range ? Math.Min(range.Last, until ?? int.MaxValue) - range.First : 0;
        var minDays = historyDays ?? settings.MinHistoryDays;
        if (histories.Count < settings.MinCustomers)
            problems.Add(Problem("customers", $"Needs {settings.MinCustomers} customers with an order; there are {histories.Count}.", settings.MinCustomers, histories.Count));
        if (repeats < settings.MinRepeatCustomers)
            problems.Add(Problem("repeat-customers", $"Needs {settings.MinRepeatCustomers} customers who ordered on two days or more; there are {repeats}.", settings.MinRepeatCustomers, repeats));
        if (days < minDays) problems.Add(Problem("history", $"Needs orders over {minDays} days; there are {days}.", minDays, days));
        return problems;
    }

    private static DataProblem Problem(string code, string text, int needed, int found) =>
        new("lifetime." + code, text, needed.ToString(CultureInfo.InvariantCulture), found.ToString(CultureInfo.InvariantCulture));

    /// <summary>The simple statistic below the floor: the money a day so far (over 30 days at least), carried on for the horizon.</summary>
    private static List<ScoreRow> PastRates(EventTable table, PurchaseDays purchases, int end, LifetimeValueSettings settings)
    {
        List<(long Id, double Value)> rates = [];
        for (var customer = 0; customer < purchases.CustomerCount; customer++)
        {
            var (days, values) = purchases.Before(customer, end);
            if (days.IsEmpty) continue;
            double sum = 0;
            foreach (var value in values.Span) sum += value;
            rates.Add((table.CustomerIds[customer], settings.Margin * sum / Math.Max(30, end - days.Span[0]) * settings.MonthCount * LifetimeValueModel.DaysPerMonth));
        }
        return Rows(null, rates);
    }

    private static List<ScoreRow> ScoresOf(LifetimeValueModel model, Dictionary<long, CustomerValue> values)
    {
        var scores = Rows(null, [.. values.Select(v => (v.Key, v.Value.Value))]);
        for (var i = 0; i < scores.Count; i++)
        {
            var range = values[scores[i].CustomerId].Range;
            scores[i] = scores[i] with { Lower = range.Lower, Upper = range.Upper };
        }
        // Where nobody ever drops out, "still a customer" would be certain of everybody: that is a property of the fit, not of the customers.
        if (!model.Purchases.IsNbdLimit) scores.AddRange(Rows(AlivePart, [.. values.Select(v => (v.Key, v.Value.Alive))]));
        scores.AddRange(NextOrders(values));
        scores.AddRange(Rows(OrdersPart, [.. values.Select(v => (v.Key, v.Value.ExpectedOrders))]));
        scores.AddRange(Rows(Value3Part, [.. values.Select(v => (v.Key, v.Value.ValueIn3Months))]));
        scores.AddRange(Rows(Value24Part, [.. values.Select(v => (v.Key, v.Value.ValueIn24Months))]));
        return scores;
    }

    /// <summary>Days until the next order, for customers who will have ordered with four chances in five some day and by half within a year: others have no date that could be told.</summary>
    private static List<ScoreRow> NextOrders(Dictionary<long, CustomerValue> values)
    {
        var known = values.Where(v => v.Value.NextOrder is { Early: not null, Median: <= LongestWaitDays, Late: not null }).ToList();
        var rows = Rows(NextOrderPart, [.. known.Select(v => (v.Key, v.Value.NextOrder.Median!.Value))]); // the filter has seen them
        for (var i = 0; i < rows.Count; i++) rows[i] = rows[i] with { Lower = known[i].Value.NextOrder.Early, Upper = known[i].Value.NextOrder.Late };
        return rows;
    }

    private static List<ScoreRow> Rows(string? part, List<(long Id, double Value)> values)
    {
        var percentiles = Ranks.Percentiles([.. values.Select(v => v.Value)]);
        return [.. values.Select((v, i) => new ScoreRow(v.Id, part, v.Value, percentiles[i]))];
    }
}
