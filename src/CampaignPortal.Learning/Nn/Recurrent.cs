using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Nn;

/// <summary>A recurrent layer (RNN, GRU or LSTM) over sequences that lie one after the other as rows.</summary>
public sealed class Recurrent : Module
{
    /// <summary>A layer with weights uniform in ±1/√hidden, or with zeros to be read from a file when <paramref name="rng"/> is null.</summary>
    /// <param name="name">Path of the layer.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="inputCount">Width of the rows.</param>
    /// <param name="hiddenCount">Width of the hidden state.</param>
    /// <param name="rng">First weights.</param>
    public Recurrent(string name, RecurrentCell cell, int inputCount, int hiddenCount, Rng? rng) : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hiddenCount);
        (Cell, HiddenCount) = (cell, hiddenCount);
        var width = RecurrentOperations.GateCount(cell) * hiddenCount;
        (InputWeight, HiddenWeight) = (NewParameter("weight_ih", width, inputCount), NewParameter("weight_hh", width, hiddenCount));
        (InputBias, HiddenBias) = (NewParameter("bias_ih", width), NewParameter("bias_hh", width));
        (InputBias.IsDecayed, HiddenBias.IsDecayed) = (false, false);
        if (rng is null) return;
        var bound = 1 / Math.Sqrt(hiddenCount);
        foreach (var parameter in Parameters)
        {
            foreach (ref var w in parameter.Value) w = (float)((2 * rng.NextDouble() - 1) * bound);
        }
    }

    /// <summary>The cell.</summary>
    public RecurrentCell Cell { get; }

    /// <summary>Width of the hidden state.</summary>
    public int HiddenCount { get; }

    /// <summary>[gates·hidden, inputs].</summary>
    public Parameter InputWeight { get; }

    /// <summary>[gates·hidden, hidden].</summary>
    public Parameter HiddenWeight { get; }

    /// <summary>[gates·hidden].</summary>
    public Parameter InputBias { get; }

    /// <summary>[gates·hidden].</summary>
    public Parameter HiddenBias { get; }

    /// <summary>Hidden states after every row: [rows, inputs] to [rows, hidden].</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Rows of all sequences.</param>
    /// <param name="offsets">Where each sequence begins, and the end of the last one.</param>
    public Tensor Forward(Tape tape, in Tensor x, in Indices offsets) => tape.Recurrent(Cell, x, offsets, new RecurrentWeights(tape.Use(InputWeight), tape.Use(HiddenWeight), tape.Use(InputBias), tape.Use(HiddenBias)));
}
