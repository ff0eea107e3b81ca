using System.Globalization;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Preprocessing;

/// <summary>Fitted steps one after the other, saved as one.</summary>
public sealed class TransformerPipeline : ITransformer, IStorable<TransformerPipeline>
{
    private readonly ITransformer[] _steps;

    /// <summary>Joins fitted steps; each must take as many columns as the one before gives.</summary>
    /// <exception cref="ArgumentException">There is no step, or two do not fit.</exception>
    public TransformerPipeline(params IReadOnlyList<ITransformer> steps)
    {
        if (steps.Count == 0) throw new ArgumentException("A pipeline needs at least one step.", nameof(steps));
        for (var s = 1; s < steps.Count; s++)
        {
            if (steps[s].InputColumnCount != steps[s - 1].OutputNames.Count)
            {
                throw new ArgumentException($"Step {s} takes {steps[s].InputColumnCount} columns and the step before gives {steps[s - 1].OutputNames.Count}.", nameof(steps));
            }
        }
        _steps = steps.ToArray();
        var source = _steps[0].SourceColumns.ToArray();
        foreach (var step in _steps.AsSpan(1)) source = step.SourceColumns.Select(j => source[j]).ToArray();
        SourceColumns = source;
    }

    /// <inheritdoc/>
    public static string Kind => "pipeline";

    /// <inheritdoc/>
    public int InputColumnCount => _steps[0].InputColumnCount;

    /// <inheritdoc/>
    public IReadOnlyList<string> OutputNames => _steps[^1].OutputNames;

    /// <inheritdoc/>
    public IReadOnlyList<int> SourceColumns { get; }

    /// <inheritdoc/>
    public Matrix Transform(Matrix input) => _steps.Aggregate(input, (matrix, step) => step.Transform(matrix));

    /// <summary>Adds up contributions of output columns into contributions of input columns.</summary>
    public double[] ToSources(ReadOnlySpan<double> contributions)
    {
        if (contributions.Length != SourceColumns.Count) throw new ArgumentException($"{SourceColumns.Count} contributions are due; got {contributions.Length}.", nameof(contributions));
        var sums = new double[InputColumnCount];
        for (var j = 0; j < contributions.Length; j++) sums[SourceColumns[j]] += contributions[j];
        return sums;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["steps"] = _steps.Length;
        for (var s = 0; s < _steps.Length; s++)
        {
            var name = StepName(s);
            switch (_steps[s])
            {
                case ColumnScaler scaler: part.PutPart(name, scaler); break;
                case Imputer imputer: part.PutPart(name, imputer); break;
                case OneHotEncoder encoder: part.PutPart(name, encoder); break;
                case FeatureSelection selection: part.PutPart(name, selection); break;
                case TargetEncoder rates: part.PutPart(name, rates); break;
                case BinEncoder bins: part.PutPart(name, bins); break;
                case HashEncoder hashes: part.PutPart(name, hashes); break;
                case TransformerPipeline pipeline: part.PutPart(name, pipeline); break;
                default: throw new NotSupportedException($"A {_steps[s].GetType().Name} cannot be saved in a pipeline.");
            }
        }
    }

    /// <inheritdoc/>
    public static TransformerPipeline Restore(ModelPart part)
    {
        var count = part.Setting<int>("steps");
        if (count is < 1 or > 100) throw new InvalidDataException($"A pipeline has 1 to 100 steps; this one claims {count}.");
        var steps = new ITransformer[count];
        for (var s = 0; s < count; s++)
        {
            var name = StepName(s);
            var kind = part.KindOf(name);
            steps[s] = kind == ColumnScaler.Kind ? part.GetPart<ColumnScaler>(name)
                : kind == Imputer.Kind ? part.GetPart<Imputer>(name)
                : kind == OneHotEncoder.Kind ? part.GetPart<OneHotEncoder>(name)
                : kind == FeatureSelection.Kind ? part.GetPart<FeatureSelection>(name)
                : kind == TargetEncoder.Kind ? part.GetPart<TargetEncoder>(name)
                : kind == BinEncoder.Kind ? part.GetPart<BinEncoder>(name)
                : kind == HashEncoder.Kind ? part.GetPart<HashEncoder>(name)
                : kind == Kind ? part.GetPart<TransformerPipeline>(name)
                : throw new InvalidDataException($"Step {s} of a pipeline is of the unknown kind '{kind}'.");
        }
        return new TransformerPipeline(steps);
    }

    private static string StepName(int step) => "step" + step.ToString(CultureInfo.InvariantCulture);
}
