/** `keyward keys`: signing keys, through the server or, with `--local`, on the stores themselves. */
import { Injectable } from '@nestjs/common';
import { type Command, InvalidArgumentError } from 'commander';
import { isSigningAlgorithm, SIGNING_ALGORITHMS } from '../config/environment.schema.js';
import { AdministrationConnection } from './administration.connection.js';
import { CommandGroup, type Options, textOption, withExamples } from './command.group.js';
import { LocalKeys } from './local.keys.js';
import { RemoteKeys } from './remote.keys.js';
import { Terminal } from './terminal.js';
import { textTable } from './text.table.js';

const ALGORITHM = ['--alg <algorithm>', SIGNING_ALGORITHMS.join(', '), algorithmOption] as const;
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

@Injectable()
export class KeysCommands extends CommandGroup {
  constructor(
    terminal: Terminal,
    private readonly administration: AdministrationConnection,
  ) {
    super(terminal);
  }

  addTo(program: Command): void {
    const keys = program
      .command('keys')
      .description('signing keys (scope admin:keys)')
      .option('--local', 'on the stores themselves, with the environment of the server');
    this.answers(
      keys.command('list').description('every key that there ever was, the oldest first'),
      (options) => this.list(options),
    );
    this.answers(
      keys
        .command('rotate')
        .description('lets the standby take over as soon as it was published for its lead')
        .option(...ALGORITHM),
      async (options) => {
        const takesOverAt = await this.keys(options).rotate(textOption(options, 'alg'));
        const text = `the standby takes over at ${takesOverAt}`;
        return { text, json: { takes_over_at: takesOverAt } };
      },
    );
    this.answers(
      keys
        .command('revoke')
        .description('ends a key at once, with every token that it signed')
        .argument('<kid>')
        .option('--reason <text>', 'for the audit record')
        .option('--yes', 'do not ask'),
      (options, kid: string) => this.revoke(options, kid),
    );
    this.answers(
      withExamples(
        keys
          .command('import')
          .description(
            'takes a private key of another issuer, as PEM or JWK; always on the stores.\n' +
              'KEYWARD_KEY_PASSPHRASE opens an encrypted one.',
          )
          .argument('<file>')
          .option(...ALGORITHM)
          .option('--kid <kid>', 'what its tokens call it, where that is not its thumbprint')
          .option('--verify-only-until <time>', 'published until then, never signs', timeOption),
        'keyward keys import legacy.pem --alg RS256 --kid legacy-1 --verify-only-until 2027-01-01T00:00:00Z',
      ),
      (options, path: string) => new LocalKeys().import(path, options),
    );
  }

  private keys(options: Options): LocalKeys | RemoteKeys {
    return options['local'] === true ? new LocalKeys() : new RemoteKeys(this.administration);
  }

  private async list(options: Options) {
    const found = await this.keys(options).list();
    const text = textTable(
      found,
      {
        kid: (key) => key.kid,
        algorithm: (key) => key.algorithm,
        status: (key) => key.status,
        'signs from': (key) => key.sign_from,
        'signs until': (key) => key.sign_until,
        'held by': (key) => key.signer,
      },
      'there are no keys yet',
    );
    return { text, json: found };
  }

  private async revoke(options: Options, kid: string) {
    const consequence = `Key ${kid} ends at once, with every token that it signed`;
    await this.terminal.confirm(consequence, options['yes'] === true);
    await this.keys(options).revoke(kid, textOption(options, 'reason') ?? 'revoked by hand');
    const text = `revoked ${kid}: auth-service hears of it within a second, resource servers by the feed`;
    return { text, json: { revoked: kid } };
  }
}

function algorithmOption(name: string): string {
  if (isSigningAlgorithm(name)) return name;
  throw new InvalidArgumentError(`It must be one of ${SIGNING_ALGORITHMS.join(', ')}.`);
}

function timeOption(text: string): Date {
  if (ISO_TIME.test(text) && !isNaN(Date.parse(text))) return new Date(text);
  throw new InvalidArgumentError('It must be an ISO 8601 time such as 2027-01-01T00:00:00Z.');
}
