using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Lifetime;

namespace CampaignPortal.Benchmarks.Cases;

public static partial class StatisticsCases
{
    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> LifetimeCases() => new()
    {
        ["BgNbdFit"] = inputs => ShowFit(inputs, DropoutTiming.AfterRepeatPurchase),
        ["MbgNbdFit"] = inputs => ShowFit(inputs, DropoutTiming.AfterEveryPurchase),
        ["BgNbdLogLikelihood"] = inputs => Show(Histories(inputs, "frequency", "recency", "T"), histories => new
        {
            LogLikelihood = ModelOf(inputs).LogLikelihood(histories),
        }),
        ["BgNbdPredict"] = inputs => ShowPrediction(inputs, ModelOf(inputs)),
        ["MbgNbdPredict"] = inputs => ShowPrediction(inputs, ModelOf(inputs, DropoutTiming.AfterEveryPurchase)),
        ["BgNbdExpectedPurchases"] = inputs => Show(new { Expected = inputs.Numbers("times").Select(t => ModelOf(inputs).ExpectedPurchases(t)) }),
        ["BgNbdPurchaseCountProbability"] = inputs => Show(new
        {
            Probability = inputs.Items("points").Select(p => ModelOf(inputs).ProbabilityOfCount(p.Whole("n"), p.Number("t"))),
        }),
        ["GammaGammaFit"] = inputs =>
        {
            var columns = inputs.Columns(inputs.Texts("columns"));
            var spends = All(columns[0].Zip(columns[1], (x, z) => SpendHistory.Create((int)x, z)));
            if (!spends.IsOk) return spends.Refusal;
            return Show(GammaGamma.Fit(spends.Value), fit => new { fit.Model.P, fit.Model.Q, fit.Model.V, fit.LogLikelihood });
        },
        ["GammaGammaExpectedSpend"] = inputs =>
        {
            var model = new GammaGammaModel(inputs.Number("p"), inputs.Number("q"), inputs.Number("v"));
            var spends = All(inputs.Numbers("frequency").Zip(inputs.Numbers("averageValue"), (x, z) => SpendHistory.Create((int)x, z)));
            if (!spends.IsOk) return spends.Refusal;
            return Show(All(spends.Value.Select(model.ExpectedSpend)), values => new { ExpectedAverageValue = values });
        },
        ["DiscountedCustomerValue"] = inputs =>
        {
            var options = new LifetimeValueOptions
            {
                PeriodCount = inputs.Whole("months"),
                PeriodLength = inputs.Number("weeksPerMonth"),
                DiscountFactor = 1 / (1 + inputs.Number("monthlyDiscountRate")),
                DiscountFirstPeriod = true,
            };
            var model = inputs.Text("model") switch
            {
                "BgNbd" => ModelOf(inputs),
                "MbgNbd" => ModelOf(inputs, DropoutTiming.AfterEveryPurchase),
                var other => throw new NotSupportedException($"Purchase model '{other}'."),
            };
            return Show(CustomersOf(inputs), customers => new
            {
                Value = customers.Zip(inputs.Items("customers"), (history, customer) =>
                    customer.Number("value") * LifetimeValue.DiscountedPurchases(model, history, options)),
            });
        },
        ["SimpleLifetimeValue"] = inputs => Show(new
        {
            Value = LifetimeValue.Discounted(inputs.Numbers("revenues"), inputs.Number("discountFactor"), inputs.Number("acquisitionCost")),
        }),
        ["RetentionMarginValue"] = inputs => Show(new
        {
            Value = LifetimeValue.OfRetention(
                inputs.Number("margin"), inputs.Number("retention"), inputs.Number("discountRate"), (int?)inputs.NumberOrNull("periods")),
        }),
    };

    private static Outcome<object> ShowFit(CaseInputs inputs, DropoutTiming timing)
    {
        var histories = Histories(inputs, inputs.Texts("columns"));
        if (!histories.IsOk) return histories.Refusal;
        return Show(BetaGeometric.Fit(histories.Value, timing), fit => new { fit.Model.R, fit.Model.Alpha, fit.Model.A, fit.Model.B, fit.LogLikelihood });
    }

    private static Outcome<object> ShowPrediction(CaseInputs inputs, BetaGeometricModel model) => Show(CustomersOf(inputs), customers => new
    {
        ProbabilityAlive = customers.Select(model.ProbabilityAlive),
        ExpectedPurchases = customers.Select(c => model.ExpectedPurchases(c, inputs.Number("horizon"))),
    });

    private static BetaGeometricModel ModelOf(CaseInputs inputs, DropoutTiming timing = DropoutTiming.AfterRepeatPurchase) =>
        new(inputs.Number("r"), inputs.Number("alpha"), inputs.Number("a"), inputs.Number("b"), timing);

    private static Outcome<PurchaseHistory[]> CustomersOf(CaseInputs inputs) =>
        All(inputs.Items("customers").Select(c => PurchaseHistory.Create(c.Whole("frequency"), c.Number("recency"), c.Number("T"))));

    private static Outcome<PurchaseHistory[]> Histories(CaseInputs inputs, params string[] columns)
    {
        var data = inputs.Columns(columns);
        return All(data[0].Select((x, i) => PurchaseHistory.Create((int)x, data[1][i], data[2][i])));
    }

    // All answers, or the first refusal.
    private static Outcome<T[]> All<T>(IEnumerable<Outcome<T>> outcomes)
    {
        var values = new List<T>();
        foreach (var outcome in outcomes)
        {
            if (!outcome.IsOk) return outcome.Refusal;
            values.Add(outcome.Value);
        }
        return values.ToArray();
    }
}
