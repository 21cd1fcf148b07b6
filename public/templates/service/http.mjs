import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { ApiError } from './errors.mjs';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

/**
 * The body of a request as JSON.
 * @param {Request} request
 * @param {number} most bytes
 * @returns {Promise<unknown>}
 * @throws {ApiError} 400, 413, 415
 */
export async function readJson(request, most) {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' || (request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new ApiError(415, 'The body must be JSON, uncompressed, with Content-Type: application/json.');
  }
  const tooLong = new ApiError(413, `The body may have at most ${most} bytes.`, { headers: { Connection: 'close' } });
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLong;
  /** @type {Buffer[]} */
  const chunks = [];
  let size = 0;
  // Left early, the request stays open for the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += /** @type {Buffer} */ (chunk).length;
    if (size > most) throw tooLong;
    chunks.push(/** @type {Buffer} */ (chunk));
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new ApiError(400, 'The body is not JSON in UTF-8.', { code: 'invalid_json' });
  }
}

/**
 * Refuses a name that is not ours: a web page can have a name of its own lead to this machine, and is then of the same
 * origin as this server (DNS rebinding).
 * @param {Request} request @param {readonly string[]} hosts @throws {ApiError} 421
 */
export function checkHost(request, hosts) {
  const name = (request.headers.host ?? '').toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
  if (hosts.includes('*') || hosts.includes(name)) return;
  throw new ApiError(421, 'Unknown host name: add it to HOSTS.', {
    code: 'host_not_allowed',
  });
}

/** Refuses web pages that are not among `origins`. @param {Request} request @param {readonly string[]} origins @throws {ApiError} 403 */
export function checkOrigin(request, origins) {
  const { origin } = request.headers;
  if (origin === undefined || isAmong(origins, origin)) return;
  throw new ApiError(403, 'This web page is not allowed: add its origin to CORS_ORIGIN.', {
    code: 'origin_not_allowed',
  });
}
/** @param {readonly string[]} origins @param {string} origin */
const isAmong = (origins, origin) => origins.includes('*') || origins.includes(origin);

/** @param {Request} request @param {string | null} key @throws {ApiError} 401 */
export function checkKey(request, key) {
  if (key === null) return;
  const [, given = ''] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  // Equally long and in constant time, so that the time taken tells nothing of the key.
  if (timingSafeEqual(digest(given), digest(key))) return;
  throw new ApiError(401, 'Send the API key as Authorization: Bearer <key>.', {
    code: 'invalid_api_key',
    headers: { 'WWW-Authenticate': 'Bearer' },
  });
}
/** @param {string} text */
const digest = (text) => createHash('sha256').update(text).digest();

/**
 * What lets a web page read the answer, if its origin is among `origins`.
 * @param {Request} request @param {readonly string[]} origins @returns {Record<string, string>}
 */
export function corsHeaders(request, origins) {
  const { origin } = request.headers;
  if (origins.length === 0) return {};
  if (origin === undefined || !isAmong(origins, origin)) return { Vary: 'Origin' };
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': 'X-Request-Id, Retry-After',
    ...(request.method === 'OPTIONS' && {
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '',
      'Access-Control-Max-Age': '600',
    }),
  };
}

/** @param {Response} response @param {number} status @param {unknown} value @param {Record<string, string>} [headers] */
export function sendJson(response, status, value, headers = {}) {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length, ...headers });
  if (headers['Connection'] !== 'close') {
    response.end(body);
    return;
  }
  response.write(body);
  endAfterRequest(response);
}

/**
 * Closes the connection once the rest of the request has arrived, which is dropped: closed with bytes unread it would be
 * reset, and the client might lose the answer. Whoever goes on sending is cut off.
 * @param {Response} response
 */
function endAfterRequest(response) {
  const request = response.req;
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once('end', end).once('close', end).resume();
}
const LINGER_MS = 5000;

/** Server-sent events, as fast as the reader takes them. */
export class EventStream {
  /** @param {Response} response @param {AbortSignal} signal that the reader has gone */
  constructor(response, signal) {
    this.response = response;
    this.signal = signal;
    // For nginx: pass every event on at once.
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
  }

  /** @param {unknown} data */
  async send(data) {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    if (this.response.write(`data: ${text}\n\n`)) return;
    await once(this.response, 'drain', { signal: this.signal });
  }
}

/** @param {Request} request */
export const pathOf = (request) => (request.url ?? '').split('?', 1)[0] ?? '';

/** The model that a path asks for; null for what is no UTF-8. @param {string} path */
export function idIn(path) {
  try {
    return decodeURIComponent(path.slice('/v1/models/'.length));
  } catch {
    return null;
  }
}
