import type { IdentityProvider, ProviderRequest } from '../../api/identityProviders';

export type ProviderType = 'oidc' | 'saml' | 'openshift-v4';

export const types: { value: ProviderType; label: string }[] = [
  { value: 'oidc', label: 'OpenID Connect' },
  { value: 'saml', label: 'SAML 2.0' },
  { value: 'openshift-v4', label: 'OpenShift' },
];

export const typeName = (type: string) => types.find((t) => t.value === type)?.label ?? type;

/** The API shows it instead of a secret; sent back it keeps the stored one. */
const mask = '*******';

/** What a form for a provider holds; texts as they are typed. */
export interface ProviderForm {
  type: ProviderType;
  name: string;
  clientId: string;
  /** Empty while editing: the stored one stays. */
  clientSecret: string;
  /** The discovery document (OIDC) or the API server (OpenShift). */
  address: string;
  scopes: string[];
  claim: string;
  claimValues: string[];
  metadataUrl: string;
  /** A metadata document as Base64, and the name of its file. */
  metadataFile?: string;
  fileName?: string;
  metadataFrom: 'url' | 'file';
  entityId: string;
  trustedEmailDomains: string[];
  groupsTrusted: boolean;
}

/** A first provider is trusted for all addresses, later ones for none, unless said otherwise (the service's own defaults, shown before saving). */
export const emptyForm = (isFirst: boolean): ProviderForm => ({
  type: 'oidc', name: '', clientId: '', clientSecret: '', address: '', scopes: ['openid', 'email', 'profile'], claim: '', claimValues: [],
  metadataUrl: '', metadataFrom: 'url', entityId: '', trustedEmailDomains: isFirst ? ['*'] : [], groupsTrusted: isFirst,
});

export function formOf(provider: IdentityProvider): ProviderForm {
  const { oidcData, samlData, ocpData } = provider;
  return {
    ...emptyForm(false),
    type: provider.type as ProviderType,
    name: provider.name,
    clientId: oidcData?.clientId ?? ocpData?.clientId ?? '',
    address: oidcData?.discoverDocumentUrl ?? ocpData?.idpBaseUrl ?? '',
    scopes: oidcData?.scopes ?? ocpData?.scopes ?? [],
    claim: oidcData?.mandatoryClaim?.claim ?? '',
    claimValues: oidcData?.mandatoryClaim?.values ?? [],
    metadataUrl: samlData?.metadataXmlUrl ?? '',
    metadataFrom: samlData?.metadataXmlType === 'file' ? 'file' : 'url',
    fileName: samlData?.fileName ?? undefined,
    // The address that the service gives by itself is no entity id that somebody chose.
    entityId: samlData && samlData.entityId !== samlData.serviceProviderMetadataUrl ? samlData.entityId : '',
    trustedEmailDomains: provider.trustedEmailDomains,
    groupsTrusted: provider.groupsTrusted,
  };
}

/** Whether it can be sent; `standing` is the provider that is edited. */
export function isComplete(form: ProviderForm, standing?: IdentityProvider): boolean {
  if (form.type === 'saml') return form.metadataFrom === 'url' ? form.metadataUrl.trim() !== '' : form.metadataFile !== undefined || keepsFile(form, standing);
  const named = form.address.trim() !== '' && (form.clientSecret !== '' || standing !== undefined);
  return form.type === 'openshift-v4' ? named : named && form.clientId.trim() !== '' && (form.claim.trim() === '') === (form.claimValues.length === 0);
}

/** A metadata file is not given back by the API: with nothing new for SAML, what is stored stays by not being spoken of. */
function keepsFile(form: ProviderForm, standing?: IdentityProvider) {
  return standing?.samlData?.metadataXmlType === 'file' && form.metadataFrom === 'file' && form.metadataFile === undefined && form.entityId.trim() === formOf(standing).entityId;
}

export function toRequest(form: ProviderForm, standing?: IdentityProvider): ProviderRequest {
  const clientSecret = form.clientSecret === '' ? mask : form.clientSecret;
  const common = { name: form.name.trim() || undefined, type: form.type, trustedEmailDomains: form.trustedEmailDomains, groupsTrusted: form.groupsTrusted };
  const mandatoryClaim = form.claim.trim() ? { claim: form.claim.trim(), values: form.claimValues } : undefined;
  if (form.type === 'oidc') return { ...common, oidcData: { clientId: form.clientId.trim(), clientSecret, discoverDocumentUrl: form.address.trim(), scopes: form.scopes, mandatoryClaim } };
  if (form.type === 'openshift-v4') return { ...common, ocpData: { clientId: form.clientId.trim() || undefined, clientSecret, idpBaseUrl: form.address.trim(), scopes: form.scopes } };
  if (keepsFile(form, standing)) return common;
  const entityId = form.entityId.trim() || undefined;
  return form.metadataFrom === 'url'
    ? { ...common, samlData: { metadataXmlType: 'url', metadataXmlUrl: form.metadataUrl.trim(), entityId } }
    : { ...common, samlData: { metadataXmlType: 'file', metadataXmlFile: form.metadataFile, fileName: form.fileName, entityId } };
}
