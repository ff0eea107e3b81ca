using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Clustering;

/// <summary>One run of k-means: greedy k-means++ seeding and Lloyd's iterations over rows in groups of 16.</summary>
internal sealed class Lloyd
{
    private const int GroupsPerChunk = ParallelRanges.ChunkRows / BlockedRows.GroupRows;

    private readonly Matrix _data;
    private readonly BlockedRows _rows;
    private readonly int _clusterCount;
    private readonly int _degree;
    private readonly float[] _labels;
    private readonly float[] _distances;
    private readonly float[] _previous;
    private readonly double[] _sums;
    private readonly int[] _sizes;
    private readonly double[] _chunkSums;

    public Lloyd(Matrix data, BlockedRows rows, int clusterCount, int degree)
    {
        (_data, _rows, _clusterCount, _degree) = (data, rows, clusterCount, degree);
        var padded = rows.GroupCount * BlockedRows.GroupRows;
        (_labels, _distances, _previous) = (new float[padded], new float[padded], new float[padded]);
        Centres = new float[clusterCount * data.ColumnCount];
        _sums = new double[Centres.Length];
        _sizes = new int[clusterCount];
        _chunkSums = new double[(rows.GroupCount + GroupsPerChunk - 1) / GroupsPerChunk];
    }

    /// <summary>clusterCount × columns.</summary>
    public float[] Centres { get; }

    public double Inertia { get; private set; }

    /// <summary>Inertia after each assignment.</summary>
    public List<double> InertiaPerIteration { get; } = [];

    public int[] Labels => Array.ConvertAll(_labels[.._data.RowCount], l => (int)l);

    /// <summary>Greedy k-means++ (Arthur and Vassilvitskii 2007, §4): per centre 2 + ⌊ln k⌋ draws by squared distance, the one that lowers the potential most is kept.</summary>
    /// <exception cref="ArgumentException">There are fewer distinct rows than clusters.</exception>
    public void Seed(Rng rng)
    {
        var (n, d) = (_data.RowCount, _data.ColumnCount);
        var candidates = 2 + (int)Math.Log(_clusterCount);
        var closest = new float[_distances.Length];
        var trial = new float[_distances.Length];
        var bestTrial = new float[_distances.Length];
        Array.Fill(closest, float.PositiveInfinity);
        _data.Row(rng.NextInt(n)).CopyTo(Centres);
        var potential = _rows.CapByDistance(Centres.AsSpan(0, d), closest, closest);
        for (var k = 1; k < _clusterCount; k++)
        {
            if (!(potential > 0))
            {
                throw new ArgumentException($"{_clusterCount} clusters were asked for and the rows have only {k} distinct values; choose at most {k} clusters or add columns that differ.");
            }
            var (bestPotential, bestRow) = (double.PositiveInfinity, -1);
            for (var c = 0; c < candidates; c++)
            {
                var row = Draw(closest, n, rng.NextDouble() * potential);
                var value = _rows.CapByDistance(_data.Row(row), closest, trial);
                if (value >= bestPotential) continue;
                (bestPotential, bestRow) = (value, row);
                (trial, bestTrial) = (bestTrial, trial);
            }
            _data.Row(bestRow).CopyTo(Centres.AsSpan(k * d, d));
            (closest, bestTrial) = (bestTrial, closest);
            potential = bestPotential;
        }
    }

    /// <summary>Iterates from the present centres until no row changes its cluster or the centres hardly move.</summary>
    /// <param name="maxIterations">Most assignments of rows.</param>
    /// <param name="leastMove">Stops when the squared moves of all centres together are not larger.</param>
    /// <param name="ct">Looked at between iterations.</param>
    /// <remarks>A cluster that runs empty takes the row that is farthest from its own centre.</remarks>
    public void Run(int maxIterations, double leastMove, CancellationToken ct)
    {
        Array.Fill(_previous, -1f);
        Array.Clear(_sums);
        Array.Clear(_sizes);
        for (var iteration = 0; iteration < maxIterations; iteration++)
        {
            ct.ThrowIfCancellationRequested();
            InertiaPerIteration.Add(Assign());
            if (!Move()) break;
            if (Recentre() <= leastMove) break;
        }
        Inertia = Assign();
    }

