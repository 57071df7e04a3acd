/** Signs tokens, and recognises the server's own. */
import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { AccessTokenIssuer } from './access-token.issuer.js';
import { AccessTokenVerifier } from './access-token.verifier.js';
import { IdTokenIssuer } from './id-token.issuer.js';
import { IdTokenVerifier } from './id-token.verifier.js';
import { RecipientKeys } from './recipient.keys.js';
import { TokenAlgorithms } from './token.algorithms.js';
import { TokenAudiences } from './token.audiences.js';
import { TokenEncryption } from './token.encryption.js';

const TOKENS = [AccessTokenIssuer, AccessTokenVerifier, IdTokenIssuer, IdTokenVerifier];

@Module({
  imports: [KeysModule, OutboundModule, StorageModule],
  providers: [RecipientKeys, TokenAlgorithms, TokenAudiences, TokenEncryption, ...TOKENS],
  exports: [TokenAlgorithms, TokenAudiences, TokenEncryption, ...TOKENS],
})
export class IssuanceModule {}
