import { readAccessRules, useAccessRules, type AccessRule } from '../../api/accessRules';
import { DataTable, type Column } from '../../components/DataTable';
import { useListState } from '../../components/listState';
import { Moment } from '../../components/Moment';
import { ScopeName, SubjectName } from '../../components/names';
import { PageHeader } from '../../components/PageHeader';

const columns: Column<AccessRule>[] = [
  { id: 'subject', header: 'Subject', sortBy: 'subjectId', cell: (r) => <SubjectName type={r.subjectType ?? ''} name={r.subjectId} />, csv: (r) => r.subjectId },
  { id: 'role', header: 'Role', sortBy: 'roleName', cell: (r) => r.roleName, csv: (r) => r.roleName },
  { id: 'scope', header: 'Scope', sortBy: 'scopeName', cell: (r) => <ScopeName type={r.scopeType} name={r.scopeName} path={r.scopePath} />, csv: (r) => r.scopePath },
  { id: 'created', header: 'Created', sortBy: 'createdAt', cell: (r) => <Moment at={r.createdAt} />, csv: (r) => r.createdAt },
];

export function Component() {
  const control = useListState();
  const rules = useAccessRules(control.state.filters, control.state);
  return (
    <>
      <PageHeader title="Access rules" about="Who is what, and where. A rule holds in its scope and everything below." />
      <DataTable name="access-rules" label="Access rules" columns={columns} query={rules} control={control} rowKey={(r) => String(r.id)} searchLabel="Search subject, role or scope"
        read={async (limit, offset) => (await readAccessRules(control.state.filters, control.state, limit, offset)).accessRules ?? []}
        empty={{ nothing: 'There are no access rules that you may see.' }} />
    </>
  );
}
