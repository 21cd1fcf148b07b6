/** Messages between pages and the service worker. */

/**
 * `keep`: see whether the server still has this app, and report. `keep more`: store a few missing files.
 * `take over`: serve from now on, if the page that asks is the only one.
 */
export type Asked = 'keep' | 'keep more' | 'take over';

export type OfflineMessage =
  /** Stored bytes of the build, and all; whether the core is complete, so that the app opens and trains offline. */
  | { kind: 'kept'; hasCore: boolean; bytes: number; of: number }
  /** The request is done. `isMissingMore`: another `keep more` stores more. */
  | { kind: 'stored'; isMissingMore: boolean }
  /** One more request was made, to the app's own address. */
  | { kind: 'asked' }
  /** The newer version takes over as soon as the browser allows. */
  | { kind: 'taking over' }
  /** The newer version doesn't take over, because other pages are open. */
  | { kind: 'open elsewhere'; pages: number };
