import { ApiError } from './errors.mjs';

/** Places for requests at the same time, and a line before them that is not endless. */
export class Queue {
  /** @param {number} places @param {number} longest */
  constructor(places, longest) {
    this.free = places;
    this.places = places;
    this.longest = longest;
    /** @type {(() => void)[]} */
    this.waiting = [];
    /** Mean milliseconds of a request, of late. */
    this.mean = 1000;
  }

  /**
   * Resolves with what gives the place back, once there is one.
   * @param {AbortSignal} signal leaves the line; its reason is thrown
   * @returns {Promise<() => void>}
   * @throws {ApiError} 429 at once, when the line is full
   */
  async enter(signal) {
    signal.throwIfAborted();
    if (this.free === 0) await this.wait(signal);
    else this.free -= 1;
    const began = Date.now();
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.mean = 0.8 * this.mean + 0.2 * (Date.now() - began);
      // The place goes to the next in line, or becomes free.
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    };
  }

  /** @param {AbortSignal} signal @returns {Promise<void>} */
  wait(signal) {
    if (this.waiting.length >= this.longest) {
      const seconds = Math.max(1, Math.ceil((this.mean * (this.waiting.length + 1)) / this.places / 1000));
      throw new ApiError(
        429,
        `${this.places} requests are running and ${this.waiting.length} are waiting: try again later.`,
        {
          code: 'queue_full',
          headers: { 'Retry-After': String(seconds) },
        },
      );
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.waiting = this.waiting.filter((other) => other !== enter);
        reject(/** @type {Error} */ (signal.reason));
      };
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.push(enter);
    });
  }
}
