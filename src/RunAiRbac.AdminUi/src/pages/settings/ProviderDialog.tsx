import { FileInput, PasswordInput, SegmentedControl, Select, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useCreateProvider, useIdentityProviders, useUpdateProvider, type IdentityProvider } from '../../api/identityProviders';
import { fieldError, FormDialog } from '../../components/FormDialog';
import { ProviderTest } from './ProviderTest';
import { emptyForm, formOf, isComplete, toRequest, types, type ProviderForm, type ProviderType } from './providerForm';

interface Props {
  /** The one to edit; absent: a new one. */
  provider?: IdentityProvider;
  close: () => void;
  created?: (alias: string) => void;
}

/** Creates an identity provider or changes one. */
export function ProviderDialog({ provider, close, created }: Props) {
  const isFirst = useIdentityProviders().data?.length === 0;
  const [form, setForm] = useState(() => (provider ? formOf(provider) : emptyForm(isFirst)));
  const [error, setError] = useState<unknown>();
  const create = useCreateProvider();
  const update = useUpdateProvider(provider?.alias ?? '');
  const set = (change: Partial<ProviderForm>) => setForm((now) => ({ ...now, ...change }));
  const run = async () => {
    const request = toRequest(form, provider);
    if (provider) {
      await update.mutateAsync(request);
      close();
    } else {
      created?.((await create.mutateAsync(request)).alias ?? '');
    }
  };
  const fields = { form, set, error, isNew: !provider };
  return (
    <FormDialog title={provider ? `Edit ${provider.name}` : 'New identity provider'} submit={provider ? 'Save' : 'Create'} ready={isComplete(form, provider)} run={run} close={close} size="lg" onError={setError}>
      {!provider && <Select label="Type" data={types} value={form.type} onChange={(type) => type && set({ type: type as ProviderType })} allowDeselect={false} />}
      <TextInput label="Name" description="Stands on the button of the sign-in page." value={form.name} onChange={(e) => set({ name: e.currentTarget.value })} error={fieldError(error, 'name')} autoComplete="off" data-autofocus />
      {form.type === 'saml' ? <SamlFields {...fields} file={provider?.samlData?.fileName ?? undefined} /> : <ClientFields {...fields} />}
      <TagsInput label="Trusted for e-mail domains" description="Whoever signs in with an address of these domains takes over the access rules written for that address. * is every domain; none: addresses are not taken over."
        value={form.trustedEmailDomains} onChange={(trustedEmailDomains) => set({ trustedEmailDomains })} error={fieldError(error, 'trustedEmailDomains')} />
      <Switch label="Groups of this provider count for access rules" checked={form.groupsTrusted} onChange={(e) => set({ groupsTrusted: e.currentTarget.checked })} />
      {/* What was found is of what was entered then. */}
      <ProviderTest key={JSON.stringify(form)} alias={provider?.alias} request={() => toRequest(form, provider)} ready={isComplete(form, provider)} />
    </FormDialog>
  );
}

interface Fields {
  form: ProviderForm;
  set: (change: Partial<ProviderForm>) => void;
  error: unknown;
  isNew: boolean;
}

function ClientFields({ form, set, error, isNew }: Fields) {
  const isOidc = form.type === 'oidc';
  const member = isOidc ? 'oidcData' : 'ocpData';
  const address = isOidc ? 'discoverDocumentUrl' : 'idpBaseUrl';
  return (
    <>
      <TextInput label={isOidc ? 'Discovery document' : 'API server'} required placeholder={isOidc ? 'https://idp.example.com/.well-known/openid-configuration' : 'https://api.cluster.example.com:6443'} value={form.address}
        onChange={(e) => set({ address: e.currentTarget.value })} error={fieldError(error, `${member}.${address}`)} autoComplete="off" />
      <TextInput label="Client id" required={isOidc} value={form.clientId} onChange={(e) => set({ clientId: e.currentTarget.value })} error={fieldError(error, `${member}.clientId`)} autoComplete="off" />
      <PasswordInput label="Client secret" required={isNew} placeholder={isNew ? '' : 'Unchanged'} value={form.clientSecret} onChange={(e) => set({ clientSecret: e.currentTarget.value })} error={fieldError(error, `${member}.clientSecret`)} autoComplete="new-password" />
      <TagsInput label="Scopes" value={form.scopes} onChange={(scopes) => set({ scopes })} error={fieldError(error, `${member}.scopes`)} />
      {isOidc && (
        <>
          <TextInput label="Mandatory claim" description="Only those may sign in whose claim has one of the values. Empty: everybody." value={form.claim} onChange={(e) => set({ claim: e.currentTarget.value })} error={fieldError(error, 'oidcData.mandatoryClaim.claim')} autoComplete="off" />
          {form.claim.trim() !== '' && <TagsInput label="Values of the claim" required value={form.claimValues} onChange={(claimValues) => set({ claimValues })} error={fieldError(error, 'oidcData.mandatoryClaim.values')} />}
        </>
      )}
    </>
  );
}

function SamlFields({ form, set, error, file }: Fields & { file?: string }) {
  const read = async (chosen: File | null) => {
    if (!chosen) return set({ metadataFile: undefined, fileName: file });
    const bytes = new Uint8Array(await chosen.arrayBuffer());
    set({ metadataFile: btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join('')), fileName: chosen.name });
  };
  return (
    <>
      <SegmentedControl aria-label="Metadata from" size="xs" value={form.metadataFrom} onChange={(from) => set({ metadataFrom: from as 'url' | 'file' })} data={[{ value: 'url', label: 'Metadata by address' }, { value: 'file', label: 'Metadata file' }]} style={{ alignSelf: 'flex-start' }} />
      {form.metadataFrom === 'url'
        ? <TextInput label="Metadata address" required placeholder="https://idp.example.com/metadata" value={form.metadataUrl} onChange={(e) => set({ metadataUrl: e.currentTarget.value })} error={fieldError(error, 'samlData.metadataXmlUrl')} autoComplete="off" />
        : <FileInput label="Metadata file" required={!file} clearable accept=".xml,application/xml,text/xml" placeholder={file ? `Unchanged: ${file}` : 'Choose an XML file'} onChange={(chosen) => void read(chosen)} error={fieldError(error, 'samlData.metadataXmlFile')} />}
      <TextInput label="Entity id" description="By which this service is known to the provider. Empty: the address of its metadata." value={form.entityId} onChange={(e) => set({ entityId: e.currentTarget.value })} error={fieldError(error, 'samlData.entityId')} autoComplete="off" />
      {file && form.metadataFrom === 'file' && <Text size="xs" c="dimmed">To change the entity id, choose the metadata file again.</Text>}
    </>
  );
}
