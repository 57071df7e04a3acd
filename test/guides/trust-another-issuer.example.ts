import { Controller, Get, Module } from '@nestjs/common';
import { AuthModule, CurrentPrincipal, Scopes, type Principal } from '@keyward/auth';

@Controller('payments')
class PaymentsController {
  @Get()
  @Scopes('payments:read')
  list(@CurrentPrincipal() { issuer, subject }: Principal) {
    // Two issuers may each have an "alice": a subject means nothing without its issuer.
    return { payerKey: JSON.stringify([issuer, subject]) };
  }
}

/** What differs from one place to the next. */
export interface Issuers {
  readonly own: string;
  readonly bank: string;
  readonly audience: string;
}

export function paymentsModule({ own, bank, audience }: Issuers) {
  @Module({
    imports: [
      AuthModule.forRoot({
        trusts: [
          { issuer: own, audience },
          {
            issuer: bank,
            // As the bank knows us: often another name than our own.
            audience: 'api://payments',
            algorithms: ['RS256'],
            // The bank calls its access tokens what it calls its ID tokens.
            typ: ['JWT', 'at+jwt'],
            requiredClaims: ['sub', 'iat', 'scp', 'azp'],
            claims: { scopes: ['scp'], clientId: ['azp'] },
            validate: ({ nonce }) => (nonce === undefined ? undefined : 'an ID token'),
          },
        ],
      }),
    ],
    controllers: [PaymentsController],
  })
  class PaymentsModule {}
  return PaymentsModule;
}
