import { expect, test } from 'vitest';
import { importsOf } from './importers';

test('imports are those at run time', () => {
  const text = `import './a'; import type { B } from './b'; import { type C } from './c'; import d, { type D } from './d';
import * as e from './e'; export { f } from './f'; export type { G } from './g'; export * from './h';
const i = await import('./i');`;
  expect(importsOf('x.ts', text)).toEqual(['./a', './d', './e', './f', './h', './i']);
});
