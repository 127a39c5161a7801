import { Group, Select } from '@mantine/core';
import { actionWord } from '../api/permissions';
import { actions, groupName, resourceTypes, useRoles } from '../api/roles';
import type { ScopeNode, ScopeType } from '../api/scopes';
import { ScopeField } from './ScopeField';

/** An action on a resource type in a scope, as it stands in the address. */
export interface Asked {
  action: string;
  resourceType: string;
  scope?: ScopeNode;
}

export function readAsked(params: URLSearchParams): Asked {
  const [type, id] = [params.get('scopeType'), params.get('scopeId')];
  return {
    action: params.get('action') ?? '',
    resourceType: params.get('resourceType') ?? '',
    scope: type && id ? { type: type as ScopeType, id, name: params.get('scopeName') ?? id } : undefined,
  };
}

export const writeAsked = (asked: Asked): Record<string, string> => ({
  ...(asked.action ? { action: asked.action } : {}),
  ...(asked.resourceType ? { resourceType: asked.resourceType } : {}),
  ...(asked.scope ? { scopeType: asked.scope.type, scopeId: asked.scope.id, scopeName: asked.scope.name } : {}),
});

export const isComplete = (asked: Asked): asked is Required<Asked> => asked.action !== '' && asked.resourceType !== '' && asked.scope !== undefined;

export function QuestionFields({ asked, change }: { asked: Asked; change: (asked: Asked) => void }) {
  const roles = useRoles();
  const types = resourceTypes(roles.data ?? []);
  const data = [...new Set(types.map((t) => t.group))].map((group) => ({
    group: groupName(group),
    items: types.filter((t) => t.group === group).map((t) => ({ value: t.id, label: types.some((o) => o !== t && o.name === t.name) ? `${t.name} (${t.id})` : t.name })),
  }));
  return (
    <Group gap="sm" align="flex-end">
      <Select label="Action" placeholder="Choose" data={actions.map((a) => ({ value: a, label: actionWord(a) }))} value={asked.action || null} onChange={(action) => change({ ...asked, action: action ?? '' })} allowDeselect={false} w={{ base: '100%', xs: 120 }} />
      <Select label="Resource type" placeholder="Choose" searchable data={data} value={asked.resourceType || null} onChange={(type) => change({ ...asked, resourceType: type ?? '' })} allowDeselect={false} w={{ base: '100%', xs: 230 }} maxDropdownHeight={320} />
      <ScopeField label="Scope" value={asked.scope} change={(scope) => change({ ...asked, scope })} w={{ base: '100%', xs: 230 }} />
    </Group>
  );
}
