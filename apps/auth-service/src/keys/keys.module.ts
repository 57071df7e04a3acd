/** Signing keys: held, published, encrypted at rest. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { Clock } from './clock.js';
import { loadDevelopmentKey } from './development-key.file.js';
import { EnvironmentKeyEncryption } from './environment.key-encryption.js';
import { JwksController } from './jwks.controller.js';
import { KeyEncryption } from './key-encryption.js';
import { KeyRing } from './key.ring.js';
import { KeyRotation } from './key.rotation.js';
import { SigningKeyCipher } from './signing-key.cipher.js';

@Module({
  imports: [StorageModule],
  controllers: [JwksController],
  providers: [
    Clock,
    KeyRing,
    KeyRotation,
    SigningKeyCipher,
    {
      provide: KeyEncryption,
      inject: [tokenConfig.KEY],
      useFactory: ({ keyEncryptionKeys, dataDirectory }: TokenConfig) =>
        new EnvironmentKeyEncryption(
          keyEncryptionKeys ?? new Map([[1, loadDevelopmentKey(dataDirectory)]]),
        ),
    },
  ],
  exports: [KeyRing, KeyRotation, SigningKeyCipher, KeyEncryption],
})
export class KeysModule {}
