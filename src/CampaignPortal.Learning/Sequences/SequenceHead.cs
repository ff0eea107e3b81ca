using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Sequences;

/// <summary>One answer of a network: what its outputs mean.</summary>
/// <param name="Name">Name, unique in the model.</param>
/// <param name="Task">Kind of answer.</param>
/// <param name="Width">Outputs: one, or one per class.</param>
/// <param name="Mean">Mean of a number in training; its network works on standardised values.</param>
/// <param name="Deviation">Its deviation.</param>
internal sealed record SequenceHead(string Name, SequenceTask Task, int Width, float Mean, float Deviation)
{
    /// <exception cref="ArgumentException">The values do not fit the task or the number of sequences.</exception>
    public static SequenceHead Of(SequenceTarget target, int sequenceCount)
    {
        if (target.Values.Length != sequenceCount) throw new ArgumentException($"Head '{target.Name}' needs one value for each of the {sequenceCount} sequences; got {target.Values.Length}.", nameof(target));
        var known = Array.FindAll(target.Values, v => !float.IsNaN(v));
        if (known.Length == 0) throw new ArgumentException($"Head '{target.Name}' has no sequence whose answer is known.", nameof(target));
        Func<float, bool> fits = target.Task switch
        {
            SequenceTask.Binary => static v => v is 0 or 1,
            SequenceTask.Classes => static v => v >= 0 && v < 10_000 && v == MathF.Floor(v),
            _ => float.IsFinite,
        };
        var bad = Array.FindIndex(target.Values, v => !float.IsNaN(v) && !fits(v));
        if (bad >= 0) throw new ArgumentException($"Head '{target.Name}' of kind {target.Task} cannot learn the value {target.Values[bad]} of sequence {bad}.", nameof(target));
        if (target.Task != SequenceTask.Number) return new SequenceHead(target.Name, target.Task, target.Task == SequenceTask.Binary ? 1 : Math.Max(2, 1 + (int)known.Max()), 0, 1);
        var mean = known.Average(v => (double)v);
        var deviation = Math.Sqrt(known.Average(v => (v - mean) * (v - mean)));
        return new SequenceHead(target.Name, target.Task, 1, (float)mean, deviation > 0 ? (float)deviation : 1);
    }

    /// <summary>Mean loss of outputs against known answers.</summary>
    public Tensor Loss(Tape tape, in Tensor outputs, ReadOnlySpan<float> answers)
    {
        if (Task == SequenceTask.Binary) return tape.BinaryCrossEntropy(outputs, answers);
        if (Task == SequenceTask.Classes)
        {
            var classes = tape.NewIndices(answers.Length, out var numbers);
            for (var i = 0; i < numbers.Length; i++) numbers[i] = (int)answers[i];
            return tape.CrossEntropy(outputs, classes);
        }
        var standard = tape.Allocate(new Shape(answers.Length)).Values;
        for (var i = 0; i < standard.Length; i++) standard[i] = (answers[i] - Mean) / Deviation;
        return tape.MeanSquaredError(outputs, standard);
    }

    /// <summary>Turns outputs into probabilities or numbers.</summary>
    public void ToAnswers(ReadOnlySpan<float> outputs, Span<float> answers)
    {
        if (Task == SequenceTask.Binary) VectorMath.Sigmoid(outputs, answers);
        else if (Task == SequenceTask.Classes) Softmax.Forward(outputs, answers, Width);
        else for (var i = 0; i < answers.Length; i++) answers[i] = Mean + Deviation * outputs[i];
    }
}
