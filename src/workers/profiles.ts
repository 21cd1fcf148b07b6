/** What a plan must know of texts, read once for all plans of the same ones. */
import type { BlobStore } from '../core/base/blobStore';
import type { Job } from '../core/base/job';
import { profileText, type TextProfile } from '../core/plan/profile';
import { openTexts } from './data';

export function profiles(): (store: BlobStore, texts: readonly string[], job: Job) => Promise<TextProfile> {
  let last: { of: string; profile: TextProfile } | undefined;
  return async (store, texts, job) => {
    const { documents, refs } = await openTexts(store, texts);
    const of = refs.join(' ');
    if (last?.of !== of) last = { of, profile: await profileText(documents, job) };
    return last.profile;
  };
}
