/** Sends a page: a template's text, `no-store`, and headers that let it do nothing it does not need. */
import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { contentSecurityPolicy, type PageNeeds } from './content-security-policy.js';
import { type InteractionPage } from './interaction.pages.js';
import { logoOf } from './page.models.js';
import { PageTemplates } from './page.templates.js';

const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  // With `no-referrer` browsers would call the origin of our own forms `null`, like a foreign one's.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy':
    'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** A page that loads nothing foreign, and whose form stays with this server. */
export const STAYS_HERE: PageNeeds = { logo: null, redirectUri: null, submitsToClient: false };

@Injectable()
export class PageSender {
  constructor(private readonly templates: PageTemplates) {}

  /** @param name of the template, without its ending */
  send(reply: FastifyReply, status: number, name: string, needs: PageNeeds, model: object): void {
    const html = this.templates.render(`${name}.html`, model);
    void reply
      .status(status)
      .headers({ ...HEADERS, 'content-security-policy': contentSecurityPolicy(needs) })
      .send(html);
  }
}

/** What a page of an interaction needs: the client's logo, and the way back to it. */
export function needsOf(page: Pick<InteractionPage, 'client' | 'redirectUri'>): PageNeeds {
  return { logo: logoOf(page.client), redirectUri: page.redirectUri, submitsToClient: false };
}
