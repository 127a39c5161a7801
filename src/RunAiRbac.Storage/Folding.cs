namespace RunAiRbac.Storage;

/// <summary>The one way in which texts are made comparable whatever their case: the folded columns hold it, and what is compared with them is folded first.</summary>
public static class Folding
{
    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.ToLowerInvariant();
    }
}
