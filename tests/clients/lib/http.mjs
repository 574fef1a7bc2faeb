import { adminKey } from './server.mjs';

/**
 * One request to a Cycles server.
 * @param {{ url: string, key?: string, admin?: boolean }} to the base address and the credentials
 * @param {string} route method and path, as the protocol's files write them: `POST /v1/reservations`
 */
export async function send(to, route, body, headers = {}) {
  const [method, path] = route.split(' ');
  const response = await fetch(to.url + path, {
    method,
    headers: {
      ...(to.key && { 'X-Cycles-API-Key': to.key }),
      ...(to.admin && { 'X-Admin-API-Key': adminKey }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { route, sent: body, status: response.status, headers: response.headers, body: parse(text) };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Sends and insists on success: for what a test needs but does not test. */
export async function provision(to, route, body) {
  const answer = await send(to, route, body);
  if (answer.status >= 300) throw new Error(`${route} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export const query = parameters => `?${new URLSearchParams(parameters)}`;

const unit = 'USD_MICROCENTS';
export const cents = number => ({ unit, amount: number * 1_000_000 });

/** A tenant with a key and one budget at its root. */
export async function createTenant(url, tenant, allocated) {
  const admin = { url, admin: true };
  await provision(admin, 'POST /v1/admin/tenants', { tenant_id: tenant, name: tenant });
  const { key_secret: key } = await provision(admin, 'POST /v1/admin/api-keys', { tenant_id: tenant, name: 'agent' });
  await provision(admin, 'POST /v1/admin/budgets', { tenant_id: tenant, scope: `tenant:${tenant}`, unit, allocated });
  return { url, key };
}

/** The balance of a tenant's root scope. */
export async function balanceOf(client, tenant) {
  const { balances } = await provision(client, `GET /v1/balances${query({ tenant })}`);
  return balances.find(balance => balance.scope_path === `tenant:${tenant}` && balance.remaining.unit === unit);
}
