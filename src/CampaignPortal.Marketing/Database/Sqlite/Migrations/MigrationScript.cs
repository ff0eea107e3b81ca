namespace CampaignPortal.Marketing.Database.Sqlite.Migrations;

/// <summary>The SQL of a migration, carried inside the assembly.</summary>
internal static class MigrationScript
{
    public static string Read(string name)
    {
        var assembly = typeof(MigrationScript).Assembly;
        var resource = assembly.GetManifestResourceNames().Single(n => n.EndsWith("." + name, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!); // listed by the assembly itself
        return reader.ReadToEnd();
    }
}
