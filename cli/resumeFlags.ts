/** Flags that may change when a run resumes. */
import type { DeviceKind } from '../src/core/train/run';
import type { SavedRun } from '../node/folders/savedRun';
import { UsageError } from './options';
import { sizeFlags } from './sizeFlags';

/** @throws UsageError if a flag would make it another run */
export function checkFixedFlags(given: ReadonlySet<string>): void {
  const fixedFlags = [
    'recipe',
    'tokenizer',
    'special',
    'model',
    'held-out',
    'split-seed',
    'test-share',
    ...Object.keys(sizeFlags()),
    'objective',
    'optimizer',
  ];
  const flag = fixedFlags.find((name) => given.has(name));
  if (flag === undefined) return;
  throw new UsageError(`--${flag} can't change when a run resumes. Remove it, or start a new run.`);
}

/** The device of the run, by `homegrown.json`. */
export function deviceOf({ info: { device } }: SavedRun): DeviceKind | 'auto' {
  if (device?.endsWith('WebGPU')) return 'webgpu';
  return device === 'WASM' ? 'wasm' : device === 'CPU' ? 'cpu' : 'auto';
}
