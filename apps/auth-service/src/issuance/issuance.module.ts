/** Signs tokens, and recognises the server's own. */
import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { AccessTokenIssuer } from './access-token.issuer.js';
import { AccessTokenVerifier } from './access-token.verifier.js';

@Module({
  imports: [KeysModule],
  providers: [AccessTokenIssuer, AccessTokenVerifier],
  exports: [AccessTokenIssuer, AccessTokenVerifier],
})
export class IssuanceModule {}
