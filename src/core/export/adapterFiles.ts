/** The files of an adapter, as PEFT calls them, and where they lie in a model's folder. */
export const ADAPTER_CONFIG = 'adapter_config.json';
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';
export const ADAPTER_FILES = [ADAPTER_CONFIG, ADAPTER_WEIGHTS] as const;

/** Those of a folder, or of a model's; undefined where there are none. */
export function adapterIn<S>(folder: ReadonlyMap<string, S>): ReadonlyMap<string, S> | undefined {
  const found = ADAPTER_FILES.flatMap((name) => {
    const source = folder.get(inModel(name)) ?? folder.get(name);
    return source === undefined ? [] : [[name, source] as const];
  });
  return found.length > 0 ? new Map(found) : undefined;
}

/** `adapter/adapter_config.json` */
export const inModel = (file: string): string => `adapter/${file}`;

/** Metadata key of the second: SHA-256 of the base weights, like `frozen` of a run's state. */
export const BASE_SHA256 = 'homegrown.base.sha256';
