/** The scopes of this service, declared once: a misspelt one neither compiles nor starts. */
import { defineScopes } from '@keyward/auth';

export const PAYMENTS_SCOPES = defineScopes({
  'payments:read': 'See your payments',
  'payments:write': 'Pay for your orders',
});

declare module '@keyward/auth' {
  interface DeclaredScopes {
    payments: typeof PAYMENTS_SCOPES;
  }
}
