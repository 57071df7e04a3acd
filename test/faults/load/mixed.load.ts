/** Requests of every kind at a steady rate, each answer entered in the ledger. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_CLIENT, RESOURCE, SCOPE, SERVICE_CLIENT } from '../world/bootstrap.document.js';
import { type FaultWorld, type Policy } from '../world/fault.world.js';
import { type Answer, ask, askOneOf, GOOD, judge, judgeError } from './answers.js';
import { formOf, LineageClient } from './lineage.client.js';
import { type Kind, Ledger, type Outcome } from './ledger.js';
import { openSignIn, signIn } from './person.js';
import { HeldToken, TokenPool } from './token.pool.js';

const LINEAGES = 8;
const PAUSE_MS = 50;
/** Heavier by far: a page, a password hash. */
const SLOW_PAUSE_MS: Partial<Record<Kind, number>> = { authorize: 150, signIn: 400 };
const STOCK = 250;
/** Of the tokens that were revoked, how many are asked about again. */
const REMEMBERED = 100;
/** Resource servers may ask for more patience than a refresh has. */
const RESOURCE_PATIENCE_SECONDS = 61;

export class MixedLoad {
  readonly ledger = new Ledger();
  /** Access tokens whose revocation was confirmed, newest last. */
  readonly revoked: string[] = [];
  readonly #pool = new TokenPool();
  readonly #over = new AbortController();
  readonly #workers: Promise<void>[] = [];
  #turn = 0;
  #toRevoke: string | undefined;

  private constructor(private readonly world: FaultWorld) {}

  static async start(world: FaultWorld): Promise<MixedLoad> {
    const load = new MixedLoad(world);
    const lineages = (await world.seedGrants(LINEAGES)).map((g) => new LineageClient(world, g));
    load.#begin(lineages);
    return load;
  }

  /** Resolves when there are enough new tokens for a fault. @throws Error where there never are */
  async stocked(): Promise<void> {
    for (const end = Date.now() + 120_000; this.#pool.size < STOCK; await sleep(100)) {
      if (Date.now() > end) throw new Error(`only ${this.#pool.size} tokens could be had`);
    }
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#workers);
  }

  /** What introspection says of a token; null where it cannot be said now. */
  async isActive(token: string): Promise<boolean | null> {
    const answer = await this.#post('/oauth2/introspect', SERVICE_CLIENT, { token });
    return answer.status === 200 ? (JSON.parse(answer.text) as { active: boolean }).active : null;
  }

  /** Calls a resource server. */
  callResource(policy: Policy, token: string): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}` };
    return ask(`${this.world.resourceUrls.get(policy)}/orders`, { headers });
  }

  #begin(lineages: readonly LineageClient[]): void {
    const service = { grant_type: 'client_credentials', scope: SCOPE, resource: RESOURCE };
    const admin = { grant_type: 'client_credentials', resource: `${this.world.issuer}/admin` };
    for (let n = 0; n < 2; n += 1) {
      this.#work('clientCredentials', () => this.#newToken(SERVICE_CLIENT, service, this.#pool));
    }
    for (const lineage of lineages) {
      this.#work('refresh', () => lineage.refresh(), PAUSE_MS * LINEAGES);
    }
    this.#work('introspection', this.#introspect(new HeldToken(this.#pool)));
    this.#work('revocation', () => this.#revoke());
    this.#work('authorize', () => openSignIn(this.world));
    this.#work('signIn', () => signIn(this.world));
    this.#work('administration', this.#administer(admin));
    this.#work('keys', async () => {
      const answer = await askOneOf(this.#origins(), '/.well-known/jwks.json');
      return judge(answer, (text) => (text.includes('"kid"') ? undefined : 'no keys'));
    });
    this.#work('newToken', () => this.#present('accept', this.#pool.take()));
    for (const [kind, policy] of [
      ['cachedToken', 'accept'],
      ['introspectingService', 'introspect'],
      ['rejectingService', 'reject'],
    ] as const) {
      const held = new HeldToken(this.#pool);
      this.#work(kind, () => this.#present(policy, held.get()));
    }
  }

  /** Entered unless the request could not be made for want of a token. */
  #work(kind: Kind, request: () => Promise<Outcome> | undefined, pauseMs?: number): void {
    const pause = pauseMs ?? SLOW_PAUSE_MS[kind] ?? PAUSE_MS;
    this.#workers.push(
      (async () => {
        while (!this.#over.signal.aborted) {
          const answer = request()?.catch(judgeError);
          if (answer !== undefined) await this.ledger.enter(kind, () => answer);
          await sleep(pause);
        }
      })(),
    );
  }

  async #newToken(
    clientId: string,
    form: Record<string, string>,
    pool: TokenPool,
  ): Promise<Outcome> {
    const answer = await this.#post('/oauth2/token', clientId, form);
    return judge(answer, (text) => {
      const token = (JSON.parse(text) as Record<string, unknown>)['access_token'];
      if (typeof token !== 'string') return 'no access token';
      pool.add(token);
      return undefined;
    });
  }

  #introspect(live: HeldToken): () => Promise<Outcome> | undefined {
    return () => {
      const about = Math.floor(Math.random() * Math.min(this.revoked.length, REMEMBERED));
      const dead = Math.random() < 0.5 ? this.revoked.at(-1 - about) : undefined;
      const token = dead ?? live.get();
      if (token === undefined) return undefined;
      return this.#post('/oauth2/introspect', SERVICE_CLIENT, { token }).then((answer) =>
        judge(answer, (text) => {
          const { active } = JSON.parse(text) as { active?: unknown };
          if (active === (dead === undefined)) return undefined;
          return dead === undefined ? 'a live token is not active' : 'a revoked token is active';
        }),
      );
    };
  }

  /** One token until it is revoked. */
  #revoke(): Promise<Outcome> | undefined {
    const token = (this.#toRevoke ??= this.#pool.take());
    if (token === undefined) return undefined;
    return this.#post('/oauth2/revoke', SERVICE_CLIENT, { token }).then((answer) => {
      const outcome = judge(answer, () => undefined);
      if (outcome.verdict !== 'good') return outcome;
      this.revoked.push(token);
      this.#toRevoke = undefined;
      return GOOD;
    });
  }

  #administer(form: Record<string, string>): () => Promise<Outcome> {
    const tokens = new TokenPool();
    const held = new HeldToken(tokens);
    return async () => {
      if (held.isDue) {
        // Its own answer is none of the administration's; where there is none, the last token is used.
        await this.#newToken(ADMIN_CLIENT, form, tokens).catch(() => undefined);
      }
      const headers = { authorization: `Bearer ${held.get() ?? ''}` };
      const answer = await askOneOf(this.#origins(), '/admin/clients', { headers });
      return judge(answer, (text) => (text.includes(SERVICE_CLIENT) ? undefined : 'no clients'));
    };
  }

  #present(policy: Policy, token: string | undefined): Promise<Outcome> | undefined {
    if (token === undefined) return undefined;
    return this.callResource(policy, token).then((answer) =>
      judge(
        answer,
        (text) => (text.includes('orders') ? undefined : 'no orders'),
        RESOURCE_PATIENCE_SECONDS,
      ),
    );
  }

  #post(path: string, clientId: string, form: Record<string, string>): Promise<Answer> {
    return askOneOf(this.#origins(), path, formOf(this.world, clientId, form));
  }

  /** The replicas, beginning with the next. */
  #origins(): string[] {
    const { origins } = this.world;
    const first = (this.#turn += 1) % origins.length;
    return [...origins.slice(first), ...origins.slice(0, first)];
  }
}
