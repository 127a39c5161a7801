import { Button, Code, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconLink, IconUnlink } from '@tabler/icons-react';
import { useState } from 'react';
import { useIdentities, useLinkIdentity, useUnlinkIdentity, type IdentityRequest, type UserIdentity } from '../../api/identities';
import { usePermissions } from '../../api/permissions';
import { useTenantScope } from '../../api/session';
import type { User } from '../../api/users';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { Grid, Loaded, type GridColumn } from '../../components/Grid';
import { GuardedButton, GuardedIcon } from '../../components/Guarded';
import { Moment } from '../../components/Moment';
import { userAsks } from './userAsks';

const isLocal = (identity: UserIdentity) => identity.type === 'local';

/** What people call an identity. */
const nameOf = (identity: UserIdentity) => (isLocal(identity) ? 'the password kept here' : `the account of ${identity.providerName ?? identity.provider}`);

const Account = ({ claim }: { claim: string }) => <Code className="truncate" title={claim} style={{ maxWidth: 260, display: 'inline-block', verticalAlign: 'bottom' }}>{claim}</Code>;

const columns = (user: User): GridColumn<UserIdentity>[] => [
  { header: 'Signs in with', cell: (i) => (isLocal(i) ? 'Password kept here' : (i.providerName ?? i.provider)) },
  { header: 'Account there', cell: (i) => (isLocal(i) ? <Text span size="sm" c="dimmed">–</Text> : <Account claim={i.subjectClaim} />) },
  { header: 'E-mail said there', cell: (i) => i.email ?? <Text span size="sm" c="dimmed">–</Text> },
  { header: 'Last sign-in', cell: (i) => <Moment at={isLocal(i) ? user.lastLogin : i.lastSeenAt} withTime /> },
  { header: 'Linked', cell: (i) => <Moment at={i.createdAt} /> },
];

const requestColumns: GridColumn<IdentityRequest>[] = [
  { header: 'Signs in with', cell: (r) => r.providerName },
  { header: 'Account there', cell: (r) => <Account claim={r.subjectClaim} /> },
  { header: 'Name said there', cell: (r) => [r.firstName, r.lastName].filter(Boolean).join(' ') || <Text span size="sm" c="dimmed">–</Text> },
  { header: 'Attempts', cell: (r) => r.attempts.toLocaleString('en') },
  { header: 'Last attempt', cell: (r) => <Moment at={r.lastAt} withTime /> },
];

/** How the user is recognized; accounts of providers that were refused because the user has their address, to be linked. */
export function IdentitiesTab({ user }: { user: User }) {
  const identities = useIdentities(user.id);
  const asks = userAsks(user, useTenantScope()?.id ?? '');
  const may = usePermissions(asks.all);
  const [unlinking, setUnlinking] = useState<UserIdentity>();
  const [linking, setLinking] = useState<IdentityRequest>();
  // Linking makes a user of somebody whom only rules named: that is creating one, too.
  const mayLink = user.pending && may(asks.update).state === 'allowed' ? may(asks.create) : may(asks.update);
  return (
    <Loaded query={identities}>
      {({ identities: linked, requests }) => (
        <Stack gap="lg">
          <Grid label="Identities" columns={columns(user)} rows={linked} rowKey={(i) => i.id} empty="Nobody can sign in as this user."
            actions={(i) => <GuardedIcon may={may(asks.update)} label={`Unlink ${nameOf(i)}`} onClick={() => setUnlinking(i)}><IconUnlink size={16} /></GuardedIcon>} />
          <section>
            <Title order={2} mb={4}>Refused sign-ins</Title>
            <Text size="sm" c="dimmed" mb="xs">Accounts of identity providers that have this user's e-mail address and were not let in, in the last 30 days. Linked, such an account signs in as this user.</Text>
            <Grid label="Refused sign-ins" columns={requestColumns} rows={requests} rowKey={(r) => r.id} empty="None waits to be linked."
              actions={(r) => (linked.some((i) => i.provider === r.provider)
                ? <Tooltip label={`The user has an account of ${r.providerName} already: unlink it first`}><Button variant="default" data-disabled aria-disabled>Link</Button></Tooltip>
                : <GuardedButton may={mayLink} variant="default" leftSection={<IconLink size={16} />} aria-label={`Link ${r.subjectClaim} of ${r.providerName}`} onClick={() => setLinking(r)}>Link</GuardedButton>)} />
          </section>
          {unlinking && <UnlinkDialog user={user} identity={unlinking} isLast={linked.length === 1} close={() => setUnlinking(undefined)} />}
          {linking && <LinkDialog user={user} request={linking} close={() => setLinking(undefined)} />}
        </Stack>
      )}
    </Loaded>
  );
}

function LinkDialog({ user, request, close }: { user: User; request: IdentityRequest; close: () => void }) {
  const link = useLinkIdentity(user.id);
  return (
    <ConfirmDialog title="Link the account?" confirm="Link" run={() => link.mutateAsync({ provider: request.provider, subjectClaim: request.subjectClaim })} done={`${request.providerName} now signs in as ${user.username}.`} close={close}>
      <Stack gap="xs">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>Whoever has the account <b>{request.subjectClaim}</b> at {request.providerName} signs in as <b>{user.username}</b> from now on, with all that this user may do.</Text>
        <Text size="sm">Make sure that it is the same person by another way than the address.</Text>
        {user.pending && <Text size="sm">So far only access rules name this user; it becomes one that can sign in.</Text>}
      </Stack>
    </ConfirmDialog>
  );
}

function UnlinkDialog({ user, identity, isLast, close }: { user: User; identity: UserIdentity; isLast: boolean; close: () => void }) {
  const unlink = useUnlinkIdentity(user.id);
  const groups = identity.groups.map((g) => g.name).join(', ');
  return (
    <ConfirmDialog title={`Unlink ${nameOf(identity)}?`} confirm="Unlink" run={() => unlink.mutateAsync(identity.id)} done={`${user.username} no longer signs in with ${nameOf(identity)}.`} close={close}>
      <Stack gap="xs">
        <Text size="sm">{user.username} can no longer sign in with it, and all sessions of this user end at once.{isLocal(identity) && ' The password is deleted.'}</Text>
        {groups !== '' && <Text size="sm" style={{ overflowWrap: 'anywhere' }}>The memberships that it told of end too: {groups}.</Text>}
        {isLast && <Text size="sm" fw={600}>It is the last one: nobody can sign in as this user any more, except by access keys.</Text>}
      </Stack>
    </ConfirmDialog>
  );
}
