/** `keyward apply`: resources, scopes and clients as code. What the file names is made so; what it does not name is left alone. */
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { type Command } from 'commander';
import { AdministrationConnection } from '../administration.connection.js';
import { type ClientDescription, withCredentials } from '../client.description.js';
import { CommandUsageError } from '../command.error.js';
import { CommandGroup, type Options, textOption, withExamples } from '../command.group.js';
import { EXIT } from '../exit.code.js';
import { type Answer, Terminal } from '../terminal.js';
import { readText } from '../yaml.input.js';
import { plan, type Planned } from './apply.plan.js';
import { type Outcome, type Reported, reportJson, reportText } from './apply.report.js';
import { readDeclarations } from './declaration.file.js';

@Injectable()
export class ApplyCommand extends CommandGroup {
  constructor(
    terminal: Terminal,
    private readonly administration: AdministrationConnection,
  ) {
    super(terminal);
  }

  addTo(program: Command): void {
    this.answers(
      withExamples(
        program
          .command('apply')
          .description(
            'registers and changes resources and clients as a file says, one after another\n(scope admin:clients). ' +
              'What the file does not name is left alone.',
          )
          .argument(
            '<file>',
            'YAML or JSON: resources: [...], clients: [...]; - reads the standard input',
          )
          .option(
            '--dry-run',
            'print the difference and change nothing; exit code 3 where there is one',
          )
          .option(
            '--secrets-directory <path>',
            'where the secret of each new client is written, as <client_id>.secret (mode 0600)',
          ),
        'keyward apply clients.yaml --dry-run',
        'keyward apply clients.yaml --secrets-directory /run/secrets/new',
      ),
      (options, path: string) => this.apply(options, path),
    );
  }

  private async apply(options: Options, path: string): Promise<Answer> {
    const wanted = readDeclarations(await readText(path), path);
    const planned = await plan(this.administration, wanted);
    if (options['dryRun'] === true) {
      const clients = planned.map((client) => reported(client, 'pending'));
      const isPending = planned.some(({ action }) => action !== 'none');
      return answerOf(clients, isPending ? EXIT.pending : EXIT.ok);
    }
    const directory = textOption(options, 'secretsDirectory');
    const secretive = planned.filter(({ getsSecret }) => getsSecret);
    if (directory === undefined && secretive.length > 0) {
      const ids = secretive.map(({ id }) => id).join(', ');
      throw new CommandUsageError(
        `${ids} will have a new secret, which is told once`,
        'Say --secrets-directory. Nothing was done.',
      );
    }
    return this.carryOut(planned, directory);
  }

  /** Each client in one step of the server's; the first that fails is the last that is tried. */
  private async carryOut(
    planned: readonly Planned[],
    directory: string | undefined,
  ): Promise<Answer> {
    const clients: Reported[] = [];
    for (const client of planned) {
      try {
        if (client.action !== 'none') await this.write(client, directory);
        clients.push(reported(client, 'done'));
      } catch (error) {
        this.terminal.fail(error);
        const rest = planned.slice(clients.length + 1);
        clients.push(reported(client, 'failed'));
        clients.push(...rest.map((other) => reported(other, 'not_tried')));
        return {
          ...answerOf(clients, EXIT.failed),
          remark: `Stopped at ${client.kind} ${client.id}. What was done stays: mend it, and apply again.`,
        };
      }
    }
    return answerOf(clients, EXIT.ok);
  }

  private async write({ id, call, getsSecret }: Planned, directory = ''): Promise<void> {
    const options = getsSecret
      ? { secretFile: join(directory, `${encodeURIComponent(id)}.secret`) }
      : {};
    // What it answers is not shown: no secret is ever printed here.
    await withCredentials(
      options,
      () => id,
      () => this.administration.call<ClientDescription>(call),
    );
  }
}

function reported(client: Planned, outcome: Outcome): Reported {
  return { ...client, outcome: client.action === 'none' ? 'unchanged' : outcome };
}

function answerOf(clients: readonly Reported[], exitCode: Answer['exitCode']): Answer {
  return {
    text: reportText(clients),
    json: reportJson(clients),
    ...(exitCode !== undefined && { exitCode }),
  };
}
