namespace CampaignPortal.Learning.Text;

/// <summary>The candidates that compete unless others are named.</summary>
public static class TextCandidates
{
    /// <summary>Linear models over runs of words and over parts of words, each with several ways to find weights: their errors differ, so that together they err less.</summary>
    /// <remarks>Lengths of parts depend on the script: a Chinese character says about as much as three or four letters.</remarks>
    public static IReadOnlyList<TextCandidate> LinearOnes(IReadOnlyList<string> documents)
    {
        var blanks = IsWrittenWithBlanks(documents);
        var words = new TermOptions { LongestWordRun = 2, LongestCharacterRun = 3, Signs = true, Negation = true };
        var runs = words with { LongestWordRun = 3, LongestCharacterRun = 2, Negation = false };
        var parts = words with { Negation = false, Parts = blanks ? new TermParts(3, 7) : new TermParts(1, 4) };
        var shortParts = parts with { Parts = blanks ? new TermParts(2, 5) : new TermParts(1, 2) };
        return
        [
            TextCandidate.Linear("words, naive Bayes", Presence(words, 1) with { Learner = TextLearner.NaiveBayes, Terms = Terms(words, 1, TermScale.Presence, idf: false, unitLength: false) }),
            TextCandidate.Linear("words, NB-weighted logistic", Presence(words, 1) with { L2 = 0.25 }),
            TextCandidate.Linear("word runs, logistic", new LinearTextOptions { Terms = Terms(runs, 2, TermScale.Sublinear), L2 = 0.1 }),
            TextCandidate.Linear("parts, naive Bayes", Presence(parts, 2) with { Learner = TextLearner.NaiveBayes, Terms = Terms(parts, 2, TermScale.Presence, idf: false, unitLength: false) }),
            TextCandidate.Linear("parts, NB-weighted logistic", Presence(parts, 2) with { L2 = 0.06 }),
            TextCandidate.Linear("parts, support vectors", new LinearTextOptions { Terms = Terms(parts, 2, TermScale.Sublinear), Learner = TextLearner.SupportVectors, L2 = 3 }),
            TextCandidate.Linear("short parts, NB-weighted support vectors", Presence(shortParts, 2) with { Learner = TextLearner.SupportVectors, L2 = 3 }),
        ];
    }

    /// <summary>The linear ones, a bag of vectors, a network of filters and a recurrent one.</summary>
    public static IReadOnlyList<TextCandidate> WithNetworks(IReadOnlyList<string> documents, long seed = 1) =>
        [.. LinearOnes(documents), Bag(seed), Convolution(seed), Recurrent(seed)];

    /// <summary>A bag of vectors of words, characters and their pairs.</summary>
    public static TextCandidate Bag(long seed = 1)
    {
        var options = new TextNetworkOptions { Kind = TextNetworkKind.Bag, Terms = new VocabularyOptions { Terms = new TermOptions { LongestWordRun = 2, Signs = true, Negation = true } } };
        return TextCandidate.Network("bag of vectors", options with { Training = options.Training with { Seed = seed, MaxEpochs = 20, LearningRate = 3e-3 } });
    }

    /// <summary>Filters over windows of words or characters.</summary>
    public static TextCandidate Convolution(long seed = 1)
    {
        var options = new TextNetworkOptions();
        return TextCandidate.Network("convolution", options with { Training = options.Training with { Seed = seed } });
    }

    /// <summary>A recurrent network in both directions with attention.</summary>
    public static TextCandidate Recurrent(long seed = 1)
    {
        var options = new TextNetworkOptions { Kind = TextNetworkKind.Recurrent, Hidden = 32 };
        return TextCandidate.Network("recurrent with attention", options with { Training = options.Training with { Seed = seed } });
    }

    private static LinearTextOptions Presence(TermOptions terms, int minDocumentCount) =>
        new() { Terms = Terms(terms, minDocumentCount, TermScale.Presence, idf: false), ByLogCountRatio = true };

    private static TfIdfOptions Terms(TermOptions terms, int minDocumentCount, TermScale scale, bool idf = true, bool unitLength = true) =>
        new() { Vocabulary = new VocabularyOptions { Terms = terms, MinDocumentCount = minDocumentCount }, Scale = scale, Idf = idf, UnitLength = unitLength };

    // By the first texts: most letters belong to words, or stand alone.
    private static bool IsWrittenWithBlanks(IReadOnlyList<string> documents)
    {
        var (alone, all) = (0, 0);
        foreach (var document in documents.Take(200))
        {
            foreach (var rune in document.EnumerateRunes())
            {
                alone += TermCutter.IsWrittenWithoutBlanks(rune) ? 1 : 0;
                all += System.Text.Rune.IsLetter(rune) ? 1 : 0;
            }
        }
        return 2 * alone < all || all == 0;
    }
}
