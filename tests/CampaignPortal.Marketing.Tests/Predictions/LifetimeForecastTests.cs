using CampaignPortal.Learning.Persistence;
using CampaignPortal.Marketing.Predictions.LifetimeValue;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Predictions;

public sealed class LifetimeForecastTests
{
    private static readonly Lazy<TrainedLifetimeValue> Shared = new(() =>
        LifetimeValueTrainer.Train(OnlineRetail.TableOrSkip(), new LifetimeValueSettings { TotalDrawCount = 60 }, new Rng(1)).Model!);

    [Theory]
    [InlineData(2011, 12, 10), InlineData(2011, 9, 1), InlineData(2024, 1, 31)]
    public void Parts_add_up_to_calendar_months_and_to_months_from_the_day(int year, int month, int day)
    {
        var from = new DateOnly(year, month, day);
        var (parts, ends) = LifetimeForecast.PartsFrom(from.DayNumber, 24);

        Assert.Equal(from.AddMonths(24).DayNumber - from.DayNumber, ends[^1]);
        for (var months = 1; months <= 24; months++)
        {
            var last = parts.Select((p, i) => (p, i)).Last(x => x.p.Ahead == months - 1).i;
            Assert.Equal(from.AddMonths(months).DayNumber - from.DayNumber, ends[last]);
        }
        var begin = 0.0;
        for (var i = 0; i < parts.Count; i++)
        {
            Assert.Equal(parts[i].Month, MonthNumber.Of(from.DayNumber + (int)begin));
            Assert.Equal(parts[i].Month, MonthNumber.Of(from.DayNumber + (int)ends[i] - 1)); // no part reaches over the first of a month
            begin = ends[i];
        }
    }

    [Fact]
    public void The_total_follows_margin_and_discount_and_grows_with_the_months()
    {
        var forecast = Shared.Value.Forecast!;
        var plain = forecast.Total(6);

        Assert.Equal(forecast.Parts.Select((p, i) => p.Ahead < 6 ? forecast.Expected[i] : 0).Sum(), plain.Point, 1e-6);
        Assert.True(plain.Lower < plain.Point && plain.Point < plain.Upper);
        Assert.Equal(plain.Point * 0.4, forecast.Total(6, margin: 0.4).Point, 1e-6);
        var expected = forecast.Parts.Select((p, i) => p.Ahead < 6 ? forecast.Expected[i] * Math.Pow(1.1, -p.Ahead / 12.0) : 0).Sum();
        Assert.Equal(expected, forecast.Total(6, annualDiscount: 0.1).Point, 1e-6);
        Assert.True(forecast.Total(3).Point < plain.Point && plain.Point < forecast.Total(24).Point);
        Assert.True(forecast.Total(6, confidence: 0.5).Upper < forecast.Total(6, confidence: 0.95).Upper);
    }

    [Fact]
    public void The_sum_over_the_customers_is_the_sum_over_the_cohorts()
    {
        var trained = Shared.Value;
        Assert.Equal(trained.CustomerCount, trained.Forecast!.CustomerCount);
        // Months of the calendar are a day or two longer or shorter than twelve times 30.4 days.
        Assert.Equal(trained.Total.Point, trained.Forecast.Total(12).Point, trained.Total.Point * 0.01);
    }

    [Fact]
    public void The_months_of_the_back_test_are_its_total()
    {
        var back = Shared.Value.BackTest!;
        Assert.Equal(back.Forecast, back.Months.Sum(m => m.Forecast), back.Forecast * 1e-9);
        Assert.Equal(back.Actual, back.Months.Sum(m => m.Actual), 0.01);
        Assert.Equal(1_540_970, back.Months.Sum(m => m.Actual), 100.0); // the figure of the benchmark
    }

    [Fact]
    public void A_stored_forecast_comes_back_bit_for_bit()
    {
        using var folder = new TempFolder();
        var model = Shared.Value.Model;
        model.Save(folder.File("model"));
        var read = ModelFolder.Load<LifetimeValueModel>(folder.File("model")).Forecast!;

        Assert.Equal(model.Forecast!.Total(12, 0.07, 0.3, 0.95), read.Total(12, 0.07, 0.3, 0.95));
        Assert.Equal(model.Forecast.Cohorts.SelectMany(c => c.Buyers), read.Cohorts.SelectMany(c => c.Buyers));
        Assert.Equal(model.Forecast.BackTest, read.BackTest);
    }

    [Fact]
    public void Without_dropout_nobody_is_told_to_stay_for_certain_and_a_next_order_has_its_window()
    {
        var trained = Shared.Value;
        Assert.Contains(LifetimeValueTrainer.NoDropout, trained.Notes);
        Assert.DoesNotContain(trained.Scores, s => s.Part == LifetimeValueTrainer.AlivePart);
        var next = trained.Scores.Where(s => s.Part == LifetimeValueTrainer.NextOrderPart).ToList();
        Assert.InRange(next.Count, 1_000, trained.CustomerCount);
        Assert.All(next, s => Assert.True(s.Lower > 0 && s.Lower < s.Value && s.Value < s.Upper && s.Value <= 365));
    }
}
