import { PageHeader } from '../../components/PageHeader';
import { PageTabs } from '../../components/PageTabs';
import { ProvidersTab } from './ProvidersTab';
import { SignInTab } from './SignInTab';

export function Component() {
  return (
    <>
      <PageHeader title="Settings" about="How people sign in to this account." />
      <PageTabs label="Settings" tabs={[
        { id: 'providers', label: 'Identity providers', content: <ProvidersTab /> },
        { id: 'sign-in', label: 'Sign-in and sessions', content: <SignInTab /> },
      ]} />
    </>
  );
}
