using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Text;

/// <summary>Texts with their classes; every way of cutting them is counted once, however many candidates and folds ask for it.</summary>
internal sealed class TextSet(IReadOnlyList<string> documents, int[] labels)
{
    private readonly Dictionary<VocabularyOptions, Lazy<(Vocabulary, Csr)>> _counts = [];

    public IReadOnlyList<string> Documents { get; } = documents;

    public int[] Labels { get; } = labels;

    public int ClassCount { get; } = TextLabels.ClassCount(documents.Count, labels);

    public int OutputCount => TextModels.OutputsOf(ClassCount);

    /// <summary>The vocabulary of all texts and their counts. Labels play no part in it, so that held-out texts may share it.</summary>
    public (Vocabulary Vocabulary, Csr Counts) Counts(VocabularyOptions options)
    {
        lock (_counts)
        {
            if (!_counts.TryGetValue(options, out var counts))
            {
                counts = new Lazy<(Vocabulary, Csr)>(() => (Vocabulary.Fit(Documents, options, out var rows), rows));
                _counts.Add(options, counts);
            }
            return counts.Value;
        }
    }

    public int[] LabelsOf(int[] rows) => Array.ConvertAll(rows, row => Labels[row]);
}
