/** Files of an adapter, by PEFT's names, and their place in a model's folder. */
export const ADAPTER_CONFIG = 'adapter_config.json';
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';
export const ADAPTER_FILES = [ADAPTER_CONFIG, ADAPTER_WEIGHTS] as const;

/** Returns the adapter files of an adapter's folder or a model's folder; undefined if there are none. */
export function adapterIn<S>(folder: ReadonlyMap<string, S>): ReadonlyMap<string, S> | undefined {
  const found = ADAPTER_FILES.flatMap((name) => {
    const source = folder.get(inModel(name)) ?? folder.get(name);
    return source === undefined ? [] : [[name, source] as const];
  });
  return found.length > 0 ? new Map(found) : undefined;
}

/** `adapter/adapter_config.json` */
export const inModel = (file: string): string => `adapter/${file}`;

/** Metadata key in ADAPTER_WEIGHTS: SHA-256 of the base weights, like `frozen` of a run's state. */
export const BASE_SHA256 = 'homegrown.base.sha256';
