import { ConfigurationError } from './configuration.error.js';
import { parseEnvironment } from './environment.schema.js';

describe('the variables of mail', () => {
  const MAIL = { AUTH_SMTP_URL: 'smtps://u:p@mail.example.com', AUTH_MAIL_FROM: 'a@example.com' };
  const problemsOf = (environment: NodeJS.ProcessEnv): readonly string[] => {
    try {
      parseEnvironment(environment);
      return [];
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems;
      throw error;
    }
  };

  it.each([
    MAIL,
    { ...MAIL, AUTH_SMTP_URL: 'smtp://[::1]:2525' },
    { ...MAIL, AUTH_MAIL_FROM: 'Example Login <login@example.com>' },
  ])('takes %p', (environment) => {
    expect(problemsOf(environment)).toEqual([]);
  });

  it.each([
    ['AUTH_SMTP_URL', 'https://u:secret@mail.example.com'],
    ['AUTH_SMTP_URL', 'smtp://mail.example.com?secure=false&x=secret'],
    ['AUTH_SMTP_URL', 'secret'],
    ['AUTH_MAIL_FROM', 'login'],
    ['AUTH_MAIL_FROM', 'a@example.com, b@example.com'],
    ['AUTH_MAIL_FROM', 'a@example.com\r\nBcc: b@example.com'],
  ])('refuses %s %p without repeating it', (name, value) => {
    const [problem, ...others] = problemsOf({ ...MAIL, [name]: value });
    expect(problem).toMatch(new RegExp(`^${name} must be `));
    expect(problem).not.toContain('secret');
    expect(others).toEqual([]);
  });

  it.each(['AUTH_SMTP_URL', 'AUTH_MAIL_FROM'])('wants both, not without %s', (name) => {
    expect(problemsOf({ ...MAIL, [name]: '' })).toEqual([expect.stringMatching(/go together/)]);
  });

  it('refuses an example password in production', () => {
    const url = 'smtps://u:change-me@mail.example.com';
    expect(problemsOf({ ...MAIL, NODE_ENV: 'production', AUTH_SMTP_URL: url })).toContainEqual(
      expect.stringMatching(/^AUTH_SMTP_URL contains an example password/),
    );
  });
});
