import { Anchor, Center, Group, Loader, Select, Switch, Table, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { actionWord } from '../../api/permissions';
import { actions, groupName, holds, resourceTypes, useRoles, type ResourceType, type Role } from '../../api/roles';
import { NotFound } from '../../app/RouteFailure';
import { BackTo } from '../../components/BackTo';
import { SearchField } from '../../components/DataTable';
import { Failure } from '../../components/Failure';
import { PageHeader } from '../../components/PageHeader';

const differs = (type: ResourceType, one: Role, other: Role) => actions.some((a) => holds(one, type.id, a) !== holds(other, type.id, a));

/** One role's matrix, or two side by side. */
export function Component() {
  const roles = useRoles();
  const navigate = useNavigate();
  const roleId = useParams().roleId;
  const [params, setParams] = useSearchParams();
  const [search, setSearch] = useState('');
  const [onlyDifferences, setOnlyDifferences] = useState(false);
  if (roles.isError) return <Failure error={roles.error} retry={() => void roles.refetch()} />;
  if (!roles.data) return <Center py={80}><Loader size="sm" aria-label="Loading" /></Center>;
  const role = roles.data.find((r) => String(r.id) === roleId);
  if (!role) return <NotFound />;
  const other = roles.data.find((r) => String(r.id) === params.get('compare'));
  const lower = search.toLowerCase();
  const shown = resourceTypes(roles.data).filter(
    (t) => (t.name.toLowerCase().includes(lower) || t.id.includes(lower) || groupName(t.group).toLowerCase().includes(lower)) && (!other || !onlyDifferences || differs(t, role, other)),
  );
  const choices = roles.data.map((r) => ({ value: String(r.id), label: r.name }));
  return (
    <>
      <BackTo to="/roles" label="Roles" />
      <PageHeader title={role.name} about={<>{role.description} <Anchor component={Link} to={`/access-rules?roleId=${role.id}`} size="sm" underline="always">Access rules with this role</Anchor></>} />
      <Group gap="xs" mb="sm" align="flex-end">
        <Select label="Role" data={choices} value={String(role.id)} allowDeselect={false} searchable onChange={(id) => id && void navigate(`/roles/${id}${other ? `?compare=${other.id}` : ''}`)} w={230} />
        <Select label="Compare with" placeholder="No other role" data={choices.filter((c) => c.value !== String(role.id))} value={other ? String(other.id) : null} clearable searchable onChange={(id) => setParams(id ? { compare: id } : {})} w={230} />
        <SearchField label="Search resource types" value={search} change={setSearch} />
        {other && <Switch label="Only differences" checked={onlyDifferences} onChange={(e) => setOnlyDifferences(e.currentTarget.checked)} size="sm" mb={8} />}
      </Group>
      {shown.length === 0 ? <Text size="sm" c="dimmed" ta="center" py="xl">{onlyDifferences && !search ? 'The two roles hold the same permissions.' : 'No resource type matches.'}</Text> : <Matrix types={shown} roles={other ? [role, other] : [role]} />}
    </>
  );
}

function Matrix({ types, roles }: { types: ResourceType[]; roles: Role[] }) {
  const groups = [...new Set(types.map((t) => t.group))];
  return (
    <Table.ScrollContainer minWidth={roles.length > 1 ? 640 : 330} type="native" tabIndex={0} role="region" aria-label="Permissions">
      <Table className="matrix" verticalSpacing={4} horizontalSpacing="xs" fz="sm" maw={roles.length > 1 ? 1080 : 760} highlightOnHover aria-label={`What ${roles.map((r) => r.name).join(' and ')} may do`}>
        <Table.Thead>
          {roles.length > 1 && (
            <Table.Tr>
              <Table.Td />
              {roles.map((role) => <Table.Th key={role.id} colSpan={actions.length} scope="colgroup" ta="center">{role.name}</Table.Th>)}
            </Table.Tr>
          )}
          <Table.Tr>
            <Table.Th>Resource type</Table.Th>
            {roles.map((role) => actions.map((action, i) => <Table.Th key={`${role.id} ${action}`} ta="center" w={{ base: 56, sm: 72 }} style={edge(i)}>{actionWord(action)}</Table.Th>))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {groups.map((group) => (
            <Fragment key={group}>
              <Table.Tr bg="var(--mantine-color-default-hover)"><Table.Th colSpan={1 + roles.length * actions.length} scope="rowgroup" fz="xs">{groupName(group)}</Table.Th></Table.Tr>
              {types.filter((t) => t.group === group).map((type) => (
                <Table.Tr key={type.id}>
                  <Table.Th scope="row" fw={400}>{type.name}{isShared(types, type) && <Text span size="xs" c="dimmed"> {type.id}</Text>}</Table.Th>
                  {roles.map((role, r) => actions.map((action, i) => <Cell key={`${role.id} ${action}`} yes={holds(role, type.id, action)} differs={roles.length > 1 && holds(roles[1 - r]!, type.id, action) !== holds(role, type.id, action)} index={i} />))}
                </Table.Tr>
              ))}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Seven kinds of data sources are shown by one name. */
const isShared = (types: ResourceType[], type: ResourceType) => types.some((t) => t !== type && t.name === type.name);

const edge = (index: number) => (index === 0 ? { borderInlineStart: '1px solid var(--mantine-color-default-border)' } : undefined);

function Cell({ yes, differs, index }: { yes: boolean; differs: boolean; index: number }) {
  return (
    <Table.Td ta="center" style={edge(index)} bg={differs ? 'light-dark(var(--mantine-color-yellow-1), var(--mantine-color-dark-5))' : undefined}>
      {yes ? <IconCheck size={16} stroke={2.2} role="img" aria-label="yes" color="light-dark(var(--mantine-color-green-9), var(--mantine-color-green-4))" style={{ verticalAlign: 'middle' }} /> : <Text span c="dimmed" aria-label="no" role="img">–</Text>}
    </Table.Td>
  );
}
