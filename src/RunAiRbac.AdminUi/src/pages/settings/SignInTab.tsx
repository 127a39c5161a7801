import { NumberInput, Paper, Select, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type ReactNode } from 'react';
import type { Api } from '../../api/client';
import { useIdentityProviders, useSecuritySettings, useUpdateSetting, type IdentityProvider, type SettingKey } from '../../api/identityProviders';
import { ask, usePermissions, type May } from '../../api/permissions';
import { useTenantScope } from '../../api/session';
import { Failure } from '../../components/Failure';
import { fieldError } from '../../components/FormDialog';
import { Loaded } from '../../components/Grid';
import { GuardedButton } from '../../components/Guarded';

/** Session timeout, automatic redirect and where a sign-out leads. */
export function SignInTab() {
  const settings = useSecuritySettings();
  const providers = useIdentityProviders();
  const tenant = useTenantScope();
  const update = ask('security-settings', 'update', tenant ?? { type: 'tenant', id: '' });
  const may = usePermissions(tenant ? [update] : [])(update);
  return (
    <Loaded query={settings}>
      {({ autoRedirectSSO, browserSessionTimeout, logoutRedirectUri }) => (
        <Stack gap="md" maw={560}>
          <Timeout value={browserSessionTimeout?.idleTimeout ?? 60} may={may} />
          <Loaded query={providers}>{(list) => <AutoRedirect enabled={autoRedirectSSO?.enabled ?? false} alias={autoRedirectSSO?.idpAlias ?? null} providers={list} may={may} />}</Loaded>
          <LogoutRedirect value={logoutRedirectUri?.uri ?? ''} may={may} />
        </Stack>
      )}
    </Loaded>
  );
}

interface SettingProps {
  title: string;
  about: string;
  setting: SettingKey;
  /** What to store; undefined while there is nothing new or nothing valid. */
  value: Api<'SecuritySettingUpdate'> | undefined;
  may: May;
  children: (error: (field: string) => string | undefined) => ReactNode;
}

function Setting({ title, about, setting, value, may, children }: SettingProps) {
  const update = useUpdateSetting(setting);
  return (
    <Paper withBorder p="md">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          if (value && may.state === 'allowed') update.mutate(value, { onSuccess: () => notifications.show({ message: `${title}: saved.`, color: 'teal' }) });
        }}
      >
        <Stack gap="xs" align="flex-start">
          <div>
            <Title order={2}>{title}</Title>
            <Text size="sm" c="dimmed">{about}</Text>
          </div>
          {children((field) => fieldError(update.error, field))}
          {update.isError && <Failure error={update.error} />}
          <GuardedButton may={may} type="submit" loading={update.isPending} disabled={may.state === 'allowed' && !value}>Save</GuardedButton>
        </Stack>
      </form>
    </Paper>
  );
}

function Timeout({ value, may }: { value: number; may: May }) {
  const [minutes, setMinutes] = useState<number | string>(value);
  const changed = typeof minutes === 'number' && minutes !== value;
  return (
    <Setting title="Session timeout" about="How long a browser may be idle before one has to sign in again. 0: as long as the session lasts." setting="browserSessionTimeout" may={may} value={changed ? { idleTimeout: minutes } : undefined}>
      {(error) => <NumberInput label="Minutes" value={minutes} onChange={setMinutes} min={0} max={10080} allowDecimal={false} w={140} error={error('idleTimeout')} disabled={may.state !== 'allowed'} />}
    </Setting>
  );
}

function AutoRedirect({ enabled, alias, providers, may }: { enabled: boolean; alias: string | null; providers: IdentityProvider[]; may: May }) {
  const [on, setOn] = useState(enabled);
  const [chosen, setChosen] = useState(alias);
  const changed = on !== enabled || (on && chosen !== alias);
  const disabled = may.state !== 'allowed';
  return (
    <Setting title="Automatic redirect" about="Sends people to one identity provider at once, without the sign-in page." setting="autoRedirectSSO" may={may} value={changed && (!on || chosen) ? { enabled: on, idpAlias: chosen } : undefined}>
      {(error) => (
        <>
          <Switch label="Redirect automatically" checked={on} onChange={(e) => setOn(e.currentTarget.checked)} disabled={disabled || (providers.length === 0 && !on)} description={providers.length === 0 ? 'There is no identity provider yet.' : undefined} />
          {on && <Select label="Identity provider" data={providers.map((p) => ({ value: p.alias, label: p.name }))} value={chosen} onChange={setChosen} w={280} error={error('idpAlias')} disabled={disabled} />}
        </>
      )}
    </Setting>
  );
}

function LogoutRedirect({ value, may }: { value: string; may: May }) {
  const [uri, setUri] = useState(value);
  return (
    <Setting title="Logout redirect" about="Where a sign-out leads. Empty: to the sign-in page." setting="logoutRedirectUri" may={may} value={uri.trim() !== value ? { uri: uri.trim() } : undefined}>
      {(error) => <TextInput label="Address" placeholder="https://intranet.example.com" value={uri} onChange={(e) => setUri(e.currentTarget.value)} w="100%" maw={420} error={error('uri')} disabled={may.state !== 'allowed'} autoComplete="off" />}
    </Setting>
  );
}
