using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Factorization;

/// <summary>Sparse matrices in model folders.</summary>
internal static class StoredMatrix
{
    public static void Put(ModelPart part, string name, Csr matrix)
    {
        part.Settings[name + "_columns"] = matrix.ColumnCount;
        part.Put(name + ".starts", matrix.Starts);
        part.Put(name + ".columns", matrix.Columns);
        part.Put(name + ".values", matrix.Values);
    }

    public static Csr Get(ModelPart part, string name)
    {
        try
        {
            return Csr.FromParts(part.Setting<int>(name + "_columns"), part.Get<int>(name + ".starts"), part.Get<int>(name + ".columns"), part.Get<float>(name + ".values"));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The stored matrix '{name}' is damaged: {e.Message}", e);
        }
    }
}
