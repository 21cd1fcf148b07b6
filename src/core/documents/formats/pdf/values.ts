/** Values of a PDF that the reading cost depends on; null: any other. PDF 32000-1, 7.3. */
export type Value = number | Name | Ref | readonly Value[] | Dictionary | null;
export type Dictionary = ReadonlyMap<string, Value>;
export interface Name {
  name: string;
}
export interface Ref {
  ref: number;
}
export const isDictionary = (value: unknown): value is Dictionary => value instanceof Map;
export const isRef = (value: Value | undefined): value is Ref =>
  typeof value === 'object' && value !== null && 'ref' in value;
export const nameOf = (value: Value | undefined): string =>
  typeof value === 'object' && value !== null && 'name' in value ? value.name : '';
