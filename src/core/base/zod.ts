/**
 * zod, told not to compile its parsers with `new Function`: the strict policies forbid that, and even the attempt is
 * reported as a violation. It has to be told before the first schema is made, so schemas take zod from here.
 */
import { z } from 'zod';

z.config({ jitless: true });
export { z };
