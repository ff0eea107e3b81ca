using System.Buffers.Binary;
using System.Text;
using CampaignPortal.Learning.Calibration;
using CampaignPortal.Learning.Clustering;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Tests.Persistence;

public sealed class PersistenceTests
{
    [Fact]
    public void Tensors_of_all_types_come_back()
    {
        StoredTensor[] tensors =
        [
            StoredTensor.Of<float>("b.weight", [1.5f, -2, float.NaN], 3), StoredTensor.Of<double>("a", [Math.PI, 1], 1, 2), StoredTensor.Of<int>("i", [7]),
            StoredTensor.Of<long>("l", [], 0, 5), StoredTensor.Of<byte>("u", [1, 2, 3], 3),
        ];
        using var stream = new MemoryStream();
        SafeTensors.Write(stream, tensors);
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(stream.ToArray()) % 8);
        stream.Position = 0;
        var read = SafeTensors.Read(stream).ToDictionary(t => t.Name);
        Assert.Equal([1.5f, -2, float.NaN], read["b.weight"].ToArray<float>());
        Assert.Equal([Math.PI, 1], read["a"].ToArray<double>());
        Assert.Equal([1L, 2], read["a"].Shape);
        Assert.Equal([7], read["i"].ToArray<int>());
        Assert.Empty(read["l"].ToArray<long>());
        Assert.Equal([1, 2, 3], read["u"].ToArray<byte>());
        Assert.Throws<InvalidDataException>(() => read["a"].ToArray<float>());
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[100],"data_offsets":[0,400]}}""", 8, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "trailing")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "needs 12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "larger than 2 GiB")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "offsets")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}""", 4, "BF16")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "twice")]
    [InlineData("""{"a":{"dtype":"F32"}}""", 4, "lacks")]
    [InlineData("""["a"]""", 0, "JSON object")]
    [InlineData("""{"a":""", 0, "not valid JSON")]
    public void A_header_that_does_not_describe_its_data_is_refused(string header, int dataLength, string reason)
    {
        using var stream = File(header, Encoding.UTF8.GetByteCount(header), dataLength);
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => SafeTensors.Read(stream)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void A_header_length_beyond_the_file_is_refused_before_it_is_allocated(long claimed)
    {
        using var stream = File("{}", claimed, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => SafeTensors.Read(stream));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Every_truncation_of_a_file_is_refused()
    {
        using var whole = new MemoryStream();
        SafeTensors.Write(whole, [StoredTensor.Of<float>("a", [1, 2, 3], 3)]);
        var bytes = whole.ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            using var part = new MemoryStream(bytes, 0, length);
            Assert.Throws<InvalidDataException>(() => SafeTensors.Read(part));
        }
    }

    [Fact]
    public void A_damaged_folder_is_refused_with_the_reason()
    {
        var model = PlattCalibrator.Fit([1, 2, 3, 4], [0, 1, 0, 1]);
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model");
        model.Save(path, new ModelDetails { Seed = 5, Metrics = new Dictionary<string, double> { ["auc"] = 0.75 } });
        Assert.Equal(["manifest.json", "weights.safetensors"], Directory.GetFiles(path).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.GetDirectories(folder.Path, "*.partial"));
        var manifest = ModelFolder.ReadManifest(path);
        Assert.Equal(("platt", 5L, 0.75), (manifest.Kind, manifest.Details.Seed!.Value, manifest.Details.Metrics!["auc"]));
        Assert.Equal(model.Calibrate(2.5), ModelFolder.Load<PlattCalibrator>(path).Calibrate(2.5));

        Assert.Contains("expected k-means", Assert.Throws<InvalidDataException>(() => ModelFolder.Load<KMeansModel>(path)).Message, StringComparison.Ordinal);
        Assert.Contains("never overwritten", Assert.Throws<IOException>(() => model.Save(path)).Message, StringComparison.Ordinal);

        var weights = Path.Combine(path, "weights.safetensors");
        var bytes = System.IO.File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        System.IO.File.WriteAllBytes(weights, bytes);
        Assert.Contains("SHA-256", Assert.Throws<InvalidDataException>(() => ModelFolder.Load<PlattCalibrator>(path)).Message, StringComparison.Ordinal);

        var json = Path.Combine(path, "manifest.json");
        System.IO.File.WriteAllText(json, System.IO.File.ReadAllText(json).Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal));
        Assert.Contains("Update the program", Assert.Throws<InvalidDataException>(() => ModelFolder.ReadManifest(path)).Message, StringComparison.Ordinal);
        System.IO.File.Delete(json);
        Assert.Contains("is missing", Assert.Throws<InvalidDataException>(() => ModelFolder.ReadManifest(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_crash_left_behind_does_not_hinder_the_next_save()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model");
        Directory.CreateDirectory(path + ".partial");
        System.IO.File.WriteAllText(Path.Combine(path + ".partial", "weights.safetensors"), "half");
        PlattCalibrator.Fit([1, 2, 3, 4], [0, 1, 0, 1]).Save(path);
        Assert.Equal("platt", ModelFolder.ReadManifest(path).Kind);
    }

    private static MemoryStream File(string header, long claimedLength, int dataLength)
    {
        var bytes = new byte[8 + Encoding.UTF8.GetByteCount(header) + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, claimedLength);
        Encoding.UTF8.GetBytes(header, bytes.AsSpan(8));
        return new MemoryStream(bytes);
    }
}
