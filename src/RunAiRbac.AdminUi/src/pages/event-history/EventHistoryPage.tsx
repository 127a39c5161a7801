import { ActionIcon, Anchor, Badge, Button, Code, Modal, Select, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBraces, IconRefresh, IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { auditActions, periodOf, periods, readAuditLog, useAuditLog, type AuditEvent } from '../../api/audit';
import { collect, download } from '../../components/csv';
import { DataTable, SearchField, type Column } from '../../components/DataTable';
import { useListState, type ListState } from '../../components/listState';
import { Moment } from '../../components/Moment';
import { PageHeader } from '../../components/PageHeader';
import { tellIfCut } from '../../components/tellIfCut';
import { EventDetails } from './EventDetails';
import { VerifyDialog } from './VerifyDialog';
import { actionLabel, kindLabel, kinds } from './words';

const columns = (open: (event: AuditEvent) => void): Column<AuditEvent>[] => [
  { id: 'time', header: 'Time', sortBy: 'timestamp', cell: (e) => <Moment at={e.timestamp} withTime />, csv: (e) => e.timestamp },
  { id: 'subject', header: 'Who', sortBy: 'subject', width: '22%', cell: (e) => <span className="truncate" title={e.subject}>{e.subject || '–'}</span>, csv: (e) => e.subject },
  { id: 'action', header: 'Action', sortBy: 'action', cell: (e) => <Anchor component="button" type="button" size="sm" ta="start" onClick={() => open(e)}>{actionLabel(e.action)}</Anchor>, csv: (e) => e.action },
  { id: 'type', header: 'Kind', sortBy: 'entity_type', cell: (e) => kindLabel(e.entity_type), csv: (e) => e.entity_type },
  { id: 'name', header: 'What', sortBy: 'entity_name', width: '34%', cell: (e) => <span className="truncate" title={e.entity_name ?? ''}>{e.entity_name ?? '–'}</span>, csv: (e) => e.entity_name },
  { id: 'result', header: 'Result', sortBy: 'result', cell: (e) => (e.result === 'Failed' ? <Badge color="red">Failed</Badge> : e.result), csv: (e) => e.result },
  { id: 'ip', header: 'From', sortBy: 'source_ip', cell: (e) => e.source_ip ?? '–', csv: (e) => e.source_ip, optional: true },
  { id: 'cluster', header: 'Cluster', cell: (e) => e.cluster_name ?? '–', csv: (e) => e.cluster_name, optional: true },
  { id: 'request', header: 'Request', sortBy: 'url', cell: (e) => <Code>{e.http_method} {e.url}</Code>, csv: (e) => `${e.http_method ?? ''} ${e.url ?? ''}`.trim(), optional: true },
  { id: 'id', header: 'Event id', cell: (e) => <Code>{e.id}</Code>, csv: (e) => e.id, optional: true },
];

export function Component() {
  const control = useListState({ sortBy: 'timestamp', sortOrder: 'desc' });
  const { state, change } = control;
  const [asOf, setAsOf] = useState(() => new Date());
  const [event, setEvent] = useState<AuditEvent>();
  const [verifying, setVerifying] = useState(false);
  const log = useAuditLog(state, asOf);
  const read = async (limit: number, offset: number) => (await readAuditLog(state, asOf, limit, offset)).audit_logs;
  return (
    <>
      <PageHeader title="Event history" about="Who changed what, who signed in, and what was refused."
        actions={<Button variant="default" leftSection={<IconShieldCheck size={16} />} onClick={() => setVerifying(true)}>Verify</Button>} />
      <DataTable name="event-history" label="Events" columns={columns(setEvent)} query={log} control={control} rowKey={(e) => e.id} read={read}
        filters={<Filters state={state} change={change} />}
        tools={<><Tooltip label="Refresh"><ActionIcon variant="default" size={36} aria-label="Refresh" onClick={() => setAsOf(new Date())}><IconRefresh size={18} /></ActionIcon></Tooltip><JsonDownload read={read} /></>}
        empty={{ nothing: `Nothing happened in this time (${periods[periodOf(state.filters)]!.toLowerCase()}) that you may see.`, found: 'No event matches the filters.' }} />
      {event && <Modal opened onClose={() => setEvent(undefined)} title={`${actionLabel(event.action)} · ${event.entity_type ? kindLabel(event.entity_type) : event.subject}`} size="lg"><EventDetails event={event} /></Modal>}
      {verifying && <VerifyDialog close={() => setVerifying(false)} />}
    </>
  );
}

interface FilterProps {
  state: ListState;
  change: (change: Partial<ListState>, replace?: boolean) => void;
}

function Filters({ state: { filters }, change }: FilterProps) {
  const set = (name: string) => (value: string | null) => change({ filters: { [name]: value ?? '' } });
  return (
    <>
      <SearchField width={140} label="Who" value={filters.who ?? ''} change={(who) => change({ filters: { who } }, true)} />
      <SearchField width={180} label="Name of the object" value={filters.what ?? ''} change={(what) => change({ filters: { what } }, true)} />
      <Select aria-label="Time" data={Object.entries(periods).map(([value, label]) => ({ value, label }))} value={periodOf(filters)} onChange={set('days')} allowDeselect={false} w={135} />
      <Select aria-label="Kind" placeholder="Any kind" clearable searchable data={kinds.map((value) => ({ value, label: kindLabel(value) }))} value={filters.type ?? null} onChange={set('type')} w={125} clearButtonProps={{ 'aria-label': 'Any kind' }} />
      <Select aria-label="Action" placeholder="Any action" clearable data={auditActions.map((value) => ({ value, label: actionLabel(value) }))} value={filters.action ?? null} onChange={set('action')} w={120} clearButtonProps={{ 'aria-label': 'Any action' }} />
      <Select aria-label="Result" placeholder="Any result" clearable data={['Succeeded', 'Failed']} value={filters.result ?? null} onChange={set('result')} w={115} clearButtonProps={{ 'aria-label': 'Any result' }} />
    </>
  );
}

/** Everything that is known of each event, with what was before and after; the table's own download has its columns only. */
function JsonDownload({ read }: { read: (limit: number, offset: number) => Promise<AuditEvent[]> }) {
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const { rows, cut } = await collect(read);
      download('event-history.json', JSON.stringify(rows, null, 2), 'application/json');
      tellIfCut(cut);
    } catch (error) {
      notifications.show({ color: 'red', title: 'The download failed', message: error instanceof Error ? error.message : String(error) });
    } finally {
      setBusy(false);
    }
  };
  return <Tooltip label="Download as JSON, with before and after"><ActionIcon variant="default" size={36} aria-label="Download as JSON" loading={busy} onClick={() => void save()}><IconBraces size={18} /></ActionIcon></Tooltip>;
}
