import { Badge, Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useEndSession, useMySessions, type Session } from '../../api/account';
import { signOut } from '../../api/session';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { Grid, Loaded, type GridColumn } from '../../components/Grid';
import { Moment } from '../../components/Moment';

const grants: Record<string, string> = { password: 'Password', oidc: 'Single sign-on', saml: 'Single sign-on', openshift: 'Single sign-on', app_token: 'Access key', client_credentials: 'Access key', 'access-key': 'Access key' };

const columns: GridColumn<Session>[] = [
  { header: 'Signed in by', cell: (s) => <Group gap={6} wrap="nowrap">{grants[s.grant ?? ''] ?? s.grant}{s.current && <Badge>This session</Badge>}</Group> },
  { header: 'Began', cell: (s) => <Moment at={s.createdAt} withTime /> },
  { header: 'Last used', cell: (s) => <Moment at={s.lastUsedAt} withTime /> },
  { header: 'Ends', cell: (s) => <Moment at={s.expiresAt} withTime /> },
];

/** Where one is signed in. */
export function SessionsSection() {
  const sessions = useMySessions(true);
  const end = useEndSession();
  const [ending, setEnding] = useState<Session>();
  return (
    <Loaded query={sessions}>
      {(rows) => (
        <>
          <Grid label="Sessions" columns={columns} rows={rows} rowKey={(s) => s.id ?? ''} empty="You have no sessions."
            actions={(s) => <Button variant="subtle" color="gray" onClick={() => (s.current ? signOut() : setEnding(s))}>{s.current ? 'Sign out' : 'End'}</Button>} />
          {ending && (
            <ConfirmDialog title="End the session?" confirm="End session" run={() => end.mutateAsync(ending.id ?? '')} done="The session has ended." close={() => setEnding(undefined)}>
              Whatever is signed in by it is signed out at once.
            </ConfirmDialog>
          )}
        </>
      )}
    </Loaded>
  );
}
