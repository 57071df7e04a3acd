/** Refresh tokens: issued, rotated, and ended with their grants. */
import { hkdfSync } from 'node:crypto';
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { GrantModule } from '../grant/grant.module.js';
import { loadDevelopmentKey } from '../keys/development-key.file.js';
import { RelayModule } from '../revocation/relay.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { GrantTermsCache } from './grant-terms.cache.js';
import { RefreshKeyCheck } from './refresh-key.check.js';
import { RefreshRefusal } from './refresh.refusal.js';
import { RefreshTokenCodec } from './refresh-token.codec.js';
import { REFRESH_TOKEN_KEY_BYTES, RefreshTokenKeys } from './refresh-token.keys.js';
import { RefreshTokenRotation } from './refresh-token.rotation.js';
import { RefreshTokenService } from './refresh-token.service.js';
import { RotationCheckpoints } from './rotation.checkpoints.js';
import { RotationRevocation } from './rotation.revocation.js';
import { UnauthenticTokenLog } from './unauthentic.log.js';

/** Production names its keys; elsewhere the one is derived that nobody has to name. */
function keysOf({ refreshTokenKeys, keyEncryptionKeys, dataDirectory }: TokenConfig) {
  if (refreshTokenKeys !== undefined) return new RefreshTokenKeys(refreshTokenKeys);
  // The oldest, so that a new version leaves the tokens alone.
  const oldest = keyEncryptionKeys?.get(Math.min(...keyEncryptionKeys.keys()));
  const secret = oldest ?? loadDevelopmentKey(dataDirectory);
  const context = 'keyward/refresh-key/1';
  const derived = hkdfSync('sha256', secret, '', context, REFRESH_TOKEN_KEY_BYTES);
  return new RefreshTokenKeys(new Map([[1, Buffer.from(derived)]]));
}

@Module({
  imports: [StorageModule, AuditModule, GrantModule, RelayModule],
  providers: [
    { provide: RefreshTokenKeys, inject: [tokenConfig.KEY], useFactory: keysOf },
    RefreshTokenCodec,
    RefreshKeyCheck,
    GrantTermsCache,
    RotationCheckpoints,
    RotationRevocation,
    RefreshRefusal,
    UnauthenticTokenLog,
    RefreshTokenService,
    RefreshTokenRotation,
  ],
  exports: [RefreshTokenKeys, RefreshTokenService, RefreshTokenRotation],
})
export class RefreshTokenModule {}
