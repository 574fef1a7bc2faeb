// Every operation through Prism, which knows the protocol's files and nothing of us: no answer may break them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, test } from 'node:test';
import { cents, query, send } from './lib/http.mjs';
import { startPrism } from './lib/prism.mjs';
import { adminPlane, runtimePlane } from './lib/protocol.mjs';
import { startServer } from './lib/server.mjs';

const server = await startServer('validating-proxy');
const strict = await startPrism('prism-runtime', runtimePlane, server.url);
const reporting = await startPrism('prism-runtime-reporting', runtimePlane, server.url, { errors: false });
const governance = await startPrism('prism-admin', adminPlane, server.url);
const governanceReporting = await startPrism('prism-admin-reporting', adminPlane, server.url, { errors: false });
after(() => Promise.all([strict, reporting, governance, governanceReporting].map(prism => prism.stop()).concat(server.stop())));

const admin = { url: governance.url, admin: true };
const unit = 'USD_MICROCENTS';
const keys = {};

/** The answer, once it is known to be what is expected and to break nothing of the protocol. */
async function expect(expected, to, route, body, headers) {
  const answer = await send(to, route, body, headers);
  const [status, error] = [expected].flat();
  const story = JSON.stringify({ route, sent: body, status: answer.status, answered: answer.body }, null, 2);
  assert.deepEqual(violations(answer), [], `the answer breaks the protocol: ${story}`);
  assert.equal(answer.status, status, story);
  if (error) assert.equal(answer.body.error, error, story);
  assert.match(answer.headers.get('x-cycles-trace-id') ?? '', /^[0-9a-f]{32}$/, story);
  assert.ok(answer.headers.get('x-request-id'), story);
  return answer.body;
}

/** What Prism holds against the answer. What it holds against a request that is wrong on purpose is no fault of the server. */
function violations(answer) {
  const found = JSON.parse(answer.headers.get('sl-violations') ?? '[]');
  return found.filter(({ location }) => location[0] === 'response');
}

const agent = (tenant = 'acme', proxy = strict) => ({ url: proxy.url, key: keys[tenant] });

const reservation = (subject, estimate = cents(1), more = {}) => ({
  idempotency_key: randomUUID(),
  subject: { tenant: 'acme', ...subject },
  action: { kind: 'llm.completion', name: 'a-model', tags: ['prod'] },
  estimate,
  ttl_ms: 60_000,
  ...more,
});

const settle = (actual, more = {}) => ({ idempotency_key: randomUUID(), actual, ...more });
const reserve = (subject, estimate, more) => expect(200, agent(), 'POST /v1/reservations', reservation(subject, estimate, more));
const scoped = (workspace, inUnit = unit) => query({ scope: `tenant:acme/workspace:${workspace}`, unit: inUnit });

