using RunAiRbac.Policy;

namespace RunAiRbac.Benchmarks.InProcess;

/// <summary>
/// The obvious way, as a yardstick that feels the machine's mood as the engine does: a dictionary from (principal, scope) to roles, asked for each principal and
/// each scope of the path. It cannot change, and knows neither expiry nor disabled subjects.
/// </summary>
internal sealed class DictionaryCheck
{
    private readonly Dictionary<(int Principal, int Scope), int[]> _roles = [];
    private readonly int[][] _principals;
    private readonly int[][] _paths;
    private readonly bool[][] _permissions;

    public DictionaryCheck(PolicySnapshot snapshot, World world)
    {
        var catalogue = snapshot.Catalogue;
        foreach (var rule in world.Rules)
        {
            var key = (snapshot.FindSubject(rule.SubjectId).Index, snapshot.FindScope(rule.ScopeId).Index);
            _roles[key] = [.. _roles.GetValueOrDefault(key, []), rule.RoleId];
        }

        _principals = new int[world.Users.Length + world.Groups.Length + 1][];
        foreach (var user in world.Users.Select(user => snapshot.FindSubject(user.Id)))
        {
            _principals[user.Index] = [user.Index, .. snapshot.GroupsOf(user).Select(membership => membership.Group.Index), snapshot.AllAuthenticated.Index];
        }

        _paths = [.. world.Scopes.Select(scope => snapshot.FindScope(scope.Id)).OrderBy(scope => scope.Index).Select(scope => snapshot.Path(scope).Select(s => s.Index).ToArray())];
        _permissions = new bool[PredefinedRoles.FirstCustomId][];
        foreach (var role in catalogue.Roles)
        {
            _permissions[role.Id] = new bool[catalogue.ResourceTypes.Length * catalogue.Actions.Length];
            foreach (var permission in role.Permissions)
            {
                foreach (var action in permission.Actions) _permissions[role.Id][catalogue.FindResourceType(permission.ResourceType) * catalogue.Actions.Length + catalogue.FindAction(action)] = true;
            }
        }
    }

    public bool Ask(Handles question, int actions)
    {
        var permission = question.ResourceType * actions + question.Action;
        foreach (var principal in _principals[question.Subject.Index])
        {
            foreach (var scope in _paths[question.Scope.Index])
            {
                if (!_roles.TryGetValue((principal, scope), out var roles)) continue;
                foreach (var role in roles)
                {
                    if (_permissions[role][permission]) return true;
                }
            }
        }

        return false;
    }
}
