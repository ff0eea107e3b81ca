using System.Diagnostics;
using System.Text;

namespace CampaignPortal.Testing;

/// <summary>The real program in a process of its own: for what ends a process, and for what a shell sees.</summary>
public sealed class ChildProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProgram(Process process) => _process = process;

    /// <summary>Everything that it wrote so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Most memory that it held so far; null once it has ended.</summary>
    public double? PeakMb => Watch(p => p.PeakWorkingSet64 / 1048576.0);

    /// <summary>Memory that it holds now; null once it has ended.</summary>
    public double? MemoryMb => Watch(p => p.WorkingSet64 / 1048576.0);

    /// <summary>Processor time that it used so far; null once it has ended.</summary>
    public TimeSpan? ProcessorTime => Watch(p => p.TotalProcessorTime);

    /// <param name="arguments">As typed behind the program's name.</param>
    /// <param name="faults">Plan of <c>CAMPAIGNPORTAL_FAULTS</c>.</param>
    public static ChildProgram Start(IEnumerable<string> arguments, string? faults = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "CampaignPortal.Web.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_ENVIRONMENT"] = "Testing";
        start.Environment["CAMPAIGNPORTAL_FAULTS"] = faults;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
        var child = new ChildProgram(process);
        process.OutputDataReceived += (_, e) => child.Take(e.Data);
        process.ErrorDataReceived += (_, e) => child.Take(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a verb to its end.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(CancellationToken ct, params string[] arguments) => RunAsync("", arguments, ct);

    /// <summary>Runs a verb to its end that reads standard input.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string input, string[] arguments, CancellationToken ct)
    {
        await using var child = Start(arguments);
        await child._process.StandardInput.WriteAsync(input.AsMemory(), ct);
        child._process.StandardInput.Close();
        await child.WaitForExitAsync(ct);
        return (child.ExitCode, child.Output);
    }

    /// <summary>Starts the portal on a free port of this machine and waits until it is ready.</summary>
    public static async Task<(ChildProgram Program, HttpClient Client)> ServeAsync(string data, string? faults, CancellationToken ct)
    {
        var child = Start(["serve", "--data", data, "--demo=false", "--urls", "http://127.0.0.1:0"], faults);
        var ended = child.WaitForExitAsync(ct);
        if (await Task.WhenAny(child._address.Task, ended) == ended) throw new InvalidOperationException("The portal did not start: " + child.Output);
        var client = new HttpClient { BaseAddress = await child._address.Task, Timeout = TimeSpan.FromSeconds(30) };
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if ((await client.GetAsync(new Uri("/health/ready", UriKind.Relative), ct)).IsSuccessStatusCode) break;
            await Task.Delay(50, ct);
        }
        return (child, client);
    }

    public Task WaitForExitAsync(CancellationToken ct) => _process.WaitForExitAsync(ct);

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // It may end between the question and the answer.
    private T? Watch<T>(Func<Process, T> read) where T : struct
    {
        try
        {
            _process.Refresh();
            return _process.HasExited ? null : read(_process);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
        const string Marker = "Now listening on: ";
        if (line.IndexOf(Marker, StringComparison.Ordinal) is var at and >= 0) _address.TrySetResult(new Uri(line[(at + Marker.Length)..].Trim()));
    }
}
