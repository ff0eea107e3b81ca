using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>The operands of one entry.</summary>
[InlineArray(Capacity)]
internal struct Operands
{
    public const int Capacity = 8;
    private Tensor _first;
}

/// <summary>One recorded operation: its result, its operands, what its forward pass kept, and the static method that turns the gradient of the result into gradients of the operands.</summary>
/// <remarks>Entries are structs in a list that the tape reuses, and the method is a plain function pointer and not a closure, so that a warm step allocates nothing.</remarks>
internal unsafe struct TapeEntry
{
    public delegate*<Tape, ref TapeEntry, void> Backward;

    /// <summary>The result.</summary>
    public Tensor Y;

    /// <summary>What it was made from, in the order of the operation's arguments.</summary>
    public Operands X;

    /// <summary>Numbers that the forward pass kept, in arena memory.</summary>
    public float* Kept0, Kept1, Kept2, Kept3;

    /// <summary>Row numbers, offsets or masks of the operation.</summary>
    public Indices Index0, Index1;

    /// <summary>Sizes and choices of the operation.</summary>
    public int N0, N1, N2, N3;

    /// <summary>Rates and factors of the operation.</summary>
    public float F0, F1;

    /// <summary>Number of the entry in this step: the stream of its random numbers.</summary>
    public int Number;

    /// <summary>A layer or table that the operation belongs to; rarely needed.</summary>
    public object? Owner;
}
