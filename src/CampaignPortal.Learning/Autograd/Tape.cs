using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Records the operations of one step and walks them backwards: reverse-mode differentiation (Griewank and Walther 2008, ch. 3).</summary>
/// <remarks>
/// A step is: <see cref="Begin"/>, operations (extension methods in this folder, usually called by layers), <see cref="Backward(in Tensor)"/> on one scalar, then the
/// optimiser. The next <see cref="Begin"/> reuses all memory, so a warm step allocates nothing on the managed heap. Outside training nothing is recorded
/// and the same layers predict. One tape serves one thread at a time; <see cref="Degree"/> threads may share the work of a large operation, which
/// never changes a bit of the result.
/// </remarks>
public sealed unsafe class Tape : IDisposable
{
    private readonly Arena _arena;
    private readonly ShardGradients? _shard;
    private TapeEntry[] _entries = new TapeEntry[64];
    private GradientSlot[] _slots = new GradientSlot[128];
    private int _entryCount, _slotCount, _operationCount;

    /// <summary>A tape without entries.</summary>
    /// <param name="seed">Seed of dropout and of everything else that is left to chance within a step.</param>
    /// <param name="degree">How many threads may share a large operation; at least 1.</param>
    /// <param name="limitBytes">Most native memory that the activations and gradients of a step may take.</param>
    public Tape(long seed = 0, int degree = 1, long limitBytes = long.MaxValue) : this(seed, degree, limitBytes, null, isShard: false)
    {
    }

