import { Anchor, Group } from '@mantine/core';
import { IconBan, IconCheck, IconKey, IconLogout, IconTrash } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { Holder } from '../../api/effective';
import { usePermissions, usePermissionsAnywhere } from '../../api/permissions';
import { useTenantScope } from '../../api/session';
import { useDeleteUser, useEnableUser, useEndSessionsOf, useResetPassword, useUser, type User } from '../../api/users';
import { BackTo } from '../../components/BackTo';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { Facts } from '../../components/Facts';
import { Loaded } from '../../components/Grid';
import { GuardedButton } from '../../components/Guarded';
import { Moment } from '../../components/Moment';
import { PageHeader } from '../../components/PageHeader';
import { PageTabs } from '../../components/PageTabs';
import { SecretDialog } from '../../components/SecretDialog';
import { AccessTab } from '../subjects/AccessTab';
import { HomeScope } from '../subjects/HomeScope';
import { NewRuleButton } from '../subjects/NewRuleButton';
import { groupPath } from '../subjects/paths';
import { PermissionsTab } from '../subjects/PermissionsTab';
import { UserBadges } from '../subjects/Status';
import { AccessKeysTab } from './AccessKeysTab';
import { GroupsTab } from './GroupsTab';
import { IdentitiesTab } from './IdentitiesTab';
import { userAsks } from './userAsks';

export function Component() {
  const { id } = useParams();
  const user = useUser(id!);
  return (
    <>
      <BackTo to="/users" label="Users" />
      {!user.data && <PageHeader title="User" />}
      <Loaded query={user}>{(found) => <UserDetails user={found} />}</Loaded>
    </>
  );
}

function UserDetails({ user }: { user: User }) {
  const anywhere = usePermissionsAnywhere();
  const holder: Holder = { type: 'user', id: user.id, name: user.username, groups: user.groups };
  const name = [user.firstName, user.lastName].filter(Boolean).join(' ');
  return (
    <>
      <PageHeader title={user.username} about={<Group gap="xs">{name}<UserBadges user={user} /></Group>} actions={<Actions user={user} />} />
      <Facts of={[
        ['Last sign-in', <Moment at={user.lastLogin} withTime />],
        ['Groups', user.groups.length > 0 && <Groups names={user.groups} />],
        ['Created', <Moment at={user.createdAt} />],
        ['Created by', user.createdBy],
        ['Home', <HomeScope type={user.scopeType} id={user.scopeId} />],
      ]} />
      <PageTabs label="About this user" tabs={[
        { id: 'access', label: 'Access rules', content: <AccessTab holder={holder} /> },
        { id: 'permissions', label: 'Permissions', content: <PermissionsTab holder={holder} />, absent: !anywhere.may('authorization', 'read') },
        { id: 'groups', label: 'Groups', content: <GroupsTab user={user} /> },
        { id: 'identities', label: 'Identities', content: <IdentitiesTab user={user} /> },
        { id: 'access-keys', label: 'Access keys', content: <AccessKeysTab user={user} />, absent: !anywhere.may('access-keys', 'read') },
      ]} />
    </>
  );
}

const shownGroups = 6;

function Groups({ names }: { names: string[] }): ReactNode {
  return (
    <>
      {names.slice(0, shownGroups).map((name, i) => <span key={name}>{i > 0 && ', '}<Anchor component={Link} to={groupPath(name)} size="sm" underline="always">{name}</Anchor></span>)}
      {names.length > shownGroups && ` and ${names.length - shownGroups} more`}
    </>
  );
}

type Dialog = 'password' | 'sessions' | 'enabled' | 'delete';

function Actions({ user }: { user: User }) {
  const { update, remove, all } = userAsks(user, useTenantScope()?.id ?? '');
  const may = usePermissions(all);
  const [dialog, setDialog] = useState<Dialog>();
  const [password, setPassword] = useState<string>();
  return (
    <>
      <NewRuleButton subject={{ type: 'user', name: user.username }} />
      {user.isLocal && <GuardedButton may={may(update)} variant="default" leftSection={<IconKey size={16} />} onClick={() => setDialog('password')}>Reset password</GuardedButton>}
      {!user.pending && <GuardedButton may={may(update)} variant="default" leftSection={<IconLogout size={16} />} onClick={() => setDialog('sessions')}>End sessions</GuardedButton>}
      <GuardedButton may={may(update)} variant="default" leftSection={user.enabled ? <IconBan size={16} /> : <IconCheck size={16} />} onClick={() => setDialog('enabled')}>{user.enabled ? 'Disable' : 'Enable'}</GuardedButton>
      <GuardedButton may={may(remove)} variant="default" leftSection={<IconTrash size={16} />} onClick={() => setDialog('delete')}>Delete</GuardedButton>
      {dialog && <ActionDialog dialog={dialog} user={user} close={() => setDialog(undefined)} show={setPassword} />}
      {password && <SecretDialog title="New password" values={[{ label: 'Temporary password', value: password }]} close={() => setPassword(undefined)} />}
    </>
  );
}

function ActionDialog({ dialog, user, close, show }: { dialog: Dialog; user: User; close: () => void; show: (password: string) => void }) {
  const navigate = useNavigate();
  const reset = useResetPassword(user.id);
  const end = useEndSessionsOf(user.id);
  const enable = useEnableUser(user.id);
  const remove = useDeleteUser(user.id);
  if (dialog === 'password') {
    const run = async () => {
      show((await reset.mutateAsync()).tempPassword);
      reset.reset();
    };
    return (
      <ConfirmDialog title="Reset the password?" confirm="Reset password" run={run} close={close}>
        {user.username} gets a temporary password, which is shown once. The present one and all sessions end at once.
      </ConfirmDialog>
    );
  }
  if (dialog === 'sessions') {
    return (
      <ConfirmDialog title="End all sessions?" confirm="End sessions" run={() => end.mutateAsync()} done={`All sessions of ${user.username} have ended.`} close={close}>
        {user.username} is signed out everywhere and may sign in again.
      </ConfirmDialog>
    );
  }
  if (dialog === 'enabled') {
    return (
      <ConfirmDialog title={user.enabled ? 'Disable the user?' : 'Enable the user?'} confirm={user.enabled ? 'Disable' : 'Enable'} harmless={!user.enabled} run={() => enable.mutateAsync(!user.enabled)}
        done={`${user.username} is ${user.enabled ? 'disabled' : 'enabled'}.`} close={close}>
        {user.enabled ? `${user.username} is denied everything at once, signed out everywhere, and cannot sign in until enabled again. The access rules stay.` : `${user.username} may sign in again, and the access rules count again.`}
      </ConfirmDialog>
    );
  }
  return (
    <ConfirmDialog title="Delete the user?" confirm="Delete" run={async () => { await remove.mutateAsync(); await navigate('/users'); }} done={`${user.username} was deleted.`} close={close}>
      {user.username} is deleted for good, with all access rules, memberships, access keys and sessions. A new user with this e-mail does not get them back.
    </ConfirmDialog>
  );
}
