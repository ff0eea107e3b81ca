using System.Globalization;
using CampaignPortal.Learning.Clustering;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Preprocessing;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Predictions.Segmentation;

/// <summary>Choices of the segments.</summary>
public sealed record SegmentSettings
{
    /// <summary>Number of segments; null chooses it by silhouette between the two below.</summary>
    public int? ClusterCount { get; init; }

    public int MinClusterCount { get; init; } = 3;

    public int MaxClusterCount { get; init; } = 10;

    /// <summary>Greedy k-means++ starts for every number of segments.</summary>
    public int StartCount { get; init; } = 20;

    /// <summary>Features beside recency, orders and revenue.</summary>
    public IReadOnlyList<string> MoreFeatures { get; init; } = [];

    /// <summary>Fits on four fifths of the customers that tell how stable the segments are.</summary>
    public int StabilityFitCount { get; init; } = 4;

    /// <summary>Floor: customers with an order.</summary>
    public int MinCustomers { get; init; } = 50;

    /// <summary>Share of common members (Jaccard) from which on a segment is the same as before.</summary>
    public double SameSegmentOverlap { get; init; } = 0.3;

    public int Degree { get; init; } = 1;
}

/// <summary>How a segment differs from everybody in one feature.</summary>
/// <param name="Mean">Mean of its customers, in the feature's unit.</param>
/// <param name="Distance">Difference from the mean of all, in standard deviations of all.</param>
public sealed record DistinctiveFeature(string Feature, double Mean, double MeanOfAll, double Distance);

/// <summary>A segment in figures.</summary>
public sealed record SegmentProfile(
    Segment Segment, int CustomerCount, double CustomerShare, double MeanRecencyDays, double MeanOrders, double MeanRevenue, double RevenueShare,
    double Silhouette, IReadOnlyList<DistinctiveFeature> Distinctive);

/// <param name="Stability">Mean adjusted Rand index against fits on four fifths of the customers: 1 is perfectly stable.</param>
/// <param name="AgreementWithPrevious">The same against the previous model on today's customers; null without one.</param>
/// <param name="SegmentOf">Segment number of each customer with an order.</param>
public sealed record TrainedSegments(
    SegmentModel Model, IReadOnlyList<KMeansCandidate> Candidates, double Silhouette, double Stability, double? AgreementWithPrevious,
    IReadOnlyList<SegmentProfile> Profiles, IReadOnlyDictionary<long, int> SegmentOf, string Fingerprint)
{
    /// <summary>Where today's customers were <see cref="SegmentTrainer.MoveDays"/> days ago, by the new model.</summary>
    public IReadOnlyList<SegmentMove> Moves { get; init; } = [];
}

/// <summary>k-means on standardised ln(1 + x) of recency, orders and revenue; names and numbers that survive the next fit.</summary>
public static class SegmentTrainer
{
    private const int DistinctiveCount = 5;

    /// <summary>Days between the two moments whose segments are compared.</summary>
    public const int MoveDays = 30;

    private static readonly string[] Rfm = ["recency_days", "order_count", "revenue"];

    /// <param name="previous">The model in service, whose names are kept where its segments are found again.</param>
    public static TrainingResult<TrainedSegments> Train(
        EventTable table, SegmentSettings settings, Rng rng, SegmentModel? previous = null, CancellationToken ct = default)
    {
        var features = FeatureTable.Build(table, FeatureSchema.Choose(table, table.AsOf), [table.AsOf], degree: settings.Degree, ct: ct);
        if (features.RowCount < settings.MinCustomers)
        {
            return TrainingResult.TooLittle<TrainedSegments>([new DataProblem("segments.customers",
                $"Needs {settings.MinCustomers} customers with an order; there are {features.RowCount}.", Text(settings.MinCustomers), Text(features.RowCount))], []);
        }
        string[] columns = [.. Rfm, .. settings.MoreFeatures.Except(Rfm)];
        var raw = SegmentModel.RowsOf(features, 0, columns);
        var scaler = ColumnScaler.Fit(raw, Scaling.Log1pStandard);
        var rows = scaler.Transform(raw);
        var distinct = DistinctRows(rows, settings.ClusterCount ?? settings.MinClusterCount);
        if (distinct < (settings.ClusterCount ?? settings.MinClusterCount))
        {
            return TrainingResult.Failed<TrainedSegments>(new DataProblem("segments.constant",
                $"The customers fall into {distinct} kinds only: there is nothing to divide into {settings.ClusterCount ?? settings.MinClusterCount} segments.", Text(distinct)), []);
        }
        var options = new KMeansOptions
        {
            ClusterCount = settings.ClusterCount, MinClusterCount = settings.MinClusterCount, MaxClusterCount = settings.MaxClusterCount,
            StartCount = settings.StartCount, Degree = settings.Degree,
        };
        var clusters = Ordered(KMeans.Fit(rows, options, rng.Fork(1), ct));
        var labels = clusters.AssignMany(rows);
        var old = previous is null ? null : Before.Of(previous, table, settings.Degree, ct);
        var segments = Identify(clusters, labels, raw, old, previous, settings);
        var model = new SegmentModel(features.Schema, columns, scaler, clusters, segments);
        var silhouettes = Silhouette.Rows(rows, labels, clusters.ClusterCount, settings.Degree);
        return TrainingResult.Of(new TrainedSegments(
            model, clusters.Candidates, silhouettes.Average(), Stability(rows, labels, clusters.ClusterCount, settings, rng.Fork(2), ct),
            old is null ? null : ClusterScores.AdjustedRand(old.Labels, labels), Profiles(segments, labels, features, silhouettes),
            Enumerable.Range(0, labels.Length).ToDictionary(i => table.CustomerIds[features.Customers[i]], i => segments[labels[i]].Id),
            features.Fingerprint())
        {
            Moves = MovesOf(model, features, labels, table, settings.Degree, ct),
        });
    }

