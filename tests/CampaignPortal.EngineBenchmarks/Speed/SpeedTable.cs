using System.Globalization;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>The answer of <c>speed</c> for people.</summary>
internal static class SpeedTable
{
    public static void PrintHead(string processor, int cores, int vectorBits, string runtime, PeerPython.Packages? peer)
    {
        Console.WriteLine($"{processor}, {cores} cores, vectors of {vectorBits} bits, {runtime}");
        if (peer is not null)
        {
            Console.WriteLine("peers: " + string.Join(", ", peer.Found.Select(p => $"{p.Key} {p.Value}")) + "; products by " + string.Join(", ", peer.Blas));
            if (peer.HasReferenceBlas) Console.WriteLine("note: the peers multiply with the reference BLAS, which has no vector kernels; install libopenblas0-pthread for a fair comparison.");
        }
        Console.WriteLine($"{"row",-26} {"threads",7} {"engine",11} {"peer",11} {"ratio",7} {"floor",6} {"reach",6}  by");
    }

    public static void PrintRow(SpeedResult row)
    {
        var verdict = row.Fault is { } fault ? "  ✗ " + fault : row.Ratio < row.Floor ? "  below its floor" : "";
        if (row.Gain is { } gain) verdict += string.Create(CultureInfo.InvariantCulture, $"  gain {gain:0.00}");
        Console.WriteLine($"{row.Job,-26} {row.Threads,7} {Seconds(row.Seconds),11} {Seconds(row.PeerSeconds),11} {Number(row.Ratio, "0.00"),7} {Number(row.Floor, "0.0"),6} {Number(row.Reach, "0.0#"),6}  {row.Basis}{verdict}");
    }

    private static string Seconds(double? seconds) => seconds switch
    {
        null => "–",
        < 1e-3 => Number(seconds * 1e6, "0.00") + " µs",
        < 1 => Number(seconds * 1e3, "0.000") + " ms",
        _ => Number(seconds, "0.000") + " s",
    };

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}
