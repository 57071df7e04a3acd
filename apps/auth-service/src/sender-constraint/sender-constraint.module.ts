/** Proof of possession: what tokens are bound to, and whether whoever presents one has it. */
import { Module } from '@nestjs/common';
import {
  CertificateConfirmation,
  type ConfirmationMethod,
  DpopNonces,
  DpopProofVerifier,
  SenderCheck,
} from '@keyward/auth';
import { type FastifyRequest } from 'fastify';
import { AuditModule } from '../audit/audit.module.js';
import { ClientCertificates } from '../client-certificate/client-certificates.js';
import { ClientCertificateModule } from '../client-certificate/client-certificate.module.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { RefreshTokenKeys } from '../refresh-token/refresh-token.keys.js';
import { RefreshTokenModule } from '../refresh-token/refresh-token.module.js';
import { SingleUseStore } from '../single-use/single-use.store.js';
import { StorageModule } from '../storage/storage.module.js';
import { nonceOptions } from './dpop-nonce.keys.js';
import { DpopProofs } from './dpop.proofs.js';
import { SenderConstraint } from './sender-constraint.js';
import { TokenSender } from './token.sender.js';
import { SingleUseProofReplayStore } from './single-use-proof-replay.store.js';

/** `cnf` member `x5t#S256` of a token that comes to this server as to a resource. */
function byCertificate(certificates: ClientCertificates): ConfirmationMethod {
  return new CertificateConfirmation({
    find: (request) => certificates.of(request as FastifyRequest),
  });
}

/** `cnf.jkt` of a token that comes to this server as to a resource. */
function byDpop(dpop: DpopProofs): ConfirmationMethod {
  return {
    member: 'jkt',
    scheme: 'DPoP',
    confirm: (request, accessToken, jkt) =>
      dpop.confirm(request as FastifyRequest, { accessToken, jkt }),
  };
}

@Module({
  imports: [StorageModule, AuditModule, ClientCertificateModule, RefreshTokenModule],
  providers: [
    {
      provide: DpopProofs,
      inject: [serverConfig.KEY, tokenConfig.KEY, SingleUseStore, RefreshTokenKeys],
      useFactory: (
        server: ServerConfig,
        { dpopNonce }: TokenConfig,
        used: SingleUseStore,
        keys: RefreshTokenKeys,
      ) => {
        const replays = new SingleUseProofReplayStore(used);
        const nonces = dpopNonce === 'required' ? new DpopNonces(nonceOptions(keys)) : undefined;
        return new DpopProofs(new DpopProofVerifier({ replays, nonces }), server);
      },
    },
    {
      provide: TokenSender,
      inject: [DpopProofs, ClientCertificates],
      useFactory: (dpop: DpopProofs, certificates: ClientCertificates) =>
        new TokenSender(new SenderCheck([byCertificate(certificates), byDpop(dpop)])),
    },
    SenderConstraint,
  ],
  exports: [SenderConstraint, TokenSender],
})
export class SenderConstraintModule {}
