/** The template engine: Liquid, which escapes what it prints and runs no code of the template. */
import { Inject, Injectable } from '@nestjs/common';
import { Liquid } from 'liquidjs';
import { StartupError } from '../config/startup.error.js';
import { ViewFiles } from './view.files.js';

/** Renders templates by name. */
@Injectable()
export class PageTemplates {
  private readonly engine: Liquid;

  /** @throws StartupError for a template that is not valid Liquid: no person is to find that out */
  constructor(@Inject(ViewFiles) files: ViewFiles) {
    this.engine = new Liquid({
      templates: Object.fromEntries(files.templates),
      outputEscape: 'escape',
      ownPropertyOnly: true,
      strictFilters: true,
      strictVariables: true,
      jsTruthy: true,
    });
    this.engine.registerFilter('asset', (name: unknown) => {
      const asset = files.assets.get(String(name));
      if (asset === undefined) throw new Error(`there is no asset ${String(name)}`);
      return asset.path;
    });
    for (const name of files.templates.keys()) {
      try {
        this.engine.parseFileSync(name);
      } catch (error) {
        throw new StartupError(`the template ${name} cannot be used: ${messageOf(error)}`);
      }
    }
  }

  /** @throws Error where the template asks for a variable or an asset that is not there */
  render(name: string, model: object): string {
    return String(this.engine.renderFileSync(name, model));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
