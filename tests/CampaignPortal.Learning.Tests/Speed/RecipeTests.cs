using System.Text.Json;
using CampaignPortal.Benchmarks.Speed;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Learning.Tests.Speed;

/// <summary>The generated data are those of the peers, number by number.</summary>
public sealed class RecipeTests
{
    private readonly JsonElement _golden = JsonElement.Parse(File.ReadAllText(SharedData.PathOrSkip("peers/recipes-golden.json")));

    [Fact]
    public void Numbers_and_matrices()
    {
        for (var i = 0; i < 4; i++) Assert.Equal(_golden.GetProperty("bits(1,0)")[i].GetString(), CounterRng.Bits(1, 0, (ulong)i).ToString(null, null));
        Near(_golden.GetProperty("uniform(1,0)"), Recipes.Uniform(1, 0, 4), 0);
        Near(_golden.GetProperty("normal(1,0)"), Recipes.Normal(1, 0, 4), 1e-12);
        NearSingle(_golden.GetProperty("matrix(1,1,3,4)"), Recipes.Matrix(1, 1, 3, 4));
    }

    [Fact]
    public void Tables()
    {
        var blobs = _golden.GetProperty("blobs(1,1000,16,8)");
        var (x, cluster) = Recipes.Blobs(1, 1000, 16, 8);
        NearSingle(blobs.GetProperty("head"), x);
        Assert.Equal(Whole(blobs, "clusters"), Enumerable.Range(0, 8).Select(k => cluster.Count(c => c == k)));
        Sum(blobs, "sum", x.Sum(v => (double)v));

        var rfm = _golden.GetProperty("rfm(1,1000)");
        x = Recipes.Rfm(1, 1000);
        NearSingle(rfm.GetProperty("head"), x);
        Sum(rfm, "sumsq", x.Sum(v => (double)v * v));

        var tabular = _golden.GetProperty("tabular(1,1000,32)");
        (x, var y) = Recipes.Tabular(1, 1000, 32);
        NearSingle(tabular.GetProperty("head"), x);
        Sum(tabular, "sum", x.Sum(v => (double)v));
        Sum(tabular, "positives", y.Sum());

        var ctr = _golden.GetProperty("ctr(1,1000)");
        var (_, categories, clicked) = Recipes.Ctr(1, 1000);
        Assert.Equal(Whole(ctr, "cats0"), categories[..26]);
        Sum(ctr, "sumcats", categories.Sum(c => (long)c));
        Sum(ctr, "positives", clicked.Sum());
    }

    [Fact]
    public void Sequences_and_pairs()
    {
        var behaviour = _golden.GetProperty("behaviour(1,500)");
        var (history, candidate, y) = Recipes.Behaviour(1, 500);
        Assert.Equal(Whole(behaviour, "row0"), history[..20]);
        Assert.Equal(Whole(behaviour, "candidates"), candidate[..6]);
        Sum(behaviour, "sum", history.Sum(h => (long)h));
        Sum(behaviour, "positives", y.Sum());

        var events = _golden.GetProperty("event_sequences(1,500,32,16)");
        (var x, y) = Recipes.EventSequences(1, 500, 32, 16);
        NearSingle(events.GetProperty("head"), x);
        Sum(events, "positives", y.Sum());

        var walks = _golden.GetProperty("item_sequences(1,100,3416,51)");
        var sequences = Recipes.ItemSequences(1, 100, 3416, 51);
        Assert.Equal(Whole(walks, "row0"), sequences[..10]);
        Sum(walks, "sum", sequences.Sum(s => (long)s));

        var pairs = _golden.GetProperty("implicit(1)");
        var (user, item) = Recipes.Implicit(1);
        Sum(pairs, "pairs", user.Length);
        Sum(pairs, "sumitems", item.Sum(i => (long)i));
        Assert.Equal(pairs.GetProperty("head").EnumerateArray().Select(p => (p[0].GetInt32(), p[1].GetInt32())), user[..6].Zip(item));
    }

    [Fact]
    public void Texts_and_images()
    {
        var documents = _golden.GetProperty("documents(1,500)");
        var (tokens, offsets, y) = Recipes.Documents(1, 500);
        Sum(documents, "tokens", offsets[^1]);
        Assert.Equal(Whole(documents, "head"), tokens[..10]);
        Sum(documents, "sum", tokens.Sum(t => (long)t));
        Sum(documents, "positives", y.Sum());

        var images = _golden.GetProperty("images(1,100)");
        var (x, labels) = Recipes.Images(1, 100);
        Assert.Equal(Whole(images, "labels"), labels[..10]);
        Sum(images, "sum", x.Sum(v => (double)v));
    }

    private static IEnumerable<int> Whole(JsonElement parent, string name) => parent.GetProperty(name).EnumerateArray().Select(v => v.GetInt32());

    private static void Sum(JsonElement parent, string name, double actual) => Assert.Equal(parent.GetProperty(name).GetDouble(), actual, 1e-9 * Math.Max(1, Math.Abs(actual)));

    private static void Near(JsonElement expected, double[] actual, double tolerance)
    {
        for (var i = 0; i < expected.GetArrayLength(); i++) Assert.Equal(expected[i].GetDouble(), actual[i], tolerance);
    }

    private static void NearSingle(JsonElement expected, float[] actual)
    {
        for (var i = 0; i < expected.GetArrayLength(); i++)
        {
            var value = (float)expected[i].GetDouble();
            Assert.InRange(actual[i], MathF.BitDecrement(value), MathF.BitIncrement(value));
        }
    }
}
