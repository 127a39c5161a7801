import { Navigate } from 'react-router';
import { usePermissionsAnywhere } from '../api/permissions';
import { navigation } from './navigation';

/** The first page of what the signed-in person may see of others; without any, what they have themselves. */
export function Home() {
  const anywhere = usePermissionsAnywhere();
  if (!anywhere.ready) return null;
  const first = navigation.flatMap((group) => group.items).find((item) => item.needs && anywhere.may(...item.needs));
  return <Navigate to={first?.path ?? '/account'} replace />;
}
