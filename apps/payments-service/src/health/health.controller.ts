/** Tells whoever watches the service that it answers, and what it has to do without. */
import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { AccessTokenVerifier, Public } from '@keyward/auth';
import { ServiceDrain } from '@keyward/observability';

@Controller('health')
export class HealthController {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly drain: ServiceDrain,
  ) {}

  /** `degraded`: revocations are not heard of, and what PAYMENTS_WHEN_STALE says is done instead. */
  @Get()
  @Public()
  @Header('Cache-Control', 'no-store')
  show(): { readonly status: 'ready' | 'degraded' } {
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
  ready(): { readonly status: 'ready' | 'degraded' } {
    if (this.drain.isDraining) throw new ServiceUnavailableException({ status: 'draining' });
    return this.show();
  }
}
