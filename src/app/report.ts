import type { Failure } from '../core/base/errors';

/** What is needed to find the cause: no text of the person's, no names of files beyond the message. */
export const report = ({ code, message, stack }: Failure): string =>
  [`Homegrown, ${code}: ${message}`, navigator.userAgent, ...(stack === undefined ? [] : [stack])].join('\n');
