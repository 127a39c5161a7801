import { Anchor, Center, Loader, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useRoles } from '../../api/roles';
import { SearchField } from '../../components/DataTable';
import { Failure } from '../../components/Failure';
import { PageHeader } from '../../components/PageHeader';

/** All roles; each leads to what it may do. */
export function Component() {
  const roles = useRoles();
  const [search, setSearch] = useState('');
  const lower = search.toLowerCase();
  const shown = roles.data?.filter((r) => r.name.toLowerCase().includes(lower) || r.description.toLowerCase().includes(lower));
  return (
    <>
      <PageHeader title="Roles" about="Named sets of permissions. Predefined roles are the system’s: nobody changes them." />
      <SearchField label="Search roles" value={search} change={setSearch} />
      {roles.isError && <Failure error={roles.error} retry={() => void roles.refetch()} />}
      {roles.isPending && <Center py={80}><Loader size="sm" aria-label="Loading" /></Center>}
      {shown && (
        <Table highlightOnHover verticalSpacing={7} fz="sm" mt="xs" aria-label="Roles">
          <Table.Thead>
            <Table.Tr><Table.Th w={{ base: 130, sm: 260 }}>Role</Table.Th><Table.Th>What it is for</Table.Th></Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((role) => (
              <Table.Tr key={role.id}>
                <Table.Td><Anchor component={Link} to={`/roles/${role.id}`} size="sm" fw={500}>{role.name}</Anchor></Table.Td>
                <Table.Td>{role.description}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {shown?.length === 0 && <Text size="sm" c="dimmed" ta="center" py="xl">No role has this in its name or description.</Text>}
    </>
  );
}
