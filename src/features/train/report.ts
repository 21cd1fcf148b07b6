import type { Failure } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';

/** What is needed to find the cause; no text of the person's. */
export const report = ({ code, message, stack }: Failure, step: number, settings: string): string =>
  [`Homegrown, ${code}: ${message}`, `At step ${formatCount(step)}. ${settings}`, navigator.userAgent, stack]
    .filter((line) => line !== undefined)
    .join('\n');
