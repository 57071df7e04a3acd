// Writes the environment of a deployment under test: random secrets, and ports and networks that are free.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { exampleEnvironment } from '../../scripts/environment.example.mjs';

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: environment.mjs <file>');

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const lines = exampleEnvironment().split('\n');
for (const [index, line] of lines.entries()) {
  const [, name] = /^([A-Z_]+_PORT)=\d+$/.exec(line) ?? [];
  if (name !== undefined) lines[index] = `${name}=${await freePort()}`;
}
// A network beside the one of a deployment that may be up on this machine.
const third = 41 + (process.pid % 200);
lines.push(
  `KEYWARD_AUTH_SUBNET=10.203.${third}.0/24`,
  `KEYWARD_AUTH_RANGE=10.203.${third}.128/25`,
  `KEYWARD_PROXY_ADDRESS=10.203.${third}.10`,
  '',
);
writeFileSync(target, lines.join('\n'), { mode: 0o600 });
