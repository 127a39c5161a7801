using System.Runtime.CompilerServices;
using RunAiRbac.Policy.Collections;

namespace RunAiRbac.Policy.Store;

/// <summary>What a snapshot knows of a scope. INVARIANT: never written to once a snapshot or a draft's array holds it; changes are copies.</summary>
internal sealed class ScopeRecord
{
    /// <summary>The most levels from the root down.</summary>
    public const int MaxLevels = 16;

    /// <summary>A place in <see cref="Path"/> behind the root; equal to no scope.</summary>
    public const int Padding = -2;

    private const int PathStep = 4;

    private readonly int[]? _deepPath;
    private Near _near;

    public ScopeRecord(ScopeFact fact, ReadOnlySpan<int> path)
    {
        Type = fact.Type;
        // The key, which scopes do not have, is the name and takes a byte.
        Names = PackedNames.Of(fact.Id, fact.Name, fact.Name);
        _deepPath = path.Length > PathStep ? path.ToArray() : null;
        for (var i = 0; i < PathStep; i++) (_near.Path[i], _near.Places[i]) = (path[i], RuleTable.FirstPlace(path[i]));
    }

    public PackedNames Names { get; }

    public string Type { get; }

    /// <summary>The scopes directly below.</summary>
    public IntTree<Nothing> Children { get; set; }

    /// <summary>The rules written here, by id.</summary>
    public IntTree<Rule> Rules { get; set; }

    /// <summary>The subjects whose home scope this is.</summary>
    public IntTree<Nothing> Residents { get; set; }

    /// <summary>The first four of the path, here so that a check need not look further.</summary>
    public ReadOnlySpan<int> Nearest => _near.Path;

    /// <summary>For each of these the <see cref="RuleTable.FirstPlace"/>.</summary>
    public ReadOnlySpan<int> NearestPlaces => _near.Places;

    /// <summary>Whether the path goes on beyond <see cref="Nearest"/>.</summary>
    public bool IsDeep => _deepPath is not null;

    /// <summary>This scope's index, its parent's, and so on up to the root's, then padding to a multiple of four.</summary>
    public ReadOnlySpan<int> Path => _deepPath is null ? _near.Path : _deepPath;

    /// <summary>The parent's index; below zero for a root.</summary>
    public int Parent => _near.Path[1];

    /// <summary>This scope and those above it, from here up.</summary>
    public ReadOnlySpan<int> Ancestry => Path[..Levels];

    /// <summary>The number of scopes from the root down to this one.</summary>
    public int Levels
    {
        get
        {
            var padding = Path.IndexOf(Padding);
            return padding < 0 ? Path.Length : padding;
        }
    }

    /// <summary>The path of a scope with that index below this ancestry (empty for a root).</summary>
    public static int[] PathBelow(ReadOnlySpan<int> parentAncestry, int index)
    {
        var levels = parentAncestry.Length + 1;
        var path = new int[(levels + PathStep - 1) / PathStep * PathStep];
        path.AsSpan(levels).Fill(Padding);
        parentAncestry.CopyTo(path.AsSpan(1));
        path[0] = index;
        return path;
    }

    /// <summary>The attributes, with that parent's id.</summary>
    public ScopeFact Fact(string? parent) => new(Names.Id, Type, parent, Names.Name);

    public ScopeRecord Copy() => (ScopeRecord)MemberwiseClone();

    /// <summary>The same scope by other attributes or at another place.</summary>
    public ScopeRecord With(ScopeFact fact, ReadOnlySpan<int> path) => new(fact, path) { Children = Children, Rules = Rules, Residents = Residents };

    /// <summary>What checks read, side by side.</summary>
    private struct Near
    {
        public Four Path;
        public Four Places;
    }

    [InlineArray(PathStep)]
    private struct Four
    {
        private int _first;
    }
}
