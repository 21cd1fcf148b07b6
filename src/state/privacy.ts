/** Evidence for the privacy promise: what the browser enforces, the counted requests, and the stored data. */
import { counted, formatBytes, formatCount } from '../core/base/units';
import type { PrivacySlice, Offline } from './slices/privacy';
import type { Slice, Studio } from './slices/studio';

/** Whether any project has a text, a run or a model of a person. Undefined until projects are listed. */
export function hasOwnData(
  s: Pick<Studio, 'texts' | 'tuneTexts' | 'project' | 'projects' | 'unreadable'>,
): boolean | undefined {
  if (s.texts.length + s.tuneTexts.length + s.unreadable.length > 0 || s.project.runId !== null) return true;
  if (s.projects.length === 0) return undefined;
  return s.projects.some(({ texts, runs, failure }) => texts + runs > 0 || failure !== undefined);
}

/**
 * Returns the rows of the privacy dialog: one figure for each thing, and what it counts.
 * @param hasData without any, the browser's own overhead isn't a person's data
 */
export const privacyRows = ({
  requests: { own, elsewhere },
  offline,
  usage,
  hasData,
}: Pick<PrivacySlice, 'requests' | 'offline' | 'usage'> & { hasData: boolean | undefined }): readonly {
  label: string;
  value: string;
}[] => {
  const files = filesWords(offline);
  return [
    { label: 'Requests to other sites', value: formatCount(elsewhere) },
    { label: 'Loaded from this site', value: `${counted(own, 'file')} of this app` },
    { label: 'Works offline', value: offlineWords(offline) },
    ...(files === undefined ? [] : [{ label: 'App files, saved here', value: files }]),
    { label: 'Your data, stored here', value: hasData === false ? 'none yet' : storedWords(hasData && usage) },
  ];
};

/** Browsers count in blocks, and late: below a megabyte the figure jumps without a change of the data. */
export const sizeStored = (bytes: number): string => (bytes < 1e6 ? 'less than 1 MB' : formatBytes(bytes));

function storedWords(usage: PrivacySlice['usage']): string {
  if (usage?.bytes === undefined) return '–';
  return `${sizeStored(usage.bytes)}${usage.persistent ? ', kept until you delete it' : ''}`;
}

/** Returns how to verify that the app needs no network; undefined if it still does. */
export function offlineTest({ kind }: Offline, isOnline: boolean): string | undefined {
  if (kind === 'kept')
    return isOnline
      ? 'To check it, turn off your network: everything still works.'
      : 'Your network is off now: everything still works.';
  if (kind !== 'keeping') return undefined;
  return isOnline
    ? 'To check it, wait until “Works offline” says everything. Then turn off your network: everything still works.'
    : 'Your network is off now. The app saves its other files once the network is on again.';
}

function offlineWords(offline: Offline): string {
  switch (offline.kind) {
    case 'not here':
      return 'no';
    case 'to be asked':
      return 'no, because data saver is on';
    case 'keeping':
      return offline.hasCore ? 'opening and training; the rest is being saved' : 'not yet';
    case 'kept':
      return 'everything';
    default:
      return offline satisfies never;
  }
}

function filesWords(offline: Offline): string | undefined {
  if (offline.kind === 'keeping') return `${formatBytes(offline.bytes)} of ${formatBytes(offline.of)}`;
  return offline.kind === 'kept' ? `all ${formatBytes(offline.bytes)}` : undefined;
}

export const createPrivacySlice: Slice<PrivacySlice> = () => () => ({
  enforcement: 'page',
  requests: { own: 0, elsewhere: 0 },
  offline: { kind: 'not here' },
  usage: undefined,
  hasNewer: false,
});
