/** How the administration API is protected: by the library, as any other resource server is. */
import { applyDecorators, UseFilters, UseGuards } from '@nestjs/common';
import {
  ApplicationGuard,
  type AuthModuleOptions,
  BearerExceptionFilter,
  type Principal,
} from '@keyward/auth';
import { type Observability } from '@keyward/observability';
import { ADMINISTRATION_PATH } from '@keyward/oauth';
import { SIGNING_ALGORITHMS } from '../config/environment.schema.js';
import { type ServerConfig } from '../config/server.config.js';
import { acceptsClientCertificates, type TlsConfig } from '../config/tls.config.js';
import { type TokenConfig } from '../config/token.config.js';
import { type KeyRing } from '../keys/key.ring.js';
import { type RefreshTokenKeys } from '../refresh-token/refresh-token.keys.js';
import { nonceOptions } from '../sender-constraint/dpop-nonce.keys.js';
import { SingleUseProofReplayStore } from '../sender-constraint/single-use-proof-replay.store.js';
import { type SingleUseStore } from '../single-use/single-use.store.js';
import { LiveTokenGuard } from './live-token.guard.js';
import { OwnKeys } from './own.keys.js';

/**
 * The administration API is a resource that a deployment declares, with the scopes that it gives out:
 * where none is declared there is no token for it, and nobody gets in.
 */
export function administrationOptions(
  { issuer, trustedProxies }: ServerConfig,
  tls: TlsConfig,
  { dpopNonce }: TokenConfig,
  ring: KeyRing,
  used: SingleUseStore,
  keys: RefreshTokenKeys,
  observability: Observability,
): AuthModuleOptions {
  const { certificateHeader, verifiedHeader } = tls;
  return {
    ...observability.authOptions,
    trusts: [
      {
        issuer,
        audience: `${issuer}${ADMINISTRATION_PATH}`,
        algorithms: SIGNING_ALGORITHMS,
        keySource: new OwnKeys(ring),
        clockToleranceSeconds: 0,
      },
    ],
    // The other endpoints have ways of their own to know their callers: no token opens those.
    routeAudit: 'off',
    dpop: {
      publicUrl: issuer,
      replays: new SingleUseProofReplayStore(used),
      ...(dpopNonce === 'required' && { nonces: nonceOptions(keys) }),
    },
    ...(acceptsClientCertificates(tls) && {
      clientCertificates: {
        trustedProxies,
        ...(certificateHeader !== null && { header: certificateHeader }),
        ...(verifiedHeader !== null && { verifiedHeader }),
      },
    }),
  };
}

/** Puts a controller behind the guards. Who may call what is said by `@Scopes` at its handlers. */
export function Administration(): ClassDecorator {
  return applyDecorators(
    UseGuards(ApplicationGuard, LiveTokenGuard),
    UseFilters(BearerExceptionFilter),
  );
}

/** Who it is, for the audit. */
export function administratorOf({ grantId, subject, clientId = '' }: Principal): string {
  return grantId === undefined ? `client ${clientId}` : `account ${subject}`;
}
