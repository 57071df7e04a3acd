/** Tells whoever watches the storefront that it answers. */
import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { ServiceDrain } from '@keyward/observability';

@Controller('health')
export class HealthController {
  constructor(private readonly drain: ServiceDrain) {}

  /** Ready as soon as it answers: pages are there, and what they cannot reach they say in words. */
  @Get()
  @Header('Cache-Control', 'no-store')
  show(): { readonly status: 'ready' } {
    return { status: 'ready' };
  }

  /** Alive as long as it answers. */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  /** Whether requests should come here: 503 once the process is to end. */
  @Get('ready')
  @Header('Cache-Control', 'no-store')
  ready(): { readonly status: 'ready' } {
    if (this.drain.isDraining) throw new ServiceUnavailableException({ status: 'draining' });
    return this.show();
  }
}
