// `npm run bench -- [--only NAMES] [--json FILE]`: builds the applications, then runs test/bench on it.
import { spawnSync } from 'node:child_process';

const projects = ['auth-service', 'orders-service', 'payments-service', 'storefront']
  .map((name) => `@keyward/${name}`)
  .join(',');
const build = spawnSync('npx', ['nx', 'run-many', '-t', 'build', '-p', projects], {
  encoding: 'utf8',
});
if (build.status !== 0) {
  console.error(build.stdout + build.stderr);
  process.exit(1);
}
const run = spawnSync(
  process.execPath,
  ['--import', '@swc-node/register/esm-register', 'test/bench/main.ts', ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, SWC_NODE_PROJECT: 'tsconfig.base.json' } },
);
process.exit(run.status ?? 1);
