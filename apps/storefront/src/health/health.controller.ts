/** Tells whoever watches the storefront that it answers. */
import { Controller, Get, Header } from '@nestjs/common';

@Controller('health')
export class HealthController {
  /** Ready as soon as it answers: pages are there, and what they cannot reach they say in words. */
  @Get()
  @Header('Cache-Control', 'no-store')
  show(): { readonly status: 'ready' } {
    return { status: 'ready' };
  }
}
