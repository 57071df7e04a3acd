/** The JWK Set document (RFC 7517 section 5): what resource servers verify with. */
import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { signingKeyConfig, type SigningKeyConfig } from '../config/signing-key.config.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { KeyRing } from './key.ring.js';

@Controller(ENDPOINT_PATHS.jwks)
export class JwksController {
  private readonly cacheControl: string;

  constructor(
    private readonly keys: KeyRing,
    @Inject(signingKeyConfig.KEY) { jwksMaxAgeSeconds }: SigningKeyConfig,
  ) {
    // The same at every moment: a key that is to sign next has long been in the set.
    this.cacheControl = `public, max-age=${jwksMaxAgeSeconds}`;
  }

  /** @see RFC 9110 section 13.1.2 for If-None-Match */
  @Get()
  jwks(
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string | undefined {
    const { body, etag } = this.keys.published();
    void reply
      .header('cache-control', this.cacheControl)
      .header('etag', etag)
      .header('content-type', 'application/json; charset=utf-8');
    if (!matches(ifNoneMatch, etag)) return body;
    void reply.status(304);
    return undefined;
  }
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  const candidates = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return candidates.includes(etag) || candidates.includes('*');
}
