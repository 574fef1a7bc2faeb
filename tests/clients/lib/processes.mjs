import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';

const logs = new URL('../logs/', import.meta.url);
const running = new Set();

/**
 * Starts a program in a process group of its own and waits for the line that says that it serves.
 * The group matters: `dotnet run` is the parent of the server, and a kill has to reach the server.
 */
export async function start(name, command, { ready, environment = {}, directory, timeoutMs = 120_000 }) {
  mkdirSync(logs, { recursive: true });
  const log = createWriteStream(new URL(`${name}.log`, logs), { flags: 'a' });
  const child = spawn(command[0], command.slice(1), {
    cwd: directory,
    env: { ...process.env, ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.pipe(log, { end: false });
  running.add(child);
  // 'close' and not 'exit': only then have all the processes of the group let go of the pipes, so only then is the server gone.
  const closed = new Promise(resolve => child.once('close', resolve)).finally(() => running.delete(child));

  const serving = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} did not start within ${timeoutMs} ms: see logs/${name}.log`)), timeoutMs);
    const settle = action => argument => { clearTimeout(timer); action(argument); };
    createInterface({ input: child.stdout }).on('line', line => {
      log.write(`${line}\n`);
      const match = ready.exec(line);
      if (match) settle(resolve)(match);
    });
    child.once('error', settle(reject));
    closed.then(() => settle(reject)(new Error(`${name} ended before it served: see logs/${name}.log`)));
  }).catch(async error => {
    signal(child, 'SIGKILL');
    throw error;
  });

  return {
    serving,
    stop: async () => {
      signal(child, 'SIGTERM');
      const impatient = setTimeout(() => signal(child, 'SIGKILL'), 20_000);
      await closed;
      clearTimeout(impatient);
    },
    kill: async () => {
      signal(child, 'SIGKILL');
      await closed;
    },
  };
}

function signal(child, name) {
  if (child.pid === undefined) return; // it never started
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

process.once('exit', () => running.forEach(child => signal(child, 'SIGKILL')));
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => process.exit(1));
