using RunAiRbac.Policy;

namespace RunAiRbac.Storage;

/// <summary>The rows of a new tenant.</summary>
internal sealed class FirstTenantRows(FirstTenant tenant, bool isFirst, long now)
{
    public const int SystemAdministrator = 1;
    public const int PlatformAdministrator = 4003;
    public const long FirstRevision = 1;

    private readonly string _tenantScopeId = tenant.TenantId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public TenantRow AddTo(RunAiRbacDbContext db)
    {
        var administrator = User();
        var rules = Rules(administrator.Id);
        var row = new TenantRow { Id = tenant.TenantId, Name = tenant.TenantName, CreatedAt = now };
        db.Add(row);
        db.Add(new RevisionRow { TenantId = tenant.TenantId, Revision = FirstRevision, LastRuleId = rules.Count });
        db.Add(new ChangeRow { TenantId = tenant.TenantId, Revision = FirstRevision, At = now, ActorName = Actor.System.Name, Changes = ChangeLog.Reload });
        db.AddRange(Catalogue.Default.Roles.Select(role => RoleRows.New(tenant.TenantId, role, now, Actor.System.Name)));
        db.Add(Scope(_tenantScopeId, "tenant", tenant.TenantName));
        if (isFirst) db.Add(Scope("system", "system", "System"));
        db.Add(Subject(SubjectKind.AllAuthenticated, "all-authenticated-users", "All authenticated users"));
        db.Add(administrator);
        db.Add(new IdentityRow { TenantId = tenant.TenantId, Id = Ids.New(), SubjectId = administrator.Id, Provider = "local", Claim = administrator.Id, CreatedAt = now });
        db.Add(Password(administrator.Id));
        db.AddRange(rules);
        AddEvents(db, administrator, rules);
        return row;
    }

    /// <summary>A tenant comes with its roles: they have no events of their own.</summary>
    private void AddEvents(RunAiRbacDbContext db, SubjectRow administrator, List<AccessRuleRow> rules)
    {
        Add(AuditEntities.Tenant, _tenantScopeId, tenant.TenantName, new { id = _tenantScopeId, name = tenant.TenantName });
        Add(AuditEntities.User, administrator.Id, administrator.Name, new { administrator.Id, administrator.Name, administrator.Enabled });
        foreach (var rule in rules)
        {
            var id = rule.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Add(AuditEntities.AccessRule, id, id, new { rule.Id, rule.SubjectId, rule.RoleId, rule.ScopeId });
        }

        void Add(string type, string id, string name, object after)
        {
            var row = AuditRows.New(tenant.TenantId, now, Actor.System, AuditSubjectTypes.App, AuditActions.Create);
            (row.EntityType, row.EntityId, row.EntityName) = (type, id, name);
            row.After = System.Text.Json.JsonSerializer.Serialize(after, AuditJson.Options);
            AuditRows.Add(db, row, []);
        }
    }

    private SubjectRow User()
    {
        var user = Subject(SubjectKind.User, tenant.AdminEmail, tenant.AdminEmail);
        user.IsLocal = true;
        return user;
    }

    private SubjectRow Subject(SubjectKind kind, string key, string name) => new()
    {
        TenantId = tenant.TenantId,
        Id = Ids.New(),
        Kind = kind,
        Key = key,
        Name = name,
        NameFolded = Folding.Fold(name),
        CreatedAt = now,
        CreatedByName = Actor.System.Name,
        UpdatedAt = now,
        MadeRevision = FirstRevision,
    };

    private CredentialRow Password(string subjectId) => new()
    {
        TenantId = tenant.TenantId,
        Id = Ids.New(),
        SubjectId = subjectId,
        Kind = CredentialKinds.Password,
        Hash = tenant.AdminPasswordHash,
        MustChange = tenant.MustChangePassword,
        CreatedAt = now,
    };

    private ScopeRow Scope(string id, string type, string name) => new()
    {
        TenantId = tenant.TenantId,
        Id = id,
        Type = type,
        Name = name,
        NameFolded = Folding.Fold(name),
        NameScope = "",
        CreatedAt = now,
        CreatedByName = Actor.System.Name,
        UpdatedAt = now,
        MadeRevision = FirstRevision,
    };

    private List<AccessRuleRow> Rules(string administratorId)
    {
        List<AccessRuleRow> rules = [Rule(1, administratorId, SystemAdministrator, _tenantScopeId)];
        if (isFirst) rules.Add(Rule(2, administratorId, PlatformAdministrator, "system"));
        return rules;
    }

    private AccessRuleRow Rule(int id, string subjectId, int roleId, string scopeId) => new()
    {
        TenantId = tenant.TenantId,
        Id = id,
        SubjectId = subjectId,
        RoleId = roleId,
        ScopeId = scopeId,
        CreatedAt = now,
        CreatedByName = Actor.System.Name,
        UpdatedAt = now,
        MadeRevision = FirstRevision,
    };
}
