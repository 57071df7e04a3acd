/** The revocation feed: server-sent events that tell resource servers which tokens are worthless. */
import { Controller, Get, Req, Res, UseFilters } from '@nestjs/common';
import { BearerExceptionFilter } from '@keyward/auth';
import { REVOCATIONS_PATH } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { FeedFollowers } from './feed.followers.js';
import { FollowerAuthenticator } from './follower.authenticator.js';

@Controller(REVOCATIONS_PATH)
@UseFilters(BearerExceptionFilter)
export class RevocationFeedController {
  constructor(
    private readonly authenticator: FollowerAuthenticator,
    private readonly followers: FeedFollowers,
  ) {}

  /**
   * Goes on until the token expires, is revoked, or the process stops; the follower comes back with
   * another one and its `Last-Event-ID`.
   *
   * @see HTML standard section 9.2
   */
  @Get()
  async follow(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const access = await this.authenticator.authenticate(request);
    const lastEventId = request.headers['last-event-id'];
    const from = await this.followers.prepare(
      access.identity.clientId,
      typeof lastEventId === 'string' ? lastEventId : null,
    );
    reply.hijack();
    reply.raw.writeHead(200, {
      'x-content-type-options': 'nosniff',
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    // A HEAD, which the framework brings here too, is answered by these headers: nothing would ever end it.
    if (request.method === 'HEAD') reply.raw.end();
    else this.followers.add(access, reply.raw, from);
  }
}
