using System.CommandLine;

namespace CampaignPortal.Benchmarks.Ranking;

/// <summary>The verb <c>ranking</c>: recommendation models judged on interaction files.</summary>
public static class RankingBenchmarks
{
    public static Command Create()
    {
        var orders = new Option<FileInfo?>("--orders") { Description = "Invoice lines of the Online Retail layout (CSV or CSV.GZ)" };
        var split = new Option<DateOnly?>("--split") { Description = "Learn before this day, judge the 31 days from it" };
        var train = new Option<FileInfo?>("--train") { Description = "Training pairs, CSV user_id,item_id" };
        var test = new Option<FileInfo?>("--test") { Description = "Test pairs, CSV user_id,item_id" };
        var negatives = new Option<FileInfo?>("--negatives") { Description = "CSV user_id,positive_item_id,negative_item_ids (separated by blanks)" };
        var sequences = new Option<FileInfo?>("--sequences") { Description = "CSV user_id,position,item_id: the last item is the test, the one before validation" };
        var ratings = new Option<FileInfo?>("--ratings") { Description = "CSV user_id,movie_id,timestamp: the newest of each user is the test, among 99 random items never taken" };
        var rank = new Option<string>("--rank") { Description = "all: among all unseen items; 100: among 100 random unseen ones", DefaultValueFactory = _ => "all" };
        var model = new Option<string>("--model") { Description = "popular, knn, markov, knn+markov, ials, bpr, ease, ranker, blend or auto (chosen on validation)", DefaultValueFactory = _ => "auto" };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1 };
        var threads = new Option<int?>("--threads") { Description = "All processors but one unless given" };
        var command = new Command("ranking", "Ranking quality of recommendation models on interaction files") { orders, split, train, test, negatives, sequences, ratings, rank, model, seed, threads };
        command.SetAction(arguments => Answer.Guarded(object () =>
        {
            var (from, degree) = (arguments.GetValue(seed), arguments.GetValue(threads));
            var name = arguments.GetValue(model) ?? "auto";
            if (arguments.GetValue(orders) is { } lines)
            {
                var cut = arguments.GetValue(split) ?? throw new ArgumentException("--orders needs --split DATE, the first day to judge.");
                return OrderRanking.Run(lines.FullName, cut, from, degree);
            }
            if (arguments.GetValue(sequences) is { } file) return SequenceRanking.RunSequences(file.FullName, arguments.GetValue(rank) ?? "all", name, from, degree);
            if (arguments.GetValue(ratings) is { } timed) return SequenceRanking.RunRatings(timed.FullName, name, from, degree);
            return (arguments.GetValue(train), arguments.GetValue(test), arguments.GetValue(negatives)) is ({ } known, { } asked, { } others)
                ? SequenceRanking.RunNegatives(known.FullName, asked.FullName, others.FullName, name, from, degree)
                : throw new ArgumentException("Name files: --orders F --split DATE, or --sequences F, or --ratings F, or --train F --test F --negatives F.");
        }));
        return command;
    }
}
