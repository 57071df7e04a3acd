/** Signing keys: held, published, encrypted at rest, or in a signer of their own. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { signingKeyConfig } from '../config/signing-key.config.js';
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { StorageModule } from '../storage/storage.module.js';
import { Clock } from './clock.js';
import { loadDevelopmentKey } from './development-key.file.js';
import { EnvironmentKeyEncryption } from './environment.key-encryption.js';
import { JwksController } from './jwks.controller.js';
import { KeyAudit } from './key.audit.js';
import { KeyEncryption } from './key-encryption.js';
import { KeyImport } from './key.import.js';
import { KeyPoll } from './key.poll.js';
import { KeyReader } from './key.reader.js';
import { KeyRing } from './key.ring.js';
import { KeyRotation } from './key.rotation.js';
import { KeyTimes } from './key.times.js';
import { KeyWork } from './key.work.js';
import { RowSigner } from './row.signer.js';
import { configuredSigners, Signers } from './signers.js';
import { SigningKeyVault } from './signing-key.vault.js';
import { SocketSigner, socketSignerOf } from './socket.signer.js';

@Module({
  imports: [StorageModule, AuditModule],
  controllers: [JwksController],
  providers: [
    Clock,
    KeyAudit,
    KeyImport,
    KeyPoll,
    KeyReader,
    KeyRing,
    KeyRotation,
    KeyTimes,
    KeyWork,
    RowSigner,
    SigningKeyVault,
    {
      provide: KeyEncryption,
      inject: [tokenConfig.KEY],
      useFactory: ({ keyEncryptionKeys, dataDirectory }: TokenConfig) =>
        new EnvironmentKeyEncryption(
          keyEncryptionKeys ?? new Map([[1, loadDevelopmentKey(dataDirectory)]]),
        ),
    },
    { provide: SocketSigner, inject: [signingKeyConfig.KEY], useFactory: socketSignerOf },
    {
      provide: Signers,
      inject: [RowSigner, SocketSigner, signingKeyConfig.KEY],
      useFactory: configuredSigners,
    },
  ],
  exports: [KeyRing, KeyRotation, KeyImport, KeyEncryption],
})
export class KeysModule {}
