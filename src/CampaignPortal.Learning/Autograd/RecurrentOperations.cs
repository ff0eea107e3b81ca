using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Kinds of recurrent cells.</summary>
public enum RecurrentCell
{
    /// <summary>h′ = tanh(W x + b + U h + c) (Elman 1990).</summary>
    Rnn,

    /// <summary>Gated recurrent unit (Cho et al. 2014), the reset gate on U h + c: r, z = σ(…), n = tanh(W x + b + r∘(U h + c)), h′ = (1 − z)∘n + z∘h. Gates stacked r, z, n.</summary>
    Gru,

    /// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997, forget gate of Gers et al. 2000): i, f, o = σ(…), g = tanh(…), c′ = f∘c + i∘g, h′ = o∘tanh c′. Gates stacked i, f, g, o.</summary>
    Lstm,
}

/// <summary>Weights of a recurrent layer as operands.</summary>
/// <param name="Input">W: [gates·hidden, inputs].</param>
/// <param name="Hidden">U: [gates·hidden, hidden].</param>
/// <param name="InputBias">b: [gates·hidden].</param>
/// <param name="HiddenBias">c: [gates·hidden].</param>
public readonly record struct RecurrentWeights(Tensor Input, Tensor Hidden, Tensor InputBias, Tensor HiddenBias);

/// <summary>A recurrent cell over whole sequences as one entry.</summary>
/// <remarks>
/// Rows are packed by time (<see cref="PackedSequences"/>), so the input projections of all times are one product, a step is one small product over the
/// sequences that are still running, and the gradients of the weights are one product each over all times. There is no padding.
/// </remarks>
public static unsafe class RecurrentOperations
{
    /// <summary>Hidden states after every row of every sequence.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="offsets">Where each sequence begins, and the end of the last one.</param>
    /// <param name="weights">Weights.</param>
    /// <param name="hidden0">First hidden states [sequences, hidden]; default for zeros.</param>
    /// <param name="cell0">First cell states of an LSTM [sequences, hidden]; default for zeros.</param>
    /// <returns>[rows, hidden], in the order of x.</returns>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static Tensor Recurrent(this Tape tape, RecurrentCell cell, in Tensor x, in Indices offsets, RecurrentWeights weights, in Tensor hidden0 = default, in Tensor cell0 = default) =>
        Recurrent(tape, cell, x, offsets, weights, hidden0, cell0, out _);

