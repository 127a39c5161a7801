import { Button, Code, Group, Text, TextInput } from '@mantine/core';
import { IconPlus, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useCreateAccessKey, useDeleteAccessKey, useMyAccessKeys, useRegenerateAccessKey, type AccessKey } from '../../api/account';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { fieldError, FormDialog } from '../../components/FormDialog';
import { Grid, Loaded, type GridColumn } from '../../components/Grid';
import { GuardedIcon } from '../../components/Guarded';
import { Moment } from '../../components/Moment';
import { SecretDialog } from '../../components/SecretDialog';

const columns: GridColumn<AccessKey>[] = [
  { header: 'Name', cell: (k) => k.name },
  { header: 'Client id', cell: (k) => <Code>{k.clientId}</Code> },
  { header: 'Last used', cell: (k) => <Moment at={k.lastLogin} withTime /> },
  { header: 'Created', cell: (k) => <Moment at={k.createdAt} /> },
];

interface Shown {
  clientId: string;
  clientSecret: string;
}

const open = { state: 'allowed' } as const;

/** Keys for programs that act as oneself. */
export function AccessKeysSection() {
  const keys = useMyAccessKeys(true);
  const regenerate = useRegenerateAccessKey();
  const remove = useDeleteAccessKey();
  const [creating, setCreating] = useState(false);
  const [dialog, setDialog] = useState<{ kind: 'secret' | 'delete'; key: AccessKey }>();
  // Kept here only: not in the cache of queries.
  const [shown, setShown] = useState<Shown>();
  const close = () => setDialog(undefined);
  const renew = async (key: AccessKey) => {
    const { clientSecret } = await regenerate.mutateAsync(key.id);
    regenerate.reset();
    setShown({ clientId: key.clientId, clientSecret });
  };
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Text size="sm" c="dimmed">Programs that sign in with an access key act as you, with your access.</Text>
        <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>New access key</Button>
      </Group>
      <Loaded query={keys}>
        {(rows) => (
          <Grid label="Access keys" columns={columns} rows={rows} rowKey={(k) => k.id} empty="You have no access keys."
            actions={(k) => (
              <>
                <GuardedIcon may={open} label={`Regenerate the secret of ${k.name}`} onClick={() => setDialog({ kind: 'secret', key: k })}><IconRefresh size={16} /></GuardedIcon>
                <GuardedIcon may={open} label={`Delete ${k.name}`} onClick={() => setDialog({ kind: 'delete', key: k })}><IconTrash size={16} /></GuardedIcon>
              </>
            )} />
        )}
      </Loaded>
      {creating && <NewKeyDialog close={() => setCreating(false)} show={setShown} />}
      {dialog?.kind === 'secret' && (
        <ConfirmDialog title="Regenerate the secret?" confirm="Regenerate" run={() => renew(dialog.key)} close={close}>
          The present secret of <b>{dialog.key.name}</b> ends at once, with what is signed in by it.
        </ConfirmDialog>
      )}
      {dialog?.kind === 'delete' && (
        <ConfirmDialog title="Delete the access key?" confirm="Delete" run={() => remove.mutateAsync(dialog.key.id)} done={`${dialog.key.name} was deleted.`} close={close}>
          What uses <b>{dialog.key.name}</b> is signed out at once and cannot sign in with it again.
        </ConfirmDialog>
      )}
      {shown && <SecretDialog title="Access key" values={[{ label: 'Client id', value: shown.clientId }, { label: 'Client secret', value: shown.clientSecret }]} close={() => setShown(undefined)} />}
    </>
  );
}

function NewKeyDialog({ close, show }: { close: () => void; show: (secret: Shown) => void }) {
  const create = useCreateAccessKey();
  const [name, setName] = useState('');
  const [error, setError] = useState<unknown>();
  const run = async () => {
    const { clientId, clientSecret } = await create.mutateAsync(name.trim());
    create.reset();
    close();
    show({ clientId, clientSecret });
  };
  return (
    <FormDialog title="New access key" submit="Create" ready={name.trim() !== ''} run={run} close={close} onError={setError}>
      <TextInput label="Name" description="Lower-case letters, digits, - and _" required data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} error={fieldError(error, 'name')} autoComplete="off" />
    </FormDialog>
  );
}
