/** How pages and the service worker speak: plain messages, each way. */

/**
 * `keep`: see whether the server still has this app, and report. `keep more`: store a few missing files.
 * `take over`: serve from now on, if the page that asks is the only one.
 */
export type Asked = 'keep' | 'keep more' | 'take over';

export type Told =
  /** Bytes of the build that are in this browser, of all; whether the core is complete: the app opens and trains without a network. */
  | { kind: 'kept'; hasCore: boolean; bytes: number; of: number }
  /** It has done what it was asked for. `isMissingMore`: another `keep more` stores more. */
  | { kind: 'stored'; isMissingMore: boolean }
  /** One request more was made, of the app's own address. */
  | { kind: 'asked' }
  /** It takes over as soon as the browser lets it. */
  | { kind: 'taking over' }
  /** It does not take over, for so many pages are open. */
  | { kind: 'open elsewhere'; pages: number };
