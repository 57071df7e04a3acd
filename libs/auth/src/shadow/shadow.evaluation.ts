/** Asks the shadow rules about requests that were answered by the enforced ones. */
import {
  Inject,
  Injectable,
  type ExecutionContext,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { type AccessPolicy } from '../access/access-policy.js';
import { HandlerInventory } from '../access/handler-inventory.js';
import { unmetPolicy } from '../access/unmet-policy.js';
import { AccessTokenVerifier } from '../access-token/access-token.verifier.js';
import { type RefusalStage } from '../access-token/refusal.js';
import { AuthObserver } from '../auth.observer.js';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import { type CallRequest } from '../call/call-request.js';
import { presentedToken } from '../cookie/cookie-token.source.js';
import { type Principal } from '../principal/principal.js';
import { createTrusts } from '../trust/trusts.js';
import { acceptedAs, compareDecisions, refusedBy, type Decision } from './shadow-comparison.js';
import { resolveShadowLimits, type ShadowLimits, type ShadowPolicy } from './shadow.options.js';
import { ShadowQueue, type ShadowQueueState } from './shadow.queue.js';
import { decisionWithin, refusalIn } from './shadow-decision.js';

/** A request, as the guards see it. */
export interface ComparedRequest {
  readonly context: ExecutionContext;
  readonly request: CallRequest;
  readonly handler: string;
  readonly policy: AccessPolicy;
}

/** What is about the sender or the request, not about the token: the shadow rules do not ask again. */
const NOT_COMPARED = new Set<RefusalStage>(['context', 'extraction', 'confirmation']);

/** The rules of `shadow`; without them it does nothing. */
@Injectable()
export class ShadowEvaluation implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  readonly enabled: boolean;
  readonly #verifier: AccessTokenVerifier | undefined;
  readonly #policies: ReadonlyMap<string, ShadowPolicy>;
  readonly #limits: ShadowLimits;
  readonly #queue: ShadowQueue;
  readonly #clock: () => number;

  /** @throws TypeError for options that are wrong */
  constructor(
    private readonly inventory: HandlerInventory,
    private readonly observer: AuthObserver,
    @Inject(AUTH_OPTIONS) options: AuthModuleOptions,
  ) {
    const { shadow } = options;
    this.enabled = shadow !== undefined;
    this.#clock = options.clock ?? Date.now;
    this.#limits = resolveShadowLimits(shadow);
    this.#policies = new Map(Object.entries(shadow?.policies ?? {}));
    this.#queue = new ShadowQueue(this.#limits.maxPending);
    if (shadow?.trusts === undefined) return;
    const trusts = createTrusts(shadow.trusts, new ShadowKeysObserver(observer), this.#clock);
    this.#verifier = new AccessTokenVerifier(trusts, options, this.#clock);
  }

  onModuleInit(): void {
    void this.#verifier?.warmUp();
    this.#verifier?.followRevocations();
  }

  /** @throws TypeError for a policy whose handler does not exist: it would report nothing */
  onApplicationBootstrap(): void {
    if (this.#policies.size === 0) return;
    const known = new Set(this.inventory.handlers().map(({ name }) => name));
    const unknown = [...this.#policies.keys()].filter((name) => !known.has(name));
    if (unknown.length > 0) {
      throw new TypeError(`shadow.policies: there is no handler ${unknown.join(', ')}`);
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.#queue.clear();
    await this.#verifier?.unfollowRevocations();
  }

  /** How much is pending, and how much was dropped. */
  state(): ShadowQueueState {
    return this.#queue.state();
  }

  /** Compares behind the request, where it is one of the sample. Returns at once, and never throws. */
  compare(compared: ComparedRequest, enforced: Decision): void {
    const { stage } = enforced.answer;
    if (stage !== undefined && NOT_COMPARED.has(stage)) return;
    if (Math.random() >= this.#limits.sampleRate) return;
    const token = tokenOf(compared.request);
    if (token === undefined) return;
    // Without trusts of its own there is nothing to say of a token that was refused as a token.
    if (this.#verifier === undefined && enforced.principal === undefined) return;
    const taken = this.#queue.offer(async () => {
      const deciding = this.#decide(compared, token, enforced.principal);
      const shadow = await decisionWithin(this.#limits.timeoutMs, deciding);
      this.observer.shadowCompared?.(compareDecisions(compared.handler, enforced, shadow));
    });
    if (!taken) this.observer.shadowDropped?.();
  }

  async #decide(
    { context, handler, policy }: ComparedRequest,
    token: string,
    known: Principal | undefined,
  ): Promise<Decision> {
    try {
      const principal = (await this.#verifier?.verifyOffThread(token, 'unchecked')) ?? known;
      if (principal === undefined) return { answer: { verdict: 'undecided', reason: 'failed' } };
      const unmet = unmetPolicy(this.#policyOf(handler, policy), principal, context, this.#clock);
      return unmet === undefined
        ? acceptedAs(principal)
        : refusedBy({ stage: 'policy', reason: unmet.reason, issuer: principal.issuer }, principal);
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal !== undefined) return refusedBy(refusal);
      return { answer: { verdict: 'undecided', reason: 'failed' } };
    }
  }

  #policyOf(handler: string, enforced: AccessPolicy): AccessPolicy {
    const shadow = this.#policies.get(handler);
    return shadow === undefined
      ? enforced
      : { ...enforced, scopes: [], anyScope: [], roles: [], ...shadow };
  }
}

/** Tells of the shadow issuers' keys apart from those that decide. */
class ShadowKeysObserver {
  constructor(private readonly observer: AuthObserver) {}

  keysFetched(...[issuer, keys, ignored]: Parameters<AuthObserver['keysFetched']>): void {
    this.observer.keysFetched(`${issuer} (shadow)`, keys, ignored);
  }

  keysFetchFailed(issuer: string, failure: string): void {
    this.observer.keysFetchFailed(`${issuer} (shadow)`, failure);
  }
}

function tokenOf(request: CallRequest): string | undefined {
  try {
    return presentedToken(request)?.token;
  } catch {
    return undefined;
  }
}
