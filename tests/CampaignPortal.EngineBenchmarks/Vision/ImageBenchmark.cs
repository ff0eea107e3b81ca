using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CampaignPortal.Benchmarks.Ranking;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Vision;

namespace CampaignPortal.Benchmarks.Vision;

/// <summary>The verb <c>image</c>: learns classes of pictures and judges them on pictures that were not trained on.</summary>
internal static class ImageBenchmark
{
    private sealed record Result(double Accuracy, double Seconds, int Train, int Test, int Classes, int Epochs);

    private sealed record Pictures(ImageSet Images, string[] Classes, bool[] IsTraining);

    public static Command Create()
    {
        var train = new Option<FileInfo>("--train") { Description = "Array of pictures, idx layout (bytes), plain or gzip", Required = true };
        var index = new Option<FileInfo>("--index") { Description = "CSV with the columns row, class and, without --test-array, split (train or anything else)", Required = true };
        var testArray = new Option<FileInfo?>("--test-array") { Description = "Pictures to judge; those of other splits unless given" };
        var testIndex = new Option<FileInfo?>("--test-index") { Description = "Their CSV" };
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the pictures" };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1 };
        var threads = new Option<int?>("--threads") { Description = "All processors unless given" };
        var command = new Command("image", "Accuracy of a small convolutional network on pictures") { train, index, testArray, testIndex, epochs, seed, threads };
        command.SetAction(arguments => Answer.Guarded(() =>
        {
            var options = new ImageClassifierOptions { Seed = arguments.GetValue(seed), Degree = arguments.GetValue(threads) ?? Environment.ProcessorCount };
            if (arguments.GetValue(epochs) is { } count) options = options with { Epochs = count };
            var known = Read(arguments.GetRequiredValue(train).FullName, arguments.GetRequiredValue(index).FullName);
            return (arguments.GetValue(testArray), arguments.GetValue(testIndex)) switch
            {
                (null, null) => Run(known, Rows(known.IsTraining, true), known, Rows(known.IsTraining, false), options),
                ({ } array, { } list) => Run(known, Rows(known.IsTraining, null), Read(array.FullName, list.FullName), null, options),
                _ => throw new ArgumentException("--test-array and --test-index belong together."),
            };
        }));
        return command;
    }

    private static Result Run(Pictures known, int[] trainRows, Pictures judged, int[]? testRows, ImageClassifierOptions options)
    {
        testRows ??= Rows(judged.IsTraining, null);
        if (testRows.Length == 0) throw new ArgumentException("No picture is left to judge: the index needs a split other than 'train', or name --test-array.");
        var classes = trainRows.Select(row => known.Classes[row]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var clock = Stopwatch.StartNew();
        var labels = trainRows.Select(row => Array.BinarySearch(classes, known.Classes[row], StringComparer.Ordinal)).ToArray();
        var model = ImageClassifier.Fit(known.Images.Select(trainRows), labels, options, new Log(), CancellationToken.None);
        var probabilities = new float[testRows.Length * classes.Length];
        model.PredictMany(judged.Images.Select(testRows), probabilities, options.Degree ?? 1);
        var right = testRows.Where((row, i) =>
        {
            var own = probabilities.AsSpan(i * classes.Length, classes.Length);
            return classes[System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(own)] == judged.Classes[row];
        }).Count();
        return new Result((double)right / testRows.Length, clock.Elapsed.TotalSeconds, trainRows.Length, testRows.Length, classes.Length, options.Epochs);
    }

    private static Pictures Read(string array, string index)
    {
        var images = IdxFile.ReadImages(array);
        var (classes, isTraining) = (new string?[images.Count], new bool[images.Count]);
        using var rows = new CsvRows(index);
        int row = rows.Column("row"), label = rows.Column("class");
        var split = rows.Header.Contains("split") ? rows.Column("split") : -1;
        while (rows.Read())
        {
            var at = int.Parse(rows[row], CultureInfo.InvariantCulture);
            if ((uint)at >= (uint)images.Count) throw new InvalidDataException($"{index} names row {at}; the array has {images.Count} pictures.");
            classes[at] = rows[label].ToString();
            isTraining[at] = split < 0 || rows[split].SequenceEqual("train");
        }
        var missing = Array.IndexOf(classes, null);
        return missing < 0 ? new Pictures(images, classes!, isTraining) : throw new InvalidDataException($"{index} says nothing of row {missing}."); // no null is left
    }

    private static int[] Rows(bool[] isTraining, bool? wanted) => [.. Enumerable.Range(0, isTraining.Length).Where(i => wanted is null || isTraining[i] == wanted)];

    private sealed class Log : IProgress<EpochReport>
    {
        public void Report(EpochReport value) =>
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {value.Epoch}: loss {value.TrainingLoss:0.000}, {value.RowsPerSecond:0} pictures/s"));
    }
}
