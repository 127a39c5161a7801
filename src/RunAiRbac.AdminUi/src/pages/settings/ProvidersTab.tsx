import { Anchor, Group, Text } from '@mantine/core';
import { IconArrowsExchange, IconPencil, IconPlugConnected, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useDeleteProvider, useIdentityProviders, type IdentityProvider } from '../../api/identityProviders';
import { ask, usePermissions, type May } from '../../api/permissions';
import { useTenantScope } from '../../api/session';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { Grid, Loaded, type GridColumn } from '../../components/Grid';
import { GuardedButton, GuardedIcon } from '../../components/Guarded';
import { MappersDialog } from './MappersDialog';
import { ProviderDetails } from './ProviderDetails';
import { ProviderDialog } from './ProviderDialog';
import { typeName } from './providerForm';

type Dialog = { kind: 'new' } | { kind: 'details' | 'test' | 'edit' | 'mappers' | 'delete'; provider: IdentityProvider } | { kind: 'created'; alias: string };

const columns = (open: (provider: IdentityProvider) => void): GridColumn<IdentityProvider>[] => [
  { header: 'Name', cell: (p) => <Anchor component="button" type="button" size="sm" onClick={() => open(p)}>{p.name}</Anchor> },
  { header: 'Type', cell: (p) => typeName(p.type) },
  { header: 'Alias', cell: (p) => p.alias },
  { header: 'E-mail domains trusted', cell: (p) => (p.trustedEmailDomains.includes('*') ? 'All' : p.trustedEmailDomains.join(', ') || 'None') },
  { header: 'Groups', cell: (p) => (p.groupsTrusted ? 'Trusted' : 'Not trusted') },
];

/** The identity providers through which people may sign in. */
export function ProvidersTab() {
  const providers = useIdentityProviders();
  const tenant = useTenantScope();
  const here = tenant ?? { type: 'tenant', id: '' };
  const [create, update, remove] = [ask('security-settings', 'create', here), ask('security-settings', 'update', here), ask('security-settings', 'delete', here)];
  const may = usePermissions(tenant ? [create, update, remove] : []);
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const created = dialog?.kind === 'created' ? providers.data?.find((p) => p.alias === dialog.alias) : undefined;
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Text size="sm" c="dimmed">People may sign in through these, besides with a password kept here.</Text>
        <GuardedButton may={may(create)} leftSection={<IconPlus size={16} />} onClick={() => setDialog({ kind: 'new' })}>New identity provider</GuardedButton>
      </Group>
      <Loaded query={providers}>
        {(rows) => (
          <Grid label="Identity providers" columns={columns((provider) => setDialog({ kind: 'details', provider }))} rows={rows} rowKey={(p) => p.alias} empty="There are none: everybody signs in with a password kept here."
            actions={(provider) => <RowActions name={provider.name} update={may(update)} remove={may(remove)} open={(kind) => setDialog({ kind, provider })} />} />
        )}
      </Loaded>
      {dialog?.kind === 'new' && <ProviderDialog close={close} created={(alias) => setDialog({ kind: 'created', alias })} />}
      {dialog?.kind === 'edit' && <ProviderDialog provider={dialog.provider} close={close} />}
      {dialog?.kind === 'mappers' && <MappersDialog provider={dialog.provider} close={close} />}
      {dialog?.kind === 'delete' && <DeleteDialog provider={dialog.provider} close={close} />}
      {(dialog?.kind === 'details' || dialog?.kind === 'test') && <ProviderDetails provider={dialog.provider} testing={dialog.kind === 'test'} mayTest={may(update)} close={close} />}
      {created && <ProviderDetails provider={created} isNew mayTest={may(update)} close={close} />}
    </>
  );
}

function RowActions({ name, update, remove, open }: { name: string; update: May; remove: May; open: (kind: 'test' | 'edit' | 'mappers' | 'delete') => void }) {
  return (
    <>
      <GuardedIcon may={update} label={`Test ${name}`} onClick={() => open('test')}><IconPlugConnected size={16} /></GuardedIcon>
      <GuardedIcon may={update} label={`Edit ${name}`} onClick={() => open('edit')}><IconPencil size={16} /></GuardedIcon>
      <GuardedIcon may={update} label={`Mappers of ${name}`} onClick={() => open('mappers')}><IconArrowsExchange size={16} /></GuardedIcon>
      <GuardedIcon may={remove} label={`Delete ${name}`} onClick={() => open('delete')}><IconTrash size={16} /></GuardedIcon>
    </>
  );
}

function DeleteDialog({ provider, close }: { provider: IdentityProvider; close: () => void }) {
  const remove = useDeleteProvider(provider.alias);
  return (
    <ConfirmDialog title={`Delete ${provider.name}?`} confirm="Delete" typed={provider.alias} run={() => remove.mutateAsync()} done={`${provider.name} was deleted.`} close={close}>
      Nobody can sign in through it any more. Its identities, its groups and the memberships it gave end with it, and so does the access that rules gave by those groups.
    </ConfirmDialog>
  );
}
