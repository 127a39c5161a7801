import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { useTenantScope } from '../../api/session';
import { ScopeName, scopeKind } from '../../components/names';
import { scopePath } from './paths';

/** Where a user or application is at home, which decides who may manage it. The list of subjects names other scopes than the account by id only. */
export function HomeScope({ type, id }: { type: string; id: string }) {
  const tenant = useTenantScope();
  if (type === 'tenant') return <ScopeName type="tenant" name={tenant?.name ?? ''} />;
  return <Anchor component={Link} to={scopePath({ type, id })} size="sm">Managed in a {scopeKind(type).label.toLowerCase()}</Anchor>;
}
