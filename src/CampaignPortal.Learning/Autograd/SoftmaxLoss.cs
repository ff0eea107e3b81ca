using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Softmax cross-entropy with its gradient, −ln softmax(x)_t and softmax(x) − onehot(t), averaged over the rows that have a target.</summary>
internal static unsafe class SoftmaxLoss
{
    // A block of logits of a large table stays in the second-level cache or near it.
    private const int BlockElements = 1 << 20;
    private const int MostBlockRows = 192;

    /// <summary>Rows of given logits.</summary>
    /// <returns>The mean loss; 0 when no row has a target.</returns>
    public static double Rows(float* logits, int* targets, float* gradient, int rows, int columns, double smoothing)
    {
        var counted = Counted(targets, rows);
        double loss = 0;
        for (var i = 0; i < rows; i++)
        {
            var g = new Span<float>(gradient + (long)i * columns, columns);
            if (targets[i] < 0)
            {
                g.Clear();
                continue;
            }
            Check(targets[i], columns);
            var x = new ReadOnlySpan<float>(logits + (long)i * columns, columns);
            x.CopyTo(g);
            loss += Row(g, targets[i], 1f / counted, smoothing, x);
        }
        return counted == 0 ? 0 : loss / counted;
    }

    /// <summary>Rows of hidden·tableᵀ·scale + bias, block by block.</summary>
    /// <param name="tape">Scratch memory and degree.</param>
    /// <param name="hidden">[rows, width].</param>
    /// <param name="table">[classes, width].</param>
    /// <param name="targets">Class of each row, or −1.</param>
    /// <param name="scale">Factor on logits.</param>
    /// <param name="bias">One per class, or empty.</param>
    /// <param name="gradHidden">Receives the gradient of hidden; null for the loss alone.</param>
    /// <param name="gradTable">Receives, added to zeros, the gradient of the table.</param>
    public static double OverTable(Tape tape, in Tensor hidden, in Tensor table, int* targets, float scale, ReadOnlySpan<float> bias, float* gradHidden, float* gradTable)
    {
        var (rows, width, classes) = (hidden.Rows, hidden.Columns, table.Rows);
        var counted = Counted(targets, rows);
        var blockRows = Math.Clamp(BlockElements / Math.Max(1, classes), 24, MostBlockRows);
        var logits = tape.Keep((long)Math.Min(blockRows, rows) * classes);
        var losses = stackalloc double[MostBlockRows];
        double loss = 0;
        for (var from = 0; from < rows; from += blockRows)
        {
            var count = Math.Min(blockRows, rows - from);
            var h = hidden.Data + (long)from * width;
            Products.MultiplyTransposedB(h, table.Data, logits, count, classes, width, accumulate: false, tape.Degree);
            fixed (float* b = bias)
            {
                var job = new Job { Logits = logits, Targets = targets + from, Losses = losses, Bias = bias.IsEmpty ? null : b, Columns = classes, Scale = scale, Factor = 1f / Math.Max(1, counted) };
                Workers.For(count, count * (long)classes < 20_000 ? 1 : tape.Degree, &RowPart, &job);
            }
            for (var i = 0; i < count; i++) loss += losses[i];
            if (gradHidden == null) continue;
            Products.Multiply(logits, table.Data, gradHidden + (long)from * width, count, width, classes, accumulate: false, tape.Degree);
            Products.MultiplyTransposedA(logits, h, gradTable, classes, width, count, accumulate: true, tape.Degree);
        }
        return counted == 0 ? 0 : loss / counted;
    }

    /// <summary>Turns a row of logits into the gradient of its loss times factor and returns the loss.</summary>
    private static double Row(Span<float> row, int target, float factor, double smoothing, ReadOnlySpan<float> logits)
    {
        var given = row[target];
        var most = System.Numerics.Tensors.TensorPrimitives.Max(row);
        Softmax.Forward(row, row, row.Length);
        // −ln softmax(t) = ln Σ exp(x − max) − (x_t − max); the sum is found again as exp(x_max − max)/p_max = 1/p_max.
        var logSum = -Math.Log(System.Numerics.Tensors.TensorPrimitives.Max(row));
        var loss = logSum - ((double)given - most);
        if (smoothing > 0)
        {
            double mean = 0;
            foreach (var x in logits) mean += logSum - ((double)x - most);
            loss = (1 - smoothing) * loss + smoothing * mean / row.Length;
        }
        var spread = (float)(smoothing / row.Length);
        System.Numerics.Tensors.TensorPrimitives.Multiply(row, factor, row);
        if (spread > 0) System.Numerics.Tensors.TensorPrimitives.Add(row, -spread * factor, row);
        row[target] -= (float)(1 - smoothing) * factor;
        return loss;
    }

    private static void RowPart(void* state, int i)
    {
        ref readonly var job = ref *(Job*)state;
        var row = new Span<float>(job.Logits + (long)i * job.Columns, job.Columns);
        job.Losses[i] = 0;
        if (job.Targets[i] < 0)
        {
            row.Clear();
            return;
        }
        Check(job.Targets[i], job.Columns);
        if (job.Scale != 1) System.Numerics.Tensors.TensorPrimitives.Multiply(row, job.Scale, row);
        if (job.Bias != null) Elementwise.Add(job.Bias, job.Logits + (long)i * job.Columns, job.Columns);
        job.Losses[i] = Row(row, job.Targets[i], job.Factor, 0, default);
        if (job.Scale != 1) System.Numerics.Tensors.TensorPrimitives.Multiply(row, job.Scale, row);
    }

    private static int Counted(int* targets, int rows)
    {
        var counted = 0;
        for (var i = 0; i < rows; i++) counted += targets[i] >= 0 ? 1 : 0;
        return counted;
    }

    private static void Check(int target, int classes)
    {
        if (target >= classes) throw new ArgumentOutOfRangeException(nameof(target), target, $"A target names class {target}; there are {classes}.");
    }

    private struct Job
    {
        public float* Logits;
        public int* Targets;
        public double* Losses;
        public float* Bias;
        public int Columns;
        public float Scale, Factor;
    }
}
