import type { Failure } from '../core/base/errors';

/** What is needed to find the cause, and where it was: no text of the person's, no names of files beyond the message. */
export const failureReport = ({ code, message, stack }: Failure, where?: string): string =>
  [`Homegrown, ${code}: ${message}`, where, navigator.userAgent, stack].filter((line) => line !== undefined).join('\n');
