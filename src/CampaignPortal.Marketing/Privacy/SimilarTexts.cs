namespace CampaignPortal.Marketing.Privacy;

/// <summary>Finds entries that are written almost like a text: they share its three-letter pieces.</summary>
/// <remarks>
/// Each piece is one sweep of <see cref="FragmentIndex"/>, cut at some thousand entries: a piece that half of everybody has tells nobody
/// apart. What shares most pieces is then ranked by the overlap of pieces with its closest word (Jaccard's index).
/// </remarks>
internal static class SimilarTexts
{
    private const int PieceLength = 3, MaxPieces = 12, MaxHitsPerPiece = 2_000, MaxRanked = 200;
    private const double LeastOverlap = 0.25;
    private static readonly char[] Breaks = [' ', '\t', '.', '@', '-', '_', '+'];

    public static IReadOnlyList<long> Find(FragmentIndex index, string text, int limit)
    {
        var wanted = FragmentIndex.Fold(text.Trim());
        var pieces = PiecesOf(wanted);
        var shared = new Dictionary<long, int>();
        foreach (var piece in pieces.Take(MaxPieces))
        {
            foreach (var id in index.Find(piece, MaxHitsPerPiece)) shared[id] = shared.GetValueOrDefault(id) + 1;
        }
        return
        [
            .. shared.OrderByDescending(s => s.Value).ThenBy(s => s.Key).Take(MaxRanked)
                .Select(s => (Id: s.Key, Overlap: OverlapOf(pieces, index.TextOf(s.Key))))
                .Where(s => s.Overlap >= LeastOverlap).OrderByDescending(s => s.Overlap).ThenBy(s => s.Id).Take(limit).Select(s => s.Id),
        ];
    }

    private static double OverlapOf(HashSet<string> pieces, string entry)
    {
        var best = 0.0;
        foreach (var field in entry.Split('\t'))
        {
            foreach (var word in field.Split(Breaks, StringSplitOptions.RemoveEmptyEntries).Append(field))
            {
                var others = PiecesOf(word);
                if (others.Count == 0) continue;
                var common = others.Count(pieces.Contains);
                best = Math.Max(best, common / (double)(pieces.Count + others.Count - common));
            }
        }
        return best;
    }

    private static HashSet<string> PiecesOf(string text)
    {
        var pieces = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i + PieceLength <= text.Length; i++) pieces.Add(text.Substring(i, PieceLength));
        return pieces;
    }
}
