import { Stack } from '@mantine/core';
import { useTenantScope } from '../../api/session';
import { PageHeader } from '../../components/PageHeader';
import { SearchableTree } from './OrgTree';

export function Component() {
  const tenant = useTenantScope();
  return (
    <>
      <PageHeader title="Organization" about="The account with its clusters, their departments and projects. Access given in one place holds in everything below it." />
      <Stack gap="sm">{tenant && <SearchableTree root={tenant} />}</Stack>
    </>
  );
}
