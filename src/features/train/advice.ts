/** What can be done about a failure, the best first. A Record, so that a new code without advice does not compile. */
import type { FailureCode } from '../../core/base/errors';

export type Remedy =
  | 'resume'
  | 'restart'
  | 'halveBatch'
  | 'lowerRate'
  | 'useWasm'
  | 'settings'
  | 'texts'
  | 'free'
  | 'back'
  | 'export'
  | 'reload';

const ADVICE: Record<FailureCode, readonly Remedy[]> = {
  'bad-file': ['texts', 'restart'],
  'bad-encoding': ['texts'],
  'bad-rows': ['texts'],
  'bad-shape': ['texts'],
  'bad-settings': ['settings', 'texts'],
  'out-of-memory': ['halveBatch', 'settings', 'useWasm', 'export'],
  'device-lost': ['resume', 'restart', 'useWasm', 'export'],
  'device-gone': ['useWasm', 'reload', 'export'],
  diverged: ['lowerRate', 'settings', 'resume'],
  'storage-full': ['free', 'texts', 'export', 'resume', 'restart'],
  'storage-damaged': ['resume', 'export', 'restart'],
  'newer-version': ['reload', 'restart'],
  'storage-blocked': ['reload', 'resume', 'restart'],
  'in-use': ['resume', 'restart', 'reload'],
  'load-failed': ['reload', 'resume', 'restart'],
  bug: ['resume', 'reload', 'restart', 'export'],
};
/** The browser gives no third GPU, and these settings have cost two. */
const LOST_AGAIN: readonly Remedy[] = ['useWasm', 'settings', 'reload', 'resume', 'restart'];

/** What the state of the run allows. */
interface Possible {
  /** Whether there is a checkpoint to resume from. */
  resume: boolean;
  /** Whether there is a model to export. */
  export: boolean;
  /** WASM can be chosen and is not in use. */
  wasm: boolean;
  /** More than one row a step. */
  halve: boolean;
  /** There are other runs whose saved steps can be freed. */
  free: boolean;
  /** It failed before its first save, and there is a model from before. */
  back: boolean;
  /** The GPU was lost before with these settings. */
  lostAgain: boolean;
}

/** At least one remedy, the best first. Beginning again is not offered where a saved step would be thrown away for it. */
export function remedies(code: FailureCode, possible: Possible): readonly Remedy[] {
  const allowed: Record<Remedy, boolean> = {
    resume: possible.resume,
    restart: !possible.resume,
    halveBatch: possible.halve,
    lowerRate: true,
    useWasm: possible.wasm,
    settings: true,
    texts: true,
    free: possible.free,
    back: possible.back,
    export: possible.export,
    reload: true,
  };
  const advice = code === 'device-lost' && possible.lostAgain ? LOST_AGAIN : ADVICE[code];
  return [...advice, 'back' as const].filter((remedy) => allowed[remedy]);
}
