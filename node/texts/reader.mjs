// The same where it could not be bundled. It brings tsx itself, which does not come along.
import { register } from 'tsx/esm/api';

register();
await import('./reader.ts');
