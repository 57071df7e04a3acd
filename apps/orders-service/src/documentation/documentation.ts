/** Serves the OpenAPI document and the Swagger UI that can take a token and call with it. */
import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { type OrdersConfiguration } from '../config/orders.config.js';
import { documentScopes, OAUTH2_SCHEME } from './operation-scopes.js';

/**
 * Puts the page at /docs and the document at /docs-json, both public. "Authorize" asks the
 * authorization server's token endpoint from the browser, by CORS: the client secret goes to the one
 * server that may see it, not through this one.
 */
export function serveDocumentation(app: INestApplication, config: OrdersConfiguration): void {
  const scopes = documentScopes(app);
  const document = new DocumentBuilder()
    .setTitle('orders-service')
    .setDescription('A resource server of Keyward: orders that only their customer sees.')
    .setVersion('1')
    .addOAuth2(
      {
        type: 'oauth2',
        flows: {
          clientCredentials: {
            tokenUrl: config.tokenUrl,
            scopes: Object.fromEntries(scopes.map((scope) => [scope, ''])),
          },
        },
      },
      OAUTH2_SCHEME,
    )
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, document), {
    customSiteTitle: 'orders-service',
    raw: ['json'],
  });
}
