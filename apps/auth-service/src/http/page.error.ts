/** A refusal that a person is shown, where there is no client to be told. */

/** What the person reads, apart from why it is so. */
export class PageError extends Error {
  /**
   * @param status of the answer
   * @param code the RFC's, or the nearest
   * @param description one sentence for the person: what happened and what to do
   * @param reason for the operator's log
   */
  constructor(
    readonly status: number,
    readonly code: string,
    readonly description: string,
    reason: string,
  ) {
    super(reason);
    this.name = new.target.name;
  }
}
