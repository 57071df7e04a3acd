/** Moves the signing keys along their life cycle, as one of any number of replicas. */
import { Inject, Injectable } from '@nestjs/common';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { BACKGROUND } from '../http/request.origin.js';
import { KeyAudit, type KeyOrderer } from './key.audit.js';
import { KeyWork } from './key.work.js';
import { RegisteredAlgorithms } from './registered.algorithms.js';
import { KeyTimes } from './key.times.js';
import { type EarlyEnd, planRotation, type RotationPlan } from './rotation.plan.js';
import { SigningKeyStore, type StoredKeys } from './signing-key.store.js';

/** Who asked for a rotation, and of which keys. */
export interface RotationRequest extends KeyOrderer {
  /** Default: the server's. */
  readonly algorithm?: SigningAlgorithm;
}

const SCHEDULE: KeyOrderer = { by: 'schedule', origin: BACKGROUND };

/** Plans by the store's time, so that replicas whose clocks differ agree. */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly store: SigningKeyStore,
    private readonly registered: RegisteredAlgorithms,
    private readonly work: KeyWork,
    private readonly audit: KeyAudit,
    private readonly times: KeyTimes,
    @Inject(tokenConfig.KEY) private readonly token: Pick<TokenConfig, 'signingAlgorithm'>,
  ) {}

  /** Everything that something is signed by here: the server's algorithm first. */
  async algorithms(): Promise<readonly SigningAlgorithm[]> {
    return [...new Set([this.token.signingAlgorithm, ...(await this.registered.find())])];
  }

  /**
   * Makes, promotes and retires keys where it is time. Harmless at any time, by any replica.
   *
   * @param contention `wait`: on return there is a key that may sign
   * @throws TemporarilyUnavailableError where the store or the signer cannot be reached
   */
  async advance(contention: 'wait' | 'skip'): Promise<void> {
    const algorithms = await this.algorithms();
    // A look first: nearly always there is nothing to do, and nobody needs the lock.
    const keys = await this.store.find();
    if (isEmpty(this.plan(keys, algorithms)) && !this.work.isWaiting(keys)) return;
    await this.change((current) => this.plan(current, algorithms), contention, SCHEDULE);
  }

  /**
   * Ends the present key's time: the standby takes over as soon as it was published for the lead, which
   * is at once if the last rotation is longer ago than that.
   *
   * @returns when the standby takes over
   * @throws RangeError for an algorithm that nothing is signed by
   * @throws TemporarilyUnavailableError where the store or the signer cannot be reached
   */
  async rotateNow(request: RotationRequest): Promise<Date> {
    const { algorithm = this.token.signingAlgorithm } = request;
    const algorithms = await this.algorithms();
    if (!algorithms.includes(algorithm)) {
      throw new RangeError(`nothing is signed by ${algorithm} here: there is no key to rotate`);
    }
    let takesOverAt = new Date(NaN);
    await this.advance('wait');
    await this.change(
      (keys) => {
        const plan = this.plan(keys, algorithms, { algorithm, atMs: keys.now.getTime() });
        const isOurs = (kid: string) =>
          keys.published.some((key) => key.kid === kid && key.algorithm === algorithm);
        const active = [...plan.updates, ...keys.published].find(
          ({ kid, status }) => status === 'active' && isOurs(kid),
        );
        takesOverAt = active?.signUntil ?? takesOverAt;
        return plan;
      },
      'wait',
      request,
    );
    this.audit.rotated(algorithm, takesOverAt, request);
    await this.advance('wait');
    return takesOverAt;
  }

  /** What happened is audited once it has: by the replica that did it. */
  private async change(
    plan: (keys: StoredKeys) => RotationPlan,
    contention: 'wait' | 'skip',
    orderer: KeyOrderer,
  ): Promise<void> {
    let done: () => Promise<void> = async () => undefined;
    const isOurs = await this.store.change(async (keys) => {
      const planned = plan(keys);
      const changes = await this.work.carryOut(keys, planned);
      done = async () => {
        this.audit.changed(keys, changes, orderer);
        await this.work.cleanUp(keys, planned);
      };
      return changes;
    }, contention);
    if (isOurs) await done();
  }

  private plan(
    { published, now }: StoredKeys,
    algorithms: readonly SigningAlgorithm[],
    ends?: EarlyEnd,
  ): RotationPlan {
    const policy = { algorithms, ...this.times.policy };
    return planRotation(published, now.getTime(), policy, ends);
  }
}

function isEmpty({ updates, added }: RotationPlan): boolean {
  return updates.length === 0 && added.length === 0;
}