    /// <summary>As the other form, and the cell states of an LSTM after every row, in the order of x and without gradient of their own.</summary>
    public static Tensor Recurrent(this Tape tape, RecurrentCell cell, in Tensor x, in Indices offsets, RecurrentWeights weights, in Tensor hidden0, in Tensor cell0, out Tensor cells)
    {
        ShapeOperations.CheckOffsets(offsets, x.Rows);
        var (gates, hidden) = (GateCount(cell), weights.Hidden.Columns);
        if (weights.Hidden.Rows != gates * hidden || weights.Input.Rows != gates * hidden || weights.Input.Columns != x.Columns)
        {
            throw new ArgumentException($"A {cell} of {hidden} units over {x.Columns} inputs needs weights [{gates * hidden}, {x.Columns}] and [{gates * hidden}, {hidden}]; got {weights.Input.Shape} and {weights.Hidden.Shape}.", nameof(weights));
        }
        var (first, firstCell) = (OrNone(hidden0), OrNone(cell0));
        var y = tape.Result(new Shape(x.Rows, hidden), x.NeedsGradient || weights.Input.NeedsGradient || first.NeedsGradient);
        var packed = PackedSequences.Create(tape, offsets);
        var pass = new Pass(cell, x.Columns, hidden, packed, tape.Degree)
        {
            X = tape.Keep((long)x.Rows * x.Columns),
            Gates = tape.Keep((long)x.Rows * gates * hidden),
            Before = tape.Keep((long)x.Rows * hidden),
            State = tape.Keep((long)x.Rows * hidden),
        };
        packed.Gather(x.Data, x.Columns, pass.X);
        pass.Forward(tape, weights, first.Data, firstCell.Data, y.Data);
        cells = new Tensor(cell == RecurrentCell.Lstm ? tape.Keep(y.Count) : null, y.Shape, -1);
        if (cell == RecurrentCell.Lstm) packed.Scatter(pass.State, hidden, cells.Data);
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&RecurrentBackward, y);
            (entry.X[0], entry.X[1], entry.X[2]) = (x, weights.Input, weights.Hidden);
            (entry.X[3], entry.X[4]) = (weights.InputBias, weights.HiddenBias);
            (entry.X[5], entry.X[6]) = (first, firstCell);
            (entry.Index0, entry.N0, entry.N1, entry.N2) = (packed.Memory, (int)cell, packed.Sequences, packed.Times);
            entry.Kept0 = pass.X;
            entry.Kept1 = pass.Gates;
            entry.Kept2 = pass.Before;
            entry.Kept3 = pass.State;
        }
        return y;
    }

    /// <summary>Number of gates of a cell.</summary>
    public static int GateCount(RecurrentCell cell) => cell switch
    {
        RecurrentCell.Rnn => 1,
        RecurrentCell.Gru => 3,
        _ => 4,
    };

    private static void RecurrentBackward(Tape tape, ref TapeEntry entry)
    {
        var packed = PackedSequences.Again(entry.Index0, entry.N1, entry.Y.Rows, entry.N2);
        var pass = new Pass((RecurrentCell)entry.N0, entry.X[0].Columns, entry.Y.Columns, packed, tape.Degree) { X = entry.Kept0, Gates = entry.Kept1, Before = entry.Kept2, State = entry.Kept3 };
        pass.Backward(tape, ref entry);
    }

    private static Tensor OrNone(in Tensor tensor) => tensor.Data == null ? new Tensor(null, default, -1) : tensor;

    /// <summary>One pass over packed sequences. G gates, H hidden width.</summary>
    private ref struct Pass(RecurrentCell cell, int inputs, int hidden, PackedSequences packed, int degree)
    {
        private readonly int _gates = GateCount(cell);

        /// <summary>[rows, inputs].</summary>
        public float* X;

        /// <summary>[rows, G·H]: gates after their activation.</summary>
        public float* Gates;

        /// <summary>[rows, H]: hidden states before each row.</summary>
        public float* Before;

        /// <summary>[rows, H]. GRU: U h + c of the new state. LSTM: cell states after each row. RNN: hidden states after each row.</summary>
        public float* State;

        public readonly void Forward(Tape tape, RecurrentWeights weights, float* hidden0, float* cell0, float* y)
        {
            var (rows, width) = (packed.Rows, _gates * hidden);
            var after = tape.Keep((long)rows * hidden);
            var recurrent = cell == RecurrentCell.Gru ? tape.Keep((long)packed.Sequences * width) : null;
            var cellsBefore = cell == RecurrentCell.Lstm ? First(tape, cell0) : null;
            // Where nothing stands between the two sums, both biases go in at once and U h is added in place.
            var bias = new Span<float>(tape.Keep(width), width);
            for (var j = 0; j < width; j++) bias[j] = weights.InputBias.Data[j] + (cell == RecurrentCell.Gru ? 0 : weights.HiddenBias.Data[j]);
            for (var i = 0; i < rows; i++) bias.CopyTo(new Span<float>(Gates + (long)i * width, width));
            Products.MultiplyTransposedB(X, weights.Input.Data, Gates, rows, width, inputs, accumulate: true, degree);
            new ReadOnlySpan<float>(First(tape, hidden0), packed.Times == 0 ? 0 : packed.Starts[1] * hidden).CopyTo(new Span<float>(Before, rows * hidden));
            for (var t = 0; t < packed.Times; t++)
            {
                var (from, count) = (packed.Starts[t], packed.Starts[t + 1] - packed.Starts[t]);
                var at = (long)from * hidden;
                if (t > 0) new ReadOnlySpan<float>(after + (long)packed.Starts[t - 1] * hidden, count * hidden).CopyTo(new Span<float>(Before + at, count * hidden));
                var step = new RecurrentKernels.Step { Gates = Gates + (long)from * width, Recurrent = recurrent, Before = Before + at, State = State + at, Hidden = after + at, Rows = count, Width = hidden };
                if (cell == RecurrentCell.Gru)
                {
                    for (var i = 0; i < count; i++) weights.HiddenBias.Values.CopyTo(new Span<float>(recurrent + (long)i * width, width));
                    Products.MultiplyTransposedB(step.Before, weights.Hidden.Data, recurrent, count, width, hidden, accumulate: true, degree);
                    RecurrentKernels.GruForward(step);
                    continue;
                }
                Products.MultiplyTransposedB(step.Before, weights.Hidden.Data, step.Gates, count, width, hidden, accumulate: true, degree);
                if (cell == RecurrentCell.Lstm)
                {
                    step.Before = t == 0 ? cellsBefore : State + (long)packed.Starts[t - 1] * hidden;
                    RecurrentKernels.LstmForward(step);
                    continue;
                }
                VectorMath.Tanh(new ReadOnlySpan<float>(step.Gates, count * hidden), new Span<float>(step.Hidden, count * hidden));
                new ReadOnlySpan<float>(step.Hidden, count * hidden).CopyTo(new Span<float>(step.State, count * hidden));
            }
            packed.Scatter(after, hidden, y);
        }

        public readonly void Backward(Tape tape, ref TapeEntry entry)
        {
            var (rows, width) = (packed.Rows, _gates * hidden);
            var slopes = tape.Keep((long)rows * hidden);
            packed.Gather(tape.ZeroedGradient(entry.Y), hidden, slopes);
            var gateSlopes = tape.Keep((long)rows * width);
            var recurrentSlopes = cell == RecurrentCell.Gru ? tape.Keep((long)rows * width) : gateSlopes;
            var carry = tape.KeepZeroed((long)packed.Sequences * hidden);
            var cellCarry = cell == RecurrentCell.Lstm ? tape.KeepZeroed((long)packed.Sequences * hidden) : null;
            var cellsBefore = cell == RecurrentCell.Lstm ? First(tape, entry.X[6].Data) : null;
            ref readonly var recurrentWeights = ref entry.X[2];
            for (var t = packed.Times - 1; t >= 0; t--)
            {
                var (from, count) = (packed.Starts[t], packed.Starts[t + 1] - packed.Starts[t]);
                var at = (long)from * hidden;
                var step = new RecurrentKernels.Step
                {
                    Gates = Gates + (long)from * width,
                    Before = Before + at,
                    State = State + at,
                    Hidden = slopes + at,
                    Carry = carry,
                    GateSlopes = gateSlopes + (long)from * width,
                    RecurrentSlopes = recurrentSlopes + (long)from * width,
                    Rows = count,
                    Width = hidden,
                };
                if (cell == RecurrentCell.Gru)
                {
                    RecurrentKernels.GruBackward(step);
                    Products.Multiply(step.RecurrentSlopes, recurrentWeights.Data, carry, count, hidden, width, accumulate: true, degree);
                    continue;
                }
                Elementwise.Add(carry, step.Hidden, count * hidden);
                if (cell == RecurrentCell.Lstm)
                {
                    step.Before = t == 0 ? cellsBefore : State + (long)packed.Starts[t - 1] * hidden;
                    step.Carry = cellCarry;
                    RecurrentKernels.LstmBackward(step);
                }
                else
                {
                    Nn.Activations.Backward(Nn.Activation.Tanh, Span(step.State, count), Span(step.State, count), Span(step.Hidden, count), Span(step.GateSlopes, count));
                }
                Products.Multiply(step.GateSlopes, recurrentWeights.Data, carry, count, hidden, width, accumulate: false, degree);
            }
            GiveFirst(tape, entry.X[5], carry);
            if (cellCarry != null) GiveFirst(tape, entry.X[6], cellCarry);
            GiveWeights(tape, ref entry, gateSlopes, recurrentSlopes);
        }

        private readonly void GiveWeights(Tape tape, ref TapeEntry entry, float* gateSlopes, float* recurrentSlopes)
        {
            var (rows, width) = (packed.Rows, _gates * hidden);
            var gradInput = tape.Gradient(entry.X[1], out var addInput);
            if (gradInput != null) Products.MultiplyTransposedA(gateSlopes, X, gradInput, width, inputs, rows, addInput, degree);
            var gradHidden = tape.Gradient(entry.X[2], out var addHidden);
            if (gradHidden != null) Products.MultiplyTransposedA(recurrentSlopes, Before, gradHidden, width, hidden, rows, addHidden, degree);
            var gradInputBias = tape.ZeroedGradient(entry.X[3]);
            if (gradInputBias != null) Elementwise.AddColumnSums(gateSlopes, rows, width, gradInputBias);
            var gradHiddenBias = tape.ZeroedGradient(entry.X[4]);
            if (gradHiddenBias != null) Elementwise.AddColumnSums(recurrentSlopes, rows, width, gradHiddenBias);
            var gradX = tape.ZeroedGradient(entry.X[0]);
            if (gradX == null) return;
            var slopes = tape.Keep((long)rows * inputs);
            Products.Multiply(gateSlopes, entry.X[1].Data, slopes, rows, inputs, width, accumulate: false, degree);
            for (var i = 0; i < rows; i++) Elementwise.Add(slopes + (long)i * inputs, gradX + (long)packed.Source[i] * inputs, inputs);
        }

        /// <summary>First states in packed order; zeros where none are given.</summary>
        private readonly float* First(Tape tape, float* states)
        {
            var first = tape.KeepZeroed((long)packed.Sequences * hidden);
            for (var i = 0; states != null && i < packed.Sequences; i++) Span(states + (long)packed.Order[i] * hidden, 1).CopyTo(Span(first + (long)i * hidden, 1));
            return first;
        }

        private readonly void GiveFirst(Tape tape, in Tensor states, float* slopes)
        {
            var gradient = tape.ZeroedGradient(states);
            for (var i = 0; gradient != null && i < packed.Sequences; i++) Elementwise.Add(slopes + (long)i * hidden, gradient + (long)packed.Order[i] * hidden, hidden);
        }

        private readonly Span<float> Span(float* rows, int count) => new(rows, count * hidden);
    }
}
