/** The verify worker: opens a file that was just written in an engine that is not ours, and compares. */
import { BOUNDS, compare } from '../core/verify/compare';
import type { VerifyApi } from '../protocol/verify';
import { secondEngine } from './secondEngine';
import { serve } from './serve';

serve<VerifyApi>({
  async verify({ file, format, model, ours }, job) {
    job.report({ label: 'Opening it in a second engine', done: 0, unit: 'tokens' });
    const engine = await secondEngine(file, format, model);
    return compare(ours, engine, BOUNDS[format], job);
  },
});
