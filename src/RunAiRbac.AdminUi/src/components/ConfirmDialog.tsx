import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type ReactNode } from 'react';
import { Failure } from './Failure';

interface Props {
  title: string;
  /** What will happen. */
  children: ReactNode;
  confirm: string;
  /** For what can be undone: an ordinary button instead of a red one. */
  harmless?: boolean;
  /** A name that must be typed first. */
  typed?: string;
  run: () => Promise<unknown>;
  /** Told when it is done; absent: nothing is said. */
  done?: string;
  close: () => void;
}

/** Asks before something is done; a refusal is shown in the dialog, which stays. Mount it to open it. */
export function ConfirmDialog({ title, children, confirm, harmless, typed, run, done, close }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [text, setText] = useState('');
  const act = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await run();
      if (done) notifications.show({ message: done, color: 'teal' });
      close();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={close} title={title}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          void act();
        }}
      >
        <Stack gap="sm">
          <div>{children}</div>
          {typed !== undefined && <TextInput label={<>Type <b>{typed}</b> to confirm</>} value={text} onChange={(e) => setText(e.currentTarget.value)} data-autofocus autoComplete="off" />}
          {error !== undefined && <Failure error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>Cancel</Button>
            <Button type="submit" color={harmless ? undefined : 'red'} loading={busy} disabled={typed !== undefined && text !== typed}>{confirm}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
