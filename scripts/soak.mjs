// `npm run soak -- [--minutes 10] [--json FILE]`: builds the applications, then holds them at saturation.
import { spawnSync } from 'node:child_process';

const APPLICATIONS = ['auth-service', 'orders-service'];
const projects = APPLICATIONS.map((name) => `@keyward/${name}`).join(',');
const build = spawnSync('npx', ['nx', 'run-many', '-t', 'build', '-p', projects], {
  encoding: 'utf8',
});
if (build.status !== 0) {
  console.error(build.stdout + build.stderr);
  process.exit(1);
}
const run = spawnSync(
  process.execPath,
  [
    '--conditions=@keyward/source',
    '--import=@swc-node/register/esm-register',
    'test/soak/main.ts',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: { ...process.env, SWC_NODE_PROJECT: 'tsconfig.base.json' } },
);
process.exit(run.status ?? 1);
