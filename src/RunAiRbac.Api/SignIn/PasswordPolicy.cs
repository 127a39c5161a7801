namespace RunAiRbac.Api.SignIn;

/// <summary>
/// What a password that a person chose must be: long enough, not a common one, not the person's own name or address. No rules of composition: they make passwords
/// worse. Every path that sets such a password asks here.
/// </summary>
internal static class PasswordPolicy
{
    public const int MinLength = 12;

    private static readonly Lazy<HashSet<string>> Common = new(Read);

    /// <summary>How many passwords are refused as common.</summary>
    public static int CommonCount => Common.Value.Count;

    /// <summary>What is wrong with it, to be read after its name; null: nothing.</summary>
    /// <param name="password">The password.</param>
    /// <param name="names">The person's address and names, as far as they are known.</param>
    public static string? WhyRefused(string password, params ReadOnlySpan<string?> names)
    {
        if (password.Length is < MinLength or > Passwords.MaxLength) return $"must have {MinLength} to {Passwords.MaxLength} characters";
        if (password.All(c => c == password[0]) || Common.Value.Contains(password)) return "is one of the most common passwords";
        foreach (var name in names)
        {
            if (IsName(password, name) || (name?.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && IsName(password, name[..at]))) return "must not be the name or the e-mail address";
        }

        return null;
    }

    /// <summary>A name as it is, once or more often, or with digits and signs around it.</summary>
    private static bool IsName(string password, string? name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length < 3) return false;
        var rest = password.Replace(name, string.Empty, StringComparison.OrdinalIgnoreCase);
        return rest.Length < password.Length && !rest.Any(char.IsLetter);
    }

    private static HashSet<string> Read()
    {
        using var stream = typeof(PasswordPolicy).Assembly.GetManifestResourceStream("common-passwords.txt") ?? throw new InvalidOperationException("The common passwords are not in the assembly.");
        using var reader = new StreamReader(stream);
        var sections = new Dictionary<string, List<string[]>>(StringComparer.Ordinal);
        var section = new List<string[]>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#') || line.Length == 0) continue;
            if (line is "words" or "endings" or "whole") sections[line] = section = [];
            else section.Add(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        var words = sections["words"];
        var common = new HashSet<string>(sections["whole"].SelectMany(x => x), StringComparer.OrdinalIgnoreCase);
        foreach (var word in words.SelectMany(x => x))
        {
            common.Add(word + word);
            common.Add(word + word + word);
            foreach (var ending in sections["endings"].SelectMany(x => x)) common.Add(word + ending);
            foreach (var first in words[0]) common.Add(first + word);
            foreach (var first in words[0]) common.Add(word + first);
        }

        common.RemoveWhere(x => x.Length < MinLength);
        return common;
    }
}
