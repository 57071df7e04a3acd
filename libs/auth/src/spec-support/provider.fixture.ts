/** A JWKS provider against a real server, on a clock that the test moves. */
import { type IgnoredKey } from '../jwks/jwk-set.js';
import { JwksLocator } from '../jwks/jwks-locator.js';
import { resolveJwksOptions, type JwksOptions } from '../jwks/jwks.options.js';
import { JwksProvider, type JwksObserver } from '../jwks/jwks.provider.js';
import { NOW } from './access-token.fixture.js';
import { IssuerServer } from '../testing/issuer-server.js';

/** A clock that stands still until it is moved. */
export class ManualClock {
  nowMs = NOW * 1000;
  readonly read = (): number => this.nowMs;

  advanceSeconds(seconds: number): void {
    this.nowMs += seconds * 1000;
  }
}

/** Remembers what it was told. */
export class RecordingObserver implements JwksObserver {
  readonly fetched: { keys: number; ignored: readonly IgnoredKey[] }[] = [];
  readonly failures: string[] = [];

  keysFetched(_issuer: string, keys: number, ignored: readonly IgnoredKey[]): void {
    this.fetched.push({ keys, ignored });
  }

  keysFetchFailed(_issuer: string, failure: string): void {
    this.failures.push(failure);
  }
}

/** A provider, and everything that a test turns and reads around it. */
export interface ProviderFixture {
  readonly server: IssuerServer;
  readonly clock: ManualClock;
  readonly observer: RecordingObserver;
  readonly provider: JwksProvider;
}

/** Starts a server and a provider of its keys; `discover` leaves the URL to the metadata. */
export async function providerFixture({
  discover,
  ...options
}: JwksOptions & { readonly discover?: boolean } = {}): Promise<ProviderFixture> {
  const server = await IssuerServer.start();
  const clock = new ManualClock();
  const observer = new RecordingObserver();
  const locator = new JwksLocator(server.url, discover ? undefined : server.jwksUri, false);
  const provider = new JwksProvider(
    server.url,
    locator,
    ['ES256'],
    resolveJwksOptions(options),
    observer,
    clock.read,
  );
  return { server, clock, observer, provider };
}

/** Waits, on the real clock, until work that runs behind the requests has had its effect. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error(`never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Long enough for a fetch on this machine to arrive, for tests that expect none. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 30));
}
