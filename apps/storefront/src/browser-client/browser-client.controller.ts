/** What /spa.html has to know to be a client by itself; none of it is secret. */
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { storefrontConfig, type StorefrontConfiguration } from '../config/storefront.config.js';

/** The answer, as the page reads it. */
export interface BrowserClientSettings {
  readonly issuer: string;
  readonly client_id: string;
  readonly orders_url: string;
  readonly orders_resource: string;
}

@Controller('browser-client.json')
export class BrowserClientController {
  constructor(@Inject(storefrontConfig.KEY) private readonly config: StorefrontConfiguration) {}

  @Get()
  @Header('Cache-Control', 'no-cache')
  show(): BrowserClientSettings {
    return {
      issuer: this.config.issuer,
      client_id: this.config.spaClientId,
      orders_url: `${this.config.ordersPublicUrl}/orders`,
      orders_resource: this.config.ordersAudience,
    };
  }
}
