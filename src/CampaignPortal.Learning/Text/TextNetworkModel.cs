using System.Globalization;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Text;

/// <summary>Networks that read texts alike; a score is the mean of theirs, in log-odds for two classes. Immutable and safe for concurrent use.</summary>
public sealed class TextNetworkModel : ITextModel, IStorable<TextNetworkModel>
{
    private const int BatchRows = 256;

    private readonly Vocabulary _vocabulary;
    private readonly TextNetworkOptions _options;
    private readonly TextNetwork[] _networks;

    internal TextNetworkModel(Vocabulary vocabulary, TextNetworkOptions options, TextNetwork[] networks, int classCount) =>
        (_vocabulary, _options, _networks, ClassCount) = (vocabulary, options, networks, classCount);

    /// <inheritdoc/>
    public static string Kind => "text-network";

    /// <inheritdoc/>
    public int ClassCount { get; }

    /// <inheritdoc/>
    public int OutputCount => TextModels.OutputsOf(ClassCount);

    /// <summary>How many networks are averaged.</summary>
    public int NetworkCount => _networks.Length;

    /// <inheritdoc/>
    public void Score(IReadOnlyList<string> texts, Span<float> scores)
    {
        TextModels.RequireRoom(this, texts, scores);
        scores.Clear();
        var sequences = TermSequences.Of(_vocabulary, texts, _options.MaxLength);
        using var lease = TapePool.Rent();
        var tape = lease.Tape;
        Span<int> rows = stackalloc int[BatchRows];
        for (var first = 0; first < sequences.Count; first += BatchRows)
        {
            var batch = rows[..Math.Min(BatchRows, sequences.Count - first)];
            for (var at = 0; at < batch.Length; at++) batch[at] = first + at;
            foreach (var network in _networks)
            {
                tape.Begin(training: false);
                var own = network.Forward(tape, sequences, batch).Values;
                for (var at = 0; at < own.Length; at++) scores[first * OutputCount + at] += own[at] / _networks.Length;
            }
        }
    }

    /// <summary>One model of the networks of several that share a vocabulary.</summary>
    internal static TextNetworkModel Averaged(IReadOnlyList<TextNetworkModel> models) =>
        new(models[0]._vocabulary, models[0]._options, [.. models.SelectMany(model => model._networks)], models[0].ClassCount);

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["kind_of_network"] = _options.Kind.ToString();
        part.Settings["max_length"] = _options.MaxLength;
        part.Settings["width"] = _options.Width;
        part.Settings["hidden"] = _options.Hidden;
        part.Settings["classes"] = ClassCount;
        part.Settings["networks"] = _networks.Length;
        part.Put("windows", _options.Windows.ToArray());
        part.PutPart("vocabulary", _vocabulary);
        for (var n = 0; n < _networks.Length; n++)
        {
            foreach (var parameter in _networks[n].Parameters) part.Put<float>(Named(n, parameter.Name), parameter.Value);
        }
    }

    /// <inheritdoc/>
    public static TextNetworkModel Restore(ModelPart part)
    {
        if (!Enum.TryParse<TextNetworkKind>(part.Setting<string>("kind_of_network"), out var kind)) throw new InvalidDataException($"Unknown kind of network '{part.Setting<string>("kind_of_network")}'.");
        var vocabulary = part.GetPart<Vocabulary>("vocabulary");
        var options = new TextNetworkOptions
        {
            Kind = kind,
            Terms = vocabulary.Options,
            MaxLength = part.Setting<int>("max_length"),
            Width = part.Setting<int>("width"),
            Hidden = part.Setting<int>("hidden"),
            Windows = part.Get<int>("windows"),
        };
        var (classes, count) = (part.Setting<int>("classes"), part.Setting<int>("networks"));
        if (classes is < 2 or > 10_000 || count is < 1 or > 1000) throw new InvalidDataException($"{count} networks for {classes} classes make no sense.");
        var networks = new TextNetwork[count];
        for (var n = 0; n < count; n++) networks[n] = RestoreNetwork(part, n, options, TermSequences.RowCount(vocabulary), TextModels.OutputsOf(classes));
        return new TextNetworkModel(vocabulary, options, networks, classes);
    }

    // Sizes are compared with what the file holds before anything of that size is made.
    private static TextNetwork RestoreNetwork(ModelPart part, int number, TextNetworkOptions options, int rowCount, int outputCount)
    {
        try
        {
            options.Validate();
            var stored = TextNetwork.SizesOf(options, rowCount).ToDictionary(size => size.Name, size => part.Get<float>(Named(number, size.Name), size.Count));
            var network = new TextNetwork("", options, rowCount, outputCount, new Rng(0));
            foreach (var parameter in network.Parameters)
                (stored.GetValueOrDefault(parameter.Name) ?? part.Get<float>(Named(number, parameter.Name), parameter.Value.Length)).CopyTo(parameter.Value);
            return network;
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"The stored network makes no sense: {e.Message}", e);
        }
    }

    private static string Named(int network, string parameter) => string.Create(CultureInfo.InvariantCulture, $"networks.{network}.{parameter}");
}
