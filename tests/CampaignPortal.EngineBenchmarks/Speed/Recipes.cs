using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>The generated data sets of the peers (recipes.py), number by number: every array is a function of seed, stream and index.</summary>
internal static class Recipes
{
    private static readonly int[] CtrCategoryCounts =
        [1000, 500, 20000, 10000, 300, 24, 8000, 600, 3, 15000, 5000, 20000, 3200, 27, 9000, 20000, 10, 4500, 2000, 4, 20000, 18, 15, 15000, 100, 10000];

    /// <summary>Uniforms in [0, 1).</summary>
    public static double[] Uniform(ulong seed, ulong stream, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = CounterRng.Uniform(seed, stream, (ulong)i);
        return values;
    }

    /// <summary>Standard normals by Box and Muller on consecutive pairs of uniforms.</summary>
    public static double[] Normal(ulong seed, ulong stream, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i += 2)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - CounterRng.Uniform(seed, stream, (ulong)i)));
            var (sin, cos) = Math.SinCos(2 * Math.PI * CounterRng.Uniform(seed, stream, (ulong)i + 1));
            values[i] = radius * cos;
            if (i + 1 < count) values[i + 1] = radius * sin;
        }
        return values;
    }

    /// <summary>⌊uniform · below⌋.</summary>
    public static int[] Integers(ulong seed, ulong stream, int count, int below) => Array.ConvertAll(Uniform(seed, stream, count), u => (int)(u * below));

    /// <summary>rows × columns, uniform in [−1, 1).</summary>
    public static float[] Matrix(ulong seed, ulong stream, int rows, int columns) => Array.ConvertAll(Uniform(seed, stream, rows * columns), u => (float)(2 * u - 1));

    /// <summary>Gaussian clusters with unit noise, centres uniform in [−4, 4): rows × columns, and the cluster of each row.</summary>
    public static (float[] X, int[] Cluster) Blobs(ulong seed, int rows, int columns, int clusters)
    {
        var centres = Array.ConvertAll(Uniform(seed, 1, clusters * columns), u => 8 * u - 4);
        var cluster = Integers(seed, 2, rows, clusters);
        var noise = Normal(seed, 3, rows * columns);
        var x = new float[rows * columns];
        for (var i = 0; i < x.Length; i++) x[i] = (float)(centres[cluster[i / columns] * columns + i % columns] + noise[i]);
        return (x, cluster);
    }

    /// <summary>Recency (days), frequency (orders) and monetary value: ln(1 + x), then z-scores with the population's deviation; rows × 3.</summary>
    public static float[] Rfm(ulong seed, int rows)
    {
        var (recency, frequency, monetary) = (Uniform(seed, 1, rows), Uniform(seed, 2, rows), Normal(seed, 3, rows));
        var columns = new double[3][];
        columns[0] = Array.ConvertAll(recency, u => Math.Min(365, Math.Floor(-60 * Math.Log(1 - u))));
        columns[1] = Array.ConvertAll(frequency, u => 1 + Math.Floor(-3 * Math.Log(1 - u)));
        columns[2] = [.. monetary.Select((z, i) => columns[1][i] * Math.Exp(3.5 + 0.8 * z))];
        var x = new float[rows * 3];
        for (var j = 0; j < 3; j++)
        {
            var logs = Array.ConvertAll(columns[j], v => Math.Log(1 + v));
            var mean = logs.Average();
            var deviation = Math.Sqrt(logs.Average(v => (v - mean) * (v - mean)));
            for (var i = 0; i < rows; i++) x[i * 3 + j] = (float)((logs[i] - mean) / deviation);
        }
        return x;
    }

    /// <summary>rows × columns of normals and a 0/1 target: linear terms, a product, a threshold and an absolute value.</summary>
    public static (float[] X, float[] Y) Tabular(ulong seed, int rows, int columns)
    {
        var x = Normal(seed, 1, rows * columns);
        var weights = Array.ConvertAll(Normal(seed, 2, columns), z => z * 1.5 / Math.Sqrt(columns));
        var u = Uniform(seed, 3, rows);
        var y = new float[rows];
        for (var i = 0; i < rows; i++)
        {
            var row = x.AsSpan(i * columns, columns);
            var logit = 0.6 * row[0] * row[1] + (row[2] > 0.5 ? 0.8 : 0) - 0.4 * Math.Abs(row[3]);
            for (var j = 0; j < columns; j++) logit += row[j] * weights[j];
            y[i] = u[i] < Sigmoid(logit) ? 1 : 0;
        }
        return (Array.ConvertAll(x, v => (float)v), y);
    }

    /// <summary>Clicks: 13 dense columns, 26 categorical ones (both row-major) with a hidden weight per category, and a 0/1 target.</summary>
    public static (float[] Dense, int[] Categories, float[] Y) Ctr(ulong seed, int rows)
    {
        const int DenseColumns = 13;
        var fields = CtrCategoryCounts.Length;
        var dense = Normal(seed, 1, rows * DenseColumns);
        var categories = new int[rows * fields];
        var logit = new double[rows];
        for (var i = 0; i < rows; i++) logit[i] = -1.2 + 0.3 * dense[i * DenseColumns] - 0.2 * dense[i * DenseColumns + 1] * dense[i * DenseColumns + 2];
        for (var f = 0; f < fields; f++)
        {
            var count = CtrCategoryCounts[f];
            var u = Uniform(seed, 100 + (ulong)f, rows);
            var weights = Normal(seed, 200 + (ulong)f, count);
            for (var i = 0; i < rows; i++)
            {
                var category = categories[i * fields + f] = (int)(count * u[i] * u[i] * u[i]);
                logit[i] += (count <= 1000 ? 0.6 : 0.15) * weights[category];
            }
        }
        var draw = Uniform(seed, 2, rows);
        return (Array.ConvertAll(dense, v => (float)v), categories, [.. logit.Select((z, i) => draw[i] < Sigmoid(z) ? 1f : 0)]);
    }

    /// <summary>Number of categories of each of the 26 fields of <see cref="Ctr"/>.</summary>
    public static ReadOnlySpan<int> CtrFieldSizes => CtrCategoryCounts;

    /// <summary>Histories of item ids 1…items (rows × length, 0 fills up the front), a candidate item per row and a 0/1 target that counts items of its group.</summary>
    public static (int[] History, int[] Candidate, float[] Y) Behaviour(ulong seed, int rows, int items = 100, int length = 20, int groups = 10)
    {
        int Item(double u) => 1 + (int)(items * Math.Pow(u, 1.5));
        var lengths = Array.ConvertAll(Uniform(seed, 2, rows), u => Math.Min(length, 5 + (int)((length - 4) * u)));
        var history = Array.ConvertAll(Uniform(seed, 3, rows * length), Item);
        var candidate = Array.ConvertAll(Uniform(seed, 4, rows), Item);
        var draw = Uniform(seed, 5, rows);
        var y = new float[rows];
        for (var i = 0; i < rows; i++)
        {
            var row = history.AsSpan(i * length, length);
            row[..(length - lengths[i])].Clear();
            var same = 0;
            foreach (var item in row)
            {
                if (item > 0 && item * 7 % groups == candidate[i] * 7 % groups) same++;
            }
            y[i] = draw[i] < Sigmoid(-1.5 + 1.2 * Math.Min(3, same)) ? 1 : 0;
        }
        return (history, candidate, y);
    }

    /// <summary>Sequences of normals (rows × length × columns) and a 0/1 target: a decaying sum of the first column plus half the last second one.</summary>
    public static (float[] X, float[] Y) EventSequences(ulong seed, int rows, int length, int columns)
    {
        var x = Normal(seed, 1, rows * length * columns);
        var u = Uniform(seed, 2, rows);
        var y = new float[rows];
        for (var i = 0; i < rows; i++)
        {
            var row = x.AsSpan(i * length * columns, length * columns);
            double z = 0;
            for (var t = 0; t < length; t++) z += Math.Pow(0.9, length - 1 - t) * row[t * columns];
            z += 0.5 * row[(length - 1) * columns + 1];
            y[i] = z + 0.5 * Math.Log((u[i] + 1e-12) / (1 - u[i])) > 0 ? 1 : 0;
        }
        return (Array.ConvertAll(x, v => (float)v), y);
    }

    /// <summary>Random walks over items 1…items, users × length: a fixed successor, a popular item, or a neighbour.</summary>
    public static int[] ItemSequences(ulong seed, int users, int items, int length)
    {
        var start = Uniform(seed, 1, users);
        var (u, v) = (Uniform(seed, 2, users * length), Uniform(seed, 3, users * length));
        var sequences = new int[users * length];
        for (var user = 0; user < users; user++)
        {
            var current = 1 + (int)(items * Math.Pow(start[user], 3));
            for (var i = user * length; i < (user + 1) * length; i++)
            {
                sequences[i] = current;
                current = u[i] < 0.6 ? 1 + (current * 31 + 7) % items
                    : u[i] < 0.85 ? 1 + (int)(items * Math.Pow(v[i], 3))
                    : 1 + (current + (int)(16 * v[i])) % items;
            }
        }
        return sequences;
    }

    /// <summary>Pairs of users and items with clusters of taste and a long tail, sorted by user and item, without duplicates.</summary>
    public static (int[] User, int[] Item) Implicit(ulong seed, int users = 6040, int items = 3706, int clusters = 12)
    {
        var draws = Array.ConvertAll(Normal(seed, 1, users), z => (int)Math.Clamp(Math.Floor(Math.Exp(4.45 + 0.9 * z)), 20, 1500));
        var cluster = Integers(seed, 2, users, clusters);
        var steps = new long[clusters + 1];
        for (var c = 0; c < steps.Length; c++)
        {
            steps[c] = 1 + 2 * (c * 7919 % 1800);
            while (Gcd(steps[c], items) != 1) steps[c] += 2;
        }
        var keys = new List<long>();
        ulong draw = 0;
        for (var user = 0; user < users; user++)
        {
            for (var i = 0; i < draws[user]; i++, draw++)
            {
                var rank = (long)(items * Math.Pow(CounterRng.Uniform(seed, 3, draw), 2.2));
                var order = CounterRng.Uniform(seed, 4, draw) < 0.75 ? cluster[user] + 1 : 0;
                keys.Add((long)user * items + (rank * steps[order] + 97L * order) % items);
            }
        }
        keys.Sort();
        var pairs = keys.Distinct().ToArray();
        return (Array.ConvertAll(pairs, key => (int)(key / items)), Array.ConvertAll(pairs, key => (int)(key % items)));
    }

    /// <summary>Documents of token ids in two classes: document d has tokens [Offsets[d], Offsets[d + 1]).</summary>
    public static (int[] Tokens, int[] Offsets, int[] Y) Documents(ulong seed, int count, int vocabulary = 20_000)
    {
        var lengths = Integers(seed, 1, count, 40);
        var y = Array.ConvertAll(Uniform(seed, 2, count), u => u < 0.5 ? 1 : 0);
        var offsets = new int[count + 1];
        for (var d = 0; d < count; d++) offsets[d + 1] = offsets[d] + 20 + lengths[d];
        var tokens = new int[offsets[count]];
        for (var d = 0; d < count; d++)
        {
            for (var i = offsets[d]; i < offsets[d + 1]; i++)
            {
                var word = (int)(200 * CounterRng.Uniform(seed, 5, (ulong)i));
                tokens[i] = CounterRng.Uniform(seed, 4, (ulong)i) < 0.25 ? (y[d] == 1 ? 50 : 150) + word
                    : (int)(vocabulary * Math.Pow(CounterRng.Uniform(seed, 3, (ulong)i), 3));
            }
        }
        return (tokens, offsets, y);
    }

    /// <summary>Grey pictures of 28 × 28 in ten classes: a class's template of six blobs, shifted, with noise, cut to [0, 1.5].</summary>
    public static (float[] X, int[] Y) Images(ulong seed, int count)
    {
        const int Side = 28, Blobs = 6;
        var (cx, cy, deviation) = (Uniform(seed, 1, 60), Uniform(seed, 2, 60), Uniform(seed, 3, 60));
        var y = Integers(seed, 4, count, 10);
        var (dx, dy) = (Integers(seed, 5, count, 5), Integers(seed, 6, count, 5));
        var x = Normal(seed, 7, count * Side * Side);
        var templates = new double[10 * 5 * 5][];
        for (var t = 0; t < templates.Length; t++)
        {
            var (label, shiftX, shiftY) = (t / 25, t / 5 % 5 - 2, t % 5 - 2);
            var template = templates[t] = new double[Side * Side];
            for (var b = label * Blobs; b < (label + 1) * Blobs; b++)
            {
                var width = 2 * Math.Pow(1.5 + 2 * deviation[b], 2);
                double Along(int position, double centre, int shift) => Math.Exp(-Math.Pow(position - centre - shift, 2) / width);
                for (var p = 0; p < template.Length; p++) template[p] += Along(p / Side, 4 + 20 * cy[b], shiftY) * Along(p % Side, 4 + 20 * cx[b], shiftX);
            }
        }
        var pixels = new float[x.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            var image = i / (Side * Side);
            var template = templates[(y[image] * 5 + dx[image]) * 5 + dy[image]];
            pixels[i] = (float)Math.Clamp(template[i % (Side * Side)] + 0.35 * x[i], 0, 1.5);
        }
        return (pixels, y);
    }

    private static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
