/** Signing keys for an administrator: what there is, a rotation now, an end at once. */
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Req,
} from '@nestjs/common';
import { CurrentPrincipal, type Principal, Scopes } from '@keyward/auth';
import { ADMIN_KEYS_SCOPE, ADMINISTRATION_PATH, InvalidRequestError } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../config/environment.schema.js';
import { FormParameters } from '../http/form.parser.js';
import { originOf } from '../http/request.origin.js';
import { KeyRing } from '../keys/key.ring.js';
import { KeyRotation } from '../keys/key.rotation.js';
import { type SigningKeyEntry, SigningKeyStore } from '../keys/signing-key.store.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { Administration, administratorOf } from './administration.protection.js';

const MAX_REASON_LENGTH = 200;

/** Nothing of the private half, wherever it is, is ever read here. */
@Controller(`${ADMINISTRATION_PATH}/keys`)
@Administration()
@Scopes(ADMIN_KEYS_SCOPE)
export class SigningKeysController {
  constructor(
    private readonly store: SigningKeyStore,
    private readonly rotation: KeyRotation,
    private readonly revocations: RevocationService,
    private readonly ring: KeyRing,
  ) {}

  /** Every key that there ever was, the oldest first. */
  @Get()
  @Header('Cache-Control', 'no-store')
  async list() {
    return { keys: (await this.store.list()).map(toJson) };
  }

  /**
   * The standby takes over as soon as it was published for its lead.
   * @throws InvalidRequestError for an algorithm that nothing is signed by here
   */
  @Post('rotate')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async rotate(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Body() body: unknown,
  ) {
    const by = administratorOf(principal);
    const algorithm = algorithmOf(FormParameters.parse(body).single('algorithm'));
    const order = { by, origin: originOf(request), algorithm };
    const takesOverAt = await this.rotation.rotateNow(order).catch((error: unknown) => {
      if (error instanceof RangeError) throw new InvalidRequestError(error.message);
      throw error;
    });
    await this.ring.refresh();
    return { takes_over_at: takesOverAt.toISOString() };
  }

  /** With every token that it signed; resource servers hear of it by the feed. Bears repetition. */
  @Post(':kid/revoke')
  @HttpCode(204)
  async revoke(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('kid') kid: string,
    @Body() body: unknown,
  ): Promise<void> {
    const by = administratorOf(principal);
    const known = (await this.store.list()).some((key) => key.kid === kid);
    if (!known) throw new NotFoundException();
    const reason = FormParameters.parse(body).single('reason') ?? 'revoked by hand';
    const cause = { reason: reason.slice(0, MAX_REASON_LENGTH), by };
    await this.revocations.revokeKey(kid, cause, originOf(request));
    // Other replicas hear of it; this one must not sign with it once it has answered.
    await this.ring.renew();
  }
}

function algorithmOf(value: string | null): SigningAlgorithm | undefined {
  if (value === null) return undefined;
  const algorithm = SIGNING_ALGORITHMS.find((known) => known === value);
  if (algorithm === undefined) throw new InvalidRequestError('the algorithm is not known here');
  return algorithm;
}

function toJson(key: SigningKeyEntry) {
  return {
    kid: key.kid,
    algorithm: key.algorithm,
    status: key.status,
    sign_from: key.signFrom.toISOString(),
    sign_until: key.signUntil?.toISOString() ?? null,
    signer: key.signer,
    created_at: key.createdAt.toISOString(),
  };
}
