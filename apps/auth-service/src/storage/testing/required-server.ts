/** Finds the servers that tests need, which the test runner starts where nobody names others. */

/** The address in `variable`. @throws Error that says how to get a server. */
export function requireServer(variable: 'DATABASE_URL' | 'REDIS_URL'): string {
  const url = process.env[variable];
  if (url) return url;
  throw new Error(
    `This test needs a server, and ${variable} is not set. \`npm test\` starts one ` +
      '(`npm test -- -p @keyward/auth-service` for one project), or set the variable.',
  );
}
