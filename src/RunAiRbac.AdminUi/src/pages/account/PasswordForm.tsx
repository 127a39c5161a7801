import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useChangePassword } from '../../api/account';
import { Failure } from '../../components/Failure';
import { fieldError } from '../../components/FormDialog';

/** Changes one's own password. All sessions end with it, so that the sign-in page follows. */
export function PasswordForm() {
  const change = useChangePassword();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const differs = again !== '' && again !== next;
  const named = fieldError(change.error, 'currentPassword') ?? fieldError(change.error, 'newPassword');
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        change.mutate({ currentPassword: current, newPassword: next }, { onSuccess: () => window.location.assign('/login') });
      }}
    >
      <Stack gap="sm" maw={360}>
        <Text size="sm" c="dimmed">All your sessions end, this one too: you sign in again with the new password.</Text>
        <PasswordInput label="Present password" required autoComplete="current-password" value={current} onChange={(e) => setCurrent(e.currentTarget.value)} error={fieldError(change.error, 'currentPassword')} />
        <PasswordInput label="New password" required autoComplete="new-password" value={next} onChange={(e) => setNext(e.currentTarget.value)} error={fieldError(change.error, 'newPassword')} />
        <PasswordInput label="New password again" required autoComplete="new-password" value={again} onChange={(e) => setAgain(e.currentTarget.value)} error={differs && 'Differs from the new password'} />
        {change.isError && !named && <Failure error={change.error} />}
        <Button type="submit" loading={change.isPending || change.isSuccess} disabled={current === '' || next === '' || again !== next} style={{ alignSelf: 'flex-start' }}>Change password</Button>
      </Stack>
    </form>
  );
}
