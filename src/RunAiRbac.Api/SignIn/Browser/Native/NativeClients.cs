namespace RunAiRbac.Api.SignIn.Browser.Native;

/// <summary>Programs on a person's own machine that may ask for codes. They are public clients: none has a secret.</summary>
internal static class NativeClients
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal) { ["runairbac-cli"] = "RunAiRbac command line" };

    public static bool IsKnown(string clientId) => Names.ContainsKey(clientId);

    public static string Name(string clientId) => Names[clientId];
}
