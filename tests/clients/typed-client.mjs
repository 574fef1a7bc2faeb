// A client that is generated from the protocol's file: it compiles strictly, and what it compiled to works.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { balanceOf, cents, createTenant } from './lib/http.mjs';
import { protocolFile, runtimePlane } from './lib/protocol.mjs';
import { startServer } from './lib/server.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const tool = (name, ...options) => promisify(execFile)(`${here}node_modules/.bin/${name}`, options, { cwd: here });

const server = await startServer('typed-client');
after(() => server.stop());
const client = await createTenant(server.url, 'typed', cents(100));

let program;
const guard = () => new program.Guard(client.url, client.key, { tenant: 'typed', agent: 'writer' });

test('types are generated from the protocol\'s file', async () => {
  // A property with a default may be left out of a request, which is not what the generator assumes.
  await tool('openapi-typescript', protocolFile(runtimePlane), '--default-non-nullable', 'false', '--output', 'generated/protocol.ts');
});

test('the program compiles strictly against them', async () => {
  await tool('tsc', '--noEmit').catch(({ stdout }) => assert.fail(stdout));
  await tool('tsc');
  program = await import('./generated/program/typed-client.js');
});

test('an action is reserved and committed', async () => {
  const committed = await guard().run(cents(10), 60_000, async () => cents(7));

  assert.deepEqual([committed.status, committed.charged, committed.released], ['COMMITTED', cents(7), cents(3)]);
});

test('an action that fails is released', async () => {
  await assert.rejects(guard().run(cents(10), 60_000, async () => { throw new Error('the model is down'); }), /the model is down/);

  assert.equal((await guard().newest()).status, 'RELEASED');
  assert.deepEqual((await balanceOf(client, 'typed')).reserved, cents(0));
});

test('an action without a budget is denied, and never runs', async () => {
  const denied = await guard().run(cents(94), 60_000, () => assert.fail('it ran')).catch(error => error);

  assert.ok(denied instanceof program.Denied, String(denied));
  assert.equal(denied.error.error, 'BUDGET_EXCEEDED');
});

test('a heartbeat keeps a reservation alive for longer than its time', async () => {
  const committed = await guard().run(cents(10), 2_000, async () => {
    await sleep(5_000);
    assert.equal(await guard().status((await guard().newest()).reservation_id), 'ACTIVE');
    return cents(10);
  });

  assert.ok(committed.beats >= 3, `${committed.beats} beats`);
  assert.deepEqual(committed.charged, cents(10));
});
