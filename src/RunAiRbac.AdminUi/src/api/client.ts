import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema';
import { Problem } from './problem';

/** A record of the API, by its name in docs/openapi.json. */
export type Api<Name extends keyof components['schemas']> = components['schemas'][Name];

/** Pages of the service that bring the person back here. Never done: the page is left, and must not show the refusal as a failure for that moment. */
const goTo = (page: string): Promise<never> => {
  const here = window.location.pathname + window.location.search;
  window.location.assign(`${page}?returnUrl=${encodeURIComponent(here)}`);
  return new Promise(() => undefined);
};

const failures: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return;
    const problem = await Problem.read(response);
    if (response.status === 401) await goTo('/login');
    if (problem.code === 'password_change_required') await goTo('/login/password');
    throw problem;
  },
  onError() {
    return new Problem({ status: 0, title: 'No answer', detail: 'The service cannot be reached. Check the connection and try again.' });
  },
};

/** All calls go through it: same origin, so that the browser adds the session cookie; a failure is a thrown {@link Problem}. */
export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: 'same-origin' });
api.use(failures);

/** The answer's body; failures have been thrown before. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  return ((await call).data ?? {}) as NonNullable<T>;
}
