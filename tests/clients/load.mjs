// wrk against reserve and commit, to see that nothing breaks under many connections. How fast it is belongs to bench/.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { balanceOf, createTenant, cents } from './lib/http.mjs';
import { startServer } from './lib/server.mjs';

const connections = 50;
const script = fileURLToPath(new URL('load.lua', import.meta.url));

const missing = 'wrk is not installed (apt-get install wrk)';
const installed = spawnSync('wrk', ['--version']).error === undefined;
const skip = !installed && process.env.CI !== 'true' && missing;

test('50 connections for 5 seconds get nothing but 2xx, and the ledger agrees with what was answered', { skip }, async () => {
  assert.ok(installed, missing);
  const server = await startServer('load');
  after(() => server.stop());
  const client = await createTenant(server.url, 'loaded', cents(1_000_000_000));

  const { stdout } = await promisify(execFile)('wrk', [
    '--threads', '2', '--connections', String(connections), '--duration', '5s', '--timeout', '30s', '--script', script, server.url,
  ], { env: { ...process.env, CYCLES_KEY: client.key, CYCLES_TENANT: 'loaded' } });
  console.log(stdout.trim());
  const seen = JSON.parse(/^result (.*)$/m.exec(stdout)[1]);

  assert.deepEqual({ refused: seen.refused, broken: seen.broken }, { refused: 0, broken: 0 });
  assert.ok(seen.reserved > 0 && seen.committed > 0, 'both reserve and commit were answered');

  // A request that was on its way when wrk stopped may or may not have been carried out: at most one a connection.
  const balance = await balanceOf(client, 'loaded');
  const cost = cents(1).amount;
  assertBetween((balance.spent.amount + balance.reserved.amount) / cost, seen.reserved, seen.reserved + connections);
  assertBetween(balance.spent.amount / cost, seen.committed, seen.committed + connections);
});

function assertBetween(actual, least, most) {
  assert.ok(Number.isInteger(actual) && actual >= least && actual <= most, `${actual} is not between ${least} and ${most}`);
}
