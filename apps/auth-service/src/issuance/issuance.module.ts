/** Signs tokens, and recognises the server's own. */
import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { AccessTokenIssuer } from './access-token.issuer.js';
import { AccessTokenVerifier } from './access-token.verifier.js';
import { IdTokenIssuer } from './id-token.issuer.js';
import { IdTokenVerifier } from './id-token.verifier.js';

const TOKENS = [AccessTokenIssuer, AccessTokenVerifier, IdTokenIssuer, IdTokenVerifier];

@Module({ imports: [KeysModule], providers: TOKENS, exports: TOKENS })
export class IssuanceModule {}
