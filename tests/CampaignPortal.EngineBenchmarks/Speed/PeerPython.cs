using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>The interpreter that runs the peers, as a process of its own for every script.</summary>
/// <param name="program">Path or name of the interpreter.</param>
/// <param name="folder">Folder of the scripts.</param>
internal sealed class PeerPython(string program, string folder)
{
    private const string Probe = """
        import json, importlib
        found, missing = {}, []
        for name in ("numpy", "scipy", "sklearn", "xgboost", "torch"):
            try: found[name] = importlib.import_module(name).__version__
            except Exception: missing.append(name)
        try: blas = sorted({l.split()[-1] for l in open("/proc/self/maps") if l.rsplit("/", 1)[-1].startswith(("libblas", "libopenblas", "libmkl", "libblis"))})
        except OSError: blas = []
        print(json.dumps({"found": found, "missing": missing, "blas": blas}))
        """;

    /// <summary>Versions of the packages, those that are missing, and the library that multiplies matrices for them.</summary>
    public sealed record Packages(IReadOnlyDictionary<string, string> Found, IReadOnlyList<string> Missing, IReadOnlyList<string> Blas)
    {
        /// <summary>Netlib's reference BLAS has no vector kernels: ratios against it flatter the engine.</summary>
        public bool HasReferenceBlas => Blas.Any(path => path.Contains("/blas/libblas", StringComparison.Ordinal));
    }

    /// <summary>What the interpreter can import; null when it cannot be started.</summary>
    public async Task<Packages?> ProbeAsync(CancellationToken ct)
    {
        try
        {
            var lines = await RunAsync(["-B", "-c", Probe], ct);
            return JsonSerializer.Deserialize<Packages>(lines[^1], JsonSerializerOptions.Web);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The JSON lines that a peer script prints.</summary>
    /// <exception cref="InvalidDataException">The script failed; the message has its last words.</exception>
    public async Task<IReadOnlyList<JsonElement>> RunScriptAsync(SpeedJob job, int threads, int? repeat, CancellationToken ct)
    {
        List<string> arguments = ["-B", Path.Combine(folder, job.Script), .. job.Arguments, "--threads", threads.ToString(CultureInfo.InvariantCulture)];
        if (repeat is { } times) arguments.AddRange(["--repeat", times.ToString(CultureInfo.InvariantCulture)]);
        var lines = await RunAsync(arguments, ct);
        return [.. lines.Where(line => line.StartsWith('{')).Select(line => JsonElement.Parse(line))];
    }

    private async Task<string[]> RunAsync(IReadOnlyList<string> arguments, CancellationToken ct)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!; // no shell: never null
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (process.ExitCode is 0 && lines.Length > 0) return lines;
        throw new InvalidDataException($"{program} {string.Join(' ', arguments.Take(2))} ended with {process.ExitCode}: {LastLine(await errors)}");
    }

    private static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "no message";
}
