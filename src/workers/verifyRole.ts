/** The verify worker: opens an exported file in another engine, and compares. */
import { serve } from './serve';
import { verifying } from './verifying';

export const start = (): void => serve(verifying);
