/** A refusal, in the shape of OpenAI's errors. Its message is for whoever called; it never repeats what they sent. */
export class ApiError extends Error {
  /**
   * @param {number} status of HTTP
   * @param {string} message
   * @param {{ code?: string, param?: string, headers?: Record<string, string> }} [details]
   */
  constructor(status, message, { code, param, headers = {} } = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.body = {
      error: { message, type: TYPES[status] ?? 'server_error', param: param ?? null, code: code ?? null },
    };
  }
}

/** @type {Record<number, string>} */
const TYPES = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'invalid_request_error',
  404: 'invalid_request_error',
  405: 'invalid_request_error',
  413: 'invalid_request_error',
  415: 'invalid_request_error',
  421: 'invalid_request_error',
  429: 'rate_limit_error',
};

/** @param {string} id of the one that is there */
export const otherModel = (id) =>
  new ApiError(404, `Unknown model: this server has only ${id}.`, { code: 'model_not_found', param: 'model' });

/** @param {string} param @param {number} tokens @param {number} context @throws {ApiError} 400 */
export function checkLength(param, tokens, context) {
  if (tokens <= context) return;
  const what = param === 'messages' ? 'conversation, with the chat template,' : param;
  throw new ApiError(400, `The ${what} has ${tokens} tokens; the maximum is ${context}.`, {
    code: 'context_length_exceeded',
    param,
  });
}
