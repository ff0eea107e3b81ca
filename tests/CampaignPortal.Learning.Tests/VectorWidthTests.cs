using System.Diagnostics;
using System.Text.Json;
using CampaignPortal.Testing;

namespace CampaignPortal.Learning.Tests;

/// <summary>The paths for 512, 256 and single lanes, each forced once in a process of its own: the same reference cases pass and predictions agree.</summary>
public sealed class VectorWidthTests
{
    private static readonly (string Setting, int Bits)[] Narrower = [("DOTNET_EnableAVX512", 256), ("DOTNET_EnableHWIntrinsic", 32)];

    [Fact]
    public async Task Predictions_agree_between_widths()
    {
        using var widest = JsonDocument.Parse(await RunAsync(null, "widths"));
        foreach (var (setting, bits) in Narrower)
        {
            using var other = JsonDocument.Parse(await RunAsync(setting, "widths"));
            Assert.True(other.RootElement.GetProperty("vector_bits").GetInt32() <= bits, $"{setting}=0 left vectors of {other.RootElement.GetProperty("vector_bits")} bits");
            foreach (var model in widest.RootElement.GetProperty("predictions").EnumerateObject())
            {
                double[] expected = Numbers(model.Value), got = Numbers(other.RootElement.GetProperty("predictions").GetProperty(model.Name));
                var scale = expected.Max(Math.Abs);
                var worst = expected.Zip(got, (e, g) => Math.Abs(e - g)).Max();
                Assert.True(expected.Length == got.Length && worst <= 1e-5 * scale, $"{model.Name} with {setting}=0: {worst} apart at a scale of {scale}");
            }
        }
    }

    [Fact]
    public async Task Reference_cases_pass_with_every_width()
    {
        var folder = SharedData.PathOrSkip("cases/learning");
        foreach (var (setting, _) in Narrower)
        {
            using var report = JsonDocument.Parse(await RunAsync(setting, "cases", folder));
            Assert.True(report.RootElement.GetProperty("failed").GetInt32() == 0 && report.RootElement.GetProperty("passed").GetInt32() > 100, $"{setting}=0: {report.RootElement}");
        }
    }

    private static double[] Numbers(JsonElement array) => array.EnumerateArray().Select(v => v.GetDouble()).ToArray();

    /// <summary>The last line of a verb in a process with one setting switched off.</summary>
    private static async Task<string> RunAsync(string? setting, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "CampaignPortal.EngineBenchmarks.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        if (setting is not null) start.Environment[setting] = "0";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length > 0, await errors);
        return lines[^1];
    }
}