    /// <summary>Nearest centre of every row; the sum of squared distances, chunk by chunk.</summary>
    private double Assign()
    {
        ParallelRanges.For(_chunkSums.Length, _degree, chunk =>
        {
            int from = chunk * GroupsPerChunk, to = Math.Min(_rows.GroupCount, from + GroupsPerChunk);
            _rows.Nearest(Centres, _clusterCount, from, to, _labels, _distances);
            _chunkSums[chunk] = BlockedRows.SumOf(_distances.AsSpan(from * BlockedRows.GroupRows, Math.Min(to * BlockedRows.GroupRows, _data.RowCount) - from * BlockedRows.GroupRows));
        }, CancellationToken.None);
        double sum = 0;
        foreach (var part in _chunkSums) sum += part;
        return sum;
    }

    /// <summary>Moves rows that changed cluster between the sums (from the third iteration these are few) and refills empty clusters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Move()
    {
        var changed = false;
        // Spans are compared sixteen rows at a time: almost all groups are as they were.
        for (var first = 0; first < _data.RowCount; first += BlockedRows.GroupRows)
        {
            var count = Math.Min(BlockedRows.GroupRows, _data.RowCount - first);
            if (Bytes(_labels, first, count).SequenceEqual(Bytes(_previous, first, count))) continue;
            changed = true;
            for (var i = first; i < first + count; i++)
            {
                if (_labels[i] == _previous[i]) continue;
                var row = _data.Row(i);
                if (_previous[i] >= 0) Shift(row, (int)_previous[i], -1);
                Shift(row, (int)_labels[i], 1);
                _previous[i] = _labels[i];
            }
        }
        for (var k = 0; k < _clusterCount; k++)
        {
            if (_sizes[k] == 0) changed |= Refill(k);
        }
        return changed;
    }

    // Labels are whole numbers, so equal bytes are equal labels, and bytes are compared by vectors.
    private static ReadOnlySpan<byte> Bytes(float[] labels, int first, int count) => MemoryMarshal.AsBytes(labels.AsSpan(first, count));

    private bool Refill(int cluster)
    {
        var farthest = -1;
        for (var i = 0; i < _data.RowCount; i++)
        {
            if (_sizes[(int)_labels[i]] > 1 && (farthest < 0 || _distances[i] > _distances[farthest])) farthest = i;
        }
        if (farthest < 0) return false;
        Shift(_data.Row(farthest), (int)_labels[farthest], -1);
        _sums.AsSpan(cluster * _data.ColumnCount, _data.ColumnCount).Clear();
        Shift(_data.Row(farthest), cluster, 1);
        _previous[farthest] = _labels[farthest] = cluster;
        _distances[farthest] = 0;
        return true;
    }

    private void Shift(ReadOnlySpan<float> row, int cluster, int sign)
    {
        var sums = _sums.AsSpan(cluster * row.Length, row.Length);
        for (var j = 0; j < row.Length; j++) sums[j] += sign * row[j];
        _sizes[cluster] += sign;
    }

    /// <summary>Centres become the means of their rows; the sum of their squared moves.</summary>
    private double Recentre()
    {
        var d = _data.ColumnCount;
        double move = 0;
        for (var k = 0; k < _clusterCount; k++)
        {
            if (_sizes[k] == 0) continue;
            for (var j = k * d; j < (k + 1) * d; j++)
            {
                var mean = (float)(_sums[j] / _sizes[k]);
                move += (double)(mean - Centres[j]) * (mean - Centres[j]);
                Centres[j] = mean;
            }
        }
        return move;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Draw(ReadOnlySpan<float> weights, int count, double target)
    {
        double sum = 0;
        ref var first = ref MemoryMarshal.GetReference(weights);
        var last = 0;
        for (var i = 0; i < count; i++)
        {
            var weight = Unsafe.Add(ref first, i);
            if (weight == 0) continue;
            sum += weight;
            last = i;
            if (sum > target) break;
        }
        return last; // a positive weight always, even when rounding leaves the sum below the target
    }
}
