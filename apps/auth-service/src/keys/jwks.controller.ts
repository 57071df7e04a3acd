/** The JWK Set document (RFC 7517 section 5): what resource servers verify with. */
import { Controller, Get, Header, Headers, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { KeyRing } from './key.ring.js';

/** How long a resource server may keep the set; a new key is published far longer ahead. */
export const JWKS_MAX_AGE_SECONDS = 300;

@Controller(ENDPOINT_PATHS.jwks)
export class JwksController {
  constructor(private readonly keys: KeyRing) {}

  /** @see RFC 9110 section 13.1.2 for If-None-Match */
  @Get()
  @Header('Cache-Control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`)
  jwks(
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string | undefined {
    const { body, etag } = this.keys.published();
    void reply.header('etag', etag).header('content-type', 'application/json; charset=utf-8');
    if (!matches(ifNoneMatch, etag)) return body;
    void reply.status(304);
    return undefined;
  }
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  const candidates = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return candidates.includes(etag) || candidates.includes('*');
}
