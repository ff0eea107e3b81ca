using System.Globalization;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Ranking;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Parts in model folders; a model that several parts look at is written once.</summary>
internal static class StoredParts
{
    public static void Put(ModelPart folder, IReadOnlyList<SequencePart> parts)
    {
        var written = new List<object>();
        var models = new int[parts.Count];
        for (var at = 0; at < parts.Count; at++)
        {
            object model = parts[at].Model is FadedHistory faded ? faded.Inner : parts[at].Model;
            models[at] = written.IndexOf(model);
            if (models[at] >= 0) continue;
            models[at] = written.Count;
            written.Add(model);
            PutModel(folder, NameOf(models[at]), model);
        }
        folder.Settings["part_names"] = StoredLists.Of(parts.Select(part => part.Name));
        folder.Put("part_models", models);
        folder.Put("part_fades", parts.Select(part => (part.Model as FadedHistory)?.Fade ?? 1).ToArray());
        folder.Put("part_newest", parts.Select(part => (part.Model as FadedHistory)?.Newest ?? int.MaxValue).ToArray());
    }

    public static SequencePart[] Get(ModelPart folder)
    {
        var names = StoredLists.Strings(folder, "part_names");
        var (models, fades, newest) = (folder.Get<int>("part_models", names.Length), folder.Get<double>("part_fades", names.Length), folder.Get<int>("part_newest", names.Length));
        var read = models.Distinct().ToDictionary(model => model, model => GetModel(folder, NameOf(model)));
        try
        {
            return [.. names.Select((name, at) => new SequencePart(name, read[models[at]] switch
            {
                IRecommender inner => new FadedHistory(inner, fades[at], newest[at]),
                var model => (ISequenceRecommender)model,
            }))];
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"A stored part is damaged: {e.Message}", e);
        }
    }

    private static string NameOf(int model) => string.Create(CultureInfo.InvariantCulture, $"model{model}");

    private static void PutModel(ModelPart folder, string name, object model)
    {
        switch (model)
        {
            case ItemKnnModel neighbours: folder.PutPart(name, neighbours); break;
            case Popularity popularity: folder.PutPart(name, popularity); break;
            case ImplicitAlsModel factors: folder.PutPart(name, factors); break;
            case EaseModel weights: folder.PutPart(name, weights); break;
            case NextItemModel network: folder.PutPart(name, network); break;
            default: throw new NotSupportedException($"A {model.GetType().Name} cannot be stored as a part.");
        }
    }

    private static object GetModel(ModelPart folder, string name)
    {
        var kind = folder.KindOf(name);
        if (kind == ItemKnnModel.Kind) return folder.GetPart<ItemKnnModel>(name);
        if (kind == Popularity.Kind) return folder.GetPart<Popularity>(name);
        if (kind == ImplicitAlsModel.Kind) return folder.GetPart<ImplicitAlsModel>(name);
        if (kind == EaseModel.Kind) return folder.GetPart<EaseModel>(name);
        if (kind == NextItemModel.Kind) return folder.GetPart<NextItemModel>(name);
        throw new InvalidDataException($"The stored part '{name}' is a {kind ?? "nothing"}, which is no recommender.");
    }
}
