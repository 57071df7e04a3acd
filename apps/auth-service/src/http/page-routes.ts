/** Which routes people see: their errors are pages, those of every other route are JSON. */

const PAGE_ROUTE =
  /^\/(account|device|interaction|password|upstream|oauth2\/authorize|oauth2\/logout)(\/|$)/;

/** Whether a browser shows the answer of this path to a person. */
export function isPageRoute(path: string): boolean {
  return PAGE_ROUTE.test(path);
}
