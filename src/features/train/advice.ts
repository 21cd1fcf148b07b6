/** Remedies for a failure, the best first. A Record, so that a new code without remedies doesn't compile. */
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
/** The browser gives no third GPU after these settings lost two. */
const LOST_AGAIN: readonly Remedy[] = ['useWasm', 'settings', 'reload', 'resume', 'restart'];

/** Conditions of remedies in the run's state. */
interface Possible {
  /** Whether there is a checkpoint to resume from. */
  resume: boolean;
  /** Whether there is a model to export. */
  export: boolean;
  /** Whether WASM can be chosen and isn't in use. */
  wasm: boolean;
  /** Whether a step has more than one row. */
  halve: boolean;
  /** Whether other runs have checkpoints that can be deleted. */
  free: boolean;
  /** Whether the run failed before its first save, and there is an earlier model. */
  back: boolean;
  /** Whether the GPU was lost before with these settings. */
  lostAgain: boolean;
}

/** Returns at least one remedy, the best first. Omits Restart if it would discard a checkpoint. */
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
