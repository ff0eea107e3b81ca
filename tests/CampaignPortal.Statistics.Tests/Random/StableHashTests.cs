using System.Globalization;
using System.Text;
using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Statistics.Tests.Random;

public sealed class StableHashTests
{
    private static readonly double[] Weights = [0.2, 0.3, 0.5];

    [Theory]
    [InlineData("seed", "a", 0.0505)]
    [InlineData("seed", "b", 0.2696)]
    [InlineData("foo", "ab", 0.2575)]
    [InlineData("foo", "def", 0.2019)]
    [InlineData("89123klj", "8952klfjas09ujkasdf", 0.1240)]
    [InlineData("90850943850283058242805", "123", 0.7516)]
    [InlineData("()**(%$##$%#$#", "___)((*\":&", 0.0128)]
    [InlineData("spring-sale", "cust-17", 0.2234)]
    public void Buckets_match_the_published_vectors(string seed, string unit, double bucket) => Assert.Equal(bucket, StableHash.ToUnit(seed, unit));

    [Fact]
    public void Text_is_hashed_as_its_utf8_bytes()
    {
        foreach (var text in (string[])["", "a", "foobar", "café", "用户", "😀-7", new string('x', 1000)])
        {
            var hash = 2166136261;
            foreach (var b in Encoding.UTF8.GetBytes(text)) hash = (hash ^ b) * 16777619;
            Assert.Equal(hash, StableHash.Fnv1a32(text));
        }
    }

    [Fact]
    public void Buckets_behave_like_fair_coins_across_seeds()
    {
        // 100 seeds × 20,000 ids: uniformity in ten bins, and independence of successive seeds.
        int lowUniform = 0, lowIndependent = 0;
        var previous = new double[20_000];
        for (var seed = 0; seed < 100; seed++)
        {
            double[] counts = new double[10], table = new double[4];
            for (var id = 0; id < 20_000; id++)
            {
                var bucket = StableHash.ToUnit("exp-" + seed.ToString(CultureInfo.InvariantCulture), id.ToString(CultureInfo.InvariantCulture));
                counts[(int)(10 * bucket)]++;
                table[(bucket < 0.5 ? 0 : 1) + (previous[id] < 0.5 ? 0 : 2)]++;
                previous[id] = bucket;
            }
            if (new ChiSquare(9).Survival(counts.Sum(c => (c - 2000) * (c - 2000) / 2000)) < 0.05) lowUniform++;
            if (seed > 0 && ContingencyTable.Independence([[table[0], table[1]], [table[2], table[3]]]).Value.PValue < 0.05) lowIndependent++;
        }
        Assert.InRange(lowUniform, 0, 13);
        Assert.InRange(lowIndependent, 0, 13);
    }

    [Fact]
    public void Lower_coverage_never_moves_a_unit_between_variants()
    {
        for (var id = 0; id < 2000; id++)
        {
            var unit = id.ToString(CultureInfo.InvariantCulture);
            var full = Assignment.Assign(new AssignmentRule("exp", [0.3, 0.3, 0.4]), unit).Variation;
            var half = Assignment.Assign(new AssignmentRule("exp", [0.3, 0.3, 0.4], 0.5), unit).Variation;
            Assert.True(half == full || half == -1);
            Assert.InRange(full, 0, 2);
        }
    }

    [Fact]
    public void Strata_are_split_within_one_unit_of_the_weights()
    {
        var rng = new Rng(1);
        for (var repeat = 0; repeat < 200; repeat++)
        {
            string[] units = [.. Enumerable.Range(0, 1 + rng.NextInt(60)).Select(k => $"u{repeat}-{k}")];
            var arms = Assignment.AssignStratum("s" + repeat.ToString(CultureInfo.InvariantCulture), Weights, "gold", units);
            for (var arm = 0; arm < 3; arm++)
                Assert.InRange(arms.Count(a => a == arm) - units.Length * Weights[arm], -1.0001, 1.0001);
            // The order of the list does not matter.
            var reversed = Assignment.AssignStratum("s" + repeat.ToString(CultureInfo.InvariantCulture), Weights, "gold", [.. units.Reverse()]);
            Assert.Equal(arms, reversed.Reverse());
        }
    }
}
