import { readAccessRules, useAccessRules, type AccessRule } from '../../api/accessRules';
import type { ScopeNode } from '../../api/scopes';
import { DataTable, type Column } from '../../components/DataTable';
import { useListState } from '../../components/listState';
import { Moment } from '../../components/Moment';
import { SubjectName } from '../../components/names';
import { RuleActions } from '../subjects/RuleActions';

const columns: Column<AccessRule>[] = [
  { id: 'subject', header: 'Subject', sortBy: 'subjectId', cell: (r) => <SubjectName type={r.subjectType} name={r.subjectId} />, csv: (r) => r.subjectId },
  { id: 'role', header: 'Role', sortBy: 'roleName', cell: (r) => r.roleName, csv: (r) => r.roleName },
  { id: 'expires', header: 'Expires', cell: (r) => <Moment at={r.expiresAt} withTime />, csv: (r) => r.expiresAt },
  { id: 'createdBy', header: 'Created by', sortBy: 'createdBy', cell: (r) => <span className="truncate" title={r.createdBy}>{r.createdBy}</span>, csv: (r) => r.createdBy },
  { id: 'created', header: 'Created', sortBy: 'createdAt', cell: (r) => <Moment at={r.createdAt} />, csv: (r) => r.createdAt },
];

/** The rules written in this very scope. */
export function RulesTab({ scope }: { scope: ScopeNode }) {
  const list = useListState();
  // The tab in the address is no filter of the list.
  const control = { ...list, state: { ...list.state, filters: {} } };
  const filters = { scopeType: scope.type, scopeId: scope.id };
  const rules = useAccessRules(filters, control.state);
  return (
    <DataTable name="rules-here" label="Rules here" columns={columns} query={rules} control={control} rowKey={(r) => String(r.id)} searchLabel="Search subject or role"
      read={async (limit, offset) => (await readAccessRules(filters, control.state, limit, offset)).accessRules ?? []} actions={(r) => <RuleActions rule={r} />}
      empty={{ nothing: 'No access rule that you may see is written here. Rules written further up hold here too.' }} />
  );
}
