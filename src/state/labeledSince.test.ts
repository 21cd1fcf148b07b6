import { expect, test } from 'vitest';
import { dataFacts, runRecord } from '../testing/runRecord';
import { labeledSince } from './labeledSince';
import { newOpenRun } from './openRun';
import { initialProject } from '../core/runs/project';

const text = (sha256: string, documents: number) =>
  ({ id: sha256, name: sha256, sha256, documents, characters: 1, bytes: 1, licence: null, leftOut: null, projects: ['p'], tunes: ['p'], labelled: {} }) as never; // prettier-ignore
const learned = (sha256: string) => [{ name: sha256, characters: 1, sha256 }];

function state(isClassifier: boolean, phase: object, texts: readonly never[]) {
  const record = runRecord({ id: 'a', data: { facts: dataFacts({ texts: learned('one') }) } });
  const classes = { labels: ['ok', 'spam'], pooling: 'mean' } as const;
  const model = isClassifier ? { ...record.model, config: { ...record.model.config, classes } } : record.model;
  const run = { ...newOpenRun('a'), record: { ...record, model }, phase } as never;
  const project = { ...initialProject(), id: 'p', runId: 'a' };
  return { project, tuneTexts: texts, shown: { train: null, evaluate: null, playground: null, export: null }, opened: { a: run } }; // prettier-ignore
}
const FINISHED = { kind: 'finished', step: 1, of: 1 };

test('counts labeled texts that an idle classifier was not trained on', () => {
  const [own, added] = [text('one', 400), text('two', 2)];
  expect(labeledSince(state(true, FINISHED, [own, added]) as never)).toBe(2);
  expect(labeledSince(state(true, FINISHED, [own, added]) as never, 'export')).toBe(2);
  expect(labeledSince(state(true, FINISHED, [own]) as never)).toBe(0);
  expect(labeledSince(state(true, { kind: 'training', step: 1, of: 2 }, [own, added]) as never)).toBe(0);
  expect(labeledSince(state(false, FINISHED, [own, added]) as never)).toBe(0);
});
