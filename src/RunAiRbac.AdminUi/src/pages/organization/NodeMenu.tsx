import { IconKey, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { ask } from '../../api/permissions';
import type { ScopeNode } from '../../api/scopes';
import { ActionMenu, type MenuAction } from '../../components/ActionMenu';
import { useNewRule } from '../../components/newRule';
import { scopeKind } from '../../components/names';
import { DeleteUnitDialog } from './DeleteUnitDialog';
import { NewUnitDialog } from './NewUnitDialog';
import { RenameDialog } from './RenameDialog';
import { below, isFixed } from './units';

/** What can be done with a node of the tree. */
export function NodeMenu({ node }: { node: ScopeNode }) {
  const [dialog, setDialog] = useState<'new' | 'rename' | 'delete'>();
  const close = () => setDialog(undefined);
  const child = below[node.type];
  const newRule = useNewRule();
  const actions: MenuAction[] = [
    { label: 'New access rule', icon: <IconKey size={16} />, run: () => newRule({ scopes: [node] }), needs: ask('access_rules', 'create', node) },
    ...(child ? [{ label: `New ${child} in ${node.name}`, icon: <IconPlus size={16} />, run: () => setDialog('new'), needs: ask(child, 'create', node) }] : []),
    ...(isFixed(node) ? [] : [
      { label: 'Rename', icon: <IconPencil size={16} />, run: () => setDialog('rename'), needs: ask(node.type, 'update', node) },
      { label: 'Delete', icon: <IconTrash size={16} />, run: () => setDialog('delete'), needs: ask(node.type, 'delete', node), red: true },
    ]),
  ];
  return (
    <>
      <ActionMenu label={`Actions for ${scopeKind(node.type).label.toLowerCase()} ${node.name}`} actions={actions} />
      {dialog === 'new' && <NewUnitDialog parent={node} close={close} />}
      {dialog === 'rename' && <RenameDialog node={node} close={close} />}
      {dialog === 'delete' && <DeleteUnitDialog node={node} close={close} />}
    </>
  );
}
