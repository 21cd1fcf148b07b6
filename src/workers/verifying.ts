import { HomegrownError } from '../core/base/errors';
import { FORMATS } from '../core/export/formats';
import { checkOf } from '../core/export/format';
import { compare } from '../core/verify/compare';
import type { VerifyApi } from '../protocol/verify';
import { blobSource } from '../jobs/blobSource';
import { secondEngine } from './secondEngine';
import type { Handlers } from './serve';

export const verifying: Handlers<VerifyApi> = {
  async verify({ file, format, model, ours }, job) {
    job.report({ label: 'Opening it in another engine', done: 0, unit: 'tokens' });
    const check = checkOf(FORMATS[format], model);
    if (!check) throw new HomegrownError('bug', 'No second reader opens this file');
    const engine = await secondEngine(blobSource(file), check, model);
    return compare(ours, engine, check.bound, job);
  },
};
