import { expect, test } from 'vitest';
import { command } from './terminal';
import { withNewNames } from './renamedFlags';
import type { Options } from './options';

const options = { 'frozen-dtype': { kind: 'text', path: 'none', initial: 'f32', help: '' } } as const satisfies Options;

test('an old flag gets its new name, which is printed; other arguments stay', () => {
  const said: string[] = [];
  const replaced = withNewNames(['--rest', 'f16', '--rest=q8', 'rest', '--fewest', '2'], options, (line) =>
    said.push(line),
  );
  expect(replaced).toEqual(['--frozen-dtype', 'f16', '--frozen-dtype=q8', 'rest', '--fewest', '2']);
  expect(said).toEqual(['--rest is now called --frozen-dtype.', '--rest is now called --frozen-dtype.']);
});

test('a command runs with an old flag', async () => {
  const seen: string[] = [];
  const own = command({
    ...{ name: 'try', about: '', options, examples: [] },
    run: (values, given) => Promise.resolve(void seen.push(values['frozen-dtype'], ...given)),
  });
  await own.run(['--rest', 'q8']);
  expect(seen).toEqual(['q8', 'frozen-dtype']);
});
