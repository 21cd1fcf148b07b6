/** What the browser blocks, and what is stored for use without a network. */
/** What this browser refuses of all that would lead to another address. */
export type Enforcement =
  /** Requests, calls, pop-ups and links. */
  | 'everything'
  /** Requests, of the page and its workers. */
  | 'requests'
  /** Requests of the page: the host sends no headers, so that nothing holds the workers. */
  | 'page';

/** The files of the app in this browser. */
export type Offline =
  /** Not by this browser, or by this server. */
  | { kind: 'not here' }
  /** The browser is to save data: they are kept when the person says so. */
  | { kind: 'to be asked'; keep(): void }
  /** Bytes that are stored, of all; with the core, the app opens, reads text files and trains without a network. */
  | { kind: 'keeping'; hasCore: boolean; bytes: number; of: number }
  | { kind: 'kept'; bytes: number };

export interface PrivacySlice {
  enforcement: Enforcement;
  /** Since the page began to load: its own, its workers' and its service worker's. */
  requests: { own: number; elsewhere: number };
  offline: Offline;
  /** What this origin stores, for every place that shows it; undefined until it was measured. */
  usage: { bytes: number | undefined; persistent: boolean } | undefined;
  /** A newer version is here, and opens when all pages of this one are closed. */
  hasNewer: boolean;
}
