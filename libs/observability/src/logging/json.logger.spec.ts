import { JsonLogger } from './json.logger.js';
import { type LogLevel } from './log-level.js';
import { REDACTED } from './redaction.js';

function loggerOf(level: LogLevel = 'trace') {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as never) };
  return { logger: new JsonLogger({ service: 'a-service', level, destination }), lines };
}

describe('JsonLogger', () => {
  it('writes one object a line, with level, time, service and context', () => {
    const { logger, lines } = loggerOf();
    logger.log('ready', 'Start');
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        service: 'a-service',
        context: 'Start',
        msg: 'ready',
      },
    ]);
  });

  it('makes members of an object that is logged', () => {
    const { logger, lines } = loggerOf();
    logger.warn({ message: 'refused', error: 'invalid_grant', duration_ms: 3 }, 'Refusal');
    expect(lines[0]).toMatchObject({
      level: 'warn',
      context: 'Refusal',
      msg: 'refused',
      error: 'invalid_grant',
      duration_ms: 3,
    });
  });

  it('writes the stack of an error, and nothing else that the error holds', () => {
    const { logger, lines } = loggerOf();
    const error = Object.assign(new Error('no connection'), { parameters: ['a-parameter'] });
    logger.error(error, 'Store');
    logger.error('it failed', error.stack, 'Store');
    for (const line of lines) expect(String(line['stack'])).toContain('json.logger.spec');
    expect(JSON.stringify(lines)).not.toContain('a-parameter');
  });

  it('takes secrets out of messages, members and stacks', () => {
    const { logger, lines } = loggerOf();
    const secret = 'kwr_a-secret-of-somebody';
    logger.log(`the token ${secret}`);
    logger.log({ message: 'x', detail: { nested: secret } });
    logger.error(new Error(secret, { cause: new Error(`redis://:${secret}@redis`) }));
    logger.error('failed', `Error: ${secret}`, 'Context');
    logger.verbose(() => secret);
    const text = JSON.stringify(lines);
    expect(lines).toHaveLength(5);
    expect(text).not.toContain(secret);
    expect(text.split(REDACTED).length).toBeGreaterThan(5);
  });

  it('forges no line of a text with line breaks', () => {
    const { logger, lines } = loggerOf();
    logger.log('one\n{"level":"fatal","msg":"two"}');
    expect(lines).toHaveLength(1);
  });

  it('writes nothing below its level', () => {
    const { logger, lines } = loggerOf('warn');
    logger.log('a');
    logger.debug('b');
    logger.verbose('c');
    logger.warn('d');
    logger.fatal('e');
    expect(lines.map(({ msg }) => msg)).toEqual(['d', 'e']);
  });
});
