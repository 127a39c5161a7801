import { notifications } from '@mantine/notifications';
import { mostRows } from './csv';

/** A downloaded file that does not hold everything says so. */
export function tellIfCut(cut: boolean) {
  if (cut) notifications.show({ color: 'yellow', title: 'The file is not complete', message: `It holds the first ${mostRows.toLocaleString('en')} rows. Search or filter the list for the others.`, autoClose: false });
}
