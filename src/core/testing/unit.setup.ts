/**
 * Before each file of unit tests: our own modules are loaded anew, so that no file sees what another has put into a list or a
 * mock. Packages stay loaded: a process for each file would spend most of its time on TensorFlow.js.
 */
import { vi } from 'vitest';

vi.resetModules();
