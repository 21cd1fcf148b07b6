import { adamw } from './adamw';
import type { Optimizer } from './optimizer';
import { sgd } from './sgd';

/** Every optimizer the product knows. Adding one is a file and a line here. */
export const OPTIMIZERS = { adamw, sgd } as const satisfies Record<string, Optimizer>;
export type OptimizerId = keyof typeof OPTIMIZERS;
