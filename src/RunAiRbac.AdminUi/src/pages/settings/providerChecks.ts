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

/** What the checks come to. */
export function verdict(checks: { status: string }[]): string {
  if (checks.some((c) => c.status === 'failed')) return 'Nobody can sign in like this';
  return checks.some((c) => c.status === 'warning') ? 'Nothing fails, but look at the warnings' : 'Nothing speaks against it';
}
