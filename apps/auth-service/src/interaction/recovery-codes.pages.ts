/** Shows a person new recovery codes, once, on the way to where they were going. */
import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { RecoveryCodes } from '../factor/recovery.codes.js';
import { FactorPages } from '../views/factor.pages.js';
import { type OpenInteraction } from './open.interaction.js';

@Injectable()
export class RecoveryCodesPages {
  constructor(
    private readonly recoveryCodes: RecoveryCodes,
    private readonly pages: FactorPages,
  ) {}

  /**
   * @param continuePath where the page leads
   * @throws TemporarilyUnavailableError where the codes cannot be recorded
   */
  async show(
    reply: FastifyReply,
    { client, interaction }: OpenInteraction,
    accountId: string,
    continuePath: string,
  ): Promise<void> {
    const codes = await this.recoveryCodes.replace(accountId);
    const { redirectUri } = interaction.request;
    this.pages.recoveryCodes(reply, { client, redirectUri, codes, continuePath });
  }
}
