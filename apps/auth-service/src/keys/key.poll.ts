/** Looks at the signing keys at an interval: moves them on where it is time, and reads what others did. */
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { signingKeyConfig, type SigningKeyConfig } from '../config/signing-key.config.js';
import { KeyRing } from './key.ring.js';
import { KeyRotation } from './key.rotation.js';

@Injectable()
export class KeyPoll implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(KeyPoll.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly ring: KeyRing,
    private readonly rotation: KeyRotation,
    @Inject(signingKeyConfig.KEY) private readonly config: Pick<SigningKeyConfig, 'pollMs'>,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.poll(), this.config.pollMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async poll(): Promise<void> {
    // Each for itself: where no key can be made, what another replica revoked must go all the same.
    await this.attempt(() => this.rotation.advance('skip'));
    await this.attempt(() => this.ring.refresh());
    if (this.ring.clockProblem !== null) this.logger.error(this.ring.clockProblem);
  }

  private async attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.logger.warn(`keeps its signing keys, as new ones cannot be had: ${String(error)}`);
    }
  }
}
