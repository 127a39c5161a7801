/** What a check of a provider is about, for people. */
const names: Record<string, string> = {
  discovery_document: 'Discovery document',
  issuer: 'Issuer',
  endpoints: 'Endpoints',
  signing_keys: 'Keys',
  scopes: 'Scopes',
  client: 'Client id and secret',
  oauth_metadata: 'OAuth metadata',
  metadata: 'Metadata',
  signing_certificates: 'Certificates',
  sign_in_address: 'Sign-in address',
  sign_out_address: 'Sign-out address',
  time: 'Time',
  sign_in: 'Signing in',
};

const statuses: Record<string, string> = { passed: 'Passed', failed: 'Failed', warning: 'Warning', not_checked: 'Not checked' };

export const checkName = (name: string) => names[name] ?? name;

export const statusWord = (status: string) => statuses[status] ?? status;
