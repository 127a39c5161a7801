import { Code } from '@mantine/core';
import { IconBan, IconCheck, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useApplication, useDeleteApplication, useEnableApplication, type Application } from '../../api/applications';
import type { Holder } from '../../api/effective';
import { ask, usePermissions, usePermissionsAnywhere } from '../../api/permissions';
import { BackTo } from '../../components/BackTo';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { Facts } from '../../components/Facts';
import { Loaded } from '../../components/Grid';
import { GuardedButton } from '../../components/Guarded';
import { Moment } from '../../components/Moment';
import { PageHeader } from '../../components/PageHeader';
import { PageTabs } from '../../components/PageTabs';
import { AccessTab } from '../subjects/AccessTab';
import { HomeScope } from '../subjects/HomeScope';
import { NewRuleButton } from '../subjects/NewRuleButton';
import { PermissionsTab } from '../subjects/PermissionsTab';
import { EnabledBadge } from '../subjects/Status';
import { RegenerateDialog } from './RegenerateDialog';

export function Component() {
  const { id } = useParams();
  const application = useApplication(id!);
  return (
    <>
      <BackTo to="/applications" label="Applications" />
      {!application.data && <PageHeader title="Application" />}
      <Loaded query={application}>{(found) => <ApplicationDetails application={found} />}</Loaded>
    </>
  );
}

function ApplicationDetails({ application }: { application: Application }) {
  const anywhere = usePermissionsAnywhere();
  const holder: Holder = { type: 'application', id: application.id, name: application.name, groups: [] };
  return (
    <>
      <PageHeader title={application.name} about={<EnabledBadge enabled={application.enabled} />} actions={<Actions application={application} />} />
      <Facts of={[
        ['Client id', <Code>{application.clientId}</Code>],
        ['Last sign-in', <Moment at={application.lastLogin} withTime />],
        ['Created', <Moment at={application.createdAt} />],
        ['Created by', application.createdBy],
        ['Home', <HomeScope type={application.scopeType} id={application.scopeId} />],
      ]} />
      <PageTabs label="About this application" tabs={[
        { id: 'access', label: 'Access rules', content: <AccessTab holder={holder} /> },
        { id: 'permissions', label: 'Permissions', content: <PermissionsTab holder={holder} />, absent: !anywhere.may('authorization', 'read') },
      ]} />
    </>
  );
}

type Dialog = 'secret' | 'enabled' | 'delete';

function Actions({ application }: { application: Application }) {
  const home = { type: application.scopeType, id: application.scopeId };
  const update = ask('apps', 'update', home);
  const remove = ask('apps', 'delete', home);
  const may = usePermissions([update, remove]);
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  return (
    <>
      <NewRuleButton subject={{ type: 'app', name: application.clientId }} />
      <GuardedButton may={may(update)} variant="default" leftSection={<IconRefresh size={16} />} onClick={() => setDialog('secret')}>Regenerate secret</GuardedButton>
      <GuardedButton may={may(update)} variant="default" leftSection={application.enabled ? <IconBan size={16} /> : <IconCheck size={16} />} onClick={() => setDialog('enabled')}>{application.enabled ? 'Disable' : 'Enable'}</GuardedButton>
      <GuardedButton may={may(remove)} variant="default" leftSection={<IconTrash size={16} />} onClick={() => setDialog('delete')}>Delete</GuardedButton>
      {dialog === 'secret' && <RegenerateDialog application={application} close={close} />}
      {dialog === 'enabled' && <EnableDialog application={application} close={close} />}
      {dialog === 'delete' && <DeleteDialog application={application} close={close} />}
    </>
  );
}

function EnableDialog({ application: { id, name, enabled }, close }: { application: Application; close: () => void }) {
  const enable = useEnableApplication(id);
  return (
    <ConfirmDialog title={enabled ? 'Disable the application?' : 'Enable the application?'} confirm={enabled ? 'Disable' : 'Enable'} harmless={!enabled} run={() => enable.mutateAsync(!enabled)}
      done={`${name} is ${enabled ? 'disabled' : 'enabled'}.`} close={close}>
      {enabled ? `${name} is denied everything at once and cannot sign in until enabled again. The access rules stay.` : `${name} may sign in again, and its access rules count again.`}
    </ConfirmDialog>
  );
}

function DeleteDialog({ application: { id, name }, close }: { application: Application; close: () => void }) {
  const navigate = useNavigate();
  const remove = useDeleteApplication(id);
  const run = async () => {
    await remove.mutateAsync();
    await navigate('/applications');
  };
  return (
    <ConfirmDialog title="Delete the application?" confirm="Delete" run={run} done={`${name} was deleted.`} close={close}>
      {name} is deleted for good, with its secrets and access rules. A new application of this name does not get them back.
    </ConfirmDialog>
  );
}
