/** The texts of mails: Liquid templates that a team may replace, as it may the pages. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Inject, Injectable } from '@nestjs/common';
import { Liquid } from 'liquidjs';
import { StartupError } from '../config/startup.error.js';
import { viewsConfig, type ViewsConfig } from '../config/views.config.js';
import { type Mail } from './mailer.js';

// The same place from the source and from the build.
const OWN_DIRECTORY = fileURLToPath(new URL('../../views/mails/', import.meta.url));
const ENDING = '.txt';
const SUBJECT = /^Subject: (\S[^\n]*)\n\n/;

/** Plain text: nothing is escaped, and what is printed is kept to one line. */
@Injectable()
export class MailTemplates {
  private readonly engine: Liquid;

  /** @throws StartupError for a template that is not valid Liquid, or without its first line */
  constructor(@Inject(viewsConfig.KEY) { overlayDirectory }: ViewsConfig) {
    const texts = readTexts(OWN_DIRECTORY);
    if (overlayDirectory !== undefined) {
      Object.assign(texts, readTexts(join(overlayDirectory, 'mails')));
    }
    this.engine = new Liquid({
      templates: texts,
      outputEscape: (value) => String(value).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '),
      ownPropertyOnly: true,
      strictFilters: true,
      strictVariables: true,
      jsTruthy: true,
    });
    for (const [name, text] of Object.entries(texts)) {
      if (!SUBJECT.test(text))
        throw unusable(name, 'it must begin with "Subject: " and an empty line');
      try {
        this.engine.parseFileSync(name);
      } catch (error) {
        throw unusable(name, error instanceof Error ? error.message : String(error));
      }
    }
  }

  /**
   * @param name of the template, without its ending
   * @throws Error where the template asks for a variable that is not there
   */
  render(name: string, model: object): Omit<Mail, 'to'> {
    const text = String(this.engine.renderFileSync(`${name}${ENDING}`, model));
    const [head = '', subject = ''] = SUBJECT.exec(text) ?? [];
    return { subject, text: text.slice(head.length) };
  }
}

function readTexts(directory: string): Record<string, string> {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith(ENDING));
    return Object.fromEntries(
      names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
    );
  } catch (error) {
    // A team that brands pages need not brand mails.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new StartupError(`the mails in ${directory} cannot be read: ${String(error)}`);
  }
}

function unusable(name: string, reason: string): StartupError {
  return new StartupError(`the mail ${name} cannot be used: ${reason}`);
}
