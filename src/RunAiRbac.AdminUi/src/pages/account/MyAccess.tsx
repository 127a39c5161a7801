import type { Api } from '../../api/client';
import { useMyAccessRules } from '../../api/account';
import { Grid, Loaded, type GridColumn } from '../../components/Grid';
import { ScopeName, SubjectName } from '../../components/names';

const columns: GridColumn<Api<'MyAccessRule'>>[] = [
  { header: 'Role', cell: (r) => r.roleName },
  { header: 'Scope, with all below it', cell: (r) => <ScopeName type={r.scopeType} name={r.scopeName} /> },
  { header: 'Source', cell: (r) => (r.subjectType === 'user' ? 'Direct' : <SubjectName type={r.subjectType} name={r.subjectId} />) },
];

/** The rules that give the signed-in person access. */
export function MyAccess() {
  const rules = useMyAccessRules();
  return <Loaded query={rules}>{(rows) => <Grid label="My access" columns={columns} rows={rows} rowKey={(r) => String(r.id)} empty="No access rule names you or a group of yours: ask an administrator." />}</Loaded>;
}