    private static List<SegmentMove> MovesOf(SegmentModel model, FeatureTable features, int[] labels, EventTable table, int degree, CancellationToken ct)
    {
        var earlier = FeatureTable.Build(table, features.Schema, [table.AsOf.AddDays(-MoveDays)], degree: degree, ct: ct);
        var earlierLabels = earlier.RowCount == 0 ? [] : model.Assign(earlier, 0);
        var segmentBefore = new Dictionary<int, int>();
        for (var i = 0; i < earlierLabels.Length; i++) segmentBefore[earlier.Customers[i]] = model.Segments[earlierLabels[i]].Id;
        return [.. labels.Select((label, i) => (From: segmentBefore.TryGetValue(features.Customers[i], out var from) ? from : (int?)null, To: model.Segments[label].Id))
            .GroupBy(move => move).Select(g => new SegmentMove(g.Key.From, g.Key.To, g.Count())).OrderBy(m => m.From ?? -1).ThenBy(m => m.To)];
    }

    /// <summary>Segment number of every customer with an order, by a stored model.</summary>
    public static IReadOnlyDictionary<long, int> Assign(SegmentModel model, EventTable table, int degree = 1, CancellationToken ct = default)
    {
        var (labels, features) = LabelsBy(model, table, degree, ct);
        return Enumerable.Range(0, labels.Length).ToDictionary(i => table.CustomerIds[features.Customers[i]], i => model.Segments[labels[i]].Id);
    }

    private static (int[] Labels, FeatureTable Features) LabelsBy(SegmentModel model, EventTable table, int degree, CancellationToken ct)
    {
        var features = FeatureTable.Build(table, model.Schema, [table.AsOf], degree: degree, ct: ct);
        return (model.Assign(features, 0), features);
    }

    /// <summary>Clusters by value, the most valuable first, so that numbers do not depend on the starts.</summary>
    private static KMeansModel Ordered(KMeansModel clusters)
    {
        var value = Array.IndexOf(Rfm, "revenue");
        var centres = Enumerable.Range(0, clusters.ClusterCount).Select(k => clusters.Centre(k).ToArray()).ToArray();
        return clusters.Reorder([.. Enumerable.Range(0, clusters.ClusterCount).OrderByDescending(k => centres[k][value]).ThenBy(k => centres[k][0])]);
    }

    /// <summary>Gives each cluster the segment that it continues, or a new number and name.</summary>
    private static Segment[] Identify(KMeansModel clusters, int[] labels, Matrix raw, Before? old, SegmentModel? previous, SegmentSettings settings)
    {
        var kept = new Segment?[clusters.ClusterCount];
        if (old is not null && previous is not null)
        {
            var match = ClusterMatching.ByOverlap(old.Labels, labels, previous.Clusters.ClusterCount, clusters.ClusterCount);
            for (var k = 0; k < kept.Length; k++)
            {
                if (match[k] >= 0 && Overlap(old.Labels, labels, match[k], k) >= settings.SameSegmentOverlap) kept[k] = previous.Segments[match[k]];
            }
        }
        var centres = Enumerable.Range(0, kept.Length).Select(k => Array.ConvertAll(clusters.Centre(k)[..Rfm.Length].ToArray(), v => (double)v)).ToArray();
        var meanOrders = MeansOf(raw, labels, kept.Length, column: 1);
        var fresh = Enumerable.Range(0, kept.Length).Where(k => kept[k] is null).ToArray();
        var names = SegmentNaming.Name([.. fresh.Select(k => centres[k])], [.. fresh.Select(k => meanOrders[k])], [.. kept.OfType<Segment>().Select(s => s.Name)]);
        var next = (previous?.Segments.Max(s => s.Id) ?? -1) + 1;
        for (var i = 0; i < fresh.Length; i++) kept[fresh[i]] = new Segment(next++, names[i]);
        return Array.ConvertAll(kept, s => s!); // every place is filled by now
    }

