import { Anchor, Breadcrumbs } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useScopePath } from '../../api/orgUnits';
import { usePermissions, usePermissionsAnywhere } from '../../api/permissions';
import type { ScopeNode } from '../../api/scopes';
import { useTenantScope } from '../../api/session';
import { NotFound } from '../../app/RouteFailure';
import { Loaded } from '../../components/Grid';
import { GuardedButton } from '../../components/Guarded';
import { useNewRule } from '../../components/newRule';
import { scopeKind } from '../../components/names';
import { PageHeader } from '../../components/PageHeader';
import { PageTabs } from '../../components/PageTabs';
import { scopePath } from '../subjects/paths';
import { DeleteUnitDialog } from './DeleteUnitDialog';
import { DetailsTab } from './DetailsTab';
import { InheritedTab } from './InheritedTab';
import { NewUnitDialog } from './NewUnitDialog';
import { OrgTree } from './OrgTree';
import { RenameDialog } from './RenameDialog';
import { RulesTab } from './RulesTab';
import { below, isFixed, isScopeType, scopeAsks } from './units';

export function Component() {
  const { type, id } = useParams();
  const tenant = useTenantScope();
  if (!isScopeType(type) || (type !== 'tenant' && !id)) return <NotFound />;
  return tenant && <Place key={type + id} type={type} id={type === 'tenant' ? tenant.id : id!} />;
}

function Place({ type, id }: Pick<ScopeNode, 'type' | 'id'>) {
  const path = useScopePath(type, id);
  return (
    <>
      {!path.data && <PageHeader title={scopeKind(type).label} />}
      <Loaded query={path}>{(nodes) => <ScopeDetails path={nodes} />}</Loaded>
    </>
  );
}

function ScopeDetails({ path }: { path: ScopeNode[] }) {
  const anywhere = usePermissionsAnywhere();
  const scope = path[path.length - 1]!;
  return (
    <>
      <Breadcrumbs separator="/" fz="sm" mb={6} component="nav" aria-label="Place in the organization" style={{ flexWrap: 'wrap' }}>
        <Anchor component={Link} to="/organization" size="sm">Organization</Anchor>
        {path.slice(0, -1).map((node) => <Anchor key={node.type} component={Link} to={scopePath(node)} size="sm" maw={220} className="truncate">{node.name}</Anchor>)}
      </Breadcrumbs>
      <PageHeader title={scope.name} about={scopeKind(scope.type).label} actions={<Actions scope={scope} path={path} />} />
      {/* Not before the permissions are known: a tab that comes late would leave another open for a moment, with calls of its own. */}
      {anywhere.ready && <PageTabs label="About this place" tabs={[
        { id: 'rules', label: 'Rules here', content: <RulesTab scope={scope} />, absent: !anywhere.may('access_rules', 'read') },
        { id: 'inherited', label: 'Inherited', content: <InheritedTab scope={scope} />, absent: scope.type === 'tenant' || !anywhere.may('authorization', 'read') },
        { id: 'below', label: 'Below', content: <OrgTree root={scope} />, absent: !below[scope.type] },
        { id: 'details', label: 'Details', content: <DetailsTab scope={scope} />, absent: scope.type === 'tenant' },
      ]} />}
    </>
  );
}

function Actions({ scope, path }: { scope: ScopeNode; path: ScopeNode[] }) {
  const newRule = useNewRule();
  const child = below[scope.type];
  const { give, create, update, remove, all } = scopeAsks(scope);
  const [rename, fall] = isFixed(scope) ? [] : [update, remove];
  const may = usePermissions(all);
  const [dialog, setDialog] = useState<'new' | 'rename' | 'delete'>();
  const close = () => setDialog(undefined);
  const parent = path[path.length - 2];
  return (
    <>
      <GuardedButton may={may(give)} leftSection={<IconPlus size={16} />} onClick={() => newRule({ scopes: [scope] })}>New access rule</GuardedButton>
      {create && <GuardedButton may={may(create)} variant="default" leftSection={<IconPlus size={16} />} onClick={() => setDialog('new')}>New {child}</GuardedButton>}
      {rename && <GuardedButton may={may(rename)} variant="default" leftSection={<IconPencil size={16} />} onClick={() => setDialog('rename')}>Rename</GuardedButton>}
      {fall && <GuardedButton may={may(fall)} variant="default" leftSection={<IconTrash size={16} />} onClick={() => setDialog('delete')}>Delete</GuardedButton>}
      {dialog === 'new' && <NewUnitDialog parent={scope} close={close} />}
      {dialog === 'rename' && <RenameDialog node={scope} close={close} />}
      {dialog === 'delete' && <DeleteUnitDialog node={scope} close={close} leave={parent ? scopePath(parent) : '/organization'} />}
    </>
  );
}
