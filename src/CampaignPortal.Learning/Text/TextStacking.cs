using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Text;

/// <summary>Options of <see cref="TextStacking"/>.</summary>
public sealed record TextStackingOptions
{
    /// <summary>Who competes. Null (the default): <see cref="TextCandidates.LinearOnes"/>.</summary>
    public IReadOnlyList<TextCandidate>? Candidates { get; init; }

    /// <summary>Folds that give every text a score by models that have not seen it. Default 5.</summary>
    public int FoldCount { get; init; } = 5;

    /// <summary>λ of the logistic regression over the candidates' standardised scores. Default 1.</summary>
    public double L2 { get; init; } = 1;

    /// <summary>A candidate joins the stack when it lowers the held-out log-loss by this. Default 0.0002.</summary>
    public double MinGain { get; init; } = 0.0002;

    /// <summary>Seed of the folds.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Threads; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }
}

/// <summary>How a candidate did on texts it had not seen.</summary>
/// <param name="Name">The candidate's name.</param>
/// <param name="Accuracy">Share of right classes, out of fold.</param>
/// <param name="Weight">Its part in the stack: mean over the outputs of weight · standard deviation of its score. 0 for candidates that did not join.</param>
public sealed record TextCandidateReport(string Name, double Accuracy, double Weight);

/// <summary>What <see cref="TextStacking"/> found.</summary>
/// <param name="Model">The model to use.</param>
/// <param name="Candidates">All candidates in the order given.</param>
/// <param name="StackAccuracy">Share of right classes of the stack, with weights fitted without the text in question.</param>
public sealed record TextStackingResult(TextStackModel Model, IReadOnlyList<TextCandidateReport> Candidates, double StackAccuracy);

/// <summary>Lets candidates compete on held-out folds and weighs those that help together by a logistic regression over their out-of-fold scores (stacked generalisation, Wolpert 1992).</summary>
public static class TextStacking
{
    /// <summary>Fits all candidates on folds, chooses and weighs them, and fits the chosen ones on all texts.</summary>
    /// <param name="documents">Texts.</param>
    /// <param name="labels">Class of each text, from 0.</param>
    /// <param name="options">Options.</param>
    /// <param name="ct">Looked at between passes.</param>
    /// <exception cref="ArgumentException">Labels do not fit the documents, a class below the highest has no document or fewer than folds, or there is no candidate.</exception>
    public static TextStackingResult Fit(IReadOnlyList<string> documents, ReadOnlySpan<int> labels, TextStackingOptions options, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.FoldCount, 2, "options.FoldCount");
        var texts = new TextSet(documents, labels.ToArray());
        var candidates = options.Candidates ?? TextCandidates.LinearOnes(documents);
        if (candidates.Count == 0) throw new ArgumentException("Nobody competes; name at least one candidate.", nameof(options));
        var folds = Folds(texts, options);
        var held = FitFolds(texts, candidates, folds, options, ct);
        var scores = Array.ConvertAll(held, own => OutOfFold(own, folds, texts.OutputCount));
        var accuracies = Array.ConvertAll(scores, own => Accuracy(own, texts));
        var selection = new StackSelection(texts, scores, folds, options);
        var chosen = selection.Forward(ct);
        var weights = selection.Weigh(chosen.Members, [.. Enumerable.Range(0, documents.Count)], ct);
        var models = new ITextModel[chosen.Members.Length];
        ParallelRanges.For(models.Length, ParallelRanges.Degree(options.Degree), at => models[at] = candidates[chosen.Members[at]].Finish(texts, held[chosen.Members[at]], ct), ct);
        var report = candidates.Select((candidate, number) => new TextCandidateReport(candidate.Name, accuracies[number], Weight(weights, Array.IndexOf(chosen.Members, number), scores[number], texts.OutputCount)));
        return new TextStackingResult(new TextStackModel(models, weights), [.. report], Accuracy(chosen.Scores, texts));
    }

    // Every class is dealt out in turn, in a seeded order, so that each fold has its share of each class.
    private static int[] Folds(TextSet texts, TextStackingOptions options)
    {
        var folds = new int[texts.Labels.Length];
        int[] order = [.. Enumerable.Range(0, folds.Length)];
        new Rng(options.Seed).Shuffle<int>(order);
        var next = new int[texts.ClassCount];
        foreach (var row in order) folds[row] = next[texts.Labels[row]]++ % options.FoldCount;
        if (next.Min() < options.FoldCount) throw new ArgumentException($"Class {Array.IndexOf(next, next.Min())} has {next.Min()} documents; {options.FoldCount} folds need as many.", nameof(options));
        return folds;
    }

    private static TextCandidate.HeldOut[][] FitFolds(TextSet texts, IReadOnlyList<TextCandidate> candidates, int[] folds, TextStackingOptions options, CancellationToken ct)
    {
        TextCandidate.HeldOut[][] held = [.. candidates.Select(_ => new TextCandidate.HeldOut[options.FoldCount])];
        ParallelRanges.For(candidates.Count * options.FoldCount, ParallelRanges.Degree(options.Degree), task =>
        {
            var (candidate, fold) = (task / options.FoldCount, task % options.FoldCount);
            var (train, asked) = StackSelection.Split(folds, fold);
            held[candidate][fold] = candidates[candidate].FitHeldOut(texts, train, asked, ct);
        }, ct);
        return held;
    }

    // Scores of all texts in their order; the texts of a fold are in order too.
    private static float[] OutOfFold(TextCandidate.HeldOut[] held, int[] folds, int outputs)
    {
        var scores = new float[folds.Length * outputs];
        var next = new int[held.Length];
        for (var row = 0; row < folds.Length; row++) held[folds[row]].Scores.AsSpan(next[folds[row]]++ * outputs, outputs).CopyTo(scores.AsSpan(row * outputs));
        return scores;
    }

    private static double Accuracy(float[] scores, TextSet texts)
    {
        var classes = TextModels.Classes(scores, texts.OutputCount);
        return classes.Zip(texts.Labels, (found, label) => found == label ? 1.0 : 0).Average();
    }

    private static double Weight(LogisticModel[] stack, int member, float[] scores, int outputs)
    {
        if (member < 0) return 0;
        var sum = 0.0;
        for (var output = 0; output < outputs; output++)
        {
            double[] own = [.. Enumerable.Range(0, scores.Length / outputs).Select(row => (double)scores[row * outputs + output])];
            var mean = own.Average();
            sum += stack[output].Weights[member] * Math.Sqrt(own.Average(score => (score - mean) * (score - mean)));
        }
        return sum / outputs;
    }
}
