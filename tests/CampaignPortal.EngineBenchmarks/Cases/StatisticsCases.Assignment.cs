using System.Globalization;
using System.Text.RegularExpressions;
using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Cases;

public static partial class StatisticsCases
{
    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> AssignmentCases() => new()
    {
        ["HashBucketV2"] = i => Show(new { Buckets = i.Items("items").Select(x => StableHash.ToUnit(x.Text("seed"), x.Text("value"))) }),
        ["HashBucketV1"] = i => Show(new { Buckets = i.Items("items").Select(x => StableHash.ToUnitVersion1(x.Text("seed"), x.Text("value"))) }),
        ["Fnv1a32"] = i => Show(new { Hash = i.Texts("text").Select(text => StableHash.Fnv1a32(text)) }),
        ["BucketRanges"] = i => Show(new
        {
            Ranges = i.Items("items").Select(x => Assignment.Ranges(x.Whole("variations"), x.Number("coverage"), x.Has("weights") ? x.Numbers("weights") : null)
                .Select(range => new[] { range.Start, range.End })),
        }),
        ["ChooseVariation"] = i => Show(new
        {
            Variation = i.Items("items").Select(x =>
                Assignment.Choose(x.Number("bucket"), [.. x.Matrix("ranges").Select(range => new BucketRange(range[0], range[1]))])),
        }),
        ["InNamespace"] = i => Show(new
        {
            Member = i.Items("items").Select(x => Assignment.InNamespace(x.Text("user"), x.Text("namespace"), x.Number("start"), x.Number("end"))),
        }),
        ["HashUniformity"] = i =>
        {
            var counts = new double[i.Whole("bins")];
            for (var k = i.Count("first"); k <= i.Count("last"); k++)
                counts[(int)(counts.Length * StableHash.ToUnit(i.Text("seed"), i.Text("valuePrefix") + k.ToString(CultureInfo.InvariantCulture)))]++;
            var check = SampleRatioCheck.Fixed(counts, [.. counts.Select(_ => 1.0)]);
            return Show(check, r => new { Counts = counts, r.ChiSquare });
        },
        ["HashIndependence"] = i =>
        {
            double[][] table = [[0, 0], [0, 0]];
            for (var k = i.Count("first"); k <= i.Count("last"); k++)
            {
                var unit = k.ToString(CultureInfo.InvariantCulture);
                table[StableHash.ToUnit(i.Text("seedA"), unit) < 0.5 ? 0 : 1][StableHash.ToUnit(i.Text("seedB"), unit) < 0.5 ? 0 : 1]++;
            }
            return Show(ContingencyTable.Independence(table), r => new { Table = table, r.ChiSquare });
        },
        ["AssignVariation"] = i =>
        {
            var rule = new AssignmentRule(
                i.Text("seed"), i.Numbers("weights"), i.Number("coverage"), i.Whole("bucketVersion"), i.Whole("minBucketVersion"),
                i.Has("holdout") ? new HoldoutRule(i["holdout"].Text("seed"), i["holdout"].Number("share")) : null,
                i.Has("layer") ? new LayerSlot(i["layer"].Text("seed"), i["layer"].Number("start"), i["layer"].Number("end")) : null);
            var stored = i.Has("stored") ? new StoredAssignment(i["stored"].Whole("variation"), i["stored"].Whole("bucketVersion")) : null;
            var assigned = Assignment.Assign(rule, i.Has("unitId") ? i.Text("unitId") : null, stored, (int?)i.NumberOrNull("override"));
            return Show(new { assigned.Variation, Reason = Kebab(assigned.Reason), assigned.Bucket, Sticky = assigned.Reason is AssignmentReason.Sticky });
        },
        ["StratifiedAssign"] = i =>
        {
            var (arm, counts) = (new Dictionary<string, int>(), new Dictionary<string, int[]>());
            var weights = i.Numbers("weights");
            foreach (var stratum in i["strata"].Json.EnumerateObject())
            {
                var units = i["strata"].Texts(stratum.Name);
                var arms = Assignment.AssignStratum(i.Text("seed"), weights, stratum.Name, units);
                foreach (var (unit, own) in units.Zip(arms)) arm[unit] = own;
                counts[stratum.Name] = [.. weights.Select((_, k) => arms.Count(a => a == k))];
            }
            return Show(new { Arm = arm, Counts = counts });
        },
    };

    private static string Kebab(AssignmentReason reason) => WordStart().Replace(reason.ToString(), "-$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WordStart();
}
