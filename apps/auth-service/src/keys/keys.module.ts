/** Signing keys: held, published, encrypted at rest, or in a signer of their own. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { signingKeyConfig, type SigningKeyConfig } from '../config/signing-key.config.js';
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { StorageModule } from '../storage/storage.module.js';
import { Clock } from './clock.js';
import { loadDevelopmentKey } from './development-key.file.js';
import { EnvironmentKeyEncryption } from './environment.key-encryption.js';
import { JwksController } from './jwks.controller.js';
import { KeyAudit } from './key.audit.js';
import { KeyEncryption } from './key-encryption.js';
import { KeyPoll } from './key.poll.js';
import { KeyReader } from './key.reader.js';
import { KeyRing } from './key.ring.js';
import { KeyRotation } from './key.rotation.js';
import { KeyTimes } from './key.times.js';
import { KeyWork } from './key.work.js';
import { RowSigner } from './row.signer.js';
import { SignerSocket } from './signer.socket.js';
import { Signers } from './signers.js';
import { SigningKeyVault } from './signing-key.vault.js';
import { SocketSigner } from './socket.signer.js';

@Module({
  imports: [StorageModule, AuditModule],
  controllers: [JwksController],
  providers: [
    Clock,
    KeyAudit,
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
    {
      // Null where none is configured. Keys that it made before are opened by it whoever makes new ones.
      provide: SocketSigner,
      inject: [signingKeyConfig.KEY],
      useFactory: ({ signerSocket, signerTimeoutMs }: SigningKeyConfig) =>
        signerSocket === undefined
          ? null
          : new SocketSigner(new SignerSocket(signerSocket, signerTimeoutMs)),
    },
    {
      provide: Signers,
      inject: [RowSigner, SocketSigner, signingKeyConfig.KEY],
      useFactory: (row: RowSigner, socket: SocketSigner | null, { signer }: SigningKeyConfig) => {
        if (socket === null) return new Signers(row);
        return signer === 'socket' ? new Signers(socket, [row]) : new Signers(row, [socket]);
      },
    },
  ],
  exports: [KeyRing, KeyRotation, KeyEncryption],
})
export class KeysModule {}
