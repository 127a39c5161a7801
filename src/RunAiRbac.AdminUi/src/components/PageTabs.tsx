import { Center, Loader, Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { usePermissionsAnywhere } from '../api/permissions';

export interface PageTab {
  id: string;
  label: string;
  content: ReactNode;
  /** Left out: for what the signed-in person may not see. */
  absent?: boolean;
}

/** A page's tabs; the address names the open one, and only that one is mounted (and reads its data). */
export function PageTabs({ tabs, label }: { tabs: PageTab[]; label: string }) {
  const [params, setParams] = useSearchParams();
  const shown = tabs.filter((tab) => !tab.absent);
  const { ready } = usePermissionsAnywhere();
  const open = shown.find((tab) => tab.id === params.get('tab')) ?? shown[0];
  // Until it is known which tabs there are, none is the first one: another would open for a moment, and read its data.
  if (!ready) return <Center py={48}><Loader size="sm" aria-label="Loading" /></Center>;
  if (!open) return null;
  // Only the tab stays in the address: search, order and page belong to the list of the tab that is left.
  return (
    <Tabs value={open.id} onChange={(id) => setParams(id && id !== shown[0]?.id ? { tab: id } : {})} keepMounted={false}>
      <Tabs.List aria-label={label} mb="sm">
        {shown.map((tab) => <Tabs.Tab key={tab.id} value={tab.id}>{tab.label}</Tabs.Tab>)}
      </Tabs.List>
      {shown.map((tab) => <Tabs.Panel key={tab.id} value={tab.id}>{tab.id === open.id && tab.content}</Tabs.Panel>)}
    </Tabs>
  );
}
