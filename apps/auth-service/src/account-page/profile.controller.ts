/** The page on which people see what is known of them. */
import { Controller, Get, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AccountAccess } from './account.access.js';
import { AccountPages } from './account.pages.js';
import { ACCOUNT_PATHS } from './account.paths.js';

@Controller(ACCOUNT_PATHS.profile)
export class ProfileController {
  constructor(
    private readonly access: AccountAccess,
    private readonly pages: AccountPages,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, ACCOUNT_PATHS.profile);
    if (visitor === null) return;
    const { name, givenName, familyName, email, emailVerified } = visitor.account;
    this.pages.show(visitor, {
      template: 'account-profile',
      section: 'profile',
      model: { profile: { name, givenName, familyName, email, emailVerified } },
    });
  }
}
