/** Tells whoever watches the service that it answers. */
import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '@keyward/auth';

@Controller('health')
export class HealthController {
  /**
   * Ready as soon as it answers: the orders are loaded before the port opens, and tokens are checked
   * with known keys while the authorization server is away.
   */
  @Get()
  @Public()
  @Header('Cache-Control', 'no-store')
  show(): { readonly status: 'ready' } {
    return { status: 'ready' };
  }
}
