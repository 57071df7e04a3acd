/** That the suite fails where it should: a suite that always passes proves nothing. */
import { createServer, type RequestListener } from 'node:http';
import { ATTACKS } from './hostile-tokens.js';
import { describeResourceServer } from './describe-resource-server.js';
import { globalRunner, type TestRunner } from './test-runner.js';
import { TestIssuer } from './test-issuer.js';

/** Runs the suite against a server of this behaviour, and tells which of its tests failed. */
async function failuresAt(listener: RequestListener): Promise<{ all: string[]; failed: string[] }> {
  const tests: [string, () => Promise<void> | void][] = [];
  const runner: TestRunner = {
    describe: (_, body) => body(),
    it: (name, body) => tests.push([name, body]),
  };
  const issuer = await TestIssuer.start();
  const server = createServer(listener);
  describeResourceServer(server, { issuer, route: 'GET /orders', scopes: ['read'], runner });
  const failed: string[] = [];
  for (const [name, body] of tests) {
    try {
      await body();
    } catch {
      failed.push(name);
    }
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await issuer.stop();
  return { all: tests.map(([name]) => name), failed };
}

const accepting = /^accepts|^goes on/;
const vacuous = ['never asked for a key where a token said that it is'];

describe('describeResourceServer', () => {
  it('fails at a server that lets everybody in, by every test that refuses', async () => {
    const { all, failed } = await failuresAt((_, response) => response.end());
    const refusing = all.filter((name) => name.startsWith('refuses'));
    expect(refusing.length).toBeGreaterThan(Object.keys(ATTACKS).length);
    expect(failed).toEqual(all.filter((name) => /^refuses|^goes on/.test(name)));
  });

  it('fails at a server that answers everybody by 401 without a challenge', async () => {
    const { all, failed } = await failuresAt((_, response) => response.writeHead(401).end());
    expect(failed).toEqual(all.filter((name) => !vacuous.includes(name)));
  });

  it('fails at a server that refuses good tokens as well', async () => {
    const { all, failed } = await failuresAt((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end(),
    );
    expect(failed).toEqual(expect.arrayContaining(all.filter((name) => accepting.test(name))));
    expect(failed).toContain('refuses no token');
    expect(failed).toContain('refuses a token without the scope read, and says so');
  });

  it('fails at a server that repeats the token', async () => {
    const { failed } = await failuresAt((request, response) => {
      const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' };
      response.writeHead(401, challenge).end(request.headers.authorization);
    });
    expect(failed).toContain(`refuses a token ${ATTACKS.expired}`);
  });

  it('fails at a server that follows jku', async () => {
    const { failed } = await failuresAt((request, response) => {
      const [header = ''] = request.headers.authorization?.slice(7).split('.') ?? [];
      const { jku } = readJson(header);
      if (typeof jku === 'string') void fetch(jku).then(() => response.end());
      else response.end();
    });
    expect(failed).toEqual(expect.arrayContaining(vacuous));
  });

  it('says what to do where there is no runner', () => {
    const scope = globalThis as Partial<TestRunner>;
    const { describe: kept } = scope;
    delete scope.describe;
    try {
      expect(() => globalRunner()).toThrow('pass `runner: { describe, it }`');
    } finally {
      Object.assign(scope, { describe: kept });
    }
  });
});

function readJson(segment: string): { readonly jku?: unknown } {
  try {
    return JSON.parse(Buffer.from(segment, 'base64url').toString()) as { readonly jku?: unknown };
  } catch {
    return {};
  }
}
