namespace CampaignPortal.Learning.Text;

/// <summary>Checks the classes of texts.</summary>
internal static class TextLabels
{
    /// <summary>Number of classes: the highest label and one.</summary>
    /// <exception cref="ArgumentException">Labels do not fit the documents, one is negative, there are fewer than two classes, or one below the highest has no document.</exception>
    public static int ClassCount(int documentCount, ReadOnlySpan<int> labels)
    {
        if (documentCount != labels.Length || labels.IsEmpty) throw new ArgumentException($"{documentCount} documents need as many labels, at least one; there are {labels.Length}.", nameof(labels));
        var known = new HashSet<int>();
        foreach (var label in labels)
        {
            if (label < 0) throw new ArgumentException($"Labels count classes from 0; found {label}.", nameof(labels));
            known.Add(label);
        }
        var classes = Math.Max(2, known.Max() + 1);
        for (var k = 0; k < classes; k++)
        {
            if (!known.Contains(k)) throw new ArgumentException($"Class {k} has no document.", nameof(labels));
        }
        return classes;
    }
}
