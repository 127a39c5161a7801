import { Code } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { usePermissions } from '../../api/permissions';
import { useTenantScope } from '../../api/session';
import { useAccessKeysOf, useDeleteAccessKeyOf, type AccessKeyOfSomebody, type User } from '../../api/users';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { Grid, Loaded, type GridColumn } from '../../components/Grid';
import { GuardedIcon } from '../../components/Guarded';
import { Moment } from '../../components/Moment';
import { userAsks } from './userAsks';

const columns: GridColumn<AccessKeyOfSomebody>[] = [
  { header: 'Name', cell: (k) => k.name },
  { header: 'Client id', cell: (k) => <Code>{k.clientId}</Code> },
  { header: 'Last used', cell: (k) => <Moment at={k.lastLogin} withTime /> },
  { header: 'Created', cell: (k) => <Moment at={k.createdAt} /> },
];

/** Somebody's access keys: programs that act as the user. Only the user makes them; administrators may end them. */
export function AccessKeysTab({ user }: { user: User }) {
  const keys = useAccessKeysOf(user.id);
  const { endKeys, all } = userAsks(user, useTenantScope()?.id ?? '');
  const may = usePermissions(all);
  const [ending, setEnding] = useState<AccessKeyOfSomebody>();
  const end = useDeleteAccessKeyOf();
  return (
    <Loaded query={keys}>
      {(rows) => (
        <>
          <Grid label="Access keys" columns={columns} rows={rows} rowKey={(k) => k.id} empty="This user has no access keys."
            actions={(k) => <GuardedIcon may={may(endKeys)} label={`Delete ${k.name}`} onClick={() => setEnding(k)}><IconTrash size={16} /></GuardedIcon>} />
          {ending && (
            <ConfirmDialog title="Delete the access key?" confirm="Delete" run={() => end.mutateAsync(ending.id)} done={`${ending.name} was deleted.`} close={() => setEnding(undefined)}>
              What uses <b>{ending.name}</b> is signed out at once and cannot sign in with it again.
            </ConfirmDialog>
          )}
        </>
      )}
    </Loaded>
  );
}
