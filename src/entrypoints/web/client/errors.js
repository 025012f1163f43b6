/** What can go wrong between this client and the service. */

/**
 * The service answered no. `code` is one of the protocol's stable codes; `temporary` says that the
 * same request may succeed later.
 */
export class Refused extends Error {
  /**
   * @param {{code: string, title?: string, detail?: string, temporary?: boolean,
   *   retry_after_ms?: number, status?: number, errors?: {field: string, message: string}[]}} answer
   */
  constructor(answer) {
    super(answer.detail ?? answer.title ?? answer.code);
    this.name = 'Refused';
    this.code = answer.code;
    this.temporary = answer.temporary ?? false;
    this.retryAfter = answer.retry_after_ms;
    this.status = answer.status;
    this.fields = answer.errors ?? [];
  }
}

/** No answer came: the link broke, or the time was up. What became of the request is unknown. */
export class NoAnswer extends Error {
  /** @param {string} why `offline`, `lost` or `timeout` */
  constructor(why) {
    super(`No answer: ${why}`);
    this.name = 'NoAnswer';
    this.code = why;
    this.temporary = true;
  }
}

/**
 * Pass over what the service or the network did: it shows elsewhere, or passes by itself.
 * @param {unknown} error
 * @returns {asserts error is Refused | NoAnswer}
 * @throws whatever is a fault of the program itself
 */
export function tolerate(error) {
  if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
}

/**
 * The stable code of whatever was thrown: a protocol code, `offline`, `lost`, `timeout`, or
 * `internal` for a fault of the program itself.
 * @param {unknown} error
 * @returns {string}
 */
export const codeOf = (error) =>
  error instanceof Refused || error instanceof NoAnswer ? error.code : 'internal';
