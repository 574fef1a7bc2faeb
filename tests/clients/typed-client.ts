// A program as a user of the protocol would write it: every path, body and answer is typed from the protocol's file.
import createClient from 'openapi-fetch';
import { randomUUID } from 'node:crypto';
import type { components, paths } from './generated/protocol.js';

type Schemas = components['schemas'];
type Amount = Schemas['Amount'];

/** The protocol said no: there is no budget for the action. */
export class Denied extends Error {
  constructor(readonly error: Schemas['ErrorResponse']) {
    super(error.message);
  }
}

export class Guard {
  readonly #api;
  readonly #subject: Schemas['Subject'];

  constructor(baseUrl: string, apiKey: string, subject: Schemas['Subject']) {
    this.#api = createClient<paths>({ baseUrl, headers: { 'X-Cycles-API-Key': apiKey } });
    this.#subject = subject;
  }

  /**
   * Runs an action under a reservation that is kept alive while it runs: reserve, act, commit; release when the action fails.
   * The action gets what its budget allows, and answers what it cost.
   */
  async run(estimate: Amount, ttlMs: number, action: (caps: Schemas['Caps'] | undefined) => Promise<Amount>) {
    const { data, error, response } = await this.#api.POST('/v1/reservations', {
      body: {
        idempotency_key: randomUUID(),
        subject: this.#subject,
        action: { kind: 'llm.completion', name: 'a-model' },
        estimate,
        ttl_ms: ttlMs,
      },
    });
    if (error) throw response.status === 409 ? new Denied(error) : new Error(`${error.error}: ${error.message}`);
    if (data.reservation_id === undefined) throw new Error('a live reservation has an id');

    const path = { reservation_id: data.reservation_id };
    const heartbeat = this.#keepAlive(path, ttlMs);
    try {
      const actual = await action(data.caps);
      return { ...await this.#commit(path, actual), beats: await heartbeat.stop() };
    } catch (failure) {
      await heartbeat.stop();
      await this.#release(path, String(failure));
      throw failure;
    }
  }

  async status(reservationId: string): Promise<Schemas['ReservationStatus'] | undefined> {
    const { data } = await this.#api.GET('/v1/reservations/{reservation_id}', { params: { path: { reservation_id: reservationId } } });
    return data?.status;
  }

  async newest(): Promise<Schemas['ReservationSummary'] | undefined> {
    const { data } = await this.#api.GET('/v1/reservations', { params: { query: { limit: 1 } } });
    return data?.reservations[0];
  }

  async #commit(path: { reservation_id: string }, actual: Amount) {
    const { data, error } = await this.#api.POST('/v1/reservations/{reservation_id}/commit', {
      params: { path },
      body: { idempotency_key: randomUUID(), actual, metrics: { tokens_input: 100, tokens_output: 20 } },
    });
    if (error) throw new Error(`${error.error}: ${error.message}`);
    return data;
  }

  async #release(path: { reservation_id: string }, reason: string) {
    await this.#api.POST('/v1/reservations/{reservation_id}/release', {
      params: { path },
      body: { idempotency_key: randomUUID(), reason: reason.slice(0, 256) },
    });
  }

  /** Extends the reservation by half of its time whenever half of its time has passed. */
  #keepAlive(path: { reservation_id: string }, ttlMs: number) {
    const half = Math.floor(ttlMs / 2);
    let beats = 0;
    let last = Promise.resolve();
    const beat = async () => {
      const { error } = await this.#api.POST('/v1/reservations/{reservation_id}/extend', {
        params: { path },
        body: { idempotency_key: randomUUID(), extend_by_ms: half },
      });
      if (error) clearInterval(timer);
      else beats++;
    };
    const timer = setInterval(() => { last = last.then(beat); }, half);
    return { stop: () => { clearInterval(timer); return last.then(() => beats); } };
  }
}
