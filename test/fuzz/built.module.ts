/** Loads modules of the built applications, which the tests otherwise know as processes alone. */

/** An application before it listens, as far as the fuzzers use it. */
export interface BuiltApplication {
  listen(port: number, host: string): Promise<unknown>;
  close(): Promise<void>;
  getHttpAdapter(): { getInstance(): unknown };
  getHttpServer(): { address(): unknown };
}

type Application = 'auth-service' | 'orders-service' | 'payments-service' | 'storefront';

/** A module by its path below `dist`; `Module` is what the caller expects of it. */
export function builtModule<Module>(application: Application, path: string): Promise<Module> {
  const url = new URL(`../../apps/${application}/dist/${path}`, import.meta.url);
  return import(url.href) as Promise<Module>;
}

let building: Promise<unknown> = Promise.resolve();

/**
 * Makes an application in this environment. The environment is the process's own, and read while an
 * application is made: one at a time.
 * @param argument what its `createApplication` is given
 */
export function builtApplication(
  application: Application,
  environment: Readonly<Record<string, string>>,
  argument: unknown,
): Promise<BuiltApplication> {
  const build = async () => {
    const { createApplication } = await builtModule<{
      createApplication(argument: unknown): Promise<BuiltApplication>;
    }>(application, 'application.js');
    const outer = process.env;
    process.env = { ...outer, ...environment };
    try {
      return await createApplication(argument);
    } finally {
      process.env = outer;
    }
  };
  const built = building.then(build);
  building = built.catch(() => undefined);
  return built;
}
