using System.Globalization;

namespace RunAiRbac.Storage;

/// <summary>Says that a tenant has a revision; as text <c>tenant:revision</c>.</summary>
internal readonly record struct WakeUp(int TenantId, long Revision)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TenantId}:{Revision}");

    /// <summary>False for anything else: others may use the channel.</summary>
    public static bool TryParse(string text, out WakeUp wakeUp)
    {
        wakeUp = default;
        var parts = text.Split(':');
        if (parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var tenantId)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var revision)) return false;
        wakeUp = new(tenantId, revision);
        return true;
    }
}
