/** Reads a form of an interaction's page, and refuses it where it is not one of ours in this browser. */
import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type FormParameters } from '../http/form.parser.js';
import { type Interaction } from './interaction.js';
import { PageForm } from './page.form.js';

/** Reads forms, the anti-CSRF token first. */
@Injectable()
export class InteractionForm {
  constructor(private readonly forms: PageForm) {}

  /**
   * @param context the one that the page's token was made for
   * @throws PageError for a form of another page, browser or site; audited
   * @throws InvalidRequestError for a body that is no form
   */
  read(
    request: FastifyRequest,
    { request: { clientId } }: Interaction,
    context: string,
  ): FormParameters {
    const startAgain = 'Start again at the application that you came from.';
    return this.forms.read(request, context, { clientId, startAgain });
  }
}
