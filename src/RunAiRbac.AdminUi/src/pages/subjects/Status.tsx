import { Badge, Group } from '@mantine/core';
import type { User } from '../../api/users';

/** Whether it may sign in; said in words, not by colour alone. */
export function EnabledBadge({ enabled }: { enabled: boolean }) {
  return enabled ? 'Enabled' : <Badge color="red">Disabled</Badge>;
}

export const userKind = (user: Pick<User, 'isLocal' | 'pending'>) => (user.pending ? 'Not signed in yet' : user.isLocal ? 'Local' : 'SSO');

export function UserBadges({ user }: { user: User }) {
  return (
    <Group gap={6}>
      <Badge color={user.pending ? 'yellow' : 'gray'}>{userKind(user)}</Badge>
      {!user.enabled && <EnabledBadge enabled={false} />}
    </Group>
  );
}
