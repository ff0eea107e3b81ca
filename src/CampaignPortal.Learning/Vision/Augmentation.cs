using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Vision;

/// <summary>Random variation of training pictures: mirror, move, stretch, turn, colours, and a hole.</summary>
/// <remarks>Every number is a function of seed, stream and picture, so that a picture looks the same in whichever order or thread it is made.</remarks>
public sealed record Augmentation
{
    /// <summary>Whether half of the pictures are mirrored left to right. Default true; wrong where sides matter, digits for instance.</summary>
    public bool Mirror { get; init; } = true;

    /// <summary>Largest move in each direction, as a share of the side. Default 0.1.</summary>
    public double Shift { get; init; } = 0.1;

    /// <summary>Largest change of each side's length, as a share. Default 0.15.</summary>
    public double Stretch { get; init; } = 0.15;

    /// <summary>Largest turn in radians. Default 0.15.</summary>
    public double Turn { get; init; } = 0.15;

    /// <summary>Largest change of contrast and of each channel's strength, as a share. Default 0.2.</summary>
    public double Colour { get; init; } = 0.2;

    /// <summary>Side of a square that is blanked in half of the pictures, as a share of the picture's. Default 0.3.</summary>
    public double Hole { get; init; } = 0.3;

    /// <summary>No variation at all.</summary>
    public static Augmentation None { get; } = new() { Mirror = false, Shift = 0, Stretch = 0, Turn = 0, Colour = 0, Hole = 0 };

    /// <summary>Writes a varied picture, normalised channel by channel.</summary>
    /// <param name="set">Gives the sizes.</param>
    /// <param name="image">The picture.</param>
    /// <param name="mean">Mean of each channel.</param>
    /// <param name="scale">1 / deviation of each channel.</param>
    /// <param name="seed">Seed of the variation.</param>
    /// <param name="stream">A number of its own for every time a picture is shown.</param>
    /// <param name="target">Height × width × channels values.</param>
    internal void Apply(ImageSet set, ReadOnlySpan<byte> image, ReadOnlySpan<float> mean, ReadOnlySpan<float> scale, ulong seed, ulong stream, Span<float> target)
    {
        var draw = new Draws(seed, stream);
        var (mirror, turn) = (Mirror && draw.Uniform() < 0.5, Turn * draw.Sign());
        double stretchX = Math.Exp(Stretch * draw.Sign()), stretchY = Math.Exp(Stretch * draw.Sign());
        double shiftX = Shift * draw.Sign() * set.Width, shiftY = Shift * draw.Sign() * set.Height;
        var (sin, cos) = Math.SinCos(turn);
        double centreX = (set.Width - 1) / 2.0, centreY = (set.Height - 1) / 2.0;
        var contrast = 1 + Colour * draw.Sign();
        Span<float> factor = stackalloc float[set.Channels], offset = stackalloc float[set.Channels];
        for (var c = 0; c < factor.Length; c++)
        {
            factor[c] = (float)(contrast * (1 + 0.5 * Colour * draw.Sign())) * scale[c];
            offset[c] = (float)(Colour * draw.Sign()); // in deviations: another light
        }
        for (var y = 0; y < set.Height; y++)
        {
            for (var x = 0; x < set.Width; x++)
            {
                double dx = (mirror ? set.Width - 1 - x : x) - centreX, dy = y - centreY;
                var sourceX = centreX + stretchX * (cos * dx - sin * dy) + shiftX;
                var sourceY = centreY + stretchY * (sin * dx + cos * dy) + shiftY;
                Sample(set, image, sourceX, sourceY, mean, factor, offset, target.Slice((y * set.Width + x) * set.Channels, set.Channels));
            }
        }
        if (Hole > 0 && draw.Uniform() < 0.5) Blank(set, ref draw, target);
    }

    /// <summary>The colour between four pixels, weighted by distance; the edge goes on outside.</summary>
    private static void Sample(ImageSet set, ReadOnlySpan<byte> image, double x, double y, ReadOnlySpan<float> mean, ReadOnlySpan<float> factor, ReadOnlySpan<float> offset, Span<float> pixel)
    {
        var (px, py) = ((float)Math.Clamp(x, 0, set.Width - 1), (float)Math.Clamp(y, 0, set.Height - 1));
        int left = (int)px, top = (int)py, right = Math.Min(left + 1, set.Width - 1), bottom = Math.Min(top + 1, set.Height - 1);
        float fx = px - left, fy = py - top;
        for (var c = 0; c < pixel.Length; c++)
        {
            float At(ReadOnlySpan<byte> bytes, int row, int column) => bytes[(row * set.Width + column) * set.Channels + c];
            var upper = At(image, top, left) * (1 - fx) + At(image, top, right) * fx;
            var lower = At(image, bottom, left) * (1 - fx) + At(image, bottom, right) * fx;
            pixel[c] = (upper * (1 - fy) + lower * fy - mean[c]) * factor[c] + offset[c];
        }
    }

    private void Blank(ImageSet set, ref Draws draw, Span<float> target)
    {
        int height = (int)(Hole * set.Height), width = (int)(Hole * set.Width);
        int top = (int)(draw.Uniform() * (set.Height - height)), left = (int)(draw.Uniform() * (set.Width - width));
        for (var y = top; y < top + height; y++) target.Slice((y * set.Width + left) * set.Channels, width * set.Channels).Clear(); // 0 is the mean colour
    }

    private ref struct Draws(ulong seed, ulong stream)
    {
        private ulong _index;

        /// <summary>In [0, 1).</summary>
        public double Uniform() => CounterRng.Uniform(seed, stream, _index++);

        /// <summary>In [−1, 1).</summary>
        public double Sign() => 2 * Uniform() - 1;
    }
}
