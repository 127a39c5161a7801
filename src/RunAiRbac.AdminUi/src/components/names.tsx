import { Badge, Group, Text } from '@mantine/core';
import { IconApps, IconBuilding, IconBuildingCommunity, IconFolder, IconServer2, IconUser, IconUsersGroup, IconWorld, type Icon } from '@tabler/icons-react';

interface Kind {
  label: string;
  icon: Icon;
}

const subjects: Record<string, Kind> = {
  user: { label: 'User', icon: IconUser },
  group: { label: 'Group', icon: IconUsersGroup },
  app: { label: 'Application', icon: IconApps },
  'service-account': { label: 'Application', icon: IconApps },
  application: { label: 'Application', icon: IconApps },
  'all-authenticated-users': { label: 'All authenticated users', icon: IconWorld },
};

const scopes: Record<string, Kind> = {
  system: { label: 'System', icon: IconWorld },
  tenant: { label: 'Account', icon: IconBuildingCommunity },
  cluster: { label: 'Cluster', icon: IconServer2 },
  department: { label: 'Department', icon: IconBuilding },
  project: { label: 'Project', icon: IconFolder },
};

export const subjectKind = (type: string): Kind => subjects[type] ?? { label: type, icon: IconUser };
export const scopeKind = (type: string): Kind => scopes[type] ?? { label: type, icon: IconFolder };

/** A subject with its type, as text always: names may hold anything. */
export function SubjectName({ type, name }: { type: string; name?: string | null }) {
  const kind = subjectKind(type);
  return <Named kind={kind} name={type === 'all-authenticated-users' ? kind.label : (name ?? '')} />;
}

/** A scope; with its path the ancestors stand before the name. */
export function ScopeName({ type, name, path }: { type: string; name: string; path?: string | null }) {
  const above = path?.endsWith('/' + name) ? path.slice(0, -name.length - 1) : '';
  return (
    <Named kind={scopeKind(type)} name={name} below={above ? above.split('/').join(' / ') : undefined} />
  );
}

/** Every path begins with the account: among rules it goes without saying. */
export const withoutAccount = (path?: string | null) => (path?.includes('/') ? path.slice(path.indexOf('/') + 1) : path);

function Named({ kind, name, below }: { kind: Kind; name: string; below?: string }) {
  return (
    <Group gap={7} wrap="nowrap" style={{ minWidth: 0 }}>
      <kind.icon size={16} stroke={1.6} role="img" aria-label={kind.label} style={{ flex: 'none' }} />
      <div style={{ minWidth: 0 }}>
        <span className="truncate" title={name}>{name}</span>
        {below && <Text span size="xs" c="dimmed" className="truncate" title={below}>{below}</Text>}
      </div>
    </Group>
  );
}

export function TypeBadge({ type }: { type: string }) {
  return <Badge color="gray">{subjectKind(type).label}</Badge>;
}
