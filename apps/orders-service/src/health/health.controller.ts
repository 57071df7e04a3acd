/** Tells whoever watches the service that it answers, and what it has to do without. */
import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { AccessTokenVerifier, Public } from '@keyward/auth';
import { ServiceDrain } from '@keyward/observability';

/** What `/health` says. */
export interface Health {
  /** `degraded`: tokens that were revoked lately may be accepted, or all are answered 503. */
  readonly status: 'ready' | 'degraded';
}

@Controller('health')
export class HealthController {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly drain: ServiceDrain,
  ) {}

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

  /** Alive as long as it answers. */
  @Get('live')
  @Public()
  @Header('Cache-Control', 'no-store')
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  /** Whether requests should come here: 503 once the process is to end. */
  @Get('ready')
  @Public()
  @Header('Cache-Control', 'no-store')
  ready(): Health {
    if (this.drain.isDraining) throw new ServiceUnavailableException({ status: 'draining' });
    return this.show();
  }
}
