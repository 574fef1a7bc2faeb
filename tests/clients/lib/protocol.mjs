import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const folder = process.env.CYCLES_PROTOCOL_DIR ?? fileURLToPath(new URL('../../../../shared/protocol', import.meta.url));

export const runtimePlane = 'cycles-protocol-v0.yaml';
export const adminPlane = 'cycles-governance-admin-v0.1.25.yaml';
export const protocolFile = file => join(folder, file);
