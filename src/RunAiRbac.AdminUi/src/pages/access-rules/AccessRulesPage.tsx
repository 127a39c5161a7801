import { Badge, Button, Group, Pill, Select, Text, Tooltip } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { readAccessRules, useAccessRules, type AccessRule } from '../../api/accessRules';
import { ask, usePermissions, usePermissionsAnywhere } from '../../api/permissions';
import { useRoles } from '../../api/roles';
import type { ScopeNode, ScopeType } from '../../api/scopes';
import { DataTable, type Column } from '../../components/DataTable';
import { GuardedIcon } from '../../components/Guarded';
import { useListState, type ListControl } from '../../components/listState';
import { Moment } from '../../components/Moment';
import { ScopeName, SubjectName, subjectKind, withoutAccount } from '../../components/names';
import { useNewRule } from '../../components/newRule';
import { PageHeader } from '../../components/PageHeader';
import { ScopeField } from '../../components/ScopeField';
import { DeleteRulesDialog, sentenceOf } from './DeleteRulesDialog';

export const ruleColumns: Column<AccessRule>[] = [
  { id: 'subject', header: 'Subject', sortBy: 'subjectId', width: '22%', cell: (r) => <SubjectName type={r.subjectType ?? ''} name={r.subjectId} />, csv: (r) => r.subjectId },
  { id: 'subjectType', header: 'Subject type', sortBy: 'subjectType', optional: true, cell: (r) => subjectKind(r.subjectType ?? '').label, csv: (r) => r.subjectType },
  { id: 'role', header: 'Role', sortBy: 'roleName', width: '14%', cell: (r) => r.roleName, csv: (r) => r.roleName },
  { id: 'scope', header: 'Scope', sortBy: 'scopeName', width: '19%', cell: (r) => <ScopeName type={r.scopeType} name={r.scopeName} path={withoutAccount(r.scopePath)} />, csv: (r) => r.scopePath ?? r.scopeName },
  { id: 'status', header: 'Status', sortBy: 'phase', cell: (r) => <Status rule={r} />, csv: (r) => statusText(r) },
  { id: 'createdBy', header: 'Created by', sortBy: 'createdBy', width: '14%', cell: (r) => <span className="truncate" title={r.createdBy}>{r.createdBy}</span>, csv: (r) => r.createdBy },
  { id: 'created', header: 'Created', sortBy: 'createdAt', cell: (r) => <Moment at={r.createdAt} />, csv: (r) => r.createdAt },
  { id: 'expires', header: 'Expires', cell: (r) => <Moment at={r.expiresAt} />, csv: (r) => r.expiresAt },
  { id: 'reason', header: 'Reason', optional: true, width: '15%', cell: (r) => <span className="truncate" title={r.reason ?? ''}>{r.reason ?? '–'}</span>, csv: (r) => r.reason },
  { id: 'id', header: 'Id', optional: true, cell: (r) => r.id, csv: (r) => r.id },
];

const statusText = (rule: AccessRule) => (rule.status?.phase === 'Ready' ? 'Active' : rule.status?.phase === 'Deleting' ? 'Deleted' : rule.expiresAt && new Date(rule.expiresAt) <= new Date() ? 'Expired' : 'Not started');

function Status({ rule }: { rule: AccessRule }) {
  const text = statusText(rule);
  const badge = <Badge miw="max-content" color={text === 'Active' ? 'green' : 'gray'}>{text}</Badge>;
  return rule.status?.message ? <Tooltip label={rule.status.message}>{badge}</Tooltip> : badge;
}

