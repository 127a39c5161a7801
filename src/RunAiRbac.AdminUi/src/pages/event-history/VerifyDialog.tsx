import { Alert, Center, Loader, Modal, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useVerifyAuditLog } from '../../api/audit';
import { Facts } from '../../components/Facts';
import { Failure } from '../../components/Failure';

/** Has the service prove that the log is whole. It reads all of it, which is why it is done on request only. */
export function VerifyDialog({ close }: { close: () => void }) {
  const { mutate, data, error, isError } = useVerifyAuditLog();
  useEffect(() => mutate(), [mutate]);
  return (
    <Modal opened onClose={close} title="Is the history whole?">
      {isError && <Failure error={error} retry={() => mutate()} />}
      {!data && !isError && <Center py="lg"><Loader size="sm" aria-label="Loading" /></Center>}
      {data && (
        <Stack gap="sm">
          {data.valid ? <Alert color="teal" variant="light" icon={<IconShieldCheck size={18} />}>No sealed event was changed or removed.</Alert> : (
            <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} role="alert">
              The history was tampered with: event number {data.first_broken?.number}: {data.first_broken?.reason}
            </Alert>
          )}
          <Facts of={[['Sealed events', data.sealed.toLocaleString('en')], ['Not sealed yet', data.unsealed.toLocaleString('en')], ['Last number', data.head_number.toLocaleString('en')]]} />
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>Seal of the last event: {data.head_hash}</Text>
        </Stack>
      )}
    </Modal>
  );
}
