/** What a project is called that nobody has named. */
import type { TextRecord } from '../core/documents';
import { UNTITLED } from './project';

/** 'moby-dick.txt' -> 'moby-dick' */
export const title = (name: string): string => name.replace(/^.*\//, '').replace(/\.[^.]+$/, '') || name;

/** A drop that was only counted. */
const COUNTED = /^[\d,]+ files$/;

/** As the first of its texts that has a name. */
export function nameBy(texts: readonly TextRecord[]): string {
  const named = texts.find(({ name, documents }) => documents === 1 || !COUNTED.test(name));
  return named ? title(named.name) : UNTITLED;
}
