/** What the promise that nothing leaves rests on here, as it was found out: who holds the page, what it asked for, what is kept. */
import { formatCount } from '../core/base/units';
import type { Slice } from './studio';

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
  /** A newer version is here, and opens when all pages of this one are closed. */
  hasNewer: boolean;
}

/** What the counters say, in words. This site answers with the app's own files alone, and is sent nothing else. */
export const requestWords = ({
  own,
  elsewhere,
}: PrivacySlice['requests']): readonly { label: string; value: string }[] => [
  { label: 'Requests to other sites', value: formatCount(elsewhere) },
  { label: 'Requests to this site', value: `${formatCount(own)}, all for the app’s own files` },
];

export const createPrivacySlice: Slice<PrivacySlice> = () => () => ({
  enforcement: 'page',
  requests: { own: 0, elsewhere: 0 },
  offline: { kind: 'not here' },
  hasNewer: false,
});
