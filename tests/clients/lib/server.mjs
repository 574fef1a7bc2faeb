import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from './processes.mjs';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const command = (process.env.CYCLES_SERVER_COMMAND ?? 'dotnet run -c Release --project src/Cycles.Gateway --').split(' ');

export const adminKey = 'an-admin-key-for-the-clients';

/** A real Cycles server on a data folder of its own, as the README starts it. */
export async function startServer(name) {
  const data = mkdtempSync(join(tmpdir(), 'cycles-clients-'));
  const discard = () => rmSync(data, { recursive: true, force: true });
  let port = 0;
  let running = await launch().catch(error => { discard(); throw error; });
  port = new URL(running.url).port;

  async function launch() {
    const server = await start(name, [...command, '--urls', `http://127.0.0.1:${port}`], {
      directory: repository,
      environment: { Cycles__AdminKey: adminKey, Cycles__DataPath: data },
      ready: /Cycles is ready on (http:\/\/127\.0\.0\.1:\d+)/,
    });
    return { ...server, url: server.serving[1] };
  }

  return {
    url: running.url,
    /** kill -9: nothing of the server gets a chance to tidy up. */
    kill: () => running.kill(),
    /** Starts it again on the same port and the same data. */
    restart: async () => { running = await launch(); },
    stop: async () => {
      await running.stop();
      discard();
    },
  };
}