    /// <summary>A tape of one part of a batch.</summary>
    internal Tape(long seed, int degree, long limitBytes, ShardGradients? shard, bool isShard)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degree);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limitBytes);
        (_arena, Seed, Degree, _shard, IsShard) = (new Arena(limitBytes), (ulong)seed, degree, shard, isShard);
    }

    /// <summary>Threads that may share a large operation.</summary>
    public int Degree { get; }

    /// <summary>True between a <see cref="Begin"/> for training and the next one: dropout drops, batch norm uses the batch, operations are recorded.</summary>
    public bool IsTraining { get; private set; }

    /// <summary>Native bytes held for activations and gradients.</summary>
    public long ReservedBytes => _arena.ReservedBytes;

    /// <summary>True where other tapes work on other parts of the same batch.</summary>
    internal bool IsShard { get; }

    internal ulong Seed { get; }

    internal ulong Step { get; private set; }

    /// <summary>Number of the step as given to <see cref="Begin"/>: what is drawn anew in every step depends on it.</summary>
    public long StepNumber => (long)Step;

    /// <summary>Starts a step and forgets the last one; tensors of the last one must not be used any more.</summary>
    /// <param name="training">Whether operations are recorded and layers behave as in training.</param>
    /// <param name="step">Number of the step: with the seed it decides everything random in it.</param>
    public void Begin(bool training, long step = 0)
    {
        _arena.Reset();
        Array.Clear(_entries, 0, _entryCount); // owners must not be kept alive
        (_entryCount, _slotCount, _operationCount) = (0, 0, 0);
        (IsTraining, Step) = (training, (ulong)step);
    }

    /// <summary>A copy of values as a tensor.</summary>
    /// <param name="values">As many as the shape has elements.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="needsGradient">Whether the gradient of the loss for these values is wanted.</param>
    /// <exception cref="ArgumentException">The numbers of elements differ.</exception>
    public Tensor Input(ReadOnlySpan<float> values, Shape shape, bool needsGradient = false)
    {
        if (values.Length != shape.Count) throw new ArgumentException($"A tensor of shape {shape} needs {shape.Count} values; got {values.Length}.", nameof(values));
        var result = Allocate(shape, needsGradient);
        values.CopyTo(result.Values);
        return result;
    }

    /// <summary>A tensor for the caller to fill; its values are undefined.</summary>
    public Tensor Allocate(Shape shape, bool needsGradient = false) =>
        new(_arena.Allocate<float>(shape.Count), shape, needsGradient && IsTraining ? AddSlot(null, shape.Count, isWritten: false) : -1);

    /// <summary>A copy of row numbers, targets or offsets.</summary>
    public Indices Indices(ReadOnlySpan<int> values)
    {
        var data = _arena.Allocate<int>(values.Length);
        values.CopyTo(new Span<int>(data, values.Length));
        return new Indices(data, values.Length);
    }

    /// <summary>Row numbers, targets or offsets for the caller to fill; undefined values.</summary>
    public Indices NewIndices(int count, out Span<int> values)
    {
        var data = _arena.Allocate<int>(count);
        values = new Span<int>(data, count);
        return new Indices(data, count);
    }

    /// <summary>A parameter as an operand.</summary>
    public Tensor Use(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (IsTraining && !parameter.IsFrozen) TouchedOf(parameter)?.TouchAll();
        return UseRows(parameter);
    }

    /// <summary>A table as an operand of an operation that notes itself which rows get a gradient.</summary>
    internal Tensor UseRows(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        var slot = IsTraining && !parameter.IsFrozen ? AddSlot(_shard is null ? parameter.GradientData : _shard.GradientOf(parameter), parameter.Value.Length, isWritten: true) : -1;
        return new Tensor(parameter.Data, parameter.TensorShape, slot);
    }

    /// <summary>Adds the gradient of <paramref name="loss"/> to every parameter that it came from and fills the gradients of inputs that asked for one.</summary>
    /// <param name="loss">One number, made since <see cref="Begin"/>.</param>
    /// <exception cref="InvalidOperationException">Nothing was recorded for it.</exception>
    public void Backward(in Tensor loss)
    {
        if (loss.Count != 1) throw new InvalidOperationException($"Gradients start from one number; this tensor has the shape {loss.Shape}. Take a mean or a loss first.");
        Backward(loss, [1]);
    }

    /// <summary>As <see cref="Backward(in Tensor)"/> for the sum of <paramref name="y"/> times given slopes: a vector-Jacobian product.</summary>
    /// <param name="y">Any tensor made since <see cref="Begin"/>.</param>
    /// <param name="slopes">One per element of y.</param>
    public void Backward(in Tensor y, ReadOnlySpan<float> slopes)
    {
        if (slopes.Length != y.Count) throw new ArgumentException($"A tensor of shape {y.Shape} needs {y.Count} slopes; got {slopes.Length}.", nameof(slopes));
        if (!y.NeedsGradient) throw new InvalidOperationException("The tensor does not depend on any parameter, or the step was not begun for training.");
        slopes.CopyTo(new Span<float>(ZeroedGradient(y), y.Count));
        for (var i = _entryCount - 1; i >= 0; i--)
        {
            ref var entry = ref _entries[i];
            if (_slots[entry.Y.Slot].IsWritten) entry.Backward(this, ref entry); // else nothing of the loss came from it
        }
    }

    /// <summary>The gradient of the last <see cref="Backward(in Tensor)"/> for a tensor that asked for one; zeros where the loss does not depend on it.</summary>
    /// <exception cref="InvalidOperationException">The tensor has no gradient.</exception>
    public ReadOnlySpan<float> GradientOf(in Tensor tensor) =>
        tensor.NeedsGradient ? new(ZeroedGradient(tensor), tensor.Count) : throw new InvalidOperationException("The tensor did not ask for a gradient, or the step was not begun for training.");

    /// <summary>Where the touched rows of a table are noted; null for a parameter that is always used whole.</summary>
    internal TouchedRows? TouchedOf(Parameter parameter) => _shard is null ? parameter.Touched : _shard.TouchedOf(parameter);

    /// <summary>The result of an operation: it has a gradient when the step records and an operand has one.</summary>
    internal Tensor Result(Shape shape, bool needsGradient) => Allocate(shape, needsGradient);

    /// <summary>Arena memory that lives as long as the step.</summary>
    internal float* Keep(long count) => _arena.Allocate<float>(count);

    internal float* KeepZeroed(long count) => _arena.AllocateZeroed<float>(count);

    internal byte* KeepBytes(long count) => _arena.Allocate<byte>(count);

    internal int* KeepIndices(long count) => _arena.Allocate<int>(count);

    /// <summary>A stream of random numbers of its own for the next operation, the same in every run of this step.</summary>
    internal ulong NextStream() => CounterRng.Mix(Step) + (ulong)++_operationCount;

    /// <summary>Records an operation whose result needs a gradient. Fill in what its backward method reads.</summary>
    internal ref TapeEntry Record(delegate*<Tape, ref TapeEntry, void> backward, in Tensor result)
    {
        if (_entryCount == _entries.Length) Array.Resize(ref _entries, 2 * _entries.Length);
        ref var entry = ref _entries[_entryCount++];
        entry = default;
        entry.Backward = backward;
        entry.Y = result;
        return ref entry;
    }

    /// <summary>The gradient of a tensor to add to, zeros at first; null when nobody asks for it.</summary>
    internal float* ZeroedGradient(in Tensor tensor)
    {
        var gradient = Gradient(tensor, out var accumulate);
        if (gradient != null && !accumulate) new Span<float>(gradient, tensor.Count).Clear();
        return gradient;
    }

    /// <summary>The gradient of a tensor, null when nobody asks for it. The first writer may overwrite every element (<paramref name="accumulate"/> false), later ones add.</summary>
    internal float* Gradient(in Tensor tensor, out bool accumulate)
    {
        accumulate = false;
        if (tensor.Slot < 0) return null;
        ref var slot = ref _slots[tensor.Slot];
        if (slot.Data == null) slot.Data = _arena.Allocate<float>(slot.Count);
        accumulate = slot.IsWritten;
        slot.IsWritten = true;
        return slot.Data;
    }

    /// <summary>Frees the native memory.</summary>
    public void Dispose() => _arena.Dispose();

    private int AddSlot(float* data, int count, bool isWritten)
    {
        if (_slotCount == _slots.Length) Array.Resize(ref _slots, 2 * _slots.Length);
        _slots[_slotCount] = new GradientSlot { Data = data, Count = count, IsWritten = isWritten };
        return _slotCount++;
    }

    /// <summary>Where the gradient of a tensor is kept; memory is taken when the first operation writes to it.</summary>
    private struct GradientSlot
    {
        public float* Data;
        public int Count;
        public bool IsWritten;
    }
}
