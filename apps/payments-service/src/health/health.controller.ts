/** Tells whoever watches the service that it answers, and what it has to do without. */
import { Controller, Get, Header } from '@nestjs/common';
import { AccessTokenVerifier, Public } from '@keyward/auth';

@Controller('health')
export class HealthController {
  constructor(private readonly verifier: AccessTokenVerifier) {}

  /** `degraded`: revocations are not heard of, and what PAYMENTS_WHEN_STALE says is done instead. */
  @Get()
  @Public()
  @Header('Cache-Control', 'no-store')
  show(): { readonly status: 'ready' | 'degraded' } {
    const isStale = [...this.verifier.revocationStates().values()].some(({ stale }) => stale);
    return { status: isStale ? 'degraded' : 'ready' };
  }
}
