/** Blocked requests, and files stored for offline use. */
/** Connections to other addresses that this browser blocks. */
export type Enforcement =
  /** Requests, calls, pop-ups and links. */
  | 'everything'
  /** Requests, of the page and its workers. */
  | 'requests'
  /** Requests of the page only: the host sends no headers, so workers aren't restricted. */
  | 'page';

/** Files of the app in this browser. */
export type Offline =
  /** Not supported by this browser or this server. */
  | { kind: 'not here' }
  /** The browser saves data, so the app stores files only on request. */
  | { kind: 'to be asked'; keep(): void }
  /** Stored bytes, of all; with the core, the app opens, reads text files and trains without a network. */
  | { kind: 'keeping'; hasCore: boolean; bytes: number; of: number }
  | { kind: 'kept'; bytes: number };

export interface PrivacySlice {
  enforcement: Enforcement;
  /** Requests since the page began to load: its own, its workers' and its service worker's. */
  requests: { own: number; elsewhere: number };
  offline: Offline;
  /** Storage usage of this origin, for all displays; undefined until measured. */
  usage: { bytes: number | undefined; persistent: boolean } | undefined;
  /** Whether a newer version is ready, which opens when all pages of this one are closed. */
  hasNewer: boolean;
}
