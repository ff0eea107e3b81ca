using System.Globalization;

namespace CampaignPortal.Web.Components.Shared;

/// <summary>Coordinates of small drawings: short, and the same in every culture.</summary>
internal static class Svg
{
    public static string N(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    public static string Path(IEnumerable<(double X, double Y)> points) => string.Concat(points.Select((p, i) => $"{(i == 0 ? 'M' : 'L')}{N(p.X)} {N(p.Y)}"));
}

/// <summary>A straight scale from data to pixels.</summary>
internal readonly record struct Scale(double From, double To, double PixelFrom, double PixelTo)
{
    public double At(double value) => To <= From ? PixelFrom : PixelFrom + (value - From) / (To - From) * (PixelTo - PixelFrom);

    /// <summary>At most five round numbers from zero up to the first one that covers <paramref name="max"/>.</summary>
    public static double[] RoundTicks(double max)
    {
        if (max <= 0 || !double.IsFinite(max)) return [0, 1];
        var rough = max / 3;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = new[] { 1, 2, 2.5, 5, 10 }.First(m => m * power >= rough) * power;
        return [.. Enumerable.Range(0, (int)Math.Ceiling(max / step - 1e-9) + 1).Select(i => i * step)];
    }
}
