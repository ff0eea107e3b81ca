using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Sequences of steps, oldest first, one after the other: some numbers and, where there are codes, one code (a kind, an item) per step.</summary>
/// <param name="Steps">Steps of all sequences × columns; NaN is missing.</param>
/// <param name="Offsets">Where each sequence begins, and the end of the last one; a sequence may be empty.</param>
/// <param name="Codes">One code of 0 or more per step, or null.</param>
public sealed record StepSequences(Matrix Steps, int[] Offsets, int[]? Codes = null)
{
    /// <summary>Number of sequences.</summary>
    public int Count => Offsets.Length - 1;

    /// <summary>Steps of a sequence.</summary>
    public int Length(int sequence) => Offsets[sequence + 1] - Offsets[sequence];

    /// <summary>Throws when the parts do not fit each other.</summary>
    /// <exception cref="ArgumentException">Says which part, and where.</exception>
    internal void Check(int columnCount, int codeCount)
    {
        Steps.RequireColumns(columnCount);
        if (Offsets.Length == 0 || Offsets[0] != 0 || Offsets[^1] != Steps.RowCount) throw new ArgumentException($"Offsets must rise from 0 to the {Steps.RowCount} steps.");
        for (var s = 0; s < Count; s++) if (Length(s) < 0) throw new ArgumentException($"Sequence {s} ends before it begins.");
        var bad = Steps.Values.IndexOfAny(float.PositiveInfinity, float.NegativeInfinity);
        if (bad >= 0) throw new ArgumentException($"Column '{Steps.ColumnName(bad % columnCount)}' holds an infinite value in step {bad / columnCount}; cap it or mark it missing (NaN).");
        if ((Codes is null) != (codeCount == 0)) throw new ArgumentException(codeCount == 0 ? "The steps have codes; set CodeCount." : "The model reads codes; these steps have none.");
        if (Codes is null) return;
        if (Codes.Length != Steps.RowCount) throw new ArgumentException($"{Steps.RowCount} steps need as many codes; got {Codes.Length}.");
        var strange = Array.FindIndex(Codes, c => c < 0);
        if (strange >= 0) throw new ArgumentException($"Codes must be 0 or more; step {strange} has {Codes[strange]}.");
    }
}

/// <summary>What a head of the network answers.</summary>
public enum SequenceTask
{
    /// <summary>Probability of 1.</summary>
    Binary,

    /// <summary>Probabilities of several classes.</summary>
    Classes,

    /// <summary>A number.</summary>
    Number,
}

/// <summary>One answer that is learned, and what is known of it.</summary>
/// <param name="Name">Name of the head, unique in its model.</param>
/// <param name="Task">Kind of answer.</param>
/// <param name="Values">One per sequence: 0 or 1, a class from 0, or a number; NaN where it is not known.</param>
public sealed record SequenceTarget(string Name, SequenceTask Task, float[] Values);
