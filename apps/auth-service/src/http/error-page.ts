/** Says to a person what {@link OAuthExceptionFilter} says to a client in JSON. */
import { type ErrorResponse } from '@keyward/oauth';
import { type FastifyReply } from 'fastify';
import { type ErrorPage, type PageRenderer } from '../views/page.renderer.js';

const MESSAGES: Readonly<Record<number, string>> = {
  404: 'There is no such page. Start again at the application that you came from.',
  405: 'This page cannot be used that way. Start again at the application that you came from.',
  429: 'Too many requests came from your network. Wait for a minute, and try again.',
  500: 'This is not your fault. Try again, and tell the reference to your support if it stays so.',
  503: 'Please try again in a moment.',
};

const REFUSED =
  'The application that sent you here made a request that cannot be answered. Its makers can help.';

/** The page of an error that the protocol has a code for. */
export function errorPageOf(
  status: number,
  { error, error_description: detail }: ErrorResponse,
  reference: string,
): ErrorPage {
  const message = MESSAGES[status] ?? REFUSED;
  // What a person can do is said already; the rest is for whoever builds the client.
  return { status, code: error, message, reference, ...(message === REFUSED && { detail }) };
}

/** Sends the page, or where the templates themselves fail, its bare text. */
export function sendErrorPage(
  pages: PageRenderer,
  reply: FastifyReply,
  page: ErrorPage,
  onTemplateError: (error: unknown) => void,
): void {
  try {
    pages.error(reply, page);
  } catch (error) {
    onTemplateError(error);
    void reply
      .status(page.status)
      .header('content-type', 'text/plain; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
      .send(`${page.message}\n\n${page.code}\n${page.reference}\n`);
  }
}
