/** Sends the pages. A team that brands them replaces the templates, not the flow. */
import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type Client } from '../client/client.js';
import { isLoopbackHost } from '../client/client-uri.rules.js';
import {
  type ConsentPage,
  type LinkAccountPage,
  type SelectAccountPage,
  type SignInPage,
} from './interaction.pages.js';
import { accountModel, clientModel, logoOf, returnTarget, waitingTime } from './page.models.js';
import { needsOf, PageSender, STAYS_HERE } from './page.sender.js';

// How soon it is worth another try with a provider that gave no answer.
const UPSTREAM_RETRY_SECONDS = 30;

/** Why a page is shown instead of an answer to the client. */
export interface ErrorPage {
  readonly status: number;
  /** The RFC's code, small print for whoever builds the client. */
  readonly code: string;
  /** One sentence for the person. */
  readonly message: string;
  /** One sentence for whoever builds the client. */
  readonly detail?: string;
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
  /** Where the answer to the form redirects to; null, the default, where it does not. */
  readonly redirectUri?: string | null;
}

/** Sends whole pages, each with its Content-Security-Policy and `no-store`. */
@Injectable()
export class PageRenderer {
  constructor(private readonly sender: PageSender) {}

  /**
   * Answered 200, 429 with Retry-After to someone who is to wait, or 503 where a provider is what they
   * have to wait for.
   */
  signIn(reply: FastifyReply, page: SignInPage): void {
    const braked = page.problem?.kind === 'braked' ? page.problem : null;
    const isUnavailable = page.problem?.kind === 'upstream-unavailable';
    const retryAfter = isUnavailable ? UPSTREAM_RETRY_SECONDS : braked?.retryAfterSeconds;
    if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
    const { upstreams = [] } = page;
    this.sender.send(
      reply,
      isUnavailable ? 503 : braked === null ? 200 : 429,
      'sign-in',
      {
        ...needsOf(page),
        alsoTo: upstreams.map(({ issuer }) => issuer),
        scripts: page.passkey !== null,
      },
      {
        forgotPasswordPath: null,
        asksPassword: true,
        link: null,
        ...page,
        upstreams,
        client: clientModel(page.client),
        problem: page.problem?.kind ?? null,
        wait: braked === null ? null : waitingTime(braked.retryAfterSeconds),
      },
    );
  }

  linkAccount(reply: FastifyReply, page: LinkAccountPage): void {
    this.sender.send(reply, 200, 'link-account', needsOf(page), {
      ...page,
      client: clientModel(page.client),
      account: accountModel(page.account),
    });
  }

  selectAccount(reply: FastifyReply, page: SelectAccountPage): void {
    this.sender.send(reply, 200, 'select-account', needsOf(page), {
      ...page,
      client: clientModel(page.client),
      account: accountModel(page.account),
    });
  }

  consent(reply: FastifyReply, page: ConsentPage): void {
    const { protocol, hostname } = new URL(page.redirectUri);
    this.sender.send(reply, 200, 'consent', needsOf(page), {
      stranger: null,
      ...page,
      toDevice: protocol === 'http:' && isLoopbackHost(hostname),
      client: clientModel(page.client),
      account: accountModel(page.account),
      returnTo: returnTarget(page.redirectUri),
    });
  }

  error(reply: FastifyReply, page: ErrorPage): void {
    this.sender.send(reply, page.status, 'error', STAYS_HERE, { detail: null, ...page });
  }

  /** Works without JavaScript: a button posts the form. */
  formPost(reply: FastifyReply, { redirectUri, parameters, client }: FormPostPage): void {
    const needs = { logo: logoOf(client), redirectUri, submitsToClient: true };
    this.sender.send(reply, 200, 'form-post', needs, {
      client: clientModel(client),
      action: redirectUri,
      parameters: Object.entries(parameters),
    });
  }

  /** One form with one button; leaving the page is the other choice. */
  signOutConfirmation(reply: FastifyReply, page: SignOutConfirmationPage): void {
    const { action, fields, client, redirectUri = null } = page;
    const logo = client === null ? null : logoOf(client);
    this.sender.send(
      reply,
      200,
      'sign-out',
      { logo, redirectUri, submitsToClient: false },
      {
        action,
        fields: Object.entries(fields),
        client: client === null ? null : clientModel(client),
      },
    );
  }

  /** Says that nobody is signed in in this browser any more. */
  signedOut(reply: FastifyReply): void {
    this.sender.send(reply, 200, 'signed-out', STAYS_HERE, {});
  }
}
