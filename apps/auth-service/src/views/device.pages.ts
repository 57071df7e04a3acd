/** The pages on which a person lets a device in. */
import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type TimeOnPage } from '../account-page/local.time.js';
import { type DescribedDetail } from '../authorization-details/authorization-details.describer.js';
import { type Client } from '../client/client.js';
import { type AccountOnPage, type PermissionGroup } from './interaction.pages.js';
import { accountModel, clientModel, logoOf, waitingTime } from './page.models.js';
import { PageSender, STAYS_HERE } from './page.sender.js';

interface FormOnPage {
  readonly account: AccountOnPage;
  /** Where the form posts. */
  readonly action: string;
  /** Goes back with the form as `form_token`. */
  readonly formToken: string;
}

/** Why a code is asked for again. The template has the words. */
export type DeviceCodeProblem =
  | { readonly kind: 'malformed' | 'unknown' }
  | { readonly kind: 'braked'; readonly retryAfterSeconds: number };

/** Asks for the code that a device shows. */
export interface DeviceCodePage extends FormOnPage {
  /** What the field begins with. */
  readonly userCode: string | null;
  readonly problem: DeviceCodeProblem | null;
}

/** Asks whether a device gets what it asks for. */
export interface DeviceConfirmationPage extends FormOnPage {
  readonly client: Pick<Client, 'name' | 'logoUri'>;
  /** As the device shows it. */
  readonly userCode: string;
  /** When the device asked. */
  readonly asked: TimeOnPage;
  /** From where. */
  readonly address: string;
  /** Whether the browser has the same address. */
  readonly isHere: boolean;
  readonly permissions: readonly PermissionGroup[];
  readonly details: readonly DescribedDetail[];
  /** Whether it was allowed without having compared the codes. */
  readonly isUnconfirmed: boolean;
}

/** Says what was decided. */
export interface DeviceDonePage {
  readonly client: Pick<Client, 'name' | 'logoUri'>;
  readonly isAllowed: boolean;
  /** Where it can be ended. */
  readonly placesPath: string;
}

@Injectable()
export class DevicePages {
  constructor(private readonly sender: PageSender) {}

  /** Answered 200, or 429 with Retry-After to someone who is to wait. */
  code(reply: FastifyReply, page: DeviceCodePage): void {
    const braked = page.problem?.kind === 'braked' ? page.problem : null;
    if (braked !== null) void reply.header('retry-after', String(braked.retryAfterSeconds));
    this.sender.send(reply, braked === null ? 200 : 429, 'device', STAYS_HERE, {
      ...page,
      account: accountModel(page.account),
      problem: page.problem?.kind ?? null,
      wait: braked === null ? null : waitingTime(braked.retryAfterSeconds),
    });
  }

  confirmation(reply: FastifyReply, page: DeviceConfirmationPage): void {
    this.sender.send(reply, 200, 'device-confirmation', needsOf(page), {
      ...page,
      account: accountModel(page.account),
      client: clientModel(page.client),
    });
  }

  done(reply: FastifyReply, page: DeviceDonePage): void {
    const model = { ...page, client: clientModel(page.client) };
    this.sender.send(reply, 200, 'device-done', needsOf(page), model);
  }

  /** The same for every code that is of no use, whosever it is. */
  gone(reply: FastifyReply, devicePath: string): void {
    this.sender.send(reply, 404, 'device-gone', STAYS_HERE, { devicePath });
  }
}

function needsOf({ client }: { readonly client: Pick<Client, 'name' | 'logoUri'> }) {
  return { ...STAYS_HERE, logo: logoOf(client) };
}
