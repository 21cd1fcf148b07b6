/** What can be set from outside, by environment variables. README.md describes them in the same order. */

/** @typedef {ReturnType<typeof readSettings>} Settings */

/**
 * @param {Record<string, string | undefined>} env
 * @throws {Error} naming the variable that cannot be used
 */
export function readSettings(env) {
  /** @param {string} name @param {number} initial @param {number} least @param {number} most */
  const whole = (name, initial, least, most) => {
    const given = env[name] ?? '';
    const value = given === '' ? initial : Number(given);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Error(`${name} must be a whole number from ${least} to ${most}, not ${given}.`);
  };
  /** @param {string} name @param {string} only */
  const isSet = (name, only) => {
    const given = env[name] ?? '';
    if (given === '' || given === only) return given !== '';
    throw new Error(`${name} must be ${only} or not set, not ${given}.`);
  };
  /** @param {string} name */
  const list = (name) => (env[name] ?? '').split(',').flatMap((item) => item.trim() || []);

  const host = env['HOST'] || '127.0.0.1';
  const apiKey = env['API_KEY'] || null;
  if (apiKey === null && !isSet('ALLOW_NO_KEY', '1') && !/^(localhost|127\.[\d.]+|::1)$/i.test(host)) {
    throw new Error(
      `HOST ${host} can be reached from other machines: set API_KEY, or ALLOW_NO_KEY=1 to allow requests without a key.`,
    );
  }
  return {
    host,
    port: whole('PORT', 8080, 0, 65_535),
    /** Null: whoever reaches the port may ask. */
    apiKey,
    /** Names by which it may be asked, as they stand in `Host` without the port; `*` is any. */
    hosts: [...LOOPBACK, host.includes(':') ? `[${host}]` : host, ...list('HOSTS')].map((name) => name.toLowerCase()),
    /** Web pages that may ask from a browser; `*` is every page. */
    corsOrigins: list('CORS_ORIGIN'),
    /** Completions at the same time. */
    parallel: whole('PARALLEL', 4, 1, 64),
    /** Requests that may wait for their turn. */
    queue: whole('QUEUE', 16, 0, 10_000),
    /** Of one request. */
    texts: whole('MAX_TEXTS', 256, 1, 10_000),
    maxTokens: whole('MAX_TOKENS', 1024, 1, 1_000_000),
    bodyBytes: whole('MAX_BODY_BYTES', 262_144, 1024, 67_108_864),
    /** From a request's arrival to its last token. */
    timeoutMs: 1000 * whole('TIMEOUT_SECONDS', 120, 1, 86_400),
    /** For requests that are under way when the server is told to stop. */
    graceMs: 1000 * whole('GRACE_SECONDS', 10, 0, 3600),
    /** 0: as many as are useful for the model's size. */
    threads: whole('THREADS', 0, 0, 1024),
    gpu: isSet('GPU', 'auto'),
  };
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
