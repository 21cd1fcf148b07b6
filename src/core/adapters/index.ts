import type { ValuesOf } from '../base/field';
import type { Adapter } from './adapter';
import { lora } from './lora';

/** All adapters. To add one, write its file and add a line here. */
export const ADAPTERS = { lora } as const satisfies Record<string, Adapter>;
export type AdapterId = keyof typeof ADAPTERS;

/** An adapter with its settings and target weights. */
export type AdapterChoice = {
  [Id in AdapterId]: { id: Id; settings: ValuesOf<(typeof ADAPTERS)[Id]['fields']>; beside: readonly string[] };
}[AdapterId];

/** An adapter as the common type. */
export const adapterOf = (id: AdapterId): Adapter => ADAPTERS[id];
