/** Serves the OpenAPI document. */
import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describeSecurity } from '@keyward/auth';
import { type PaymentsConfiguration } from '../config/payments.config.js';

/** Puts the document at /docs-json, public; services call this one, so there is no page to click in. */
export function serveDocumentation(app: INestApplication, config: PaymentsConfiguration): void {
  const base = new DocumentBuilder()
    .setTitle('payments-service')
    .setDescription('A resource server of Keyward: payments for orders, called by other services.')
    .setVersion('1')
    .build();
  const document = SwaggerModule.createDocument(app, base);
  describeSecurity(app, document, { flows: { [config.issuer]: { tokenUrl: config.tokenUrl } } });
  SwaggerModule.setup('docs', app, document, { ui: false, raw: ['json'] });
}
