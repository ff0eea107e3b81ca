using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Sequences ordered by time: the first rows of all sequences, longest sequence first, then the second rows of those that have one, and so on.</summary>
internal readonly unsafe struct PackedSequences
{
    private readonly int* _memory;

    private PackedSequences(int* memory, int sequences, int rows, int times)
    {
        _memory = memory;
        (Sequences, Rows, Times) = (sequences, rows, times);
    }

    public int Sequences { get; }

    public int Rows { get; }

    /// <summary>Length of the longest sequence.</summary>
    public int Times { get; }

    /// <summary>Sequences, longest first; equal lengths in their own order.</summary>
    public int* Order => _memory;

    /// <summary>Original row of each packed row.</summary>
    public int* Source => _memory + Sequences;

    /// <summary>First packed row of each time, and the end.</summary>
    public int* Starts => _memory + Sequences + Rows;

    /// <summary>Packs sequences by counting their lengths.</summary>
    public static PackedSequences Create(Tape tape, in Indices offsets)
    {
        var (sequences, rows, times) = (offsets.Count - 1, offsets.Data[offsets.Count - 1], 0);
        for (var s = 0; s < sequences; s++) times = Math.Max(times, offsets.Data[s + 1] - offsets.Data[s]);
        var packed = new PackedSequences(tape.KeepIndices(sequences + rows + times + 1), sequences, rows, times);
        packed.Fill(tape, offsets);
        return packed;
    }

    /// <summary>The same packing in a later pass.</summary>
    public static PackedSequences Again(in Indices memory, int sequences, int rows, int times) => new(memory.Data, sequences, rows, times);

    public Indices Memory => new(_memory, Sequences + Rows + Times + 1);

    /// <summary>Copies rows into packed order.</summary>
    public void Gather(float* rows, int width, float* packed)
    {
        for (var i = 0; i < Rows; i++) new ReadOnlySpan<float>(rows + (long)Source[i] * width, width).CopyTo(new Span<float>(packed + (long)i * width, width));
    }

    /// <summary>Copies packed rows back into their own order.</summary>
    public void Scatter(float* packed, int width, float* rows)
    {
        for (var i = 0; i < Rows; i++) new ReadOnlySpan<float>(packed + (long)i * width, width).CopyTo(new Span<float>(rows + (long)Source[i] * width, width));
    }

    private void Fill(Tape tape, in Indices offsets)
    {
        // Counting sort by length, longest first and stable: at[l] becomes the place of the next sequence of length l.
        var at = tape.KeepIndices(Times + 2);
        new Span<int>(at, Times + 2).Clear();
        for (var s = 0; s < Sequences; s++) at[offsets.Data[s + 1] - offsets.Data[s]]++;
        var place = 0;
        for (var length = Times; length >= 0; length--) (at[length], place) = (place, place + at[length]);
        for (var s = 0; s < Sequences; s++) Order[at[offsets.Data[s + 1] - offsets.Data[s]]++] = s;

        var row = 0;
        for (var t = 0; t < Times; t++)
        {
            Starts[t] = row;
            for (var i = 0; i < Sequences && offsets.Data[Order[i] + 1] - offsets.Data[Order[i]] > t; i++) Source[row++] = offsets.Data[Order[i]] + t;
        }
        Starts[Times] = row;
    }
}
