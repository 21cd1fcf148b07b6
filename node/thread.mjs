// The thread if it can't be bundled. A worker doesn't inherit tsx.
import { register } from 'tsx/esm/api';

register();
await import('./thread.ts');
