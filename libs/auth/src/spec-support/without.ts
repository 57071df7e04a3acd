/** Takes members away from an object. */

/** A copy of `object` that lacks `names`. */
export function without<T extends object, K extends keyof T>(object: T, ...names: K[]): Omit<T, K> {
  const kept = Object.entries(object).filter(([name]) => !names.includes(name as K));
  return Object.fromEntries(kept) as Omit<T, K>;
}
