/** The verify worker: opens a file that was just written in an engine that is not ours, and compares. */
import { serve } from './serve';
import { verifying } from './verifying';

export const start = (): void => serve(verifying);
