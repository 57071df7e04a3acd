// Looks at the containers and images of a project from outside, and says what of the rules they break.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

const [project, environmentFile] = process.argv.slice(2);
if (environmentFile === undefined) throw new Error('usage: hardening.mjs <project> <env file>');

const docker = (...args) => execFileSync('docker', args, { encoding: 'utf8' });
const lines = (text) => text.split('\n').filter(Boolean);
const secrets = Object.entries(parseEnv(readFileSync(environmentFile, 'utf8'))).filter(([name]) =>
  /_(PASSWORD|SECRET|KEY)$/.test(name),
);
const problems = [];
const check = (isRight, what) => isRight || problems.push(what);
const holdsSecret = (text) => secrets.filter(([, value]) => text.includes(value)).map(([n]) => n);

const label = `label=com.docker.compose.project=${project}`;
const ids = lines(docker('ps', '--all', '--quiet', '--filter', label));
const containers = JSON.parse(docker('inspect', ...ids));

for (const { Name, Image, Config, HostConfig, State, NetworkSettings } of containers) {
  const is = (what) => `${Name.slice(1)} ${what}`;
  check(HostConfig.ReadonlyRootfs, is('can write to its root file system'));
  check(HostConfig.CapDrop?.includes('ALL'), is('has capabilities'));
  check(!HostConfig.CapAdd?.length && !HostConfig.Privileged, is('was given capabilities'));
  check(HostConfig.SecurityOpt?.includes('no-new-privileges:true'), is('may gain privileges'));
  check(!['', 'root', '0'].includes(Config.User), is('runs as root'));
  const networks = Object.keys(NetworkSettings.Networks).map((name) => name.split('_').at(-1));
  const isStore = /-(postgres|redis|migrate)-/.test(Name);
  check(!isStore || networks.join() === 'data', is(`is on ${networks.join()}`));
  for (const bindings of Object.values(HostConfig.PortBindings ?? {})) {
    check(
      bindings.every(({ HostIp }) => HostIp === '127.0.0.1'),
      is('is open to the network'),
    );
  }
  if (State.Running) {
    check(State.Health?.Status === 'healthy', is(`is ${State.Health?.Status ?? 'not watched'}`));
    const processes = docker('top', Name.slice(1), '-eo', 'pid,uid,args');
    check(!/^\s*\d+\s+0\s+(?!.*(docker-init|tini))/m.test(processes), is('has a process of root'));
    check(holdsSecret(processes).length === 0, is(`tells ${holdsSecret(processes)} in arguments`));
  } else {
    check(State.ExitCode === 0, is(`ended by ${State.ExitCode}`));
  }
  const image = docker('inspect', Image) + docker('history', '--no-trunc', Image);
  check(holdsSecret(image).length === 0, is(`has ${holdsSecret(image)} in its image`));
}

const images = lines(docker('image', 'ls', '--format', '{{.Repository}} {{.Size}}', 'keyward/*'));
console.log([...new Set(images)].join('\n'));
for (const problem of problems) console.error(problem);
console.log(`${containers.length} containers looked at, ${problems.length} problem(s)`);
process.exit(problems.length === 0 ? 0 : 1);
