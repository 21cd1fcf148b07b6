/**
 * zod, configured not to compile its parsers with `new Function`: the strict policies forbid that, and even the attempt
 * is reported as a violation. The setting must come before the first schema, so schemas import zod from here.
 */
import { z } from 'zod';

z.config({ jitless: true });
export { z };
