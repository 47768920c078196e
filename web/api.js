/** Calls the API as the signed-in person. */
import { accessToken } from './session.js';

/** A refusal, with sentences for the person: the first is the problem, the rest say which field is wrong. */
export class Refusal extends Error {
  constructor(status, problem) {
    const fields = (problem.errors ?? []).map(
      ({ path, message }) => `${path.replace(/^body\./, '')} ${message}`,
    );
    super([problem.detail ?? problem.title ?? `The service answered ${status}.`, ...fields].join(' '));
    this.status = status;
    this.code = problem.code;
  }
}

/** The session is over; the person has to sign in again. */
export class SignedOut extends Error {}

/**
 * The API of a deployment: `api.post('/v1/tenants', { … })`, `api.get('/v1/members', tenantId)`.
 * @throws Refusal from each call when the service refuses, SignedOut when nobody is signed in any more
 */
export function apiOf(config) {
  const call = async (method, path, { body, tenantId, key } = {}) => {
    const token = await accessToken(config);
    if (token === undefined) throw new SignedOut();
    const answer = await fetch(config.apiUrl.replace(/\/$/, '') + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(tenantId === undefined ? {} : { 'x-tenant-id': tenantId }),
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.ok) return answer.status === 204 ? undefined : answer.json();
    if (answer.status === 401) throw new SignedOut();
    throw new Refusal(answer.status, await answer.json().catch(() => ({})));
  };
  return {
    get: (path, tenantId) => call('GET', path, { tenantId }),
    post: (path, body, tenantId) => call('POST', path, { body, tenantId, key: crypto.randomUUID() }),
  };
}
