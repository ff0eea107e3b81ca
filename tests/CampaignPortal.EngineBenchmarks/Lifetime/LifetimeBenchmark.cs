using System.CommandLine;
using System.Globalization;
using CampaignPortal.Benchmarks.Ranking;
using CampaignPortal.Statistics.Lifetime;

namespace CampaignPortal.Benchmarks.Lifetime;

/// <summary>The verb <c>lifetime</c>: purchase and spend models fitted before a day and judged after it. Times in weeks; several purchases of one day count once.</summary>
internal static class LifetimeBenchmark
{
    private const double DaysPerWeek = 7;

    private sealed record Parameters(double R, double Alpha, double? A, double? B, bool IsNbdLimit, double? P, double? Q, double? V);

    private sealed record Result(Parameters Parameters, double LogLikelihood, double HoldoutMae, double TotalBias, int Customers, double HoldoutWeeks, double Predicted, double Seen);

    public static Command Create()
    {
        var csv = new Option<FileInfo>("--csv") { Description = "Transactions with the columns customer, date, value", Required = true };
        var split = new Option<DateOnly>("--split") { Description = "Fit before this day, judge from it on", Required = true };
        var command = new Command("lifetime", "Fit purchase and spend models, judge the forecast of repeat purchases") { csv, split };
        command.SetAction(arguments => Answer.Guarded(() => Run(arguments.GetRequiredValue(csv).FullName, arguments.GetRequiredValue(split))));
        return command;
    }

    private static Result Run(string file, DateOnly split)
    {
        var customers = Read(file, out var last);
        if (last < split) throw new ArgumentException($"Nothing lies after {split:yyyy-MM-dd}: the last purchase is of {last:yyyy-MM-dd}.");
        var end = split.AddDays(-1); // the last day that the fit sees
        List<PurchaseHistory> purchases = [];
        List<SpendHistory> spend = [];
        List<int> seen = [];
        foreach (var days in customers.Values)
        {
            var before = days.Where(d => d.Key < split).ToArray();
            if (before.Length is 0) continue;
            var first = before[0].Key;
            purchases.Add(PurchaseHistory.Create(before.Length - 1, Weeks(first, before[^1].Key), Weeks(first, end)).Value);
            var values = before.Skip(1).Select(d => d.Value).Where(v => v > 0).ToArray();
            spend.Add(SpendHistory.Create(values.Length, values.Length > 0 ? values.Average() : 0).Value);
            seen.Add(days.Count - before.Length);
        }
        var fit = BetaGeometric.Fit(purchases);
        if (!fit.IsOk) throw new ArgumentException($"The purchase model has no fit: {fit.Reason}.");
        var money = GammaGamma.Fit(spend);
        var horizon = Weeks(end, last);
        var predicted = purchases.ConvertAll(p => fit.Value.Model.ExpectedPurchases(p, horizon));
        var model = fit.Value.Model;
        return new Result(
            new Parameters(model.R, model.Alpha, model.A, model.B, model.IsNbdLimit, money.IsOk ? money.Value.Model.P : null, money.IsOk ? money.Value.Model.Q : null, money.IsOk ? money.Value.Model.V : null),
            fit.Value.LogLikelihood, predicted.Zip(seen, (p, s) => Math.Abs(p - s)).Average(), predicted.Sum() / seen.Sum() - 1, purchases.Count, horizon, predicted.Sum(), seen.Sum());
    }

    private static double Weeks(DateOnly from, DateOnly to) => (to.DayNumber - from.DayNumber) / DaysPerWeek;

    private static Dictionary<string, SortedDictionary<DateOnly, double>> Read(string file, out DateOnly last)
    {
        using var rows = new CsvRows(file);
        int customer = Column(rows, "customer", "customer_id"), date = Column(rows, "date"), value = Column(rows, "value", "dollar_value", "amount");
        var customers = new Dictionary<string, SortedDictionary<DateOnly, double>>(StringComparer.Ordinal);
        last = DateOnly.MinValue;
        while (rows.Read())
        {
            var day = DateOnly.FromDateTime(DateTime.Parse(rows[date], CultureInfo.InvariantCulture));
            if (day > last) last = day;
            var id = rows[customer].ToString();
            if (!customers.TryGetValue(id, out var days)) customers[id] = days = [];
            days[day] = days.GetValueOrDefault(day) + double.Parse(rows[value], CultureInfo.InvariantCulture);
        }
        return customers;
    }

    private static int Column(CsvRows rows, params string[] names)
    {
        foreach (var name in names[..^1])
        {
            try
            {
                return rows.Column(name);
            }
            catch (InvalidDataException)
            {
                // the next name
            }
        }
        return rows.Column(names[^1]);
    }
}
