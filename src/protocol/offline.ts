/** How pages and the service worker speak: plain messages, each way. */

/** `keep`: fetch what is missing, and tell. `take over`: serve from now on, if the page that asks is the only one. */
export type Asked = 'keep' | 'take over';

export type Told =
  /** Files and bytes of the build that are in this browser. */
  | { kind: 'kept'; files: number; of: number; bytes: number }
  /** One request more was made, of the app's own address. */
  | { kind: 'asked' }
  /** It takes over as soon as the browser lets it. */
  | { kind: 'taking over' }
  /** It does not take over, for so many pages are open. */
  | { kind: 'open elsewhere'; pages: number };
