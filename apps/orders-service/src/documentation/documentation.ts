/** Serves the OpenAPI document and the Swagger UI that can take a token and call with it. */
import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { describeSecurity } from '@keyward/auth';
import { type OrdersConfiguration } from '../config/orders.config.js';

/**
 * Puts the page at /docs and the document at /docs-json, both public. "Authorize" asks the
 * authorization server's token endpoint from the browser, by CORS: the client secret goes to the one
 * server that may see it, not through this one.
 */
export function serveDocumentation(app: INestApplication, config: OrdersConfiguration): void {
  SwaggerModule.setup('docs', app, createDocument(app, config), {
    customSiteTitle: 'orders-service',
    raw: ['json'],
  });
}

function createDocument(app: INestApplication, config: OrdersConfiguration): OpenAPIObject {
  const base = new DocumentBuilder()
    .setTitle('orders-service')
    .setDescription('A resource server of Keyward: orders that only their customer sees.')
    .setVersion('1')
    .build();
  const document = SwaggerModule.createDocument(app, base);
  describeSecurity(app, document, { flows: { [config.issuer]: { tokenUrl: config.tokenUrl } } });
  return document;
}
