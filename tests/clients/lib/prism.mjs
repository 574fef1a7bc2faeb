import { fileURLToPath } from 'node:url';
import { start } from './processes.mjs';
import { protocolFile } from './protocol.mjs';

const cli = fileURLToPath(new URL('../node_modules/@stoplight/prism-cli/dist/index.js', import.meta.url));

/**
 * A proxy that holds every request and every response against one of the protocol's files. With `errors` it refuses what breaks the
 * file; without, it passes everything on and only reports, which is how requests that are meant to be wrong reach the server.
 */
export async function startPrism(name, file, upstream, { errors = true } = {}) {
  const options = ['--host', '127.0.0.1', '--port', '0', '--verboseLevel', 'debug', ...(errors ? ['--errors'] : [])];
  const prism = await start(name, [process.execPath, cli, 'proxy', ...options, protocolFile(file), upstream], {
    ready: /Prism is listening on (http:\/\/127\.0\.0\.1:\d+)/,
  });
  return { url: prism.serving[1], stop: prism.stop };
}
