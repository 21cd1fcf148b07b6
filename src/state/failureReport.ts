import type { Failure } from '../core/base/errors';

/** Details to find the cause of a failure, without the user's text and without file names beyond the message. */
export const failureReport = ({ code, message, stack }: Failure, where?: string): string =>
  [`Homegrown, ${code}: ${message}`, where, navigator.userAgent, stack].filter((line) => line !== undefined).join('\n');
