/** Reads a form of a page, and refuses it where it is not one of our own pages in this browser. */
import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { FormParameters } from '../http/form.parser.js';
import { PageError } from '../http/page.error.js';
import { BrowserCookie } from './browser.cookie.js';
import { type Interaction } from './interaction.js';

/** Reads forms, the anti-CSRF token first. */
@Injectable()
export class InteractionForm {
  constructor(
    private readonly browsers: BrowserCookie,
    private readonly audit: AuditTrail,
  ) {}

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
    const form = FormParameters.parse(request.body);
    if (this.browsers.isFormToken(request, context, form.single('form_token'))) return form;
    this.audit.record({
      type: 'form.refused',
      outcome: 'failure',
      reason: 'not a form of this page in this browser',
      clientId,
    });
    throw new PageError(
      403,
      'invalid_request',
      'This form did not come from the page that it belongs to. Nothing was done. Start again at the ' +
        'application that you came from.',
      'the form token or the origin of the post does not match',
    );
  }
}
