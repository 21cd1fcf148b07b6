import { expect, test } from 'vitest';
import { addressOf, pathOf, placeOf, stageAt } from './routes';
import { STAGES } from './stages';

test('an address contains its project and page; without a page it means the first stage', () => {
  expect(placeOf(addressOf('a b/c%', '/model'))).toEqual({ project: 'a b/c%', path: '/model' });
  for (const [address, project, path] of [
    ['/', undefined, '/text'],
    ['/model', undefined, '/model'],
    ['/p', undefined, '/p'],
    ['/p/x', 'x', '/text'],
    ['/p/x/', 'x', '/text'],
    ['/p/x//', 'x', '/text'],
    ['/p/x/data/parts', 'x', '/data/parts'],
    ['/p/%E0/model', '%E0', '/model'],
  ] as const)
    expect(placeOf(address)).toEqual({ project, path });
});

test('old addresses redirect to the current pages', () => {
  expect(placeOf('/tokenizer')).toEqual({ project: undefined, path: '/tokens' });
  expect(placeOf('/p/x/tokenizer/')).toEqual({ project: 'x', path: '/tokens' });
  expect(placeOf('/p/x/data')).toEqual({ project: 'x', path: '/tokens', query: 'part=data' });
  expect(stageAt(placeOf('/data').path)?.name).toBe('Tokens & data');
  expect(stageAt(placeOf('/tune').path)?.name).toBe('Teach it more');
});

test('a trailing slash leads to the same page', () => {
  for (const stage of STAGES) {
    for (const base of ['', '/p/x']) expect(stageAt(placeOf(`${base}${pathOf(stage)}/`).path)).toBe(stage);
  }
});
