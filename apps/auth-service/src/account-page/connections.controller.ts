/** Takes away what an account is linked to at other providers. */
import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { PageError } from '../http/page.error.js';
import { UpstreamIdentities } from '../upstream/upstream-identities.js';
import { AccountAccess } from './account.access.js';
import { AccountForm } from './account.form.js';
import { AccountPages } from './account.pages.js';
import { ACCOUNT_PATHS } from './account.paths.js';

/** The page that shows them. */
const PATH = ACCOUNT_PATHS.signInMethods;

@Controller(`${PATH}/connections`)
export class ConnectionsController {
  constructor(
    private readonly access: AccountAccess,
    private readonly forms: AccountForm,
    private readonly pages: AccountPages,
    private readonly identities: UpstreamIdentities,
  ) {}

  @Post(':identityId/removal')
  async remove(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('identityId') identityId: string,
  ): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH, 'fresh');
    if (visitor === null) return;
    this.forms.read(visitor, PATH);
    const { session, origin } = visitor;
    switch (await this.identities.unlink({ ...session, origin }, identityId)) {
      case 'unlinked':
        return this.pages.goBack(visitor, PATH, 'connection-removed');
      case 'lastWay':
        return this.pages.goBack(visitor, PATH, 'connection-needed');
      case 'unknown':
        throw new PageError(
          404,
          'invalid_request',
          'Your account is not connected to that. Nothing was done.',
          'a link that is not of the account that asks',
        );
    }
  }
}
