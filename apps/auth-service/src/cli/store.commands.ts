/** `keyward migrate`, `doctor` and `restore-fence`: on the stores, with the environment of the server. */
import { Injectable } from '@nestjs/common';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandGroup, type Options, withExamples } from './command.group.js';
import { EXIT } from './exit.code.js';
import { Terminal } from './terminal.js';

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** Each is loaded when it is asked for: other commands need no driver of a database. */
@Injectable()
export class StoreCommands extends CommandGroup {
  constructor(terminal: Terminal) {
    super(terminal);
  }

  addTo(program: Command): void {
    this.answers(
      program
        .command('migrate')
        .description(
          'brings the schema up to date and ends, before the servers of a release start.\n' +
            'DATABASE_URL says where, by a role that owns the schema.',
        ),
      () => this.migrate(),
    );
    this.answers(
      withExamples(
        program
          .command('doctor')
          .description(
            'what of this deployment is not as the specifications want it; exit code 1 where an error is found',
          )
          .option('--offline', 'leave the stores alone'),
        'keyward doctor --offline --json',
      ),
      (options) => this.doctor(options),
    );
    this.answers(
      withExamples(
        program
          .command('restore-fence')
          .description(
            'after PostgreSQL was restored, and before auth-service starts on it: ends every session,\n' +
              'grant and access token of the restored data, so that nothing lives again that was revoked.\n' +
              'Without --yes it says what it would end, and changes nothing.',
          )
          .requiredOption('--backup-taken-at <time>', 'ISO 8601, not in the future', pastTimeOption)
          .option('--yes', 'do it'),
        'keyward restore-fence --backup-taken-at 2026-11-21T03:00:00Z --yes',
      ),
      (options) => this.restoreFence(options),
    );
  }

  private async migrate() {
    const { migrate } = await import('./local.migration.js');
    return migrate(process.env, (line) => this.terminal.complain(line));
  }

  private async doctor({ offline }: Options) {
    const [{ examine }, { diagnosisText }] = await Promise.all([
      import('./local.examination.js'),
      import('../doctor/diagnosis.js'),
    ]);
    const diagnoses = await examine(process.env, offline === true);
    const isIll = diagnoses.some(({ severity }) => severity === 'error');
    const exitCode = isIll ? EXIT.failed : EXIT.ok;
    return { text: diagnosisText(diagnoses).trimEnd(), json: diagnoses, exitCode };
  }

  private async restoreFence(options: Options) {
    const { fence } = await import('./local.fence.js');
    return fence(options['backupTakenAt'] as Date, options['yes'] === true);
  }
}

function pastTimeOption(text: string): Date {
  const time = new Date(text);
  if (ISO_TIME.test(text) && time.getTime() <= Date.now()) return time;
  throw new InvalidArgumentError('It must be an ISO 8601 time that is over.');
}
