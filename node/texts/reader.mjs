// The same thread if it couldn't be bundled. This script registers tsx, as a worker doesn't inherit it.
import { register } from 'tsx/esm/api';

register();
await import('./reader.ts');
