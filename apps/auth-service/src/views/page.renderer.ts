/** Port: the pages. A team that brands them replaces the templates, not the flow. */
import { type FastifyReply } from 'fastify';
import { type Client } from '../client/client.js';

/** Why a page is shown instead of an answer to the client. */
export interface ErrorPage {
  readonly status: number;
  /** The RFC's code, small print for whoever builds the client. */
  readonly code: string;
  /** One sentence for the person. */
  readonly message: string;
  /** By which the operator finds the reason. */
  readonly reference: string;
}

/** What a form_post response posts (OAuth 2.0 Form Post Response Mode). */
export interface FormPostPage {
  readonly redirectUri: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly client: Pick<Client, 'name' | 'logoUri'>;
}

/** Sends whole pages, each with its Content-Security-Policy and `no-store`. */
export abstract class PageRenderer {
  abstract error(reply: FastifyReply, page: ErrorPage): void;
  /** Works without JavaScript: a button posts the form. */
  abstract formPost(reply: FastifyReply, page: FormPostPage): void;
}
