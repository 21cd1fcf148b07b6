import { expect, test } from 'vitest';
import { addressOf, pathOf, placeOf, stageAt } from './routes';
import { STAGES } from './stages';

test('an address says its project and its page, and the first stage where it says none', () => {
  expect(placeOf(addressOf('a b/c%', '/model'))).toEqual({ project: 'a b/c%', path: '/model' });
  for (const [address, project, path] of [
    ['/', undefined, '/text'],
    ['/model', undefined, '/model'],
    ['/p', undefined, '/p'],
    ['/p/x', 'x', '/text'],
    ['/p/x/', 'x', '/text'],
    ['/p/x//', 'x', '/text'],
    ['/p/x/data/parts', 'x', '/data/parts'],
    ['/p/%E0/data', '%E0', '/data'],
  ] as const)
    expect(placeOf(address)).toEqual({ project, path });
});

test('a slash at the end of an address is no other page', () => {
  for (const stage of STAGES) {
    for (const base of ['', '/p/x']) expect(stageAt(placeOf(`${base}${pathOf(stage)}/`).path)).toBe(stage);
  }
});
