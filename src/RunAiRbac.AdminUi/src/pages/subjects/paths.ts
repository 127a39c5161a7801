/** Addresses of detail pages. A group's name may hold anything. */
export const userPath = (id: string) => `/users/${encodeURIComponent(id)}`;
export const groupPath = (name: string) => `/groups/${encodeURIComponent(name)}`;
export const applicationPath = (id: string) => `/applications/${encodeURIComponent(id)}`;
export const scopePath = (scope: { type: string; id: string }) => (scope.type === 'tenant' ? '/organization/tenant' : `/organization/${scope.type}/${encodeURIComponent(scope.id)}`);
