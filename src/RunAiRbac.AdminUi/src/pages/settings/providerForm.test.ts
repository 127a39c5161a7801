import { describe, expect, it } from 'vitest';
import type { IdentityProvider } from '../../api/identityProviders';
import { emptyForm, formOf, isComplete, toRequest } from './providerForm';

const oidc: IdentityProvider = {
  alias: 'keycloak', name: 'Keycloak', type: 'oidc', redirectUri: 'https://x/callback', mappers: {}, trustedEmailDomains: ['example.com'], groupsTrusted: true,
  oidcData: { clientId: 'runai', clientSecret: '*******', discoverDocumentUrl: 'https://idp.example.com', scopes: ['openid'], mandatoryClaim: undefined as never },
};
const saml: IdentityProvider = {
  ...oidc, alias: 'saml', type: 'saml', oidcData: undefined as never,
  samlData: { entityId: 'https://x/metadata', serviceProviderMetadataUrl: 'https://x/metadata', metadataXmlType: 'file', fileName: 'idp.xml' },
};

describe('the form of an identity provider', () => {
  it('trusts the first provider for all addresses, later ones for none', () => {
    expect(emptyForm(true)).toMatchObject({ trustedEmailDomains: ['*'], groupsTrusted: true });
    expect(emptyForm(false)).toMatchObject({ trustedEmailDomains: [], groupsTrusted: false });
  });
  it('keeps the stored secret when none is typed', () => expect(toRequest(formOf(oidc), oidc).oidcData).toMatchObject({ clientId: 'runai', clientSecret: '*******' }));
  it('sends a new secret', () => expect(toRequest({ ...formOf(oidc), clientSecret: 'new' }, oidc).oidcData?.clientSecret).toBe('new'));
  it('wants a secret for a new provider', () => {
    const form = { ...emptyForm(true), clientId: 'a', address: 'https://idp' };
    expect(isComplete(form)).toBe(false);
    expect(isComplete({ ...form, clientSecret: 's' })).toBe(true);
  });
  it('wants a claim and its values, or neither', () => {
    expect(isComplete({ ...formOf(oidc), claim: 'groups' }, oidc)).toBe(false);
    expect(isComplete({ ...formOf(oidc), claim: 'groups', claimValues: ['admins'] }, oidc)).toBe(true);
  });
  it('does not speak of a stored SAML file that stays', () => {
    expect(isComplete(formOf(saml), saml)).toBe(true);
    expect(toRequest(formOf(saml), saml).samlData).toBeUndefined();
    expect(isComplete({ ...formOf(saml), entityId: 'urn:other' }, saml)).toBe(false);
  });
  it('takes an own entity id only where somebody chose one', () => {
    expect(formOf(saml).entityId).toBe('');
    expect(formOf({ ...saml, samlData: { ...saml.samlData!, entityId: 'urn:own' } }).entityId).toBe('urn:own');
  });
});
