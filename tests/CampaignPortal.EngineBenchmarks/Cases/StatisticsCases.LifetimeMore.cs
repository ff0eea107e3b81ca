using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Lifetime;

namespace CampaignPortal.Benchmarks.Cases;

public static partial class StatisticsCases
{
    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> OtherLifetimeCases() => new()
    {
        ["ParetoNbdFit"] = inputs =>
        {
            var histories = Histories(inputs, inputs.Texts("columns"));
            if (!histories.IsOk) return histories.Refusal;
            return Show(ParetoNbd.Fit(histories.Value), fit => new { fit.Model.R, fit.Model.Alpha, fit.Model.S, fit.Model.Beta, fit.LogLikelihood });
        },
        ["ParetoNbdPredict"] = inputs =>
        {
            var model = new ParetoNbdModel(inputs.Number("r"), inputs.Number("alpha"), inputs.Number("s"), inputs.Number("beta"));
            var horizon = inputs.Number("horizon");
            return Show(CustomersOf(inputs), customers => new
            {
                ProbabilityAlive = customers.Select(model.ProbabilityAlive),
                ExpectedPurchases = customers.Select(c => model.ExpectedPurchases(c, horizon)),
                ExpectedNewCustomer = model.ExpectedPurchases(horizon),
            });
        },
        ["BgBbFit"] = inputs =>
        {
            var columns = inputs.Columns(inputs.Texts("columns"));
            PeriodHistory[] histories =
            [
                .. columns[0].Select((x, i) => new PeriodHistory((int)x, (int)columns[1][i], (int)columns[2][i], columns.Length > 3 ? columns[3][i] : 1)),
            ];
            return Show(BetaBernoulli.Fit(histories), fit => new { fit.Model.Alpha, fit.Model.Beta, fit.Model.Gamma, fit.Model.Delta, fit.LogLikelihood });
        },
        ["BgBbPredict"] = inputs =>
        {
            var model = new BetaBernoulliModel(inputs.Number("alpha"), inputs.Number("beta"), inputs.Number("gamma"), inputs.Number("delta"));
            var history = new PeriodHistory(inputs.Whole("frequency"), inputs.Whole("recency"), inputs.Whole("periods"));
            var alive = model.ProbabilityAliveNextPeriod(history);
            return Show(alive, probability => new
            {
                ProbabilityAliveNextPeriod = probability,
                DiscountedExpectedResidualTransactions = model.DiscountedResidualTransactions(history, inputs.Number("discountRate")).Value,
                ConditionalExpectedTransactions = model.ExpectedPurchases(history, inputs.Whole("futurePeriods")).Value,
            });
        },
        ["ShiftedBetaGeometricFit"] = inputs => Show(
            ShiftedBetaGeometric.Fit(inputs.Number("cohortSize"), inputs.Numbers("survivors")),
            fit => new { fit.Model.Alpha, fit.Model.Beta, fit.LogLikelihood, Survival = fit.Model.Survival(inputs.Whole("projectTo")) }),
        ["ShiftedBetaGeometricResidualLifetime"] = inputs =>
        {
            var model = new ShiftedBetaGeometricModel(inputs.Number("alpha"), inputs.Number("beta"));
            return Show(new { Derl = inputs.Wholes("renewals").Select(n => model.DiscountedResidualLifetime(n, inputs.Number("discountRate"))) });
        },
    };
}
