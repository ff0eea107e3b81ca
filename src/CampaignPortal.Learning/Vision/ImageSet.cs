namespace CampaignPortal.Learning.Vision;

/// <summary>Pictures of one size, one byte per pixel and channel, channels last.</summary>
public sealed class ImageSet
{
    /// <summary>Pictures over <paramref name="pixels"/>, which are kept and not copied.</summary>
    /// <param name="height">Rows of pixels, at least 8.</param>
    /// <param name="width">Pixels in a row, at least 8.</param>
    /// <param name="channels">Numbers per pixel: 1 for grey, 3 for colours.</param>
    /// <param name="pixels">Picture by picture, row by row, 0 to 255.</param>
    /// <exception cref="ArgumentException">The pixels are no whole number of pictures.</exception>
    public ImageSet(int height, int width, int channels, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 8);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 8);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        (Height, Width, Channels, Pixels) = (height, width, channels, pixels);
        if (pixels.Length % ImageSize != 0) throw new ArgumentException($"Pictures of {height}×{width}×{channels} have {ImageSize} bytes each; {pixels.Length} bytes are no whole number of them.", nameof(pixels));
    }

    /// <summary>Rows of pixels.</summary>
    public int Height { get; }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Numbers per pixel.</summary>
    public int Channels { get; }

    /// <summary>Number of pictures.</summary>
    public int Count => Pixels.Length / ImageSize;

    internal byte[] Pixels { get; }

    internal int ImageSize => checked(Height * Width * Channels);

    /// <summary>The bytes of one picture.</summary>
    public ReadOnlySpan<byte> this[int image] => Pixels.AsSpan(image * ImageSize, ImageSize);

    /// <summary>A copy of some pictures, in the given order.</summary>
    public ImageSet Select(ReadOnlySpan<int> images)
    {
        var pixels = new byte[images.Length * ImageSize];
        for (var i = 0; i < images.Length; i++) this[images[i]].CopyTo(pixels.AsSpan(i * ImageSize));
        return new ImageSet(Height, Width, Channels, pixels);
    }

    /// <summary>Throws when pictures are not of this size.</summary>
    /// <exception cref="ArgumentException">Names both sizes.</exception>
    internal void RequireSize(int height, int width, int channels)
    {
        if ((Height, Width, Channels) != (height, width, channels)) throw new ArgumentException($"The model was fitted on pictures of {height}×{width}×{channels}; these are {Height}×{Width}×{Channels}.");
    }
}
