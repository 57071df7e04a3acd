/** `npm run configuration`: writes the section of each service in docs/configuration.md. */
import '../apps/auth-service/src/configuration.ts';
import '../apps/orders-service/src/configuration.ts';
import '../apps/payments-service/src/configuration.ts';
import '../apps/storefront/src/configuration.ts';