/** Everybody's access rules: the ones at scopes where the signed-in person may read them. */
export function Component() {
  const control = useListState();
  const { state } = control;
  const { scopeName, ...filters } = state.filters;
  const rules = useAccessRules(filters, state);
  const anywhere = usePermissionsAnywhere();
  const newRule = useNewRule();
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const [deleting, setDeleting] = useState<AccessRule[]>();
  const rows = rules.data?.rows ?? [];
  const deletes = (rule: AccessRule) => ask('access_rules', 'delete', { type: rule.scopeType, id: rule.scopeId });
  const may = usePermissions(rows.map(deletes));
  const mayDelete = (rule: AccessRule) => may(deletes(rule)).state === 'allowed';
  const chosen = rows.filter((r) => selected.has(String(r.id)) && mayDelete(r));
  return (
    <>
      <PageHeader title="Access rules" about="Who is what, and where. A rule holds in its scope and in everything below it."
        actions={
          <>
            {chosen.length > 0 && <Button variant="light" color="red" leftSection={<IconTrash size={14} />} onClick={() => setDeleting(chosen)}>Delete {chosen.length}</Button>}
            {anywhere.may('access_rules', 'create') && <Button leftSection={<IconPlus size={14} />} onClick={() => newRule({ scopes: scopeOf(state.filters, scopeName) })}>New access rule</Button>}
          </>
        } />
      <DataTable name="access-rules" label="Access rules" columns={ruleColumns} query={rules} control={control} rowKey={(r) => String(r.id)} searchLabel="Search subject, role or scope"
        filters={<Filters control={control} />}
        read={async (limit, offset) => (await readAccessRules(filters, state, limit, offset)).accessRules ?? []}
        empty={{ nothing: 'There are no access rules that you may see.' }}
        selection={anywhere.may('access_rules', 'delete') ? { selected, change: setSelected, label: sentenceOf, can: mayDelete } : undefined}
        actions={anywhere.may('access_rules', 'delete') ? (r) => <GuardedIcon may={may(deletes(r))} label={`Delete: ${sentenceOf(r)}`} onClick={() => setDeleting([r])}><IconTrash size={16} /></GuardedIcon> : undefined} />
      {deleting && <DeleteRulesDialog rules={deleting} close={() => { setDeleting(undefined); setSelected(new Set()); }} />}
    </>
  );
}

const scopeOf = (filters: Record<string, string>, name?: string): ScopeNode[] | undefined =>
  filters.scopeId && filters.scopeType ? [{ type: filters.scopeType as ScopeType, id: filters.scopeId, name: name ?? filters.scopeId }] : undefined;

const subjectTypes = [
  { value: 'user', label: 'Users' },
  { value: 'group', label: 'Groups' },
  { value: 'app', label: 'Applications' },
  { value: 'all-authenticated-users', label: 'All authenticated users' },
];
const phases = [
  { value: 'Ready', label: 'Active' },
  { value: 'NotReady', label: 'Not active' },
];

function Filters({ control: { state, change } }: { control: ListControl }) {
  const [wantsRoles, setWantsRoles] = useState(false);
  const roles = useRoles(wantsRoles || state.filters.roleId !== undefined);
  const set = (filters: Record<string, string>) => change({ filters });
  const { subjectType, roleId, phase, scopeName, subjectIds } = state.filters;
  return (
    <Group gap="xs">
      <Select aria-label="Type of subject" placeholder="Any subject" clearable data={subjectTypes} value={subjectType ?? null} onChange={(v) => set({ subjectType: v ?? '' })} w={140} />
      <Select aria-label="Role" placeholder="Any role" onFocus={() => setWantsRoles(true)} clearable searchable data={(roles.data ?? []).map((r) => ({ value: String(r.id), label: r.name }))} value={roleId ?? null} onChange={(v) => set({ roleId: v ?? '' })} w={170} />
      <ScopeField label="Scope" placeholder="Any scope" clearable value={scopeOf(state.filters, scopeName)?.[0]} change={(s) => set({ scopeType: s?.type ?? '', scopeId: s?.id ?? '', scopeName: s?.name ?? '' })} w={150} />
      <Select aria-label="Status" placeholder="Any status" clearable data={phases} value={phase ?? null} onChange={(v) => set({ phase: v ?? '' })} w={120} />
      {subjectIds && <Pill size="md" withRemoveButton onRemove={() => set({ subjectIds: '' })} removeButtonProps={{ 'aria-label': 'Show all subjects', 'aria-hidden': false, tabIndex: 0 }}><Text span size="sm">{subjectIds}</Text></Pill>}
    </Group>
  );
}
