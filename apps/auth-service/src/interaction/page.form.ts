/** Reads a form of one of our own pages, and refuses every other one. */
import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { FormParameters } from '../http/form.parser.js';
import { PageError } from '../http/page.error.js';
import { originOf } from '../http/request.origin.js';
import { BrowserCookie } from './browser.cookie.js';

/** Reads forms, the anti-CSRF token first. */
@Injectable()
export class PageForm {
  constructor(
    private readonly browsers: BrowserCookie,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * @param context the one that the page's token was made for
   * @param shown the client on whose behalf the page was shown, where there is one, and what the
   *   person is told to do
   * @throws PageError for a form of another page, browser or site; audited
   * @throws InvalidRequestError for a body that is no form
   */
  read(
    request: FastifyRequest,
    context: string,
    shown: { readonly clientId?: string; readonly startAgain: string },
  ): FormParameters {
    const form = FormParameters.parse(request.body);
    if (this.browsers.isFormToken(request, context, form.single('form_token'))) return form;
    this.audit.record({
      origin: originOf(request),
      type: 'form.refused',
      outcome: 'failure',
      reason: 'not a form of this page in this browser',
      ...(shown.clientId !== undefined && { clientId: shown.clientId }),
    });
    throw new PageError(
      403,
      'invalid_request',
      `This form did not come from the page that it belongs to. Nothing was done. ${shown.startAgain}`,
      'the form token or the origin of the post does not match',
    );
  }
}
