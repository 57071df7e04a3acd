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

/** Asks a person whether to sign out, where the request to do so may be anyone's. */
export interface SignOutConfirmationPage {
  /** Where the form posts. */
  readonly action: string;
  /** Hidden fields of the form, the anti-CSRF token included. */
  readonly fields: Readonly<Record<string, string>>;
  /** Who asks for the sign-out; null where that is not known. */
  readonly client: Pick<Client, 'name' | 'logoUri'> | null;
}

/** Sends whole pages, each with its Content-Security-Policy and `no-store`. */
export abstract class PageRenderer {
  abstract error(reply: FastifyReply, page: ErrorPage): void;
  /** Works without JavaScript: a button posts the form. */
  abstract formPost(reply: FastifyReply, page: FormPostPage): void;
  /** One form with one button; leaving the page is the other choice. */
  abstract signOutConfirmation(reply: FastifyReply, page: SignOutConfirmationPage): void;
  /** Says that nobody is signed in in this browser any more. */
  abstract signedOut(reply: FastifyReply): void;
}
