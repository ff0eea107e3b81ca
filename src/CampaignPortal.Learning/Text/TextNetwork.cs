using System.Buffers;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Text;

/// <summary>From terms to one score per class (or one for two classes).</summary>
internal sealed class TextNetwork : Module
{
    private readonly TextNetworkOptions _options;
    private readonly Embedding _terms;
    private readonly Nn.Linear[] _filters = [];
    private readonly AttentiveReader? _reader;
    private readonly Nn.Linear _output;

    public TextNetwork(string name, TextNetworkOptions options, int rowCount, int outputCount, Rng rng) : base(name)
    {
        _options = options;
        _terms = Add(new Embedding(Path("terms"), rowCount, options.Width, rng.Fork(1), deviation: options.Kind == TextNetworkKind.Bag ? 0.1 : 0.25, TermSequences.Padding));
        var width = options.Width;
        if (options.Kind == TextNetworkKind.Convolution)
        {
            _filters = [.. options.Windows.Select((window, at) => Add(new Nn.Linear(Path($"filters.{window}"), window * options.Width, options.Hidden, rng.Fork(10 + at))))];
            width = options.Hidden * _filters.Length;
        }
        if (options.Kind == TextNetworkKind.Recurrent)
        {
            _reader = Add(new AttentiveReader(Path("reader"), options.Width, options.Hidden, rng.Fork(3)));
            width = 2 * options.Hidden;
        }
        _output = Add(new Nn.Linear(Path("output"), width, outputCount, rng.Fork(2), gain: 0.1));
    }

    /// <summary>Names and lengths of the parameters that grow with the options.</summary>
    public static IEnumerable<(string Name, int Count)> SizesOf(TextNetworkOptions options, int rowCount)
    {
        yield return ("terms.weight", checked(rowCount * options.Width));
        if (options.Kind == TextNetworkKind.Recurrent) yield return ("reader.forward.weight_hh", checked(3 * options.Hidden * options.Hidden));
        if (options.Kind != TextNetworkKind.Convolution) yield break;
        foreach (var window in options.Windows) yield return ($"filters.{window}.weight", checked(window * options.Width * options.Hidden));
    }

    /// <summary>Begins one element of every term's vector at a known value per term instead of at chance.</summary>
    /// <remarks>With log-count ratios, which say what a linear model would, filters begin with something to look for (Li, Zhao, Liu, Wang &amp; Du 2017).</remarks>
    public void StartTerms(int element, ReadOnlySpan<float> values, float factor)
    {
        for (var term = 0; term < values.Length; term++) _terms.Weight.Value[(TermSequences.FirstTerm + term) * _options.Width + element] = values[term] * factor;
    }

    /// <summary>[texts, outputs] of some rows.</summary>
    public Tensor Forward(Tape tape, TermSequences texts, ReadOnlySpan<int> rows)
    {
        var length = 0;
        foreach (var row in rows) length += texts.Length(row);
        var (terms, starts) = (ArrayPool<int>.Shared.Rent(length), ArrayPool<int>.Shared.Rent(rows.Length + 1));
        Collect(tape, texts, rows, terms, starts);
        var offsets = tape.Indices(starts.AsSpan(0, rows.Length + 1));
        var read = Read(tape, terms.AsSpan(0, length), offsets);
        ArrayPool<int>.Shared.Return(terms);
        ArrayPool<int>.Shared.Return(starts);
        return _output.Forward(tape, tape.Dropout(read, _options.Dropout));
    }

    // The terms of the rows one after the other; in training some of them become unknown, by chance that depends on the step and the place alone.
    private void Collect(Tape tape, TermSequences texts, ReadOnlySpan<int> rows, Span<int> terms, Span<int> starts)
    {
        var at = 0;
        for (var text = 0; text < rows.Length; text++)
        {
            starts[text] = at;
            texts.Row(rows[text]).CopyTo(terms[at..]);
            at += texts.Length(rows[text]);
        }
        starts[rows.Length] = at;
        if (!tape.IsTraining || _options.TermDropout == 0) return;
        var stream = tape.NextStream();
        for (var place = 0; place < at; place++)
        {
            if (CounterRng.Uniform(tape.Seed, stream, (ulong)place) < _options.TermDropout) terms[place] = TermSequences.Unknown;
        }
    }

    private Tensor Read(Tape tape, ReadOnlySpan<int> terms, in Indices offsets) => _options.Kind switch
    {
        TextNetworkKind.Bag => _terms.ForwardBags(tape, tape.Indices(terms), offsets, BagMode.Mean),
        TextNetworkKind.Convolution => Convolve(tape, terms, offsets),
        _ => _reader!.Forward(tape, _terms.Forward(tape, tape.Indices(terms)), offsets), // made for the third kind
    };

    // A convolution over vectors of terms is a linear layer over windows: the vectors of a window's terms lie side by side.
    private Tensor Convolve(Tape tape, ReadOnlySpan<int> terms, in Indices offsets)
    {
        var answers = default(Tensor);
        for (var w = 0; w < _filters.Length; w++)
        {
            var window = _options.Windows[w];
            var vectors = _terms.Forward(tape, WindowsOf(tape, terms, offsets.Values, window)).Reshape(new Shape(terms.Length, window * _options.Width));
            var largest = tape.MaxSegments(_filters[w].Forward(tape, vectors, Activation.Relu), offsets);
            answers = w == 0 ? largest : tape.Concat(answers, largest);
        }
        return answers;
    }

    private static Indices WindowsOf(Tape tape, ReadOnlySpan<int> terms, ReadOnlySpan<int> offsets, int window)
    {
        var index = ArrayPool<int>.Shared.Rent(terms.Length * window);
        for (var text = 0; text + 1 < offsets.Length; text++)
        {
            for (var place = offsets[text]; place < offsets[text + 1]; place++)
            {
                for (var next = 0; next < window; next++) index[place * window + next] = place + next < offsets[text + 1] ? terms[place + next] : TermSequences.Padding;
            }
        }
        var result = tape.Indices(index.AsSpan(0, terms.Length * window));
        ArrayPool<int>.Shared.Return(index);
        return result;
    }
}
