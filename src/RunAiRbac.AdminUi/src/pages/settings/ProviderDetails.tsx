import { Modal, Stack, Text } from '@mantine/core';
import type { IdentityProvider } from '../../api/identityProviders';
import type { May } from '../../api/permissions';
import { Copyable } from '../../components/Copyable';
import { Facts } from '../../components/Facts';
import { ProviderTest } from './ProviderTest';
import { typeName } from './providerForm';

interface Props {
  provider: IdentityProvider;
  isNew?: boolean;
  /** Opened to test it. */
  testing?: boolean;
  mayTest: May;
  close: () => void;
}

/** What the provider's own administrator has to enter there, and a test of it. */
export function ProviderDetails({ provider, isNew, testing, mayTest, close }: Props) {
  const { samlData, oidcData, ocpData } = provider;
  return (
    <Modal opened onClose={close} title={isNew ? `${provider.name} was created` : provider.name} size="lg">
      <Facts of={[['Type', typeName(provider.type)], ['Alias', provider.alias], ['Client id', oidcData?.clientId ?? ocpData?.clientId], ['Address', oidcData?.discoverDocumentUrl ?? ocpData?.idpBaseUrl ?? samlData?.metadataXmlUrl ?? samlData?.fileName]]} />
      <Stack gap="sm">
        <Text size="sm">{isNew ? 'Enter this at the provider now:' : 'At the provider this is entered:'}</Text>
        <Copyable label="Redirect address" value={provider.redirectUri} />
        {samlData && <Copyable label="Entity id" value={samlData.entityId} />}
        {samlData && <Copyable label="Metadata of this service" value={samlData.serviceProviderMetadataUrl} />}
        <ProviderTest alias={provider.alias} may={mayTest} atOnce={testing} />
      </Stack>
    </Modal>
  );
}