    private static double Overlap(int[] oldLabels, int[] newLabels, int oldCluster, int newCluster)
    {
        int both = 0, either = 0;
        for (var i = 0; i < oldLabels.Length; i++)
        {
            var (inOld, inNew) = (oldLabels[i] == oldCluster, newLabels[i] == newCluster);
            if (inOld && inNew) both++;
            if (inOld || inNew) either++;
        }
        return either == 0 ? 0 : (double)both / either;
    }

    private static double Stability(Matrix rows, int[] labels, int clusterCount, SegmentSettings settings, Rng rng, CancellationToken ct)
    {
        double sum = 0;
        for (var fit = 0; fit < settings.StabilityFitCount; fit++)
        {
            var order = Enumerable.Range(0, rows.RowCount).ToArray();
            rng.Fork(fit).Shuffle<int>(order);
            var part = rows.SelectRows(order.AsSpan(0, rows.RowCount * 4 / 5));
            var other = KMeans.Fit(part, new KMeansOptions { ClusterCount = clusterCount, StartCount = 5, Degree = settings.Degree }, rng.Fork(1000 + fit), ct);
            sum += ClusterScores.AdjustedRand(labels, other.AssignMany(rows));
        }
        return sum / Math.Max(1, settings.StabilityFitCount);
    }

    private static List<SegmentProfile> Profiles(Segment[] segments, int[] labels, FeatureTable features, double[] silhouettes)
    {
        var all = Moments(features);
        var sums = new double[segments.Length, features.ColumnCount];
        var counts = new int[segments.Length, features.ColumnCount];
        var (sizes, quality) = (new int[segments.Length], new double[segments.Length]);
        for (var i = 0; i < labels.Length; i++)
        {
            sizes[labels[i]]++;
            quality[labels[i]] += silhouettes[i];
            var row = features.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                if (float.IsNaN(row[j])) continue;
                sums[labels[i], j] += row[j];
                counts[labels[i], j]++;
            }
        }
        double Mean(int k, string column) => features.Schema.IndexOf(column) is var j ? sums[k, j] / Math.Max(1, counts[k, j]) : 0;
        var revenue = features.Schema.IndexOf("revenue");
        var total = Enumerable.Range(0, segments.Length).Sum(k => sums[k, revenue]);
        return [.. Enumerable.Range(0, segments.Length).Select(k => new SegmentProfile(
            segments[k], sizes[k], (double)sizes[k] / labels.Length, Mean(k, "recency_days"), Mean(k, "order_count"), Mean(k, "revenue"),
            total > 0 ? sums[k, revenue] / total : 0, quality[k] / Math.Max(1, sizes[k]),
            [.. Enumerable.Range(0, features.ColumnCount).Where(j => counts[k, j] > 0 && all[j].Sd > 0)
                .Select(j => (Mean: sums[k, j] / counts[k, j], Column: j))
                .Select(x => new DistinctiveFeature(features.Schema.Features[x.Column].Name, x.Mean, all[x.Column].Mean, (x.Mean - all[x.Column].Mean) / all[x.Column].Sd))
                .OrderByDescending(d => Math.Abs(d.Distance)).ThenBy(d => d.Feature, StringComparer.Ordinal).Take(DistinctiveCount)]))];
    }

    private static (double Mean, double Sd)[] Moments(FeatureTable features)
    {
        var moments = new (double Mean, double Sd)[features.ColumnCount];
        for (var j = 0; j < moments.Length; j++)
        {
            double sum = 0, squares = 0;
            var count = 0;
            for (var i = 0; i < features.RowCount; i++)
            {
                var value = features.Row(i)[j];
                if (float.IsNaN(value)) continue;
                (sum, squares, count) = (sum + value, squares + (double)value * value, count + 1);
            }
            var mean = count > 0 ? sum / count : 0;
            moments[j] = (mean, count > 0 ? Math.Sqrt(Math.Max(0, squares / count - mean * mean)) : 0);
        }
        return moments;
    }

    private static double[] MeansOf(Matrix raw, int[] labels, int clusterCount, int column)
    {
        var (sums, counts) = (new double[clusterCount], new int[clusterCount]);
        for (var i = 0; i < labels.Length; i++)
        {
            sums[labels[i]] += raw[i, column];
            counts[labels[i]]++;
        }
        return [.. sums.Select((sum, k) => sum / Math.Max(1, counts[k]))];
    }

    private static int DistinctRows(Matrix rows, int enough)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < rows.RowCount && seen.Count < enough; i++) seen.Add(string.Join('|', rows.Row(i).ToArray().Select(v => BitConverter.SingleToInt32Bits(v))));
        return seen.Count;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Today's customers in the segments of the model in service.</summary>
    private sealed record Before(int[] Labels)
    {
        public static Before Of(SegmentModel model, EventTable table, int degree, CancellationToken ct) => new(LabelsBy(model, table, degree, ct).Labels);
    }
}
