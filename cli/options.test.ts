import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flagsIn, parseOptions, UsageError } from './options';

const options = {
  text: { kind: 'texts', path: 'reads', help: 'Files to learn from' },
  steps: { kind: 'whole', min: 1, max: 1000, initial: 10, help: 'Updates' },
  rate: { kind: 'real', min: 0, max: 1, initial: 0.5, help: 'Rate' },
  device: { kind: 'choice', of: ['wasm', 'cpu'], initial: 'wasm', help: 'Where it runs' },
  out: { kind: 'text', path: 'writes', initial: 'model', help: 'The folder to write' },
  json: { kind: 'switch', help: 'One object a line' },
} as const;
const parse = (line: string) => parseOptions(options, line.split(' '));

test('values have their types, and missing ones the default', () => {
  expect(parse('--text a.txt b.txt --rate 1e-3 --json --out=x=y')).toEqual({
    text: ['a.txt', 'b.txt'],
    steps: 10,
    rate: 0.001,
    device: 'wasm',
    out: 'x=y',
    json: true,
  });
});
test('typed flags are distinguished from defaults, and a flag without a default is undefined', () => {
  const args = ['--text', 'a.txt', '--rate=--5', '-2'];
  expect([...flagsIn(args)]).toEqual(['text', 'rate']);
  const open = {
    text: { kind: 'texts', path: 'reads', otherwise: 'those of before', help: 'Files to learn from' },
  } as const;
  expect(parseOptions(open, [])).toEqual({ text: undefined });
  expect(parseOptions(open, ['--text', 'a', 'b'])).toEqual({ text: ['a', 'b'] });
});
test('a value may begin with one dash', () => {
  expect(parseOptions({ at: { kind: 'real', min: -5, max: 5, help: 'Where' } }, ['--at', '-2'])).toEqual({ at: -2 });
});
test('a choice can have a meaning without a value, and takes a value too', () => {
  const options = {
    again: { kind: 'choice', of: ['auto', 'on'], initial: 'auto', alone: 'on', help: 'Again' },
  } as const;
  const more = { ...options, json: { kind: 'switch', help: 'One object' } } as const;
  expect(parseOptions(options, [])).toEqual({ again: 'auto' });
  expect(parseOptions(options, ['--again'])).toEqual({ again: 'on' });
  expect(parseOptions(more, ['--again', '--json'])).toEqual({ again: 'on', json: true });
  expect(parseOptions(options, ['--again', 'auto'])).toEqual({ again: 'auto' });
  expect(() => parseOptions(options, ['--again='])).toThrow('needs a value');
});
test.each([
  ['--text a --stpes 5', 'Unknown flag --stpes'],
  ['--text a --constructor 5', 'Unknown flag --constructor'],
  ['--steps 5', '--text is missing'],
  ['--text', '--text needs a value'],
  ['--text a --steps', '--steps needs a value'],
  ['--text a --steps --json', '--steps needs a value'],
  ['--text a --out ', '--out needs a value'],
  ['--text a --out=', '--out needs a value'],
  ['--text a  b', '--text needs a value'],
  ['--text a --steps many', '--steps must be a whole number from 1 to 1000'],
  ['--text a --steps 1.5', '--steps must be a whole number from 1 to 1000'],
  ['--text a --steps 0', "not '0'"],
  ['--text a --steps=', '--steps needs a value'],
  ['--text a --rate NaN', '--rate must be a number from 0 to 1'],
  ['--text a --device gpu', '--device must be one of wasm, cpu'],
  ['--text a --json=1', '--json takes no value'],
  ['--text a --steps 5 --steps 6', '--steps is given twice'],
  ['a.txt --text b', "'a.txt' is not a flag"],
])('%s is refused in one line', (line, message) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(message);
});
test('any argument is a value or a one-line error', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom('--text', '--steps', '--json', '5', '--rate=1'), fc.string())),
      (args) => {
        try {
          parseOptions(options, args);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      },
    ),
  );
});
