/** Handlers of the data worker that turn texts into training data: plan, tokenizer and parts. */
import { sharedNormalizers } from '../core/documents';
import { learnerOf, objectiveOf } from '../core/objectives';
import { makePlan } from '../core/plan/plan';
import { openPart, readCounts } from '../core/shards/read';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { measure, piecesOf, vocabularyPieces } from '../core/tokenizer/statistics';
import { trainTokenizer } from '../core/tokenizer/train';
import { buildData, openTexts } from '../jobs/buildData';
import { partReader } from '../jobs/dataParts';
import type { DataContext, SomeDataHandlers } from './dataContext';
import { type KnownProfile, profiles } from './profiles';
import sampleProfiles from './sampleProfiles.json' with { type: 'json' };

export function trainingDataHandlers(context: DataContext) {
  const { store } = context;
  const profileOf = profiles(sampleProfiles as readonly KnownProfile[]);
  const partRows = partReader();
  return {
    plan: ({ texts, ...input }, job) =>
      context.reading(async () => {
        const text = await profileOf(await store, texts, job);
        return { plan: makePlan({ ...input, text }), text };
      }),
    trainTokenizer: ({ texts, kind, vocabulary, roles }, job) =>
      context.reading(async () => {
        const { documents, refs, ...opened } = await openTexts(await store, texts);
        const normalizers = sharedNormalizers(opened.texts);
        const model = await trainTokenizer({ kind, vocabulary, roles, normalizers }, documents, job);
        const tokenizer = await createTokenizer(model);
        const { bytesPerToken, unusedEntries } = await measure(tokenizer, documents, job);
        const { hash, size } = tokenizer;
        return { model, hash, size, asked: vocabulary, texts: refs, bytesPerToken, unusedEntries };
      }),
    tokens: async ({ text, tokenizer }) => piecesOf(await createTokenizer(tokenizer), text),
    async vocabulary({ tokenizer, data, query, limit }) {
      const counts = data ? await readCounts(await store, data.manifest, 'train') : undefined;
      return vocabularyPieces(await createTokenizer(tokenizer), query, limit, counts);
    },
    buildData: ({ texts, tokenizer, split }, job) =>
      context.reading(async () => buildData(await store, texts, await createTokenizer(tokenizer), split, job)),
    async inRows({ data, tokenizer, model, recipe }) {
      const objective = objectiveOf(recipe.objective);
      const part = openPart(await store, data.manifest, 'train');
      const { context: contextLength } = model.config;
      return (
        (await objective.inRows?.(part, contextLength, await createTokenizer(tokenizer), recipe, learnerOf(model))) ??
        null
      );
    },
    partRows: ({ data, ids, ...page }) => context.reading(async () => partRows(await store, data, ids, page)),
  } satisfies SomeDataHandlers;
}
