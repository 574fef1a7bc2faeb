// An agent that spends until it is told to stop, on a server that is killed under it.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, test } from 'node:test';
import { balanceOf, cents, createTenant, provision, query, send } from './lib/http.mjs';
import { startServer } from './lib/server.mjs';

const tenant = 'looping-agent';
const price = cents(4);
const server = await startServer('agent-loop');
after(() => server.stop());
const client = await createTenant(server.url, tenant, cents(100));

/** An agent calls a model for four cents a call, and asks for every call. */
class Agent {
  calls = 0;
  spent = 0;
  /** Called before the model is: the tests pull the server's plug here. */
  onAct = async () => {};

  /** Loops until a reservation is refused; the answer is the refusal. */
  async run() {
    for (;;) {
      const call = this.calls + 1;
      const reserved = await this.#persistently('POST /v1/reservations', {
        // The refused call was never made, so after a refill the same call is asked for under the same key.
        idempotency_key: `call-${call}`,
        subject: { tenant, agent: 'looper' },
        action: { kind: 'llm.completion', name: 'a-model' },
        estimate: price,
      });
      if (reserved.status === 409 || reserved.body.decision === 'DENY') return reserved;
      assert.equal(reserved.status, 200, JSON.stringify(reserved.body));

      await this.onAct(call);
      this.calls = call;

      const committed = await this.#persistently(`POST /v1/reservations/${reserved.body.reservation_id}/commit`, {
        idempotency_key: `commit-${call}`,
        actual: price,
      });
      assert.equal(committed.status, 200, JSON.stringify(committed.body));
      this.spent += committed.body.charged.amount;
    }
  }

  /** Sends until the server answers, always with the same idempotency key: whether the lost request was carried out does not matter. */
  async #persistently(route, body) {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await send(client, route, body);
        if (answer.status < 500 || attempt === 300) return answer;
      } catch (connectionLost) {
        if (attempt === 300) throw connectionLost;
      }
      await sleep(200);
    }
  }
}

const agent = new Agent();

test('a budget of $1.00 pays for exactly 25 calls of $0.04, although the server is killed in the middle', async () => {
  let outage;
  agent.onAct = async call => {
    // A moment later, so that the kill meets the agent's requests on their way.
    if (call === 13) outage = sleep(2).then(server.kill).then(server.restart);
  };

  const refusal = await agent.run();
  await outage;

  assert.ok(outage, 'the server was killed');
  assert.equal(refusal.body.error, 'BUDGET_EXCEEDED');
  assert.equal(agent.calls, 25);
  assert.equal(agent.spent, cents(100).amount);
  await assertBalance({ allocated: cents(100), spent: cents(100), reserved: cents(0), remaining: cents(0) });
});

test('a credit of $0.20 pays for exactly 5 more calls', async () => {
  await provision({ url: server.url, admin: true },
    `POST /v1/admin/budgets/fund${query({ tenant_id: tenant, scope: `tenant:${tenant}`, unit: price.unit })}`,
    { operation: 'CREDIT', amount: cents(20), idempotency_key: 'refill' });

  const refusal = await agent.run();

  assert.equal(refusal.body.error, 'BUDGET_EXCEEDED');
  assert.equal(agent.calls, 30);
  assert.equal(agent.spent, cents(120).amount);
  await assertBalance({ allocated: cents(120), spent: cents(120), reserved: cents(0), remaining: cents(0) });
});

async function assertBalance(expected) {
  const balance = await balanceOf(client, tenant);
  const actual = Object.fromEntries(Object.keys(expected).map(name => [name, balance[name]]));
  assert.deepEqual(actual, expected);
}
