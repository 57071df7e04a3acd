// Builds the services: quiet where it works, everything it said where it fails.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');

/** @throws Error where the build fails; its output has been printed by then */
export function build(root, projects, signal) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [nx, 'run-many', '-t', 'build', '-p', projects.join(','), '--outputStyle=static'],
      // Without the daemon, which would live on after Ctrl-C.
      {
        cwd: root,
        env: { ...process.env, NX_DAEMON: 'false' },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      },
    );
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      process.stderr.write(Buffer.concat(output));
      reject(new Error('The build failed.'));
    });
  });
}
