namespace CampaignPortal.Statistics.Summaries;

/// <summary>Cuts rows into parts of nearly equal size; the first n mod k parts have one more.</summary>
internal static class EvenSplit
{
    public static IEnumerable<Range> Of(int count, int parts)
    {
        for (int part = 0, from = 0; part < parts; part++)
        {
            var size = count / parts + (part < count % parts ? 1 : 0);
            yield return from..(from + size);
            from += size;
        }
    }
}
