import { Alert } from '@mantine/core';
import { useMe } from '../../api/session';
import { Loaded } from '../../components/Grid';
import { PageHeader } from '../../components/PageHeader';
import { PageTabs } from '../../components/PageTabs';
import { AccessKeysSection } from './AccessKeysSection';
import { MyAccess } from './MyAccess';
import { PasswordForm } from './PasswordForm';
import { SessionsSection } from './SessionsSection';

export function Component() {
  const me = useMe();
  return (
    <Loaded query={me}>
      {({ name, hasPassword, mustChangePassword, viaAccessKey, type }) => {
        // Nothing else is open to a session that has to change its password first.
        const closed = mustChangePassword || viaAccessKey || type !== 'user';
        return (
          <>
            <PageHeader title="My account" about={name} />
            {mustChangePassword && <Alert color="yellow" variant="light" mb="md">Choose a new password first: until then nothing else is open to you.</Alert>}
            {viaAccessKey && <Alert color="yellow" variant="light" mb="md">This session was begun with an access key, which cannot manage the password, keys and sessions of its user.</Alert>}
            <PageTabs label="My account" tabs={[
              { id: 'access', label: 'My access', content: <MyAccess />, absent: mustChangePassword },
              { id: 'access-keys', label: 'Access keys', content: <AccessKeysSection />, absent: closed },
              { id: 'sessions', label: 'Sessions', content: <SessionsSection />, absent: closed },
              { id: 'password', label: 'Password', content: <PasswordForm />, absent: !hasPassword || viaAccessKey },
            ]} />
          </>
        );
      }}
    </Loaded>
  );
}
