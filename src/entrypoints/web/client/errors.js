/** Errors of calls to the service. */

/**
 * The service answered with an error. `code` is a stable code of the protocol; `temporary` means
 * that the same request may succeed later.
 */
export class ServiceError extends Error {
  /**
   * @param {{code: string, title?: string, detail?: string, temporary?: boolean,
   *   retry_after_ms?: number, status?: number, errors?: {field: string, message: string}[],
   *   message?: import('./types.js').Message}} problem `message`: in a conflict, what it is now
   */
  constructor(problem) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.name = 'Refused';
    this.code = problem.code;
    this.temporary = problem.temporary ?? false;
    this.retryAfter = problem.retry_after_ms;
    this.status = problem.status;
    this.fields = problem.errors ?? [];
    this.present = problem.message;
  }
}

/**
 * There was no answer: the connection failed or the time was up. Whether the request had an effect
 * is unknown.
 */
export class NetworkError extends Error {
  /** @param {string} reason `offline`, `lost` or `timeout` */
  constructor(reason) {
    super(`No answer: ${reason}`);
    this.name = 'NoAnswer';
    this.code = reason;
    this.temporary = true;
  }
}

/**
 * Ignore errors of the service and the network, which show elsewhere or pass by themselves; rethrow
 * everything else, which is a bug.
 * @param {unknown} error
 * @returns {asserts error is ServiceError | NetworkError}
 * @throws the error itself, if it is a bug
 */
export function rethrowUnexpected(error) {
  if (!(error instanceof ServiceError || error instanceof NetworkError)) throw error;
}

/**
 * The stable code of an error: a code of the protocol, `offline`, `lost`, `timeout`, or `internal`
 * for a bug.
 * @param {unknown} error
 * @returns {string}
 */
export const errorCode = (error) =>
  error instanceof ServiceError || error instanceof NetworkError ? error.code : 'internal';
