using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Persistence;

/// <summary>Saves and loads models: a folder with <c>weights.safetensors</c> and <c>manifest.json</c>.</summary>
public static class ModelFolder
{
    private const string WeightsFile = "weights.safetensors";
    private const string ManifestFile = "manifest.json";

    /// <summary>Writes the model to a temporary folder beside <paramref name="folder"/>, flushes it to the disk and renames it, so a reader never sees half a model.</summary>
    /// <param name="model">The fitted model.</param>
    /// <param name="folder">Where it shall be; absent or empty.</param>
    /// <param name="details">Facts of the run to keep with it.</param>
    /// <exception cref="IOException">The folder holds files already, or the disk refuses.</exception>
    public static void Save<T>(this T model, string folder, ModelDetails? details = null) where T : IStorable<T>
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(folder))
        {
            if (Directory.EnumerateFileSystemEntries(folder).Any()) throw new IOException($"'{folder}' is not empty; a saved model is never overwritten, choose another folder.");
            Directory.Delete(folder);
        }
        var partial = folder + ".partial";
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true); // left by a crash
        Directory.CreateDirectory(partial);

        var (weights, manifest) = ToBytes(model, details);
        WriteDurably(Path.Combine(partial, WeightsFile), weights);
        WriteDurably(Path.Combine(partial, ManifestFile), manifest);
        Directory.Move(partial, folder);
    }

    /// <summary>The bytes of both files, as <see cref="Save{T}"/> would write them.</summary>
    public static (byte[] Weights, byte[] Manifest) ToBytes<T>(T model, ModelDetails? details = null) where T : IStorable<T>
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Weights are stored little-endian; this processor is big-endian.");
        var tensors = new Dictionary<string, StoredTensor>();
        var settings = new JsonObject();
        model.Store(new ModelPart(tensors, "", settings));
        using var stream = new MemoryStream();
        SafeTensors.Write(stream, tensors.Values);
        var weights = stream.ToArray();
        var manifest = new ModelManifest
        {
            Format = ModelManifest.CurrentFormat,
            Kind = T.Kind,
            Engine = typeof(ModelFolder).Assembly.GetName().Version?.ToString(3) ?? "0.0.0",
            VectorBits = Dense.VectorBits,
            WeightsSha256 = Convert.ToHexStringLower(SHA256.HashData(weights)),
            Details = details ?? new ModelDetails(),
            Settings = settings,
        };
        return (weights, JsonSerializer.SerializeToUtf8Bytes(manifest, ModelManifest.Json));
    }

    /// <summary>Reads a model of a known kind.</summary>
    /// <exception cref="InvalidDataException">A file is absent or damaged, of another kind, or written by a newer version.</exception>
    public static T Load<T>(string folder) where T : IStorable<T>
    {
        var manifest = ReadManifest(folder);
        if (manifest.Kind != T.Kind) throw new InvalidDataException($"'{folder}' holds a {manifest.Kind}; expected {T.Kind}.");
        using var stream = OpenRead(Path.Combine(folder, WeightsFile));
        var hash = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (hash != manifest.WeightsSha256) throw new InvalidDataException($"The weights in '{folder}' have SHA-256 {hash}; the manifest says {manifest.WeightsSha256}. The model is damaged: train or copy it again.");
        stream.Position = 0;
        var tensors = SafeTensors.Read(stream).ToDictionary(t => t.Name);
        return T.Restore(new ModelPart(tensors, "", manifest.Settings));
    }

    /// <summary>Reads the manifest alone, for lists of models.</summary>
    /// <exception cref="InvalidDataException">It is absent, damaged, or written by a newer version.</exception>
    public static ModelManifest ReadManifest(string folder)
    {
        using var stream = OpenRead(Path.Combine(folder, ManifestFile));
        try
        {
            var manifest = JsonSerializer.Deserialize<ModelManifest>(stream, ModelManifest.Json) ?? throw new InvalidDataException($"The manifest in '{folder}' is empty.");
            return manifest.Format is >= 1 and <= ModelManifest.CurrentFormat
                ? manifest
                : throw new InvalidDataException($"The manifest in '{folder}' has format {manifest.Format}; this version reads up to {ModelManifest.CurrentFormat}. Update the program.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The manifest in '{folder}' is damaged: {e.Message}", e);
        }
    }

    private static FileStream OpenRead(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException($"'{path}' is missing; a model is a folder with {ManifestFile} and {WeightsFile}.", e);
        }
    }

    private static void WriteDurably(string path, byte[] content)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }
}
