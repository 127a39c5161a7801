import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconMinus, IconPlugConnected, IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTestProvider, type ProviderCheck, type ProviderRequest } from '../../api/identityProviders';
import type { May } from '../../api/permissions';
import { Failure } from '../../components/Failure';
import { GuardedButton } from '../../components/Guarded';
import { checkName, statusWord, verdict } from './providerChecks';

const icons = {
  passed: { Icon: IconCheck, color: 'green' },
  failed: { Icon: IconX, color: 'red' },
  warning: { Icon: IconAlertTriangle, color: 'yellow' },
  not_checked: { Icon: IconMinus, color: 'gray' },
};

interface Props {
  /** Of a provider that is there; absent: a new one. */
  alias?: string;
  /** What the form says; absent: as it is stored. */
  request?: () => ProviderRequest;
  may?: May;
  /** Whether there is enough to test. */
  ready?: boolean;
  /** Tests at once, without a click. */
  atOnce?: boolean;
}

/** A button that tests an identity provider, and what each check found. */
export function ProviderTest({ alias, request, may = { state: 'allowed' }, ready = true, atOnce }: Props) {
  const test = useTestProvider(alias);
  const begun = useRef(false);
  const { mutate } = test;
  useEffect(() => {
    if (!atOnce || begun.current || may.state !== 'allowed') return;
    begun.current = true;
    mutate(undefined);
  }, [atOnce, may.state, mutate]);
  if (may.state === 'never') return null;
  const run = () => test.mutate(request?.());
  const label = test.data ? 'Test again' : 'Test';
  const look = { size: 'xs' as const, variant: 'default', leftSection: <IconPlugConnected size={16} />, loading: test.isPending, type: 'button' as const };
  return (
    <Stack gap="xs">
      <Group gap="sm">
        {ready ? <GuardedButton may={may} {...look} onClick={run}>{label}</GuardedButton> : <Button {...look} disabled>{label}</Button>}
        <Text size="xs" c="dimmed" style={{ flex: 1 }}>{request ? 'Tries what is entered, without saving it.' : 'Asks the provider what can be asked without somebody signing in.'}</Text>
      </Group>
      {test.error && <Failure error={test.error} />}
      {test.data && <Checks checks={test.data.checks} traceId={test.data.traceId} />}
    </Stack>
  );
}

function Checks({ checks, traceId }: { checks: ProviderCheck[]; traceId: string }) {
  const failed = checks.some((c) => c.status === 'failed');
  return (
    <section aria-label="Result of the test" aria-live="polite">
      <Title order={3} mb={6}>{verdict(checks)}</Title>
      <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {checks.map((check) => <Check key={check.name} check={check} />)}
      </Stack>
      {failed && <Text size="xs" c="dimmed" mt={6}>Trace id {traceId}</Text>}
    </section>
  );
}

function Check({ check }: { check: ProviderCheck }) {
  const { Icon, color } = icons[check.status as keyof typeof icons] ?? icons.not_checked;
  return (
    <li>
      <Group gap={8} wrap="nowrap" align="flex-start">
        <Icon size={16} role="img" aria-label={statusWord(check.status)} color={`var(--mantine-color-${color}-filled)`} style={{ flex: 'none', marginTop: 2 }} />
        <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <Text size="sm" fw={500}>{checkName(check.name)}</Text>
          <Text size="sm" c="dimmed">{check.message}</Text>
        </div>
      </Group>
    </li>
  );
}
