/**
 * Before each unit test file: reloads our modules and resets TensorFlow.js, so that no file sees another's changes of a
 * list, a mock or a heap. Packages stay loaded: a process per file would spend most of its time loading TensorFlow.js.
 */
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { vi } from 'vitest';
import { compareBytes } from './equalBytes';
import { DEFAULT_RUNS } from './propertyRuns';
import { limitWriting } from './writingLength';

vi.resetModules();
tf.engine().reset();
fc.configureGlobal({ numRuns: DEFAULT_RUNS });
await limitWriting();
compareBytes();

/** Waits as long as a test may take, because the default of a second is short on a busy machine. */
const { waitFor } = vi;
vi.waitFor = (work, options = 60_000) => waitFor(work, options);
