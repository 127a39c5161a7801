import { Navigate } from 'react-router';
import { usePermissionsAnywhere } from '../api/permissions';
import { navigation } from './navigation';

/** The first page that the signed-in person may use. */
export function Home() {
  const anywhere = usePermissionsAnywhere();
  if (!anywhere.ready) return null;
  const first = navigation.flatMap((group) => group.items).find((item) => !item.needs || anywhere.may(...item.needs));
  return <Navigate to={first?.path ?? '/account'} replace />;
}
