import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Rail, type RailStage } from './Rail';

const nothing = () => undefined;
/** Returns the parts of a rendered entry's text, without its sign. */
function shown(stage: Partial<RailStage>): readonly string[] {
  const groups = [{ name: 'Train', stages: [{ id: 'x', href: '/x', name: 'Model', sign: 'none', ...stage } as const] }];
  const foot = { promise: 'Nothing leaves this computer', onPromise: nothing, stored: undefined };
  const markup = renderToStaticMarkup(<Rail groups={groups} current="y" onGo={nothing} foot={foot} />);
  const entry = /<a .*<\/a>/.exec(markup)![0];
  return [...entry.matchAll(/<span[^>]*>([^<]*)</g)].map(([, words]) => words!);
}

test('an unfinished stage has no second line, and other signs show their word', () => {
  expect(shown({})).toEqual(['Model']);
  const line = 'GPT, 2.19 M parameters';
  expect(shown({ sign: 'done', line })).toEqual(['Model', line]);
  for (const [sign, word] of [
    ['running', 'running'],
    ['paused', 'paused'],
    ['interrupted', 'interrupted'],
    ['stale', 'out of date'],
    ['failed', 'failed'],
  ] as const)
    expect(shown({ sign, line })).toEqual(['Model', word, line]);
});

test('an automatic stage has one line with the word before the artifact, and a door has no sign', () => {
  const automatic = { form: 'automatic', line: '2,048 tokens' } as const;
  expect(shown({ ...automatic, sign: 'done' })).toEqual(['Model', '2,048 tokens']);
  expect(shown({ ...automatic, sign: 'stale' })).toEqual(['Model', 'out of date']);
  expect(shown({ form: 'door', sign: 'none' })).toEqual(['Model']);
});
