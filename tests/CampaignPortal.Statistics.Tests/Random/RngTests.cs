using System.Text.Json;
using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Statistics.Tests.Random;

public sealed class RngTests
{
    [Fact]
    public void Counter_streams_match_the_golden_figures()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.PathOrSkip("peers/recipes-golden.json")));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(ulong.Parse(golden.RootElement.GetProperty("bits(1,0)")[i].GetString()!), CounterRng.Bits(1, 0, (ulong)i));
            Assert.Equal(golden.RootElement.GetProperty("uniform(1,0)")[i].GetDouble(), CounterRng.Uniform(1, 0, (ulong)i));
        }
    }

    [Fact]
    public void Counter_streams_follow_their_recipe()
    {
        static ulong Mix(ulong z)
        {
            z ^= z >> 30;
            z *= 0xBF58476D1CE4E5B9;
            z ^= z >> 27;
            z *= 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }

        foreach (var (seed, stream, index) in (ReadOnlySpan<(ulong, ulong, ulong)>)[(1, 0, 0), (7, 3, 12345), (ulong.MaxValue, 9, 1)])
            Assert.Equal(Mix(Mix(Mix(seed) + stream) + (index + 1) * 0x9E3779B97F4A7C15), CounterRng.Bits(seed, stream, index));
    }

    [Fact]
    public void Uniforms_are_uniform()
    {
        // p-values of 200 seeds must themselves look uniform.
        var pValues = Enumerable.Range(0, 200).Select(seed =>
        {
            var rng = new Rng(seed);
            var counts = new double[50];
            for (var i = 0; i < 20_000; i++) counts[(int)(rng.NextDouble() * 50)]++;
            return new ChiSquare(49).Survival(counts.Sum(c => (c - 400) * (c - 400) / 400));
        }).ToArray();
        Assert.InRange(pValues.Count(p => p < 0.05), 1, 22); // 10 expected
        Assert.InRange(pValues.Count(p => p < 0.5), 75, 125);
    }

    [Fact]
    public void Forks_do_not_follow_their_parent_or_each_other()
    {
        var parent = new Rng(4);
        var streams = Enumerable.Range(0, 40).Select(i => parent.Fork(i)).Append(parent)
            .Select(rng => Enumerable.Range(0, 4000).Select(_ => rng.NextDouble() - 0.5).ToArray()).ToArray();
        for (var a = 0; a < streams.Length; a++)
        {
            for (var b = a + 1; b < streams.Length; b++)
            {
                var correlation = streams[a].Zip(streams[b], (x, y) => x * y).Sum() * 12 / 4000;
                Assert.InRange(correlation * Math.Sqrt(4000), -5, 5);
            }
        }
    }

    [Fact]
    public void Forks_depend_on_seed_and_number_alone()
    {
        var used = new Rng(9);
        for (var i = 0; i < 17; i++) used.NextNormal();
        Assert.Equal(new Rng(9).Fork(3).NextBits(), used.Fork(3).NextBits());
        Assert.NotEqual(new Rng(9).Fork(3).NextBits(), new Rng(9).Fork(4).NextBits());
        Assert.NotEqual(new Rng(9).Fork(3).NextBits(), new Rng(10).Fork(3).NextBits());
    }

    [Fact]
    public void Integers_have_no_modulo_bias()
    {
        var rng = new Rng(21);
        var counts = new double[7];
        for (var i = 0; i < 70_000; i++) counts[rng.NextInt(7)]++;
        Assert.True(new ChiSquare(6).Survival(counts.Sum(c => (c - 10_000) * (c - 10_000) / 10_000)) > 1e-4);
        Assert.Throws<ArgumentOutOfRangeException>(() => rng.NextInt(0));
    }

    [Fact]
    public void Shuffles_reach_every_order_equally_often()
    {
        var rng = new Rng(2);
        var counts = new Dictionary<string, double>();
        for (var i = 0; i < 24_000; i++)
        {
            char[] letters = ['a', 'b', 'c', 'd'];
            rng.Shuffle(letters.AsSpan());
            counts[new string(letters)] = counts.GetValueOrDefault(new string(letters)) + 1;
        }
        Assert.Equal(24, counts.Count);
        Assert.True(new ChiSquare(23).Survival(counts.Values.Sum(c => (c - 1000) * (c - 1000) / 1000)) > 1e-4);
    }

    [Fact]
    public void Normals_have_normal_quantiles()
    {
        var rng = new Rng(6);
        var counts = new double[20];
        for (var i = 0; i < 40_000; i++) counts[Math.Min(19, (int)(20 * Normal.Standard.Cdf(rng.NextNormal())))]++;
        Assert.True(new ChiSquare(19).Survival(counts.Sum(c => (c - 2000) * (c - 2000) / 2000)) > 1e-4);
    }
}
