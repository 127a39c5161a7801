using System.Globalization;

namespace RunAiRbac.Client.Http;

/// <summary>Ids as they stand in paths.</summary>
internal static class Ids
{
    public static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);
}
