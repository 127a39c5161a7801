import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { usePermissionsAnywhere } from '../../api/permissions';
import { SubjectName } from '../../components/names';
import { applicationPath, groupPath, userPath } from './paths';

const pages: Record<string, { needs: string; path: (subject: { id: string; name: string }) => string }> = {
  user: { needs: 'users', path: ({ id }) => userPath(id) },
  group: { needs: 'groups', path: ({ name }) => groupPath(name) },
  application: { needs: 'apps', path: ({ id }) => applicationPath(id) },
};

/** A subject, leading to its page for those who may see it. */
export function SubjectLink({ type, id, name }: { type: string; id?: string | null; name?: string | null }) {
  const anywhere = usePermissionsAnywhere();
  const page = pages[type];
  const shown = <SubjectName type={type} name={name} />;
  if (!page || !id || !anywhere.may(page.needs, 'read')) return shown;
  return <Anchor component={Link} to={page.path({ id, name: name ?? '' })} c="inherit" underline="hover" size="sm">{shown}</Anchor>;
}
