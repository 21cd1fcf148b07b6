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
  const gpu = env['GPU'] ?? '';
  if (gpu !== '' && gpu !== 'auto') throw new Error(`GPU must be auto or not set, not ${gpu}.`);
  return {
    host: env['HOST'] || '127.0.0.1',
    port: whole('PORT', 8080, 0, 65_535),
    /** Null: whoever reaches the port may ask. */
    apiKey: env['API_KEY'] || null,
    /** Web pages that may ask from a browser; `*` is every page. */
    corsOrigins: (env['CORS_ORIGIN'] ?? '').split(',').flatMap((origin) => origin.trim() || []),
    /** Completions at the same time. */
    parallel: whole('PARALLEL', 4, 1, 64),
    /** Requests that may wait for their turn. */
    queue: whole('QUEUE', 16, 0, 10_000),
    maxTokens: whole('MAX_TOKENS', 1024, 1, 1_000_000),
    bodyBytes: whole('MAX_BODY_BYTES', 262_144, 1024, 67_108_864),
    /** From a request's arrival to its last token. */
    timeoutMs: 1000 * whole('TIMEOUT_SECONDS', 120, 1, 86_400),
    /** For requests that are under way when the server is told to stop. */
    graceMs: 1000 * whole('GRACE_SECONDS', 10, 0, 3600),
    /** 0: as many as are useful for the model's size. */
    threads: whole('THREADS', 0, 0, 1024),
    gpu: gpu === 'auto',
  };
}