test('Prism catches an answer that breaks the protocol', async () => {
  const liar = createServer((_, response) => response
    .setHeader('Content-Type', 'application/json')
    .end(JSON.stringify({ decision: 'PERHAPS', affected_scopes: [], extra: true })));
  await new Promise(listening => liar.listen(0, '127.0.0.1', listening));
  const prism = await startPrism('prism-liar', runtimePlane, `http://127.0.0.1:${liar.address().port}`);

  const answer = await send({ url: prism.url, key: 'any' }, 'POST /v1/reservations', reservation());
  await prism.stop();
  liar.close();

  assert.equal(answer.status, 500);
  assert.match(answer.body.type, /#VIOLATIONS$/);
  assert.ok(violations(answer).length >= 2);
});

test('tenants, keys, budgets and policies are provisioned by the admin plane', async () => {
  for (const tenant of ['acme', 'globex', 'doomed']) {
    await expect(201, admin, 'POST /v1/admin/tenants', { tenant_id: tenant, name: tenant, max_reservation_extensions: 2 });
    const created = await expect(201, admin, 'POST /v1/admin/api-keys', { tenant_id: tenant, name: `${tenant}-agent` });
    keys[tenant] = created.key_secret;
  }
  const restricted = { tenant_id: 'acme', name: 'reader', permissions: ['balances:read', 'reservations:list'] };
  keys.reader = (await expect(201, admin, 'POST /v1/admin/api-keys', restricted)).key_secret;
  const revoked = await expect(201, admin, 'POST /v1/admin/api-keys', { tenant_id: 'acme', name: 'revoked' });
  keys.revoked = revoked.key_secret;
  await expect(200, admin, `DELETE /v1/admin/api-keys/${revoked.key_id}${query({ reason: 'leaked' })}`);

  const budgets = {
    'tenant:acme': cents(10_000), 'tenant:acme/workspace:prod': cents(1_000), 'tenant:acme/workspace:capped': cents(1_000),
    'tenant:acme/workspace:frozen': cents(1_000), 'tenant:acme/workspace:small': cents(10), 'tenant:acme/workspace:over': cents(10),
    'tenant:acme/workspace:tokens': { unit: 'TOKENS', amount: 1_000 },
  };
  for (const [scope, allocated] of Object.entries(budgets)) {
    await expect(201, admin, 'POST /v1/admin/budgets', { tenant_id: 'acme', scope, unit: allocated.unit, allocated });
  }
  for (const tenant of ['globex', 'doomed']) {
    await expect(201, admin, 'POST /v1/admin/budgets', { tenant_id: tenant, scope: `tenant:${tenant}`, unit, allocated: cents(100) });
  }
  await expect(201, admin, 'POST /v1/admin/budgets', {
    tenant_id: 'acme', scope: 'tenant:acme/workspace:overdraft', unit, allocated: cents(10), overdraft_limit: cents(5),
    commit_overage_policy: 'ALLOW_WITH_OVERDRAFT', metadata: { owner: 'tests' },
  });
  await expect(200, admin, `POST /v1/admin/budgets/freeze${scoped('frozen')}`, { reason: 'under investigation' });
  await expect(201, admin, 'POST /v1/admin/policies', {
    tenant_id: 'acme', name: 'soft landing', scope_pattern: 'tenant:acme/workspace:capped', priority: 10,
    caps: { max_tokens: 512, max_steps_remaining: 3, tool_denylist: ['shell'], cooldown_ms: 250 },
  });
});

test('what was provisioned is read, changed and funded', async () => {
  await expect(200, admin, 'POST /v1/admin/tenants', { tenant_id: 'acme', name: 'acme' });
  await expect(200, admin, 'GET /v1/admin/tenants/acme');
  await expect(200, admin, 'PATCH /v1/admin/tenants/acme', { metadata: { stage: 'test' } });
  await expect(200, admin, `GET /v1/admin/api-keys${query({ tenant_id: 'acme' })}`);
  await expect(200, admin, `GET /v1/admin/policies${query({ tenant_id: 'acme' })}`);
  await expect(200, admin, `GET /v1/admin/budgets/lookup${scoped('overdraft')}`);
  await expect(200, admin, `PATCH /v1/admin/budgets${scoped('overdraft')}`, { overdraft_limit: cents(20) });
  await expect(200, admin, `POST /v1/admin/budgets/freeze${scoped('prod')}`);
  await expect(200, admin, `POST /v1/admin/budgets/unfreeze${scoped('prod')}`);
  for (const [operation, amount] of [['CREDIT', 100], ['DEBIT', 50], ['RESET', 1_000], ['RESET_SPENT', 1_000], ['REPAY_DEBT', 1]]) {
    await expect(200, admin, `POST /v1/admin/budgets/fund${scoped('prod')}&tenant_id=acme`,
      { operation, amount: cents(amount), idempotency_key: randomUUID() });
  }

  const first = await expect(200, admin, `GET /v1/admin/tenants${query({ limit: 2 })}`);
  const second = await expect(200, admin, `GET /v1/admin/tenants${query({ limit: 2, cursor: first.next_cursor })}`);
  assert.equal(first.tenants.length + second.tenants.length, 3);
  const ledgers = await expect(200, admin, `GET /v1/admin/budgets${query({ tenant_id: 'acme', unit, limit: 3 })}`);
  assert.equal(ledgers.ledgers.length, 3);
  await expect(200, admin, `GET /v1/admin/budgets${query({ tenant_id: 'acme', unit, limit: 3, cursor: ledgers.next_cursor })}`);
});

test('the admin plane refuses in the protocol\'s words', async () => {
  const careless = { url: governanceReporting.url, admin: true };
  await expect([401, 'UNAUTHORIZED'], { url: governanceReporting.url }, 'GET /v1/admin/tenants');
  await expect([401, 'UNAUTHORIZED'], { url: governance.url }, 'GET /v1/admin/tenants', undefined, { 'X-Admin-API-Key': 'not-the-admin-key' });
  await expect([400, 'INVALID_REQUEST'], careless, 'POST /v1/admin/tenants', { tenant_id: 'NO', name: 'too short, too loud' });
  await expect([400, 'INVALID_REQUEST'], careless, 'POST /v1/admin/tenants', { tenant_id: 'nameless' });
  await expect([400, 'INVALID_REQUEST'], admin, 'POST /v1/admin/budgets', { scope: 'tenant:acme', unit: 'CREDITS', allocated: { unit: 'CREDITS', amount: 1 } });
  await expect([400, 'UNIT_MISMATCH'], admin, 'POST /v1/admin/budgets', { tenant_id: 'acme', scope: 'tenant:acme', unit: 'CREDITS', allocated: cents(1) });
  await expect([409, 'DUPLICATE_RESOURCE'], admin, 'POST /v1/admin/tenants', { tenant_id: 'acme', name: 'another name' });
  await expect([409, 'DUPLICATE_RESOURCE'], admin, 'POST /v1/admin/budgets', { tenant_id: 'acme', scope: 'tenant:acme', unit, allocated: cents(1) });
  await expect([409, 'BUDGET_EXCEEDED'], admin, `POST /v1/admin/budgets/fund${scoped('small')}&tenant_id=acme`, { operation: 'DEBIT', amount: cents(11) });
  await expect([404, 'TENANT_NOT_FOUND'], admin, 'GET /v1/admin/tenants/nobody');
  await expect([404, 'BUDGET_NOT_FOUND'], admin, `GET /v1/admin/budgets/lookup${scoped('nowhere')}`);
});

test('a tenant\'s own key provisions for its tenant, and may not name one', async () => {
  const tenantItself = { url: governance.url, key: keys.acme };
  const budget = { scope: 'tenant:acme/app:own', unit: 'TOKENS', allocated: { unit: 'TOKENS', amount: 1 } };
  const policy = { name: 'own', scope_pattern: 'tenant:acme/app:own' };

  await expect([400, 'INVALID_REQUEST'], tenantItself, 'POST /v1/admin/budgets', { ...budget, tenant_id: 'acme' });
  await expect([400, 'INVALID_REQUEST'], tenantItself, 'POST /v1/admin/policies', { ...policy, tenant_id: 'acme' });
  await expect(201, tenantItself, 'POST /v1/admin/budgets', budget);
  await expect(201, tenantItself, 'POST /v1/admin/policies', policy);
});

test('a reservation is allowed, extended, read and committed, and every answer can be had again', async () => {
  const request = reservation({ workspace: 'prod', agent: 'Writer', dimensions: { team: 'docs' } }, cents(5), { metadata: { run: 1 } });
  const reserved = await expect(200, agent(), 'POST /v1/reservations', request, { 'X-Idempotency-Key': request.idempotency_key });
  assert.equal(reserved.decision, 'ALLOW');
  assert.deepEqual(reserved.affected_scopes, ['tenant:acme', 'tenant:acme/workspace:prod', 'tenant:acme/workspace:prod/agent:writer']);
  const replayed = await expect(200, agent(), 'POST /v1/reservations', request);
  assert.equal(replayed.reservation_id, reserved.reservation_id);
  const path = `/v1/reservations/${reserved.reservation_id}`;

  const extended = await expect(200, agent(), `POST ${path}/extend`, { idempotency_key: 'beat-1', extend_by_ms: 30_000 });
  assert.equal(extended.expires_at_ms, reserved.expires_at_ms + 30_000);
  await expect(200, agent(), `POST ${path}/extend`, { idempotency_key: 'beat-2', extend_by_ms: 1 });
  const beatAgain = await expect(200, agent(), `POST ${path}/extend`, { idempotency_key: 'beat-1', extend_by_ms: 30_000 });
  assert.equal(beatAgain.expires_at_ms, extended.expires_at_ms);
  await expect([409, 'MAX_EXTENSIONS_EXCEEDED'], agent(), `POST ${path}/extend`, { idempotency_key: 'beat-3', extend_by_ms: 1 });

  const detail = await expect(200, agent(), `GET ${path}`);
  assert.equal(detail.status, 'ACTIVE');
  assert.deepEqual(detail.subject, request.subject);

  const commit = settle(cents(3), {
    metrics: { tokens_input: 100, tokens_output: 20, latency_ms: 12, model_version: 'a-model-1', custom: { cache: 'hit' } }, metadata: { done: true },
  });
  const committed = await expect(200, agent(), `POST ${path}/commit`, commit);
  assert.deepEqual([committed.charged, committed.released], [cents(3), cents(2)]);
  assert.deepEqual(await expect(200, agent(), `POST ${path}/commit`, commit), committed);
  const settled = await expect(200, agent(), `GET ${path}`);
  assert.deepEqual([settled.status, settled.committed, settled.committed_metadata], ['COMMITTED', cents(3), { done: true }]);

  await expect([409, 'RESERVATION_FINALIZED'], agent(), `POST ${path}/commit`, settle(cents(3)));
  await expect([409, 'RESERVATION_FINALIZED'], agent(), `POST ${path}/release`, { idempotency_key: 'late' });
  await expect([409, 'RESERVATION_FINALIZED'], agent(), `POST ${path}/extend`, { idempotency_key: 'beat-4', extend_by_ms: 1_000 });
  await expect([409, 'IDEMPOTENCY_MISMATCH'], agent(), `POST ${path}/commit`, { ...commit, actual: cents(2) });
  await expect([409, 'IDEMPOTENCY_MISMATCH'], agent(), 'POST /v1/reservations', { ...request, estimate: cents(6) });
});

for (const final of ['commit', 'release']) {
  test(`replays after a ${final} repeat the first answers, with no time left`, async () => {
    const request = reservation({ workspace: 'prod' });
    const beat = { idempotency_key: randomUUID(), extend_by_ms: 1_000 };
    const reserved = await expect(200, agent(), 'POST /v1/reservations', request);
    const path = `/v1/reservations/${reserved.reservation_id}`;
    const extended = await expect(200, agent(), `POST ${path}/extend`, beat);
    await expect(200, agent(), `POST ${path}/${final}`, final === 'commit' ? settle(cents(1)) : { idempotency_key: randomUUID() });

    const replays = [await expect(200, agent(), 'POST /v1/reservations', request), await expect(200, agent(), `POST ${path}/extend`, beat)];

    assert.deepEqual(replays, [{ ...reserved, remaining_ttl_ms: 0 }, { ...extended, remaining_ttl_ms: 0 }]);
  });
}

test('a reservation is released', async () => {
  const { reservation_id: id } = await reserve({ workspace: 'prod' }, cents(5));
  const release = { idempotency_key: 'never mind', reason: 'the user went away' };

  const released = await expect(200, agent(), `POST /v1/reservations/${id}/release`, release);

  assert.deepEqual(released.released, cents(5));
  assert.deepEqual(await expect(200, agent(), `POST /v1/reservations/${id}/release`, release), released);
  assert.equal((await expect(200, agent(), `GET /v1/reservations/${id}`)).status, 'RELEASED');
});

test('an operator reads, lists and releases on behalf of a tenant', async () => {
  const operator = { url: strict.url, admin: true };
  const { reservation_id: id } = await reserve({ workspace: 'prod' });

  await expect(200, operator, `GET /v1/reservations/${id}`);
  await expect(200, operator, `GET /v1/reservations${query({ tenant: 'acme', status: 'ACTIVE' })}`);
  await expect([400, 'INVALID_REQUEST'], operator, 'GET /v1/reservations');
  await expect(200, operator, `POST /v1/reservations/${id}/release`, { idempotency_key: 'by hand', reason: '[INCIDENT_FORCE_RELEASE]' });
});

test('a policy\'s caps make it ALLOW_WITH_CAPS, live, dry and in a decision', async () => {
  const caps = { max_tokens: 512, max_steps_remaining: 3, tool_denylist: ['shell'], cooldown_ms: 250 };
  const { ttl_ms: _, ...question } = reservation({ workspace: 'capped' });

  const live = await reserve({ workspace: 'capped' });
  const dry = await reserve({ workspace: 'capped' }, cents(1), { dry_run: true });
  const decision = await expect(200, agent(), 'POST /v1/decide', question);

  for (const answer of [live, dry, decision]) assert.deepEqual([answer.decision, answer.caps], ['ALLOW_WITH_CAPS', caps]);
  assert.equal(dry.reservation_id, undefined);
  assert.equal(dry.expires_at_ms, undefined);
});

test('dry runs and decisions deny with a reason instead of failing', async () => {
  const denials = [
    [{ workspace: 'small' }, cents(11), 'BUDGET_EXCEEDED'],
    [{ workspace: 'frozen' }, cents(1), 'BUDGET_FROZEN'],
    [{ workspace: 'prod' }, { unit: 'RISK_POINTS', amount: 1 }, 'UNIT_MISMATCH'],
  ];
  for (const [subject, estimate, reason] of denials) {
    const { ttl_ms: _, ...question } = reservation(subject, estimate);
    if (reason === 'UNIT_MISMATCH') {
      await expect([400, reason], agent(), 'POST /v1/decide', question);
      await expect([400, reason], agent(), 'POST /v1/reservations', { ...reservation(subject, estimate), dry_run: true });
      continue;
    }
    const decided = await expect(200, agent(), 'POST /v1/decide', question);
    const dry = await reserve(subject, estimate, { dry_run: true });
    for (const answer of [decided, dry]) assert.deepEqual([answer.decision, answer.reason_code], ['DENY', reason]);
    assert.ok(dry.affected_scopes.length > 0);
  }
});

test('an event is applied, once', async () => {
  const event = { ...settle(cents(2)), subject: { tenant: 'acme', workspace: 'prod' }, action: { kind: 'tool.search', name: 'web' }, client_time_ms: Date.now() };

  const applied = await expect(201, agent(), 'POST /v1/events', event);

  assert.equal(applied.status, 'APPLIED');
  assert.deepEqual(await expect(201, agent(), 'POST /v1/events', event), applied);
  await expect([409, 'IDEMPOTENCY_MISMATCH'], agent(), 'POST /v1/events', { ...event, actual: cents(3) });
  await expect([409, 'BUDGET_EXCEEDED'], agent(), 'POST /v1/events',
    { ...event, idempotency_key: randomUUID(), subject: { tenant: 'acme', workspace: 'small' }, actual: cents(11), overage_policy: 'REJECT' });
});

test('a commit above its reservation follows its overage policy', async () => {
  const commitAbove = async (workspace, overage_policy, expected) => {
    const { reservation_id: id } = await reserve({ workspace }, cents(8), { overage_policy });
    return expect(expected, agent(), `POST /v1/reservations/${id}/commit`, settle(cents(15)));
  };

  await commitAbove('small', 'REJECT', [409, 'BUDGET_EXCEEDED']);
  const capped = await commitAbove('over', 'ALLOW_IF_AVAILABLE', 200);
  const overdrawn = await commitAbove('overdraft', 'ALLOW_WITH_OVERDRAFT', 200);

  assert.deepEqual(capped.charged, cents(10));
  assert.deepEqual(overdrawn.charged, cents(15));
  const { balances } = await expect(200, agent(), `GET /v1/balances${query({ workspace: 'overdraft' })}`);
  const balance = balances.find(({ scope_path }) => scope_path === 'tenant:acme/workspace:overdraft');
  assert.deepEqual([balance.debt, balance.remaining, balance.is_over_limit ?? false], [cents(5), cents(-5), false]);
  await expect([409, 'OVERDRAFT_LIMIT_EXCEEDED'], agent(), 'POST /v1/reservations', reservation({ workspace: 'over' }));
});

test('reservations are listed by filter, order and cursor', async () => {
  for (let count = 0; count < 5; count++) await reserve({ workspace: 'prod', app: 'listed' }, cents(count + 1), { metadata: { count } });
  const filter = { app: 'listed', status: 'ACTIVE', sort_by: 'reserved', sort_dir: 'asc', limit: 2 };

  const amounts = [];
  for (let cursor; ;) {
    const page = await expect(200, agent(), `GET /v1/reservations${query({ ...filter, include: 'metadata,unknown', ...(cursor && { cursor }) })}`);
    amounts.push(...page.reservations.map(({ reserved }) => reserved.amount));
    cursor = page.next_cursor;
    if (!cursor) break;
    await expect([400, 'INVALID_REQUEST'], agent(), `GET /v1/reservations${query({ ...filter, sort_dir: 'desc', cursor })}`);
  }

  assert.deepEqual(amounts, [1, 2, 3, 4, 5].map(count => cents(count).amount));
  const hour = 3_600_000;
  const window = { from: new Date(Date.now() - hour).toISOString(), to: new Date(Date.now() + hour).toISOString() };
  assert.equal((await expect(200, agent(), `GET /v1/reservations${query({ app: 'listed', ...window })}`)).reservations.length, 5);
  assert.equal((await expect(200, agent(), `GET /v1/reservations${query({ app: 'listed', finalized_from: window.from })}`)).reservations.length, 0);
  await expect(200, agent('reader'), `GET /v1/reservations${query({ tenant: 'acme', status: 'COMMITTED', include: 'committed_metadata' })}`);
});

test('balances add up', async () => {
  const { balances } = await expect(200, agent(), `GET /v1/balances${query({ tenant: 'acme', include_children: true })}`);

  for (const { allocated, spent, reserved, debt, remaining, scope_path } of balances) {
    assert.equal(remaining.amount, allocated.amount - spent.amount - reserved.amount - (debt?.amount ?? 0), scope_path);
  }
  await expect(200, agent(), `GET /v1/balances${query({ workspace: 'prod', limit: 1 })}`);
});

test('400: requests that say nothing sensible', async () => {
  const careless = agent('acme', reporting);
  const wrong = [
    { ...reservation(), subject: undefined },
    { ...reservation(), surprise: true },
    { ...reservation(), idempotency_key: '' },
    { ...reservation(), idempotency_key: 'x'.repeat(257) },
    { ...reservation(), ttl_ms: 999 },
    { ...reservation(), subject: { dimensions: { team: 'docs' } } },
    { ...reservation(), subject: { tenant: 'acme', agent: 'no/slashes' } },
    reservation({}, { unit, amount: -1 }),
    reservation({}, { unit, amount: 1.5 }),
    reservation({}, { unit: 'EUROS', amount: 1 }),
  ];
  for (const body of wrong) await expect([400, 'INVALID_REQUEST'], careless, 'POST /v1/reservations', body);
  await expect([400, 'INVALID_REQUEST'], careless, 'POST /v1/reservations', reservation(), { 'X-Idempotency-Key': 'not the same' });
  await expect([400, 'UNIT_MISMATCH'], careless, 'POST /v1/reservations', reservation({ workspace: 'prod' }, { unit: 'CREDITS', amount: 1 }));
  await expect([400, 'INVALID_REQUEST'], careless, 'POST /v1/decide', { idempotency_key: 'half a question' });
  await expect([400, 'INVALID_REQUEST'], careless, 'POST /v1/events', { idempotency_key: 'half an event' });
  await expect([400, 'INVALID_REQUEST'], careless, 'GET /v1/balances');
  for (const parameters of [{ limit: 0 }, { limit: 201 }, { status: 'LOST' }, { sort_by: 'mood' }, { cursor: 'made up' },
    { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, { from: 'yesterday' }]) {
    await expect([400, 'INVALID_REQUEST'], careless, `GET /v1/reservations${query(parameters)}`);
  }
  await expect(200, careless, `GET /v1/reservations${query({ expires_from: '', finalized_to: '' })}`);
  await expect([400, 'INVALID_REQUEST'], careless, `GET /v1/reservations/${'x'.repeat(129)}`);
  const { reservation_id: id } = await reserve({ workspace: 'prod' });
  await expect([400, 'UNIT_MISMATCH'], careless, `POST /v1/reservations/${id}/commit`, settle({ unit: 'TOKENS', amount: 1 }));
  await expect([400, 'INVALID_REQUEST'], careless, `POST /v1/reservations/${id}/extend`, { idempotency_key: 'beat', extend_by_ms: 0 });
});

test('400: a body that is no JSON, which Prism itself cannot read', async () => {
  const answer = await expect([400, 'INVALID_REQUEST'], { url: server.url, key: keys.acme }, 'POST /v1/reservations', '{"idempotency_key":');

  assert.deepEqual(Object.keys(answer).filter(name => name !== 'details').sort(), ['error', 'message', 'request_id', 'trace_id']);
});

test('401 and 403: who may not', async () => {
  for (const route of ['GET /v1/reservations', 'GET /v1/balances?tenant=acme', 'GET /v1/reservations/some']) {
    await expect([401, 'UNAUTHORIZED'], { url: reporting.url }, route);
    await expect([401, 'UNAUTHORIZED'], { url: strict.url, key: 'cyc_live_00000000000000000000000000000000' }, route);
    await expect([401, 'UNAUTHORIZED'], agent('revoked'), route);
  }
  const { reservation_id: id } = await reserve({ workspace: 'prod' });
  const stranger = agent('globex');
  await expect([403, 'FORBIDDEN'], stranger, 'POST /v1/reservations', reservation());
  await expect([403, 'FORBIDDEN'], stranger, `GET /v1/reservations/${id}`);
  await expect([403, 'FORBIDDEN'], stranger, `POST /v1/reservations/${id}/commit`, settle(cents(1)));
  await expect([403, 'FORBIDDEN'], stranger, `POST /v1/reservations/${id}/release`, { idempotency_key: 'not mine' });
  await expect([403, 'FORBIDDEN'], stranger, `POST /v1/reservations/${id}/extend`, { idempotency_key: 'not mine', extend_by_ms: 1 });
  await expect([403, 'FORBIDDEN'], stranger, 'GET /v1/balances?tenant=acme');
  await expect([403, 'FORBIDDEN'], stranger, 'GET /v1/reservations?tenant=acme');
  await expect(403, agent('reader'), 'POST /v1/reservations', reservation());
});

test('404: what is not there', async () => {
  await expect([404, 'NOT_FOUND'], agent(), 'GET /v1/reservations/never-existed');
  await expect([404, 'NOT_FOUND'], agent(), 'POST /v1/reservations/never-existed/commit', settle(cents(1)));
  await expect([404, 'NOT_FOUND'], agent(), 'POST /v1/reservations/never-existed/release', { idempotency_key: 'gone' });
  await expect([404, 'NOT_FOUND'], agent(), 'POST /v1/reservations/never-existed/extend', { idempotency_key: 'gone', extend_by_ms: 1 });
  const unbudgeted = { ...reservation(), subject: { workspace: 'of-no-tenant' } };
  await expect([404, 'NOT_FOUND'], agent(), 'POST /v1/reservations', unbudgeted);
  const { estimate: actual, ttl_ms: _, ...event } = unbudgeted;
  await expect([404, 'NOT_FOUND'], agent(), 'POST /v1/events', { ...event, actual });
});

test('409: budgets that refuse', async () => {
  await expect([409, 'BUDGET_EXCEEDED'], agent(), 'POST /v1/reservations', reservation({ workspace: 'small' }, cents(11)));
  await expect([409, 'BUDGET_FROZEN'], agent(), 'POST /v1/reservations', reservation({ workspace: 'frozen' }));
});

test('410: a reservation that expired is gone, but stays in the list', async () => {
  const { reservation_id: id } = await reserve({ workspace: 'prod', app: 'slow' }, cents(1), { ttl_ms: 1_000, grace_period_ms: 0 });
  await sleep(2_500);

  await expect([410, 'RESERVATION_EXPIRED'], agent(), `GET /v1/reservations/${id}`);
  await expect([410, 'RESERVATION_EXPIRED'], agent(), `POST /v1/reservations/${id}/commit`, settle(cents(1)));
  await expect([410, 'RESERVATION_EXPIRED'], agent(), `POST /v1/reservations/${id}/release`, { idempotency_key: 'late' });
  await expect([410, 'RESERVATION_EXPIRED'], agent(), `POST /v1/reservations/${id}/extend`, { idempotency_key: 'late', extend_by_ms: 1_000 });
  const { reservations } = await expect(200, agent(), `GET /v1/reservations${query({ app: 'slow', status: 'EXPIRED' })}`);
  assert.deepEqual(reservations.map(({ reservation_id }) => reservation_id), [id]);
});

test('a closed tenant takes no more money, and says so', async () => {
  const doomed = reservation({ tenant: 'doomed' });
  const { reservation_id: id } = await expect(200, agent('doomed'), 'POST /v1/reservations', doomed);
  await expect(200, admin, 'PATCH /v1/admin/tenants/doomed', { status: 'CLOSED' });
  const { ttl_ms: _, ...question } = reservation({ tenant: 'doomed' });

  await expect([409, 'TENANT_CLOSED'], agent('doomed'), 'POST /v1/reservations', reservation({ tenant: 'doomed' }));
  await expect([409, 'TENANT_CLOSED'], agent('doomed'), `POST /v1/reservations/${id}/commit`, settle(cents(1)));
  await expect([409, 'TENANT_CLOSED'], agent('doomed'), `POST /v1/reservations/${id}/extend`, { idempotency_key: 'beat', extend_by_ms: 1 });
  const { decision, reason_code } = await expect(200, agent('doomed'), 'POST /v1/decide', question);
  assert.deepEqual([decision, reason_code], ['DENY', 'TENANT_CLOSED']);
  await expect(200, agent('doomed'), `GET /v1/balances${query({ tenant: 'doomed' })}`);
});
