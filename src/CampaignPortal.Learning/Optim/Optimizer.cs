using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Optim;

/// <summary>Changes parameters against their gradients. One instance serves one list of parameters.</summary>
/// <remarks>
/// Tables of which a step uses few rows (<see cref="Embedding"/>) are updated lazily: weights and state of a row move only in the steps in which
/// the row has a gradient. Frozen parameters stay as they are.
/// </remarks>
public abstract class Optimizer
{
    private readonly Dictionary<Parameter, OptimizerState> _states = [];

    /// <summary>Steps made so far.</summary>
    public int StepCount { get; private set; }

    /// <summary>Applies one step to every parameter and clears the gradients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(IReadOnlyList<Parameter> parameters, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        StepCount++;
        for (var p = 0; p < parameters.Count; p++) // no enumerator: a warm step allocates nothing
        {
            var parameter = parameters[p];
            if (parameter.IsFrozen) continue;
            var state = StateOf(parameter);
            if (parameter.Touched is { IsAll: false } touched)
            {
                UpdateRows(parameter, touched.Rows, state, learningRate);
                touched.Clear();
                continue;
            }
            Update(parameter.Value, parameter.Gradient, state, 0, StepCount, learningRate, parameter.IsDecayed);
            parameter.ClearGradient();
        }
    }

    /// <summary>Puts steps and state into a part of a checkpoint.</summary>
    internal void Store(ModelPart part, IReadOnlyList<Parameter> parameters)
    {
        part.Settings["steps"] = StepCount;
        foreach (var parameter in parameters)
        {
            if (_states.TryGetValue(parameter, out var state)) state.Store(part, parameter.Name);
        }
    }

    /// <summary>Reads what <see cref="Store"/> wrote.</summary>
    internal void Restore(ModelPart part, IReadOnlyList<Parameter> parameters)
    {
        StepCount = part.Setting<int>("steps");
        _states.Clear();
        if (StepCount == 0) return;
        foreach (var parameter in parameters)
        {
            if (!parameter.IsFrozen) StateOf(parameter).Restore(part, parameter.Name);
        }
    }

    /// <summary>How many arrays of a parameter's size the rule remembers.</summary>
    protected abstract int StateArrays { get; }

    /// <summary>True where each row of a lazily updated table counts its own steps instead of using the number of all steps.</summary>
    protected virtual bool CountsRowSteps => false;

    /// <summary>One step of a parameter or of one row of a table.</summary>
    /// <param name="weights">What moves.</param>
    /// <param name="gradient">Gradient of the loss.</param>
    /// <param name="state">What the rule remembers of the parameter.</param>
    /// <param name="offset">Place of the first weight in the parameter and in its state.</param>
    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="learningRate">Size of the step.</param>
    /// <param name="isDecayed">Whether weight decay applies.</param>
    protected abstract void Update(Span<float> weights, Span<float> gradient, OptimizerState state, int offset, int step, double learningRate, bool isDecayed);

    /// <summary>One step of some rows of a table, whose gradients are zero afterwards.</summary>
    private protected virtual void UpdateRows(Parameter table, ReadOnlySpan<int> rows, OptimizerState state, double learningRate)
    {
        var width = state.RowWidth;
        foreach (var row in rows)
        {
            var at = row * width;
            Update(table.Value.Slice(at, width), table.Gradient.Slice(at, width), state, at, state.NextStepOfRow(row, StepCount), learningRate, table.IsDecayed);
            table.Gradient.Slice(at, width).Clear();
        }
    }

    private OptimizerState StateOf(Parameter parameter)
    {
        if (_states.TryGetValue(parameter, out var state)) return state;
        state = new OptimizerState(StateArrays, parameter.Value.Length, parameter.Shape.Count > 0 ? parameter.Shape[0] : 1, CountsRowSteps && parameter.Touched is not null);
        _states.Add(parameter, state);
        return state;
    }
}

/// <summary>What an optimiser remembers of one parameter: arrays of its size and, where rows count their own steps, one count per row.</summary>
public sealed class OptimizerState
{
    private readonly AlignedFloats[] _arrays;
    private readonly int[]? _rowSteps;

    internal OptimizerState(int arrayCount, int length, int rowCount, bool countsRowSteps)
    {
        _arrays = new AlignedFloats[arrayCount];
        for (var a = 0; a < arrayCount; a++) _arrays[a] = new AlignedFloats(length);
        _rowSteps = countsRowSteps ? new int[rowCount] : null;
        RowWidth = length / Math.Max(1, rowCount);
    }

    internal int RowWidth { get; }

    /// <summary>A stretch of one of the arrays.</summary>
    public Span<float> Array(int number, int offset, int length) => _arrays[number].Span.Slice(offset, length);

    internal unsafe float* Pointer(int number) => _arrays[number].Pointer;

    internal int NextStepOfRow(int row, int stepOfAll) => _rowSteps is null ? stepOfAll : ++_rowSteps[row];

    internal void Store(ModelPart part, string name)
    {
        for (var a = 0; a < _arrays.Length; a++) part.Put<float>($"{name}.{a}", _arrays[a].Span);
        if (_rowSteps is not null) part.Put(name + ".rows", _rowSteps);
    }

    internal void Restore(ModelPart part, string name)
    {
        for (var a = 0; a < _arrays.Length; a++) part.Get<float>($"{name}.{a}", _arrays[a].Length).CopyTo(_arrays[a].Span);
        if (_rowSteps is not null) part.Get<int>(name + ".rows", _rowSteps.Length).CopyTo(_rowSteps, 0);
    }
}
