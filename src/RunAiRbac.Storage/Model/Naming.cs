using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace RunAiRbac.Storage;

/// <summary>What holds for every column: its name in snake_case, no value made by the database, texts compared and sorted ordinally.</summary>
internal static class Naming
{
    public static void Apply(ModelBuilder model, string? ordinalCollation)
    {
        foreach (var property in model.Model.GetEntityTypes().SelectMany(type => type.GetProperties()))
        {
            property.SetColumnName(SnakeCase(property.Name));
            property.ValueGenerated = Microsoft.EntityFrameworkCore.Metadata.ValueGenerated.Never;
            if (property.ClrType == typeof(string)) property.SetCollation(ordinalCollation);
        }
    }

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToLower(c, CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
