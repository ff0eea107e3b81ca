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
        var written = new List<IRecommender>();
        var models = new int[parts.Count];
        for (var at = 0; at < parts.Count; at++)
        {
            if (parts[at].Model is not FadedHistory faded) throw new NotSupportedException($"The part '{parts[at].Name}' is a {parts[at].Model.GetType().Name}; this kind is not stored.");
            models[at] = written.IndexOf(faded.Inner);
            if (models[at] < 0)
            {
                models[at] = written.Count;
                written.Add(faded.Inner);
                PutModel(folder, NameOf(models[at]), faded.Inner);
            }
        }
        folder.Settings["part_names"] = StoredLists.Of(parts.Select(part => part.Name));
        folder.Put("part_models", models);
        folder.Put("part_fades", parts.Select(part => ((FadedHistory)part.Model).Fade).ToArray());
        folder.Put("part_newest", parts.Select(part => ((FadedHistory)part.Model).Newest).ToArray());
    }

    public static SequencePart[] Get(ModelPart folder)
    {
        var names = StoredLists.Strings(folder, "part_names");
        var (models, fades, newest) = (folder.Get<int>("part_models", names.Length), folder.Get<double>("part_fades", names.Length), folder.Get<int>("part_newest", names.Length));
        var read = models.Distinct().ToDictionary(model => model, model => GetModel(folder, NameOf(model)));
        try
        {
            return [.. names.Select((name, at) => new SequencePart(name, new FadedHistory(read[models[at]], fades[at], newest[at])))];
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"A stored part is damaged: {e.Message}", e);
        }
    }

    private static string NameOf(int model) => string.Create(CultureInfo.InvariantCulture, $"model{model}");

    private static void PutModel(ModelPart folder, string name, IRecommender model)
    {
        switch (model)
        {
            case ItemKnnModel neighbours: folder.PutPart(name, neighbours); break;
            case Popularity popularity: folder.PutPart(name, popularity); break;
            case ImplicitAlsModel factors: folder.PutPart(name, factors); break;
            case EaseModel weights: folder.PutPart(name, weights); break;
            default: throw new NotSupportedException($"A {model.GetType().Name} cannot be stored as a part.");
        }
    }

    private static IRecommender GetModel(ModelPart folder, string name)
    {
        var kind = folder.KindOf(name);
        if (kind == ItemKnnModel.Kind) return folder.GetPart<ItemKnnModel>(name);
        if (kind == Popularity.Kind) return folder.GetPart<Popularity>(name);
        if (kind == ImplicitAlsModel.Kind) return folder.GetPart<ImplicitAlsModel>(name);
        if (kind == EaseModel.Kind) return folder.GetPart<EaseModel>(name);
        throw new InvalidDataException($"The stored part '{name}' is a {kind ?? "nothing"}, which is no recommender.");
    }
}
