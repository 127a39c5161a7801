import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Problem } from '../api/problem';
import { Failure } from './Failure';

interface Props {
  title: string;
  children: ReactNode;
  submit: string;
  /** Whether what was entered can be sent. */
  ready: boolean;
  run: () => Promise<unknown>;
  close: () => void;
  size?: string;
  /** Fields that show their own error by {@link FormDialogError}; their problem is not shown twice. */
  onError?: (error: unknown) => void;
}

/** A form in a dialog. A refusal is shown above the buttons and what was entered stays. Mount it to open it; `run` decides what follows, e.g. closing. */
export function FormDialog({ title, children, submit, ready, run, close, size = 'md', onError }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const send = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await run();
    } catch (failure) {
      setError(failure);
      onError?.(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={close} title={title} size={size} closeOnClickOutside={false}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          if (ready && !busy) void send();
        }}
      >
        <Stack gap="sm">
          {children}
          {error !== undefined && <Failure error={error} />}
          <Group justify="flex-end" gap="xs" mt={4}>
            <Button variant="default" onClick={close}>Cancel</Button>
            <Button type="submit" loading={busy} disabled={!ready}>{submit}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** The sentence for one field, when the refusal names it. */
export const fieldError = (error: unknown, field: string) => (error instanceof Problem && error.field === field ? error.message : undefined);
