import { Controller, Delete, Module } from '@nestjs/common';
import { AuthModule, defineScopes, Scopes, StepUp } from '@keyward/auth';

const ACCOUNT_SCOPES = defineScopes({ 'account:delete': 'Delete your account' });

@Controller('account')
class AccountController {
  @Delete()
  @Scopes('account:delete')
  @StepUp({ acr: ['urn:example:mfa', 'urn:example:passkey'], maxAgeSeconds: 300 })
  remove() {
    return { removed: true };
  }
}

const resource = 'https://accounts.example.com';
@Module({
  imports: [
    AuthModule.forRoot({
      trusts: [{ issuer: 'https://login.example.com', audience: resource }],
      protectedResource: { resource, name: 'Accounts' },
      scopes: ACCOUNT_SCOPES,
    }),
  ],
  controllers: [AccountController],
})
export class AccountModule {}
