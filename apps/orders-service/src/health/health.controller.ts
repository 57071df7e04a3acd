/** Tells whoever watches the service that it answers, and what it has to do without. */
import { Controller, Get, Header } from '@nestjs/common';
import { AccessTokenVerifier, Public } from '@keyward/auth';

/** What `/health` says. */
export interface Health {
  /** `degraded`: tokens that were revoked lately may be accepted, or all are answered 503. */
  readonly status: 'ready' | 'degraded';
}

@Controller('health')
export class HealthController {
  constructor(private readonly verifier: AccessTokenVerifier) {}

  /**
   * Ready as soon as it answers: the orders are loaded before the port opens, and tokens are checked
   * with known keys while the authorization server is away.
   */
  @Get()
  @Public()
  @Header('Cache-Control', 'no-store')
  show(): Health {
    const isStale = [...this.verifier.revocationStates().values()].some(({ stale }) => stale);
    return { status: isStale ? 'degraded' : 'ready' };
  }
}
