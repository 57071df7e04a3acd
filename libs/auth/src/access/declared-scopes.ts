/** The scopes that a team declares once, so that a misspelt one neither compiles nor starts. */
import { isScopeToken } from '@keyward/oauth';

/** Scopes with what each allows, in words for a developer or a consent page. */
export type ScopeDeclarations = Readonly<Record<string, string>>;

/**
 * Where a team tells the compiler of its scopes, under a name of its own:
 *
 * ```ts
 * declare module '@keyward/auth' {
 *   interface DeclaredScopes {
 *     orders: typeof ORDERS_SCOPES;
 *   }
 * }
 * ```
 *
 * From then on `@Scopes` and `@AnyScope` take these scopes and no others. Without it they take any.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-interface, @typescript-eslint/no-empty-object-type -- others add its members
export interface DeclaredScopes {}

/** A scope as the decorators take it: any text, until somebody declares some. */
export type Scope = keyof DeclaredScopes extends never
  ? string
  : { [Team in keyof DeclaredScopes]: keyof DeclaredScopes[Team] & string }[keyof DeclaredScopes];

/**
 * Declares scopes; give the result to AuthModule as `scopes`, so that the start checks them too.
 * @throws TypeError for a name that is no scope token
 * @see RFC 6749 section 3.3
 */
export function defineScopes<const Declared extends ScopeDeclarations>(
  scopes: Declared,
): Readonly<Declared> {
  for (const scope of Object.keys(scopes)) {
    if (!isScopeToken(scope)) throw new TypeError(`${JSON.stringify(scope)} is no scope token`);
  }
  return Object.freeze({ ...scopes });
}
