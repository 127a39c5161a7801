import { Text, Tooltip } from '@mantine/core';

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const time = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' });

/** A moment: the day (or with the time and its zone), the exact one on hover and focus; a dash when there is none. */
export function Moment({ at, withTime }: { at?: string | null; withTime?: boolean }) {
  if (!at) return <Text span size="sm" c="dimmed">–</Text>;
  const date = new Date(at);
  return (
    <Tooltip label={full.format(date)}>
      <time dateTime={at} tabIndex={-1} style={{ whiteSpace: 'nowrap' }}>{(withTime ? time : day).format(date)}</time>
    </Tooltip>
  );
}
