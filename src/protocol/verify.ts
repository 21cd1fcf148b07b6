/** Contract of the worker that opens an exported file in another engine. The caller ends it after each check. */
import type { Progress } from '../core/base/job';
import type { FormatId } from '../core/export/formats';
import type { ModelChoice } from '../core/models/network';
import type { Figures } from '../core/verify/compare';
import type { Reference } from '../core/verify/reference';

export interface VerifyApi {
  /** @throws HomegrownError `load-failed` if the engine can't be loaded, `bad-file` if it refuses the file */
  verify: {
    input: { file: Blob; format: FormatId; model: ModelChoice; ours: Reference };
    progress: Progress;
    output: Figures;
  };
}
