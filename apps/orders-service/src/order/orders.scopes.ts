/** The scopes of this service, declared once: a misspelt one neither compiles nor starts. */
import { defineScopes } from '@keyward/auth';

export const ORDERS_SCOPES = defineScopes({
  'orders:read': 'See your orders',
  'orders:write': 'Place, change and remove your orders',
});

declare module '@keyward/auth' {
  interface DeclaredScopes {
    orders: typeof ORDERS_SCOPES;
  }
}
