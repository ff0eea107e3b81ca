using CampaignPortal.Learning.Clustering;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Clustering;

public sealed class MixtureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_planted_mixture_is_found_and_BIC_counts_its_components()
    {
        var data = Planted(4000, 1);
        var model = GaussianMixture.Fit(data, new GaussianMixtureOptions { MaxComponentCount = 4 }, new Rng(1), Ct);
        Assert.Equal(2, model.ComponentCount);
        var small = model.Weights[0] < model.Weights[1] ? 0 : 1;
        Assert.Equal(0.3, model.Weights[small], 0.03);
        Assert.Equal(4, model.Mean(small)[0], 0.15);
        Assert.Equal(0, model.Mean(1 - small)[1], 0.15);
        Assert.Equal(0.8, model.Covariance(1 - small, 0, 1), 0.1);
        Assert.Equal(0.25, model.Covariance(small, 1, 1), 0.05);
    }

    [Theory]
    [InlineData(CovarianceKind.Full)]
    [InlineData(CovarianceKind.Diagonal)]
    public void The_log_likelihood_is_the_sum_of_log_densities(CovarianceKind kind)
    {
        var data = Planted(300, 2);
        var model = GaussianMixture.Fit(data, new GaussianMixtureOptions { ComponentCount = 2, Covariance = kind }, new Rng(1), Ct);
        double sum = 0;
        for (var i = 0; i < data.RowCount; i++)
        {
            double density = 0;
            for (var k = 0; k < 2; k++)
            {
                double a = model.Covariance(k, 0, 0), b = model.Covariance(k, 0, 1), d = model.Covariance(k, 1, 1), determinant = a * d - b * b;
                double x = data[i, 0] - model.Mean(k)[0], y = data[i, 1] - model.Mean(k)[1];
                density += model.Weights[k] * Math.Exp(-0.5 * (d * x * x - 2 * b * x * y + a * y * y) / determinant) / (2 * Math.PI * Math.Sqrt(determinant));
            }
            sum += Math.Log(density);
            var responsibilities = new double[2];
            Assert.Equal(Math.Log(density), model.Responsibilities(data.Row(i), responsibilities), 1e-9);
            Assert.Equal(1, responsibilities.Sum(), 1e-12);
        }
        Assert.Equal(sum, model.LogLikelihood, 1e-6);
        Assert.Equal(kind is CovarianceKind.Full ? 11 : 9, model.ParameterCount);
    }

    [Fact]
    public void A_mixture_is_the_same_for_every_degree_and_after_saving()
    {
        var data = Planted(9000, 3);
        GaussianMixtureModel Fit(int degree) => GaussianMixture.Fit(data, new GaussianMixtureOptions { ComponentCount = 3, StartCount = 1, MaxIterations = 5, Degree = degree }, new Rng(4), Ct);
        var model = Fit(1);
        foreach (var other in new[] { Fit(2), Fit(3) })
        {
            Assert.Equal(model.LogLikelihood, other.LogLikelihood);
            Assert.Equal(model.Weights, other.Weights);
        }
        using var folder = new TemporaryFolder();
        model.Save(folder.Path);
        var loaded = ModelFolder.Load<GaussianMixtureModel>(folder.Path);
        Assert.Equal(model.AssignMany(data), loaded.AssignMany(data));
        Assert.Equal(model.Bic, loaded.Bic);
    }

    [Fact]
    public void A_row_far_away_has_a_finite_density_and_a_constant_column_is_named()
    {
        var model = GaussianMixture.Fit(Planted(300, 5), new GaussianMixtureOptions { ComponentCount = 2 }, new Rng(1), Ct);
        var responsibilities = new double[2];
        Assert.True(double.IsFinite(model.Responsibilities([1e6f, -1e6f], responsibilities)));
        Assert.Equal(1, responsibilities.Sum(), 1e-12);
        var constant = new Matrix(3, 2, [1, 7, 2, 7, 3, 7], ["a", "b"]);
        Assert.Contains("'b'", Assert.Throws<ArgumentException>(() => GaussianMixture.Fit(constant, new GaussianMixtureOptions { ComponentCount = 1 }, new Rng(1), Ct)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_gap_counts_planted_blobs_and_finds_none_in_a_uniform_box()
    {
        var rng = new Rng(6);
        var blobs = new Matrix(300, 2);
        for (var i = 0; i < 300; i++) (blobs[i, 0], blobs[i, 1]) = ((float)(8 * (i % 3) + rng.NextNormal()), (float)(8 * (i % 3 % 2) + rng.NextNormal()));
        var options = new KMeansOptions { StartCount = 3 };
        Assert.Equal(3, GapStatistic.Choose(blobs, 6, options, new Rng(7), Ct).ClusterCount);
        var box = new Matrix(300, 2, Enumerable.Range(0, 600).Select(_ => rng.NextSingle()).ToArray());
        Assert.Equal(1, GapStatistic.Choose(box, 5, options, new Rng(8), Ct).ClusterCount);
    }

    [Fact]
    public void Small_batches_come_within_two_percent_of_all_rows()
    {
        var rng = new Rng(9);
        var data = new Matrix(20_000, 3);
        for (var i = 0; i < data.RowCount; i++)
        {
            for (var j = 0; j < 3; j++) data[i, j] = (float)(5 * (i % 4 >> (j % 2) & 1) + rng.NextNormal());
        }
        var exact = KMeans.Fit(data, new KMeansOptions { ClusterCount = 4, StartCount = 3, MeasureSilhouette = false }, new Rng(1), Ct);
        var quick = MiniBatchKMeans.Fit(data, new MiniBatchKMeansOptions { ClusterCount = 4 }, new Rng(1), Ct);
        Assert.InRange(quick.Inertia, exact.Inertia * 0.9999, exact.Inertia * 1.02);
        Assert.Equal(data.RowCount, quick.Sizes.Sum());
        Assert.Equal(quick.Centres.ToArray(), MiniBatchKMeans.Fit(data, new MiniBatchKMeansOptions { ClusterCount = 4, Degree = 2 }, new Rng(1), Ct).Centres.ToArray());
    }

    /// <summary>70 % around the origin with correlation 0.8, 30 % around (4, 4) with deviation ½.</summary>
    private static Matrix Planted(int rows, long seed)
    {
        var rng = new Rng(seed);
        var data = new Matrix(rows, 2);
        for (var i = 0; i < rows; i++)
        {
            var (a, b) = (rng.NextNormal(), rng.NextNormal());
            (data[i, 0], data[i, 1]) = i % 10 < 7 ? ((float)a, (float)(0.8 * a + 0.6 * b)) : ((float)(4 + 0.5 * a), (float)(4 + 0.5 * b));
        }
        return data;
    }
}
