using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Choices of <see cref="SequenceRanker"/>.</summary>
public sealed record SequenceRankerOptions
{
    /// <summary>How many items the trees put in order; the rest keeps the order of the weighted sum. Default 100: ten times a list.</summary>
    public int CandidateCount { get; init; } = 100;

    /// <summary>Most users whose withheld item teaches the trees, drawn when there are more. Bounds memory: each brings <see cref="RowsPerUser"/> rows.</summary>
    public int MaxTeachers { get; init; } = 12_000;

    /// <summary>Most rows per teaching user: the withheld item and rivals drawn from the candidates.</summary>
    public int RowsPerUser { get; init; } = 100;

    /// <summary>The trees. Small steps and few levels, since a few thousand withheld items are all the evidence there is.</summary>
    public GbdtOptions Trees { get; init; } = new() { MaxRounds = 400, MaxDepth = 5, LearningRate = 0.05, MinChildWeight = 10, Patience = 30 };

    /// <summary>Share of the teaching users that decide when the trees stop.</summary>
    public double ValidationShare { get; init; } = 0.15;

    /// <summary>Threads, null for all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(CandidateCount, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTeachers, 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(RowsPerUser, 2);
        if (!(ValidationShare is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(ValidationShare), ValidationShare, "The validation share must lie between 0 and 1.");
    }
}

/// <summary>Ranks the next item in two stages: many cheap models propose, boosted trees decide, taught by the last item of each user.</summary>
/// <remarks>
/// The parts are fitted without each user's last item, their best candidates are described by what every part says (<see cref="SequenceCandidates"/>), and
/// trees learn which candidate was the withheld item (pointwise log-loss). Then the parts are fitted again with all items. Nobody's later behaviour is
/// touched, so the model can be judged like any other on an item after the end of the sequences. The two-stage form is that of Covington, Adams &amp; Sargin 2016.
/// </remarks>
public static class SequenceRanker
{
    private const int LeastTeachers = 30;

    /// <summary>Fits parts and trees.</summary>
    /// <param name="sequences">Items of each user, oldest first; users with fewer than two items only teach the parts.</param>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="parts">Fits the models that propose; called twice.</param>
    /// <param name="options">Candidates, trees and threads.</param>
    /// <param name="rng">Draws teachers, rivals and the validation part.</param>
    /// <param name="ct">Stops between stages and inside them.</param>
    /// <returns>A model; without trees when fewer than thirty withheld items are among their user's candidates: the order is then that of the weighted sum.</returns>
    /// <exception cref="ArgumentException">No user has two items.</exception>
    public static SequenceRankerModel Fit(IReadOnlyList<int[]> sequences, int itemCount, SequencePartsFit parts, SequenceRankerOptions options, Rng rng, CancellationToken ct = default)
    {
        options.Validate();
        var shortened = Shortened(sequences);
        var teachers = Teachers(sequences, options.MaxTeachers, rng);
        var before = parts(shortened, itemCount, ct);
        var weights = SequenceCandidates.WeightsByWorth(before, sequences, teachers[..Math.Min(teachers.Length, 4000)], itemCount, options.Degree, ct);
        var lessons = Lessons(new SequenceCandidates(before, weights, UserCounts(shortened, itemCount)), sequences, teachers, options, rng.NextBits(), ct);
        var trees = lessons.Count < LeastTeachers ? null : Grow(lessons, options, rng, ct);
        var candidates = new SequenceCandidates(parts(sequences, itemCount, ct), weights, UserCounts(sequences, itemCount));
        return new SequenceRankerModel(candidates, trees, options.CandidateCount);
    }

    /// <summary>Every sequence of two items or more without its last one.</summary>
    internal static int[][] Shortened(IReadOnlyList<int[]> sequences) => [.. sequences.Select(sequence => sequence.Length >= 2 ? sequence[..^1] : sequence)];

    /// <summary>Users with an item to withhold, in drawn order.</summary>
    internal static int[] Teachers(IReadOnlyList<int[]> sequences, int most, Rng rng)
    {
        var users = Enumerable.Range(0, sequences.Count).Where(user => sequences[user].Length >= 2).ToArray();
        if (users.Length == 0) throw new ArgumentException("No user has two items; there is nothing to withhold and learn from.", nameof(sequences));
        rng.Shuffle(users.AsSpan());
        return users[..Math.Min(most, users.Length)];
    }

    /// <summary>One teaching user: rows of candidates, the first being the withheld item.</summary>
    private sealed record Lesson(float[] Rows, int RowCount);

    private static List<Lesson> Lessons(SequenceCandidates candidates, IReadOnlyList<int[]> sequences, int[] teachers, SequenceRankerOptions options, ulong seed, CancellationToken ct)
    {
        var lessons = new Lesson?[teachers.Length];
        ParallelRows.Run(teachers.Length, 16, options.Degree, () => new SequenceCandidates.Scratch(candidates, options.CandidateCount), (scratch, from, to) =>
        {
            for (var at = from; at < to; at++)
            {
                var sequence = sequences[teachers[at]];
                var found = scratch.Find(sequence.AsSpan(0, sequence.Length - 1));
                var place = found.IndexOf(sequence[^1]);
                if (place >= 0) lessons[at] = LessonOf(scratch.Rows, place, found.Length, options.RowsPerUser, seed, (ulong)teachers[at]);
            }
        }, ct);
        return [.. lessons.OfType<Lesson>()];
    }

    private static Lesson LessonOf(Matrix rows, int place, int found, int most, ulong seed, ulong user)
    {
        int[] rivals = [.. Enumerable.Range(0, found).Where(rival => rival != place)];
        if (rivals.Length >= most) rivals = [.. rivals.OrderBy(rival => CounterRng.Bits(seed, user, (ulong)rival)).Take(most - 1).Order()];
        var values = new float[(rivals.Length + 1) * rows.ColumnCount];
        rows.Row(place).CopyTo(values);
        for (var at = 0; at < rivals.Length; at++) rows.Row(rivals[at]).CopyTo(values.AsSpan((at + 1) * rows.ColumnCount));
        return new Lesson(values, rivals.Length + 1);
    }

    // The validation part holds whole users: rows of one user are no independent witnesses.
    private static GbdtModel Grow(List<Lesson> lessons, SequenceRankerOptions options, Rng rng, CancellationToken ct)
    {
        var held = Math.Max(1, (int)(lessons.Count * options.ValidationShare));
        var (training, validation) = (Joined(lessons[held..]), Joined(lessons[..held]));
        lessons.Clear();
        return GradientBoosting.Fit(training, validation, options.Trees with { Objective = BoostingObjective.BinaryLogistic, Degree = options.Degree }, rng, null, ct).Model;
    }

    private static LabelledRows Joined(List<Lesson> lessons)
    {
        var columnCount = lessons[0].Rows.Length / lessons[0].RowCount;
        var values = new float[lessons.Sum(lesson => lesson.Rows.Length)];
        var labels = new float[values.Length / columnCount];
        var row = 0;
        foreach (var lesson in lessons)
        {
            lesson.Rows.CopyTo(values.AsSpan(row * columnCount));
            labels[row] = 1;
            row += lesson.RowCount;
        }
        return new LabelledRows(new Matrix(labels.Length, columnCount, values), labels);
    }

    private static float[] UserCounts(IReadOnlyList<int[]> sequences, int itemCount)
    {
        var counts = new float[itemCount];
        foreach (var sequence in sequences)
        {
            foreach (var item in sequence.Distinct()) counts[item]++;
        }
        return counts;
    }
}
